"""Finding cases by what a reader types; the same statements on SQLite and on PostgreSQL."""

import pytest
from django.http import QueryDict

from cases.models import Case
from cases.public.filters import SORTS, CaseFilter
from cases.public.listing import build_facets
from cases.search import bitmaps
from cases.search.results import search
from tests.factories import index_all, make_case, make_category, make_collection, make_institution, make_term

pytestmark = pytest.mark.django_db


def filtered(**parameters) -> CaseFilter:
    data = QueryDict(mutable=True)
    data.update(parameters)
    return CaseFilter(data)


def found(q: str, **parameters) -> list[str]:
    """Codes in the order of the list, as page and API fetch them."""
    return [case.code for case in filtered(q=q, **parameters).qs[:100]]


@pytest.fixture
def green_bill():
    """A case on green bills among others on one of the two."""
    case = make_case(title="绿色票据")
    make_case(title="绿色债券")
    make_case(title="商业票据")
    index_all()
    return case


def test_every_word_must_stand_somewhere(green_bill):
    assert found("绿色 票据") == [green_bill.code]
    assert found("绿色票据") == [green_bill.code]


def test_title_ranks_over_text():
    in_text, in_title = make_case(background="说到云快贷"), make_case(title="云快贷的办法")
    index_all()
    assert found("云快贷") == [in_title.code, in_text.code]


def test_names_terms_figures_and_lay_terms_are_searched():
    parent = make_institution(name="中国农业银行", short_name="农业银行", other_names="农行\nABC")
    by_name = make_case(institution=make_institution(parent=parent))
    by_term = make_case(terms=(make_term("keyword", name="长租公寓"),))
    by_figure = make_case()
    by_figure.figures.update(label="续贷余额")
    by_lay_term = make_case(terms=(make_term("need", name="缺抵押缺担保", other_names="没有抵押\n没抵押"),))
    index_all()
    expected = {"农行": by_name, "abc": by_name, "长租公寓": by_term, "续贷余额": by_figure, "没有抵押": by_lay_term}
    assert {query: found(query) for query in expected} == {query: [case.code] for query, case in expected.items()}


@pytest.mark.parametrize(
    "query",
    [
        "微众银行",
        "微眾銀行",
        "weizhong",
        "weizhongyinhang",
        "wzyh",
        "WeBank",
        "微中银行",
        "微众很行",
        "weizhogn",
        "众银行",
    ],
)
def test_an_institution_is_found_however_it_is_typed(query):
    case = make_case(institution=make_institution(name="深圳前海微众银行", short_name="微众银行", other_names="WeBank"))
    make_case(institution=make_institution(name="招商银行", short_name="招行"))
    index_all()
    assert found(query)[:1] == [case.code]


@pytest.mark.parametrize("query", ["微闪贴", "微闪帖", "微散贴", "weishantie", "wst", "微闪"])
def test_a_product_is_found_with_one_error(query):
    case = make_case(terms=(make_term("keyword", name="微闪贴"),))
    make_case(title="商业票据")
    index_all()
    assert found(query) == [case.code]


def test_a_product_no_dictionary_knows_is_found_in_the_text():
    case = make_case(approach="推出**智惠贷**，线上办理")
    make_case(approach="智能普惠，惠及小微，贷款")
    index_all()
    assert found("智惠贷") == [case.code]


def test_question_in_plain_words():
    case = make_case(terms=(make_term("need", other_names="没有抵押\n免抵押"),), background="企业要贷款")
    make_case(background="贷款之外的办法")
    index_all()
    assert found("没有抵押怎么贷款") == [case.code]


def test_english_words_find_what_they_mean_and_are_taken_for_no_pinyin(green_bill):
    make_term("audience", name="个人消费者")
    make_case(terms=(make_term("audience", name="龙窝镇"),))
    index_all()
    assert found("green bills")[0] == green_bill.code
    assert search("green loan").corrections == []


def test_character_left_over_of_a_word_finds_nothing_alone(green_bill):
    for _ in range(4):
        make_case(background="贷款一亿元")
    index_all()
    assert found("元宇宙") == []


def test_unknown_word_is_looked_for_by_its_last_character_where_few_hold_it():
    crab = make_case(background="养殖青蟹")
    for _ in range(19):
        make_case()
    index_all()
    assert found("河蟹 海边") == [crab.code]


def test_list_is_filled_up_with_those_that_hold_less(green_bill):
    half = make_case(background="冷链物流仓单质押")
    less = [make_case(background="仓单") for _ in range(4)]
    index_all()
    codes = found("冷链物流 质押 仓单 不锈钢 橡胶")
    assert codes[0] == half.code
    assert set(codes[1:]) == {case.code for case in less}


def test_most_words_are_enough_where_no_case_has_all():
    case = make_case(title="绿色票据贴现", background="水电站")
    make_case(title="跨境汇款")
    index_all()
    assert filtered(q="绿色票据 水电站 火箭").results.is_relaxed
    assert found("绿色票据 水电站 火箭") == [case.code]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("“知识产权质押”", ["pledge"]),
        ('"知识产权 ABN"', ["abn"]),
        ("知识产权 -质押", ["abn"]),
        ("-知识产权", ["other"]),
        ("知识产权 -“产权质押”", ["abn"]),
        ("机构:农行", ["pledge"]),
        ("机构:农行 知识产权", ["pledge"]),
        ("机构:不存在的", []),
        ("章节:绿色", ["other"]),
        ("年:2019", ["abn"]),
        ("年:2019年", ["abn"]),
        ("年:abc", []),
        ("知识产权 章节:绿色", []),
    ],
)
def test_query_language(query, expected):
    bank = make_institution(other_names="农行")
    cases = {
        "pledge": make_case(background="知识产权质押融资", institution=bank),
        "abn": make_case(background="知识产权 ABN", collection=make_collection(year=2019)),
        "other": make_case(category=make_category(name="绿色金融")),
    }
    index_all()
    assert found(query) == [cases[name].code for name in expected]


def test_phrase_is_taken_as_it_stands():
    case = make_case(background="农行放款")
    make_case(background="放款。农行")
    make_case(background="农行的行放了放款")
    index_all()
    assert found("“农行放款”") == [case.code]


def test_draft_and_scheduled_are_not_found():
    make_case(title="绿色票据", status="draft")
    make_case(title="绿色票据", published_at="2999-01-01T00:00Z")
    index_all()
    assert found("绿色票据") == []


def test_other_filters_narrow_and_their_counts_follow(green_bill):
    bank = make_institution(slug="bank")
    other = make_case(title="绿色票据", institution=bank)
    index_all()
    assert found("绿色票据", institution="bank") == [other.code]
    case_filter = filtered(q="绿色票据", institution="bank")
    groups = {group.name: group for group in build_facets(case_filter, "/cases/")}
    assert {value.slug: value.count for value in groups["institution"].values if value.count} == {
        "bank": 1,
        green_bill.institution.slug: 1,
    }
    assert [value.count for value in groups["category"].values if value.count] == [1]


def test_list_holds_what_the_words_found_in_the_order_asked_for(green_bill):
    results = search("票据")
    rows = Case.objects.published().in_bulk(list(results.keys))
    assert found("票据") == [rows[key].code for key in results.page(results.keys, 0, 100)]
    for sort in ("title", "newest"):
        expected = Case.objects.published().filter(pk__in=rows).order_by(*SORTS[sort][1])
        assert found("票据", sort=sort) == list(expected.values_list("code", flat=True))


def test_asked_order_wins_over_relevance():
    first = make_case(code="b1-0101", background="票据")
    second = make_case(code="b1-0102", title="票据")
    index_all()
    assert found("票据", sort="code") == [first.code, second.code]
    assert found("票据", sort="relevance") == [second.code, first.code]


def test_pages_follow_one_another_without_gap_or_repetition():
    for n in range(45):
        make_case(title=f"绿色票据{n}", figures=0)
    index_all()
    hits = filtered(q="绿色票据").results
    pages = [hits.page(hits.keys, start, start + 20) for start in (0, 20, 40)]
    assert sorted(key for page in pages for key in page) == sorted(hits.keys)


@pytest.mark.parametrize("sort", ["newest", "oldest", "title", "code"])
def test_many_hits_in_order_are_the_same_as_few(monkeypatch, sort):
    for n in range(30):
        make_case(title=f"{'绿色票据' if n % 7 == 0 else '商业票据'}{n}", figures=0)
    index_all()
    few = found("绿色", sort=sort)
    monkeypatch.setattr(bitmaps, "MANY", 0)
    assert found("绿色", sort=sort) == few
    pages = filtered(q="绿色", sort=sort).qs
    assert [case.code for start in range(0, 6, 2) for case in pages[start : start + 2]] == few


def test_page_and_api_agree(client, green_bill):
    assert [item.code for item in client.get("/cases/?q=绿色票据").context["listing"].page] == [green_bill.code]
    answer = client.get("/api/v1/cases/?q=绿色票据").json()
    assert (answer["count"], [item["code"] for item in answer["results"]]) == (1, [green_bill.code])


def test_search_is_a_condition_that_can_be_removed(client, green_bill):
    pills = client.get("/cases/?q=绿色&sort=code&page=1").context["listing"].pills
    assert ("搜索：绿色", "/cases/?sort=code") in pills


def test_found_words_are_marked_and_text_is_escaped(client):
    make_case(title="绿色<b>票据", background="开头。办理绿色票据<script>贴现。")
    index_all()
    body = client.get("/cases/?q=绿色票据").content.decode()
    assert "<mark>绿色</mark>&lt;b&gt;<mark>票据</mark>" in body
    assert "<script>贴现" not in body


@pytest.mark.parametrize("item_count", [1, 3])
def test_search_queries_do_not_grow(client, django_assert_num_queries, item_count):
    for _ in range(item_count):
        make_case(title="绿色票据")
    index_all()
    client.get("/cases/?q=绿色票据")  # the sets come into the process once
    # index state, scheduled, documents, page, figures; collections (other options are kept while names stay)
    with django_assert_num_queries(7):  # one of them for the products, documents and words that are named
        client.get("/cases/?q=绿色票据")


def test_other_names_of_a_term_are_words_of_its_cases():
    case = make_case(terms=(make_term("need", other_names="没房子抵押\n拿不出抵押物"),))
    index_all()
    assert (found("没房子抵押"), found("拿不出抵押物")) == ([case.code], [case.code])
