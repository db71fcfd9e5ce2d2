"""Lists without words count as the tables would, whatever state cases and index are in."""

from collections import Counter
from datetime import timedelta
from itertools import combinations
from secrets import token_hex

import pytest
from django.db.models import Count
from django.http import QueryDict
from django.utils import timezone

from cases.editing.edit import delete_cases
from cases.editing.revisions import open_revision
from cases.models import Case, Category, Collection, Institution, SearchState, Term
from cases.public.filters import CaseFilter
from cases.public.listing import build_facets
from cases.search.bitmaps import Counts, current
from tests.factories import index_all, make_case, make_user
from tests.search.oracle import cases_by_sql

pytestmark = pytest.mark.django_db
VALUES = {
    "category": ["small-business", "green"],
    "audience": ["small-business"],
    "need": ["no-collateral", "nothing-like-it"],
    "instrument": ["credit-loan"],
    "type": ["state", "rural"],
    "institution": ["abc-shenzhen", "ccb"],
    "collection": ["sz2020"],
    "year": ["2020"],
    "region": ["hubei"],
    "period": ["2019"],
}
QUERIES = ["", "need=no-collateral&category=green&category=small-business"] + [
    f"{one}={first}&{other}={second}"
    for one, other in combinations(VALUES, 2)
    for first in VALUES[one]
    for second in VALUES[other]
]


@pytest.fixture
def every_state(seeded):
    """The real collections, with cases in every state among them."""
    cases = list(Case.objects.order_by("code")[:60:6])
    for case, status in zip(cases, ("draft", "in-review", "archived"), strict=False):
        Case.objects.filter(pk=case.pk).update(status=status)
    Case.objects.filter(pk=cases[4].pk).update(published_at=timezone.now() + timedelta(days=1))
    open_revision(case=Case.objects.get(pk=cases[5].pk), user=make_user("管理员"))
    delete_cases(cases=[cases[6]], user=None)
    index_all()


def behind(cases, model) -> dict[int, int]:
    """Cases by primary key of what ``model`` names, counted by the database."""
    field = model._meta.get_field("cases").field.name
    rows = Case.objects.filter(pk__in=cases.order_by().values("pk")).order_by()
    return dict(rows.filter(**{f"{field}__isnull": False}).values_list(field).annotate(n=Count("pk")))


def test_counts_are_those_of_the_database(every_state):
    counts, published = Counts(), Case.objects.published()
    assert set(counts.visible) == set(published.values_list("pk", flat=True))
    for model in (Category, Collection, Term):
        expected = behind(published, model)
        assert {row.pk: row.case_count for row in counts.with_cases(model.objects.all())} == expected
        assert counts.total(model) == len(expected)
    own, expected = behind(published, Institution), Counter()
    for institution in Institution.objects.select_related("parent__parent"):
        for holder in filter(None, (institution, institution.parent, institution.parent and institution.parent.parent)):
            expected[holder.pk] += own.get(institution.pk, 0)
    assert {row.pk: row.case_count for row in counts.with_cases(Institution.objects.all())} == +expected
    assert counts.total(Institution) == len(own)
    SearchState.objects.all().delete()
    assert current().facet_bitmaps == {key: cases for key, cases in counts.state.facet_bitmaps.items() if cases}


def test_filtered_lists_hold_and_count_what_the_database_finds(every_state):
    for query in QUERIES:
        data = QueryDict(query)
        case_filter = CaseFilter(data)
        listed = case_filter.qs
        expected = list(cases_by_sql(data)) if case_filter.form.is_valid() else []
        assert (listed[:], len(listed)) == (expected, len(expected)), query
    for query in QUERIES[:12]:
        assert_facets(QueryDict(query))
    SearchState.objects.all().delete()
    for query in QUERIES[:5]:
        assert_facets(QueryDict(query))


def assert_facets(data: QueryDict) -> None:
    groups = build_facets(CaseFilter(data), "/cases/")
    assert groups or not CaseFilter(data).form.is_valid()
    for group in groups:
        for value in group.values[:12]:
            probe = data.copy()
            probe.setlist(group.name, [value.slug])
            if CaseFilter(probe).form.is_valid():
                assert value.count == cases_by_sql(probe).count(), (data, group.name, value.slug)


def test_case_the_index_does_not_know_is_counted_all_the_same(client):
    make_case()
    index_all()
    assert len(Counts().visible) == 1
    make_case()
    one = Case.objects.latest("pk")
    SearchState.objects.update(stamp=token_hex(8))
    listing = client.get("/cases/").context["listing"]
    assert listing.page.paginator.count == 2
    assert one.pk in {card.pk for card in listing.page}


def test_scheduled_case_is_counted_when_its_time_comes():
    case = make_case(published_at=timezone.now() + timedelta(hours=1))
    index_all()
    assert len(Counts().visible) == 0
    Case.objects.filter(pk=case.pk).update(published_at=timezone.now())
    assert len(Counts().visible) == 1
