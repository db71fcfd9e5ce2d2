"""Counts ignore their own dimension and respect the others."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.http import QueryDict
from django.utils import timezone

from cases.public.filters import CaseFilter
from cases.public.listing import build_facets
from cases.public.options import toggles
from tests.factories import index_all, make_case, make_category, make_institution, make_term

pytestmark = pytest.mark.django_db


def counts(query: str) -> dict[tuple[str, str], int]:
    data = QueryDict(query)
    groups = build_facets(CaseFilter(data), "/cases/")
    return {(group.name, value.slug): value.count for group in groups for value in group.values}


@pytest.fixture
def three_cases():
    green, red = make_category(slug="green"), make_category(slug="red")
    bank, trust = make_institution(slug="bank", type="state"), make_institution(slug="trust", type="trust")
    slow, dear = make_term(slug="slow"), make_term(slug="dear")
    make_case(category=green, institution=bank, terms=(slow,))
    make_case(category=green, institution=trust, terms=(slow, dear))
    make_case(category=red, institution=bank, terms=(dear,))


def test_counts_without_selection(three_cases):
    result = counts("")
    assert (result["category", "green"], result["category", "red"]) == (2, 1)
    assert (result["type", "state"], result["type", "trust"]) == (2, 1)
    assert (result["need", "slow"], result["need", "dear"]) == (2, 2)


def test_own_dimension_is_ignored_others_are_respected(three_cases):
    result = counts("category=green")
    assert (result["category", "green"], result["category", "red"]) == (2, 1)
    assert (result["institution", "bank"], result["institution", "trust"]) == (1, 1)
    assert (result["need", "slow"], result["need", "dear"]) == (2, 1)


def test_value_without_cases_keeps_its_place_but_leads_nowhere(client, three_cases):
    assert list(counts("category=red")) == list(counts(""))
    assert counts("category=red")["need", "slow"] == 0
    html = client.get("/cases/?category=red").content.decode()
    assert 'id="need-dear"' in html
    assert 'id="need-slow"' not in html
    assert 'id="need-slow"' in client.get("/cases/?category=red&need=slow").content.decode()


def test_a_chapters_page_offers_only_what_the_chapter_has(client, three_cases):
    html = client.get("/categories/red/").content.decode()
    assert 'id="need-dear"' in html
    assert "slow" not in html
    html = client.get("/categories/green/?institution=bank").content.decode()
    assert html.count('class="none"') == 3  # type, need and book of the other green case


def test_long_dimension_offers_its_most_frequent_values(monkeypatch):
    monkeypatch.setattr("cases.public.listing.OFFERED_AT_MOST", 2)
    rare, often, chosen = (make_term("keyword", slug=slug) for slug in ("rare", "often", "chosen"))
    make_case(terms=(rare, often))
    make_case(terms=(often, chosen))
    assert [slug for (name, slug) in counts("keyword=chosen") if name == "keyword"] == ["often", "chosen"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "/cases/?need=slow"),
        ("page=3&sort=code", "/cases/?sort=code&need=slow"),
        ("need=slow&need=dear", "/cases/?need=dear"),
        ("need=slow", "/cases/"),
    ],
)
def test_toggles_switch_one_value_and_forgets_the_page(query, expected):
    for slug in ("slow", "dear"):
        make_term(slug=slug)
    assert toggles("/cases/", CaseFilter(QueryDict(query)).asked, "need")("slow") == expected


JUNK = [
    "utm=" + "x" * 3900,
    "&".join(f"a{n}=b{n}" for n in range(400)),
    "need=" + "y" * 3900,
    "&".join(f"need=n{n}" for n in range(400)),
]


@pytest.mark.parametrize("junk", JUNK, ids=["tracker", "trackers", "value", "values"])
def test_what_no_list_understands_is_not_repeated_in_its_links(client, three_cases, junk):
    listing = client.get(f"/cases/?{junk}").context["listing"]
    links = [value.toggle_url for group in listing.facets for value in group.values]
    links += [url for _, url in (*listing.pages, *listing.pills)]
    assert len(links) > 5
    assert max(map(len, links)) < 100
    assert len(listing.pills) <= 30


def test_a_value_that_does_not_exist_is_taken_away_by_its_pill(client, three_cases):
    listing = client.get("/cases/?need=nothing&sort=code&institution=bank").context["listing"]
    pills = dict(listing.pills)
    assert pills["解决问题：nothing"] == "/cases/?institution=bank&sort=code"


def test_count_equals_the_list_behind_the_link(client, three_cases):
    listing = client.get("/cases/?institution=bank").context["listing"]
    for group in listing.facets:
        for value in group.values:
            if not listing.case_filter.selected(group.name):
                assert client.get(value.toggle_url).context["listing"].page.paginator.count == value.count


@pytest.mark.parametrize("path", ["/institutions/bank-x/", "/cases/?institution=bank-x", "/feeds/cases.atom?institution=bank-x", "/institutions/", "/products/",
                                  "/api/v1/institutions/", "/api/v1/terms/", "/cases/?need=term-x", "/find/", "/suggest.json?q=未公开", "/sitemap-institutions.xml"])  # fmt: skip
@pytest.mark.parametrize(
    "hidden", [{"status": "draft"}, {"published_at": timezone.now() + timedelta(days=1)}], ids=["draft", "scheduled"]
)
def test_names_are_not_told_before_their_first_case_is_public(client, three_cases, path, hidden):
    institution = make_institution(slug="bank-x", name="未公开银行股份有限公司", short_name="未公开银行")
    make_case(institution=institution, terms=(make_term(slug="term-x", name="未公开难处"),), **hidden)
    index_all()
    text = client.get(path).content.decode()
    text = text.replace(quote("未公开"), "").replace('["未公开"', "").replace('value="未公开"', "")
    assert "未公开" not in text
