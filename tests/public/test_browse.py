"""Every public page: it answers, it shows the right things, and its number of queries does not grow."""

import sys

import pytest
from django.urls import reverse

from cases.models import Case
from cases.search.bitmaps import current
from tests.factories import index_all, make_case, make_category, make_collection, make_institution, make_term

pytestmark = pytest.mark.django_db


def make_cases(count: int) -> list:
    """``count`` cases in one chapter of one book, of one institution, with one term of every facet."""
    shared = {
        "collection": make_collection(slug="sz2020"),
        "category": make_category(slug="green", order=9),
        "institution": make_institution(slug="bank"),
    }
    terms = tuple(make_term(facet, slug=facet) for facet in ("audience", "need", "instrument", "priority", "keyword"))
    return [make_case(terms=terms, figures=6, **shared) for _ in range(count)]


QUERIES = {
    "/": 10,
    "/find/": 3,
    "/cases/": 9,
    "/categories/": 3,
    "/categories/green/": 14,
    "/collections/": 3,
    "/collections/sz2020/": 5,
    "/institutions/": 4,
    "/institutions/bank/": 13,
    "/about/": 3,
    "/sitemap-cases.xml": 3,
    "/sitemap-categories.xml": 5,
    "/sitemap-institutions.xml": 6,
    "/sitemap-pages.xml": 2,
    "/api/v1/cases/": 5,
    "/api/v1/categories/": 3,
    "/api/v1/institutions/": 4,
    "/api/v1/collections/": 5,
    "/api/v1/figures/": 4,
    "/api/v1/terms/": 3,
}


@pytest.mark.parametrize("item_count", [1, 3])
@pytest.mark.parametrize("path", QUERIES)
def test_list_page_queries_do_not_grow(client, django_assert_num_queries, path, item_count):
    make_cases(item_count)
    index_all()
    current()  # this process takes over what was written
    with django_assert_num_queries(QUERIES[path]):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize("item_count", [2, 4])
def test_case_page_queries_do_not_grow(client, django_assert_num_queries, item_count):
    case = make_cases(item_count)[0]
    index_all()
    # its place; two neighbours; cases of the same matter; 2 related; 9 case with figures, terms, images, highlights, advice,
    # notes, documents, offers; chapter; glossary
    with django_assert_num_queries(18):
        client.get(case.get_absolute_url())


@pytest.mark.django_db(transaction=True)
def test_a_case_read_before_costs_what_follows_from_others(client, settings, django_assert_num_queries):
    settings.PAGE_CACHE = False
    case = make_cases(3)[0]
    index_all()
    body = client.get(case.get_absolute_url()).content
    # its place; two neighbours; cases of the same matter; related, and their stamps; its own
    with django_assert_num_queries(7):
        assert client.get(case.get_absolute_url()).content == body


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("item_count", [1, 5])
def test_a_list_read_before_asks_for_no_case(client, settings, django_assert_num_queries, item_count):
    settings.PAGE_CACHE = False
    make_cases(item_count)
    index_all()
    body = client.get("/cases/").content
    # state of the index; those whose time has not come; the order; which are there, and their stamps; names of collections
    with django_assert_num_queries(6):
        assert client.get("/cases/").content == body


@pytest.mark.parametrize("item_count", [1, 3])
def test_api_case_queries_do_not_grow(client, django_assert_num_queries, item_count):
    case = make_cases(item_count)[0]
    with django_assert_num_queries(10):
        client.get(reverse("api:case-detail", args=[case.code]))


def test_case_page_shows_sections_figures_terms_source(client):
    case = make_cases(1)[0]
    body = client.get(case.get_absolute_url()).content.decode()
    for text in (
        case.title,
        case.summary,
        "背景",
        "做法",
        "成效",
        "关键数据",
        str(case.figures.first().value),
        str(case.collection),
        case.code,
    ):
        assert text in body


def test_neighbours_follow_the_printed_order(client):
    first, second, third = make_cases(3)
    context = client.get(second.get_absolute_url()).context
    assert (context["previous"], context["following"]) == (first, third)


def test_neighbours_of_one_place_follow_their_codes(client):
    cases = make_cases(4)
    Case.objects.filter(pk__in=[case.pk for case in cases[1:]]).update(order=cases[1].order)
    context = client.get(cases[2].get_absolute_url()).context
    assert (context["previous"], context["following"]) == (cases[1], cases[3])
    assert client.get(cases[1].get_absolute_url()).context["previous"] == cases[0]


def test_case_page_shows_related_cases_with_the_reason(client):
    a, b = make_term(name="缺抵押"), make_term(name="要快钱")
    case = make_case(terms=(a, b))
    weak, strong = make_case(terms=(a,)), make_case(terms=(a, b))
    make_case()
    index_all()
    related = client.get(case.get_absolute_url()).content.decode().partition('<h2 id="related">')[2]
    assert 0 < related.index(strong.get_absolute_url()) < related.index(weak.get_absolute_url())
    assert "难处同为缺抵押" in related


def test_collection_lists_chapters_in_order(client):
    book = make_collection(slug="sz2020")
    late, early = make_category(), make_category()
    two = make_case(collection=book, category=late)
    one = make_case(collection=book, category=early)
    book.chapters.filter(category=early).update(number=3)
    book.chapters.filter(category=late).update(number=4)
    chapters = client.get(book.get_absolute_url()).context["chapters"]
    assert [(chapter.number, cases) for chapter, cases in chapters] == [(3, [one]), (4, [two])]


def test_long_chapter_shows_its_beginning_and_leads_to_the_rest(client, monkeypatch):
    monkeypatch.setattr("cases.public.contents.CHAPTER_SHOWN", 2)
    cases = make_cases(3)
    make_case(collection=cases[0].collection, category=cases[0].category, status="draft", order=0)
    response = client.get("/collections/sz2020/")
    assert [shown for _, shown in response.context["chapters"]] == [cases[:2]]
    assert "本章全部 3 篇" in response.content.decode()
    rest = client.get("/cases/?category=green&collection=sz2020&sort=code").context["listing"]
    assert [card.pk for card in rest.page] == [case.pk for case in cases]


def test_book_without_published_cases_is_not_open(client):
    case = make_case(status="draft")
    assert client.get(case.collection.get_absolute_url()).status_code == 404


def test_empty_site_still_has_pages(client):
    for path in ("/", "/cases/", "/categories/", "/collections/", "/institutions/", "/about/"):
        assert client.get(path).status_code == 200


def test_htmx_gets_the_list_alone(client):
    make_cases(1)
    response = client.get("/cases/", headers={"HX-Request": "true", "HX-Target": "listing"})
    assert response.content.decode().lstrip().startswith('<div id="listing"')
    assert "HX-Request" in response["Vary"]


@pytest.mark.parametrize("page", ["0", "abc", "999", "-1", "１", "1.5", "9" * 400])
def test_page_that_is_not_there_is_404_with_the_first_page(client, page):
    case = make_cases(1)[0]
    response = client.get("/cases/", {"page": page})
    assert response.status_code == 404
    assert "一共 1 页" in response.content.decode()
    assert case.title in response.content.decode()


def test_pages_keep_the_filters(client):
    make_cases(21)
    response = client.get("/cases/", {"category": "green", "sort": "code"})
    assert response.context["listing"].pages == [("1", ""), ("2", "/cases/?category=green&sort=code&page=2")]


@pytest.mark.parametrize(
    ("address", "most"), [("/cases/", 11), ("/cases/?need=slow&sort=title", 11), ("/cases/?q=绿色票据&need=slow", 13)]
)
def test_list_is_made_by_few_modules(client, address, most):
    """A list can be followed by reading so many of our files; nothing is counted that only the first request does."""
    make_case(title="绿色票据", terms=(make_term(slug="slow"),))
    index_all()
    client.get(address)
    entered: set[str] = set()

    def enter(frame, event, argument) -> None:
        name = frame.f_globals.get("__name__", "")
        if event == "call" and name.split(".")[0] == "cases":  # the guards of every page stand in portal
            entered.add(name)

    sys.setprofile(enter)
    try:
        response = client.get(address)
    finally:
        sys.setprofile(None)
    assert response.context["listing"].page.paginator.count == 1
    assert len(entered) <= most, sorted(entered)
