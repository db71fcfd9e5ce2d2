"""Parents hold the cases of their branches: on pages, in lists, files and the API; each says where to find it."""

import pytest

from cases.models import Offer
from tests.factories import index_all, make_case, make_category, make_institution, make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def bank():
    """A bank with a branch that has a branch; one case each of the lower two, another bank's besides."""
    head = make_institution(slug="head", short_name="总行", type="state")
    branch = make_institution(slug="branch", short_name="分行", parent=head, type="state")
    lowest = make_institution(slug="lowest", short_name="支行", parent=branch, type="card-centre")
    green, small = (
        make_category(slug="green", name="绿色金融", order=1),
        make_category(slug="small", name="服务小微", order=2),
    )
    of_branch, of_lowest = make_case(institution=branch, category=green), make_case(institution=lowest, category=small)
    make_case(institution=lowest, category=small)
    make_case(institution=make_institution(slug="other", short_name="别家"))
    product = make_product(institution=lowest, name="云快贷")
    Offer.objects.create(case=of_lowest, order=1, product=product)
    make_product(institution=lowest, name="没有写到的产品")
    index_all()
    return head, of_branch, of_lowest


@pytest.mark.parametrize(("slug", "count"), [("head", 3), ("branch", 3), ("lowest", 2)])
def test_lists_files_feeds_and_api_hold_the_cases_of_branches(client, bank, slug, count):
    assert client.get(f"/institutions/{slug}/").context["page"].paginator.count == count
    assert client.get(f"/cases/?institution={slug}").context["listing"].page.paginator.count == count
    assert client.get(f"/api/v1/cases/?institution={slug}").json()["count"] == count
    assert client.get(f"/institutions/{slug}.csv").getvalue().count(b"/cases/book") == count
    assert client.get(f"/feeds/cases.atom?institution={slug}").content.count(b"<entry>") == count
    assert client.get(f"/figures/?institution={slug}").context["listing"].total == count
    counted = {row["slug"]: row["case_count"] for row in client.get("/api/v1/institutions/").json()["results"]}
    assert counted[slug] == count


def test_a_case_of_two_chosen_institutions_is_counted_once(client, bank):
    assert client.get("/cases/?institution=head&institution=branch").context["listing"].page.paginator.count == 3


def test_counts_of_filters_are_those_of_their_lists(client, bank):
    groups = {group.name: group for group in client.get("/cases/").context["listing"].facets}
    counts = {value.slug: value.count for value in groups["institution"].values}
    assert counts == {"head": 3, "branch": 3, "lowest": 2, "other": 1}


def test_branches_stand_below_their_parent(client, bank):
    groups = client.get("/institutions/").context["groups"]
    assert [(label, sorted(row.slug for row in rows)) for label, rows in groups] == [
        ("国有大型商业银行", ["head", "other"])
    ]
    head = next(row for _, rows in groups for row in rows if row.slug == "head")
    assert [(row.slug, [below.slug for below in row.below]) for row in head.below] == [("branch", ["lowest"])]
    page = client.get("/institutions/").content.decode()
    assert page.index("/institutions/head/") < page.index("/institutions/branch/") < page.index("/institutions/lowest/")


def test_a_page_draws_the_chapters_and_names_products_and_figures(client, bank):
    page = client.get("/institutions/head/").content.decode()
    facts = page[page.index("institution-facts") : page.index('id="count"')]
    assert facts.index("服务小微") < facts.index("绿色金融")
    assert 'width="50.0%"' in facts
    assert "/cases/?institution=head&amp;category=green" in facts
    assert ("云快贷" in facts, "没有写到的产品" in facts) == (True, False)
    assert "这些案例里的 3 个数字" in facts


def test_a_new_parent_holds_the_cases_at_once(client, bank):
    head, *_ = bank
    top = make_institution(slug="top")
    head.parent = top
    head.save()
    index_all()
    assert client.get("/institutions/top/").context["page"].paginator.count == 3
