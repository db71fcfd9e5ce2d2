"""The desk of a collection: begin the next, put chapters in order, see how far it is, publish it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.desk.collection_forms import suggestion
from cases.models import Case, Collection
from tests.factories import (
    make_case,
    make_category,
    make_chapter,
    make_collection,
    make_finished_draft,
    make_term,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief(client):
    client.force_login(make_user("管理员"))
    return client


@pytest.fixture
def book():
    return make_collection(
        slug="sz2020", title="2019-2020 案例集", year=2020, period="2019 年 8 月至 2020 年 9 月，另有"
    )


def url(name: str, book: Collection) -> str:
    return reverse(f"admin:cases_collection_{name}", args=[book.pk])


def arrangement(book, category, cases, places=None, **more) -> dict:
    places = places or range(1, len(cases) + 1)
    return {
        "category": category.slug,
        "case": [case.pk for case in cases],
        **{f"place-{case.pk}": place for case, place in zip(cases, places, strict=True)},
        **more,
    }


def titles(book) -> list[str]:
    return list(Case.objects.filter(collection=book).order_by("order").values_list("title", flat=True))


def test_next_year_is_suggested(book):
    assert suggestion(book) == {
        "title": "2020-2021 案例集",
        "slug": "sz2021",
        "year": 2021,
        "period": "2020 年 8 月至 2021 年 9 月",
    }


def test_taken_year_is_passed_over_and_slug_without_year_gets_one(book):
    make_collection(slug="sz2021")
    assert suggestion(book)["slug"] == "sz2022"
    assert suggestion(make_collection(slug="ccb", year=2021))["slug"] == "ccb2022"


def test_new_collection_is_started_from_its_page(chief, book):
    make_chapter(book, make_category(name="绿色"))
    page = chief.get(reverse("admin:cases_collection_change", args=[book.pk])).content.decode()
    assert url("start", book) in page
    page = chief.get(url("start", book)).content.decode()
    assert 'value="sz2021"' in page
    assert "壹 绿色" in page
    response = chief.post(url("start", book), {"title": "新书", "slug": "sz2021", "year": 2021, "period": ""})
    new = Collection.objects.get(slug="sz2021")
    assert response["Location"] == reverse("admin:cases_collection_change", args=[new.pk])


def test_taken_names_are_said_beside_the_field_and_what_was_typed_stays(chief, book):
    make_chapter(book, make_category())
    response = chief.post(url("start", book), {"title": "新书名", "slug": "sz2020", "year": 2021, "period": "一整年"})
    body = response.content.decode()
    assert response.status_code == 400
    assert "网址名 sz2020 已经有一本在用" in body
    assert 'value="新书名"' in body
    assert 'value="一整年"' in body


def test_order_is_taken_from_the_numbers(chief, book):
    category = make_category()
    cases = [make_case(collection=book, category=category, title=name) for name in "甲乙丙"]
    response = chief.post(url("arrange", book), arrangement(book, category, cases, [3, 1, 2]))
    assert response.status_code == 302
    assert titles(book) == ["乙", "丙", "甲"]


@pytest.mark.parametrize(
    ("move", "expected"),
    [("up-2", "乙甲丙"), ("down-2", "甲丙乙"), ("up-1", "甲乙丙"), ("down-3", "甲乙丙"), ("up-99", "甲乙丙")],
)
def test_buttons_move_one_case_without_a_script(chief, book, move, expected):
    category = make_category()
    cases = [make_case(collection=book, category=category, title=name) for name in "甲乙丙"]
    direction, number = move.split("-")
    key = cases[int(number) - 1].pk if int(number) <= 3 else 99999
    chief.post(url("arrange", book), arrangement(book, category, cases, move=f"{direction}-{key}"))
    assert "".join(titles(book)) == expected


def test_case_added_meanwhile_stops_the_save_and_the_wished_order_stays_on_the_page(chief, book):
    category = make_category()
    cases = [make_case(collection=book, category=category, title=f"第{name}篇") for name in "甲乙"]
    data = arrangement(book, category, cases, [2, 1])
    make_case(collection=book, category=category, title="第丙篇")
    response = chief.post(url("arrange", book), data)
    body = response.content.decode()
    assert response.status_code == 409
    assert "有增减" in body
    assert body.index(">第乙篇<") < body.index(">第甲篇<") < body.index(">第丙篇<") < body.index("刚加进来的")
    assert titles(book) == ["第甲篇", "第乙篇", "第丙篇"]


@pytest.mark.parametrize("places", [["x", "1"], ["", "1"], ["-1", "2"], ["1" * 40, "2"]])
def test_number_that_is_none_is_refused_in_plain_words(chief, book, places):
    category = make_category()
    cases = [make_case(collection=book, category=category) for _ in range(2)]
    response = chief.post(url("arrange", book), arrangement(book, category, cases, places))
    assert response.status_code == 400
    assert "要填一个数" in response.content.decode()


@pytest.mark.parametrize("data", [{}, {"category": "nothing"}, {"category": "x" * 3000}])
def test_chapter_that_is_gone_is_said(chief, book, data):
    response = chief.post(url("arrange", book), data)
    assert "顺序没有保存" in response.content.decode()


def test_forged_case_keys_are_refused(chief, book):
    category = make_category()
    make_case(collection=book, category=category)
    response = chief.post(url("arrange", book), {"category": category.slug, "case": ["x", "1"]})
    assert response.status_code == 400


def test_page_says_how_far_each_chapter_is(chief, book):
    book.selected_count, book.submitted_count = 65, 126
    book.save()
    category = make_category(name="绿色")
    make_case(collection=book, category=category, terms=(make_term(),))
    make_case(collection=book, category=category, status="draft", summary="", figures=0)
    make_chapter(book, make_category(name="空的一章"))
    body = chief.get(url("arrange", book)).content.decode()
    for text in ("<span>草稿 1</span>", "<span>已发布 1</span>", "缺摘要 1", "没有关键数据 1", "没有标签 1"):
        assert text in body
    assert "<dd>2<small> / 入选 65</small></dd>" in body
    assert "<dd>126</dd>" in body
    assert "还没有案例" in body


def test_chapter_is_checked_case_by_case_when_asked(chief, book):
    case = make_case(collection=book, background="“不成对", status="draft")
    assert "不成对" not in chief.get(url("arrange", book)).content.decode()
    body = chief.get(url("arrange", book), {"check": case.category.slug}).content.decode()
    assert "背景里的“”不成对" in body


def test_cases_of_a_removed_chapter_are_not_hidden(chief, book):
    case = make_case(collection=book, title="没有章的一篇")
    book.chapters.all().delete()
    body = chief.get(url("arrange", book)).content.decode()
    assert case.title in body
    assert "已经没有这一章" in body


@pytest.mark.parametrize("item_count", [1, 3])
def test_arrange_queries_do_not_grow(chief, book, django_assert_num_queries, item_count):
    category = make_category()
    for _ in range(item_count):
        make_case(collection=book, category=category, terms=(make_term(),))
    with django_assert_num_queries(8):
        assert chief.get(url("arrange", book)).status_code == 200
    with django_assert_num_queries(12):
        assert chief.get(url("arrange", book), {"check": category.slug}).status_code == 200


@pytest.mark.parametrize("item_count", [1, 3])
def test_publish_page_queries_do_not_grow(chief, book, django_assert_num_queries, item_count):
    for _ in range(item_count):
        make_finished_draft(status="in-review", collection=book)
    with django_assert_num_queries(11):
        assert chief.get(url("publish", book)).status_code == 200


def test_whole_collection_is_published_after_a_page_that_says_how_many(chief, book):
    drafts = [make_finished_draft(status="in-review", collection=book) for _ in range(2)]
    body = chief.get(url("publish", book)).content.decode()
    assert "发布这 2 篇" in body
    response = chief.post(url("publish", book), {"expected": 2, "at": ""}, follow=True)
    assert "2 篇已发布，读者现在就能看到" in response.content.decode()
    assert all(Case.objects.get(pk=case.pk).is_published for case in drafts)


def test_unfinished_case_is_named_with_a_link_and_nothing_is_published(chief, book):
    make_finished_draft(status="in-review", collection=book)
    bad = make_finished_draft(status="in-review", collection=book, summary="", title="没写完的")
    body = chief.get(url("publish", book)).content.decode()
    assert reverse("admin:cases_case_change", args=[bad.pk]) in body
    assert "缺摘要。" in body
    assert "发布这" not in body
    assert chief.post(url("publish", book), {"expected": 2, "at": ""}).status_code == 409
    assert not Case.objects.published().exists()


def test_case_added_since_the_page_was_shown_asks_again(chief, book):
    make_finished_draft(status="in-review", collection=book)
    make_finished_draft(status="in-review", collection=book)
    response = chief.post(url("publish", book), {"expected": 1, "at": ""})
    body = response.content.decode()
    assert response.status_code == 409
    assert "数目变了" in body
    assert 'name="expected" value="2"' in body
    assert not Case.objects.published().exists()


def test_collection_is_published_later(chief, book):
    draft = make_finished_draft(status="in-review", collection=book)
    at = timezone.localtime() + timedelta(days=2)
    chief.post(url("publish", book), {"expected": 1, "at": at.strftime("%Y-%m-%dT%H:%M")})
    draft.refresh_from_db()
    assert draft.is_scheduled
    assert draft.published_at == at.replace(second=0, microsecond=0)


@pytest.mark.parametrize("at", ["2001-01-01T00:00", "明天", "2021-13-40T00:00"])
def test_past_or_unreadable_time_is_refused_and_stays_in_the_form(chief, book, at):
    make_finished_draft(status="in-review", collection=book)
    response = chief.post(url("publish", book), {"expected": 1, "at": at})
    assert response.status_code == 400
    assert at in response.content.decode()
    assert not Case.objects.published().exists()


def test_drafts_that_nobody_sent_to_review_are_left_and_named(chief, book):
    make_finished_draft(status="in-review", collection=book)
    draft = make_finished_draft(collection=book, title="还在写的")
    body = chief.get(url("publish", book)).content.decode()
    assert "发布这 1 篇" in body
    assert "还没有送审的 1 篇草稿" in body
    assert "还在写的" in body
    chief.post(url("publish", book), {"expected": 1, "at": ""})
    assert Case.objects.get(pk=draft.pk).status == "draft"


def test_what_is_left_of_a_large_collection_is_offered_next(chief, book, monkeypatch):
    monkeypatch.setattr("cases.desk.collection.AT_ONCE", 2)
    monkeypatch.setattr("cases.editing.workflow.AT_ONCE", 2)
    for _ in range(3):
        make_finished_draft(status="in-review", collection=book)
    assert "一次发布前 2 篇" in chief.get(url("publish", book)).content.decode()
    assert chief.post(url("publish", book), {"expected": 3, "at": ""})["Location"] == url("publish", book)
    assert Case.objects.published().count() == 2


def test_scheduled_cases_are_not_counted_as_published(chief, book):
    make_case(collection=book, published_at=timezone.now() + timedelta(days=1))
    body = chief.get(url("arrange", book)).content.decode()
    assert "<span>定时发布 1</span>" in body
    assert "<dt>已发布</dt><dd>0</dd>" in body


@pytest.fixture
def large(book, monkeypatch):
    """A chapter of seven cases, where pages hold three."""
    monkeypatch.setattr("cases.desk.chapters.ON_ONE_PAGE", 5)
    monkeypatch.setattr("cases.desk.chapters.PAGE_SIZE", 3)
    monkeypatch.setattr("cases.desk.collection.ON_ONE_PAGE", 5)
    category = make_category()
    cases = [
        make_case(collection=book, category=category, title=name, order=n) for n, name in enumerate("甲乙丙丁戊己庚", 1)
    ]
    return category, cases


def test_large_collection_shows_counts_and_a_page_of_one_chapter(chief, book, large, django_assert_num_queries):
    category, _ = large
    with django_assert_num_queries(7):
        body = chief.get(url("arrange", book)).content.decode()
    assert "7 篇" in body
    assert "arrange-list" not in body
    with django_assert_num_queries(9):
        page = chief.get(url("arrange", book), {"chapter": category.slug, "p": 2})
    assert [case.title for case in page.context["states"][0].cases] == ["丁", "戊", "己"]
    assert 'name="start" value="3"' in page.content.decode()


@pytest.mark.parametrize(
    ("places", "move", "expected"),
    [
        ([4, 5, 6], "", "甲乙丙丁戊己庚"),
        ([4, 1, 6], "", "戊甲乙丙丁己庚"),
        ([7, 5, 6], "", "甲乙丙戊己庚丁"),
        ([4, 5, 6], "up-丁", "甲乙丁丙戊己庚"),
        ([4, 5, 6], "down-己", "甲乙丙丁戊庚己"),
    ],
)
def test_case_of_a_page_goes_to_any_place_of_its_chapter(chief, book, large, places, move, expected):
    category, cases = large
    direction, _, title = move.partition("-")
    key = next((case.pk for case in cases if case.title == title), "")
    data = arrangement(book, category, cases[3:6], places, p=2, start=3, move=f"{direction}-{key}")
    response = chief.post(url("arrange", book), data)
    assert response.status_code == 302
    assert "p=2#chapter-" in response["Location"]
    assert "".join(titles(book)) == expected


def test_page_of_a_chapter_that_changed_meanwhile_is_not_saved(chief, book, large):
    category, cases = large
    data = arrangement(book, category, cases[3:6], [6, 5, 4], p=2, start=3)
    cases[0].delete()
    response = chief.post(url("arrange", book), data)
    assert (response.status_code, "".join(titles(book))) == (409, "乙丙丁戊己庚")


def test_nothing_to_publish_is_said(chief, book):
    assert "没有送了审、等着发布的案例" in chief.get(url("publish", book)).content.decode()
    assert chief.post(url("publish", book), {"expected": 0}).status_code == 400


@pytest.mark.parametrize(
    ("group", "page", "status"),
    [
        (None, "arrange", 403), (None, "publish", 403), (None, "start", 403),
        ("编辑", "arrange", 200), ("编辑", "publish", 403), ("编辑", "start", 403),
        ("审核", "arrange", 200), ("审核", "publish", 200), ("审核", "start", 403),
        ("管理员", "start", 200),
    ],
)  # fmt: skip
def test_pages_need_their_permission(client, book, group, page, status):
    assert client.get(url(page, book)).status_code == 302
    client.force_login(make_user(*([group] if group else [])))
    assert client.get(url(page, book)).status_code == status
    assert client.post(url(page, book), {}).status_code in ({403} if status == 403 else {200, 400})


def test_editor_is_told_why_what_readers_see_already_does_not_move(client, book):
    client.force_login(make_user("编辑"))
    category = make_category()
    cases = [make_case(collection=book, category=category, title=name) for name in "甲乙"]
    response = client.post(url("arrange", book), arrangement(book, category, cases, [2, 1]))
    assert response.status_code == 403
    assert "你的账号不能动读者已经看到的顺序" in response.content.decode()
    assert titles(book) == ["甲", "乙"]


@pytest.mark.parametrize("page", ["arrange", "publish", "start"])
def test_collection_that_is_gone_is_not_found(chief, page):
    assert chief.get(f"/admin/cases/collection/999999/{page}/").status_code == 404
