"""The sitemap: every page with the day on which it truly changed."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from lxml import etree

from cases.models import Case
from tests.factories import index_all, make_case, make_category, make_entry, make_institution, save_vocabulary

pytestmark = pytest.mark.django_db

NS = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
FIRST = datetime(2021, 3, 1, 12, tzinfo=UTC)


def days(client, section: str) -> dict[str, str | None]:
    """Path and day of each page of a section."""
    root = etree.fromstring(client.get(f"/sitemap-{section}.xml").content)
    pages = [
        (url.findtext("s:loc", None, NS), url.findtext("s:lastmod", None, NS)) for url in root.findall("s:url", NS)
    ]
    return {address.removeprefix("http://testserver"): day for address, day in pages}


def in_both_languages(*paths: str) -> set[str]:
    return {prefix + path for path in paths for prefix in ("", "/en")}


def set_changed(case: Case, moment: datetime, **fields) -> None:
    Case.objects.filter(pk=case.pk).update(updated_at=moment, **fields)


@pytest.fixture
def case():
    made = make_case(category=make_category(slug="green"), institution=make_institution(slug="bank"))
    set_changed(made, FIRST)
    index_all()
    return made


@pytest.mark.parametrize(
    ("section", "path"),
    [
        ("categories", "/categories/green/"), ("institutions", "/institutions/bank/"), ("pages", "/"),
        ("pages", "/products/"), ("pages", "/documents/"), ("pages", "/cases/"),
        ("pages", "/figures/"),
    ],
)  # fmt: skip
def test_a_page_changes_with_its_cases(client, case, section, path):
    assert days(client, section)[path] == "2021-03-01"
    other = make_case(category=case.category, institution=case.institution)
    set_changed(other, FIRST + timedelta(days=9))
    index_all()
    assert days(client, section)[path] == "2021-03-10"


def test_every_kind_of_page_is_there(client, case):
    assert set(days(client, "pages")) == in_both_languages(
        *("/", "/cases/", "/categories/", "/collections/", "/institutions/", "/products/", "/documents/", "/glossary/"),
        *("/find/", "/about/", "/figures/", "/places/"),
    )
    for section, row in (("collections", case.collection), ("cases", case)):
        assert days(client, section) == dict.fromkeys(in_both_languages(row.get_absolute_url()), "2021-03-01")


def test_a_draft_changes_no_page_and_a_scheduled_case_does_when_its_time_has_come(client, case):
    make_case(category=case.category, status="draft", published_at=None)
    later = make_case(category=case.category, published_at=timezone.now() + timedelta(days=1))
    index_all()
    assert days(client, "categories")["/categories/green/"] == "2021-03-01"
    set_changed(later, FIRST, published_at=FIRST + timedelta(days=5))
    assert days(client, "categories")["/categories/green/"] == "2021-03-06"


def test_a_case_taken_back_changes_the_pages_it_stood_on(client, case):
    gone = make_case(category=case.category)
    set_changed(gone, FIRST + timedelta(days=30), status="archived")
    index_all()
    assert days(client, "categories")["/categories/green/"] == "2021-03-31"


def test_a_row_of_its_own_changes_its_page(client, case):
    case.category.intro = "另一段话"
    save_vocabulary(item=case.category, user=None)
    set_changed(case, FIRST)  # what indexing may have touched
    today = str(timezone.localdate())
    assert days(client, "categories")["/categories/green/"] == today
    assert days(client, "pages")["/categories/"] == today
    assert days(client, "pages")["/institutions/"] == "2021-03-01"


def test_the_glossary_changes_with_its_words_alone(client, case):
    assert days(client, "pages")["/glossary/"] is None
    save_vocabulary(item=make_entry(), user=None)
    assert days(client, "pages")["/glossary/"] == str(timezone.localdate())


def test_the_list_of_sections_names_them_all(client, case):
    root = etree.fromstring(client.get("/sitemap.xml").content)
    found = [item.text.rpartition("-")[2] for item in root.iterfind(".//s:loc", NS)]
    assert sorted(found) == ["cases.xml", "categories.xml", "collections.xml", "institutions.xml", "pages.xml"]
