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
