"""The sitemap: every published page."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Max, Model, Q
from django.urls import reverse

from cases.models import (
    Case,
    CaseStatus,
    Category,
    Collection,
    Document,
    GlossaryEntry,
    Institution,
    Product,
    Term,
    Version,
)
from cases.models.base import published_case
from cases.public.languages import TAGS, in_language
from cases.search.bitmaps import CaseList, Counts


class PagesSitemap(Sitemap):
    """Each page in each of its languages, and each of them with all. Django's own way reads every item of the site."""

    def get_urls(self, *args, **kwargs) -> list[dict]:
        found = []
        for page in super().get_urls(*args, **kwargs):
            addresses = {code: in_language(page["location"], code) for code, _ in settings.LANGUAGES}
            others = [{"lang_code": TAGS.get(code, code), "location": url} for code, url in addresses.items()]
            found += [{**page, "location": url, "alternates": others} for url in addresses.values()]
        return found


class CaseSitemap(PagesSitemap):
    limit = 2000

    def items(self) -> CaseList:
        """In the order in which cases came to be: a new one moves no other to another section."""
        return Counts().case_list().shaped(lambda cases: cases.only("code", "updated_at", "status", "published_at"))

    def lastmod(self, item: Case) -> datetime:
        return item.updated_at

    def get_latest_lastmod(self) -> None:
        """Of all sections; the date would take reading every case, so the list of sections goes without."""


class CasesSitemap(PagesSitemap):
    """Pages that show the cases of a row of ``model``: they change with its cases, and with the row."""

    model: type[Model]
    limit = 2000

    def items(self) -> list[Model]:
        """Those with published cases, each with its ``changed_at``. 2 queries besides the rows and their counts."""
        counts, kind = Counts(), self.model._meta.model_name
        rows = counts.with_cases(self.model.objects.all())
        of_cases, of_rows = case_changes(kind), row_changes("object_id", [kind])
        for row in rows:
            shown = (of_cases.get(int(key.partition(":")[2])) for key in counts.keys_of(row))
            row.changed_at = max(filter(None, (*shown, of_rows.get(row.pk))), default=None)
        return rows

    def lastmod(self, item: Model) -> datetime | None:
        return item.changed_at

    def get_latest_lastmod(self) -> None:
        """As for cases: the list of sections goes without."""


class CategorySitemap(CasesSitemap):
    model = Category


class CollectionSitemap(CasesSitemap):
    model = Collection


class InstitutionSitemap(CasesSitemap):
    model = Institution


class PageSitemap(PagesSitemap):
    # The kinds of rows that a page shows; all but the glossary change with the cases.
    PAGES: dict[str, tuple[type[Model], ...]] = {
        "home": (Case, Collection, Category),
        "case-list": (Case,),
        "category-list": (Case, Category),
        "collection-list": (Case, Collection),
        "institution-list": (Case, Institution),
        "product-list": (Case, Product),
        "document-list": (Case, Document),
        "glossary": (GlossaryEntry,),
        "figures:list": (Case,),
        "figures:places": (Case,),
        "find": (Case, Term),
        "about": (Case,),
    }

    def items(self) -> list[tuple[str, datetime | None]]:
        """(name, when its page last changed, if known). 2 queries."""
        kinds = {model._meta.model_name for models in self.PAGES.values() for model in models} - {"case"}
        known = row_changes("kind", kinds)
        known["case"] = max(case_changes("status").values(), default=None)
        return [
            (name, max(filter(None, (known.get(model._meta.model_name) for model in models)), default=None))
            for name, models in self.PAGES.items()
        ]

    def location(self, item: tuple[str, datetime | None]) -> str:
        return reverse(item[0] if ":" in item[0] else f"cases:{item[0]}")

    def lastmod(self, item: tuple[str, datetime | None]) -> datetime | None:
        return item[1]

    def get_latest_lastmod(self) -> None:
        """As for cases: the list of sections goes without."""


def case_changes(field: str) -> dict[object, datetime]:
    """By the value of ``field``: when a case last changed, came out at the time set for it, or was taken back.

    One query, answered from the index ``case_changed`` alone: the table holds the texts.
    """
    gone = Q(status=CaseStatus.ARCHIVED)
    cases = Case.objects.filter(status__in=(CaseStatus.PUBLISHED, CaseStatus.ARCHIVED)).order_by()
    changed, came_out = Max("updated_at", filter=published_case() | gone), Max("published_at", filter=published_case())
    rows = cases.values_list(field).annotate(changed=changed, came_out=came_out)
    return {value: max(filter(None, moments)) for value, *moments in rows if any(moments)}


def row_changes(field: str, kinds: Iterable[str]) -> dict[object, datetime]:
    """By the value of ``field`` of their versions: when rows of these kinds were last written. One query."""
    versions = Version.objects.filter(kind__in=kinds).order_by()
    return dict(versions.values_list(field).annotate(latest=Max("made_at")))


SITEMAPS = {
    "pages": PageSitemap,
    "cases": CaseSitemap,
    "categories": CategorySitemap,
    "collections": CollectionSitemap,
    "institutions": InstitutionSitemap,
}
