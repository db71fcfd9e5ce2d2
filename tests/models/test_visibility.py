"""What is not published is nowhere; the rule and its twin agree."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models import Case, CaseStatus, KeyFigure
from tests.factories import make_case, make_category, make_collection, make_institution, make_term

pytestmark = pytest.mark.django_db
SECRET = "还没有公开的题名"


@pytest.fixture
def hidden_among_shown():
    """A draft between two published cases of one chapter, all sharing a term and an institution."""
    shared = {
        "collection": make_collection(slug="sz2020"),
        "category": make_category(slug="green"),
        "institution": make_institution(slug="bank"),
    }
    term = make_term(slug="slow", name="慢")
    first = make_case(order=1, terms=(term,), **shared)
    draft = make_case(order=2, terms=(term,), title=SECRET, summary=SECRET, status="draft", **shared)
    last = make_case(order=3, terms=(term,), **shared)
    return first, draft, last


@pytest.mark.parametrize("status", CaseStatus.values)
@pytest.mark.parametrize("days", [-1, 1])
def test_rule_and_twin_agree(status, days):
    case = make_case(status=status, published_at=timezone.now() + timedelta(days=days))
    assert (
        Case.objects.published().filter(pk=case.pk).exists()
        == case.is_published
        == (status == "published" and days < 0)
    )


def test_scheduled_case_appears_when_its_time_comes(client):
    case = make_case(published_at=timezone.now() + timedelta(hours=1))
    assert client.get(case.get_absolute_url()).status_code == 404
    Case.objects.update(published_at=timezone.now() - timedelta(seconds=1))
    assert client.get(case.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("status", ["draft", "in-review", "archived"])
def test_unpublished_case_has_no_page(client, status):
    case = make_case(status=status)
    assert client.get(case.get_absolute_url()).status_code == 404
    assert client.get(reverse("api:case-detail", args=[case.code])).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/", "/cases/", "/categories/", "/categories/green/", "/collections/", "/collections/sz2020/", "/institutions/",
     "/institutions/bank/", "/about/", "/sitemap-cases.xml", "/api/v1/cases/", "/api/v1/figures/"],
)  # fmt: skip
def test_draft_is_on_no_public_page(client, hidden_among_shown, path):
    _, draft, _ = hidden_among_shown
    body = client.get(path).content.decode()
    assert SECRET not in body
    assert draft.code not in body


def test_draft_is_no_neighbour_and_not_related(client, hidden_among_shown):
    first, _, last = hidden_among_shown
    response = client.get(first.get_absolute_url())
    assert response.context["following"] == last
    assert SECRET not in response.content.decode()


def test_draft_is_in_no_count(client, hidden_among_shown):
    listing = client.get("/cases/").context["listing"]
    counts = {(group.name, value.slug): value.count for group in listing.facets for value in group.values}
    assert {
        counts[key]
        for key in [
            ("category", "green"),
            ("institution", "bank"),
            ("collection", "sz2020"),
            ("need", "slow"),
            ("year", "2020"),
            ("type", "state"),
        ]
    } == {2}
    assert client.get("/api/v1/terms/").json()["results"][0]["case_count"] == 2
    assert client.get("/").context["case_total"] == 2


def test_figures_of_drafts_are_not_published(hidden_among_shown):
    assert KeyFigure.objects.published().filter(case=hidden_among_shown[1]).count() == 0
    assert KeyFigure.objects.published().count() == 2
