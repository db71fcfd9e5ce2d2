"""The query string as a form."""

import pytest
from django.http import QueryDict

from cases.public.filters import CaseFilter
from tests.factories import make_case, make_category, make_collection, make_institution, make_term

pytestmark = pytest.mark.django_db


def found(query: str) -> set[str]:
    return {case.code for case in CaseFilter(QueryDict(query)).qs[:]}


def test_each_dimension_narrows():
    term = make_term("keyword", slug="微业贷")
    case = make_case(
        category=make_category(slug="green"),
        collection=make_collection(slug="sz2020", year=2019),
        institution=make_institution(slug="bank", type="policy"),
        terms=(term,),
    )
    make_case()
    for query in (
        "category=green",
        "collection=sz2020",
        "year=2019",
        "institution=bank",
        "type=policy",
        "keyword=微业贷",
    ):
        assert found(query) == {case.code}


def test_values_of_one_dimension_widen_and_dimensions_narrow():
    a, b = make_term(slug="a"), make_term(slug="b")
    bank = make_institution(slug="bank")
    one, two, three = (
        make_case(terms=(a,), institution=bank),
        make_case(terms=(b,)),
        make_case(terms=(a, b), institution=bank),
    )
    assert found("need=a&need=b") == {one.code, two.code, three.code}
    assert found("need=b&institution=bank") == {three.code}


def test_case_with_two_matching_terms_is_counted_once():
    a, b = make_term(slug="a"), make_term(slug="b")
    make_case(terms=(a, b))
    assert CaseFilter(QueryDict("need=a&need=b")).qs.count() == 1


@pytest.mark.parametrize(
    "query",
    [
        "category=nope",
        "institution=%27",
        "type=bank",
        "year=20x0",
        "year=１９９９",
        "need=none",
        "sort=size",
        "keyword=" + "长" * 200,
        "case=sz2020-9999",
        "case=%27&case=",
    ],
)
def test_unknown_value_is_an_error_above_an_empty_list(client, query):
    make_case()
    response = client.get(f"/cases/?{query}")
    assert response.status_code == 400
    assert response.context["listing"].page.paginator.count == 0
    assert 'role="alert"' in response.content.decode()
    assert client.get(f"/api/v1/cases/?{query}").status_code == 400


def test_unknown_value_leaves_the_choices_to_pick_from(client):
    make_case(category=make_category(slug="green"))
    listing = client.get("/cases/?need=none").context["listing"]
    assert [value.count for group in listing.facets if group.name == "category" for value in group.values] == [1]


def test_too_many_values_are_refused(client):
    query = "&".join(f"need=t{n}" for n in range(31))
    assert "最多选 30 项" in client.get(f"/cases/?{query}").content.decode()


def test_empty_values_mean_nothing_was_chosen():
    case = make_case()
    assert found("need=&category=") == {case.code}


@pytest.mark.parametrize(("sort", "expected"), [("code", ["b1-0101", "b1-0102"]), ("title", ["b1-0102", "b1-0101"])])
def test_sort(sort, expected):
    book = make_collection(slug="b1")
    make_case(code="b1-0101", title="乙", collection=book)
    make_case(code="b1-0102", title="一", collection=book)
    filtered = CaseFilter(QueryDict(f"sort={sort}")).qs[:]
    assert [case.code for case in filtered] == expected


@pytest.fixture
def named():
    """Three cases, named from the last to the first."""
    cases = [make_case(code=f"b1-010{n}", collection=book) for book in [make_collection(slug="b1")] for n in (1, 2, 3)]
    return [case.code for case in reversed(cases)]


def ordered(query: str) -> list[str]:
    return [case.code for case in CaseFilter(QueryDict(query)).qs[:]]


def test_cases_named_one_by_one_keep_the_order_given(named):
    make_case()
    query = "&".join(f"case={code}" for code in named)
    assert ordered(query) == ordered(f"{query}&{query}&sort=given") == named
    assert ordered(f"{query}&sort=code") == sorted(named)
    assert ordered(f"case={named[2]}&case={named[0]}&year=2020") == [named[2], named[0]]
    assert ordered(f"{query}&year=2020&need=none") == []


def test_the_address_of_named_cases_keeps_their_order(client, named):
    query = "&".join(f"case={code}" for code in named)
    listing = client.get(f"/cases/?year=2020&{query}").context["listing"]
    assert listing.address.endswith(f"/cases/?{query}&year=2020")
    assert listing.names == ["选定的 3 篇", "2020 年"]
    assert listing.pills[0] == ("选定的 3 篇", "/cases/?year=2020")
    assert [value for value, _, is_current in listing.sorts if is_current] == ["given"]
    assert [case["code"] for case in client.get(f"/api/v1/cases/?{query}").json()["results"]] == named
    assert 'content="noindex, follow"' in client.get(f"/cases/?{query}").content.decode()


def test_a_draft_named_is_unknown(client):
    draft = make_case(status="draft", published_at=None)
    response = client.get(f"/cases/?case={draft.code}")
    assert (response.status_code, draft.code in response.context["listing"].errors[0]) == (400, True)


def test_too_many_cases_named_are_refused(client):
    query = "&".join(f"case=b1-{n:04}" for n in range(201))
    assert "最多选 200 项" in client.get(f"/cases/?{query}").content.decode()


def test_order_given_means_nothing_where_none_is_given(client):
    make_case()
    listing = client.get("/cases/?sort=given").context["listing"]
    assert (len(listing.page), "given" in [value for value, _, _ in listing.sorts]) == (1, False)
