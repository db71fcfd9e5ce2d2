"""What is offered while a reader types: found by any beginning, leading only to what is published."""

from datetime import timedelta
from secrets import token_hex

import pytest
from django.utils import timezone

from cases.editing.workflow import archive_case
from cases.models import Case, SearchState
from cases.search import suggest as suggesting
from cases.search.bitmaps import current
from cases.search.suggest import suggest
from tests.factories import index_all, make_case, make_category, make_institution, make_term, save_case

pytestmark = pytest.mark.django_db


def offered(text: str) -> dict[str, list[str]]:
    return {group.kind: [item.label for item in group.items] for group in suggest(text)}


@pytest.fixture
def bank():
    return make_institution(
        name="深圳前海微众银行股份有限公司", short_name="微众银行", slug="webank", other_names="微众"
    )


@pytest.fixture
def case(bank):
    term = make_term("instrument", name="知识产权质押", slug="ip")
    category = make_category(name="绿色金融", slug="green")
    case = make_case(title="微众银行精准帮扶 ABN 落地", institution=bank, terms=(term,), category=category)
    index_all()
    return case


@pytest.mark.parametrize("typed", ["微", "微众", "微眾", "weiz", "WEIZ", "wz", "wei zhong", "ｗｅｉｚ"])
def test_institution_is_found_by_the_beginning_of_any_of_its_names(case, typed):
    assert offered(typed)["institution"] == ["微众银行"]


@pytest.mark.parametrize("typed", ["知识", "識產", "zhish", "zscq", "质押", "zhiya"])
def test_term_is_found_by_the_beginning_of_any_part(case, typed):
    assert offered(typed)["term"] == ["知识产权质押"]


def test_category_is_found_and_leads_to_its_page(case):
    (group,) = [group for group in suggest("lvs") if group.kind == "category"]
    assert [(item.label, item.note, item.url) for item in group.items] == [("绿色金融", "1 篇", "/categories/green/")]


@pytest.mark.parametrize(
    "typed",
    ["微众", "精准", "准帮扶", "jingz", "jzbf", "weizhongyinhangjingzhun", "wzyhjz", "abn", "AB", "精准 微众", "微众银行精准帮扶 ABN"],
)  # fmt: skip
def test_case_is_found_by_its_title(case, typed):
    assert offered(typed)["case"] == ["微众银行精准帮扶 ABN 落地"]


def test_case_is_found_by_its_code(case):
    assert offered(case.code)["case"] == [case.title]


def test_word_of_a_title_leads_to_a_search_that_finds_something(client, case):
    for typed in ("精", "abn"):
        (group,) = [group for group in suggest(typed) if group.kind == "word"]
        for item in group.items:
            assert client.get(item.url).context["listing"].page.paginator.count == 1


def test_a_name_is_not_offered_again_as_a_word(case):
    assert "微众银行" not in offered("微众").get("word", [])


@pytest.mark.parametrize(
    "typed",
    ["", " ", "w", "1", "！！？", "😀", "-", "“”", "机构:", "\x00", "\ud800", "\ud83d\x00a", "%", "_", "'", "\\", "(", "[", "*"],
)  # fmt: skip
def test_what_no_name_can_begin_with_offers_nothing(case, typed):
    assert suggest(typed) == []


@pytest.mark.parametrize(
    "typed", ["农" * 10_000, "a" * 10_000, "ab " * 5_000, "a\x00b\ud800", "银行" + "😀" * 99, "Ⅷ㎏ﬀ"]
)
def test_hostile_text_is_no_error(case, typed):
    assert isinstance(suggest(typed), list)


def test_only_what_has_published_cases_is_offered(case):
    assert offered("微众") != {}
    archive_case(case=case, user=None)
    for typed in ("微众", "知识", "绿色", "精准", "abn"):
        assert suggest(typed) == []


def test_a_scheduled_case_is_not_offered_before_its_time(case):
    case.published_at = timezone.now() + timedelta(hours=1)
    save_case(case=case, user=None)
    assert suggest("微众") == []


def test_a_bank_without_cases_gives_way_to_its_branches():
    head = make_institution(short_name="中国农业银行", other_names="农行")
    branch = make_institution(short_name="深圳分行", parent=head)
    make_institution(short_name="广州分行", parent=head)
    make_case(institution=branch)
    index_all()
    assert offered("农行")["institution"] == ["深圳分行"]
    make_case(institution=head)
    index_all()
    assert offered("农行")["institution"] == ["中国农业银行"]


def test_a_name_that_begins_so_comes_before_one_that_only_holds_it_and_then_the_one_with_more_cases():
    rare, often, inside = make_term(name="票据贴现"), make_term(name="票据质押"), make_term(name="电子票据")
    for _ in range(3):
        make_case(terms=(inside,))
    for _ in range(2):
        make_case(terms=(often,))
    make_case(terms=(rare,))
    index_all()
    assert offered("票据")["term"] == ["票据质押", "票据贴现", "电子票据"]


def make_similar(count: int) -> None:
    bank, term = make_institution(short_name="微众银行"), make_term(name="微业贷")
    category = make_category(name="微企")
    for n in range(count):
        make_case(title=f"微众服务小店 {n}", institution=bank, terms=(term,), category=category)
    index_all()


# state, scheduled cases, names, institutions, categories, terms, words; tokens of each word and of what was typed; cases
@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize(("typed", "queries"), [("微", 10), ("weiz", 8), ("zzzz", 6)])
def test_queries_do_not_grow_with_the_cases(django_assert_num_queries, count, typed, queries):
    make_similar(count)
    SearchState.objects.update(stamp=token_hex(8))
    current()
    with django_assert_num_queries(queries):
        suggest(typed)


def test_queries_are_bounded_however_many_words_begin_so(django_assert_max_num_queries):
    title = "微" + "、微".join("光波风型雨量电机软粒博利分生观")
    make_case(title=title)
    index_all()
    SearchState.objects.update(stamp=token_hex(8))
    current()
    with django_assert_max_num_queries(8 + suggesting.WORDS):
        suggest("微")


def test_everything_offered_leads_to_a_page_with_cases(client, seeded):
    addresses = {
        item.url
        for typed in ("农", "zs", "dy", "融资", "abn", "绿", "深圳", "ke", "小微")
        for group in suggest(typed)
        for item in group.items
    }
    assert len(addresses) > 40
    for address in sorted(addresses):
        response = client.get(address)
        assert response.status_code == 200, address
        if "listing" in (response.context or {}):
            assert response.context["listing"].page.paginator.count > 0, address


def test_the_note_of_a_filter_is_the_number_of_its_list(client, seeded):
    items = [
        item
        for typed in ("融资", "zs", "绿色")
        for group in suggest(typed)
        if group.kind in ("term", "category")
        for item in group.items
    ]
    assert len(items) > 8
    for item in items:
        count = client.get(item.url).context["listing"].page.paginator.count
        assert item.note.endswith(f"{count} 篇")


def test_every_title_of_the_collections_is_found_by_its_first_words(seeded):
    lost = [
        case.title for case in Case.objects.published() if case.title not in offered(case.title[:12]).get("case", [])
    ]
    assert lost == []
