"""The sitemap: every published page."""

from datetime import datetime

from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.urls import reverse

from cases.models import Case, Category, Collection, Institution
from cases.search.counts import Counts
from cases.search.querysets import ListedCases


class CaseSitemap(Sitemap):
    limit = 2000

    def items(self) -> ListedCases:
        """In the order in which cases came to be: a new one moves no other to another section."""
        counts = Counts()
        return ListedCases(counts.visible, Case.objects.published(), _dates, total=len(counts.visible))

    def lastmod(self, item: Case) -> datetime:
        return item.updated_at

    def get_latest_lastmod(self) -> None:
        """Of all sections; the date would take reading every case, so the list of sections goes without."""


def _dates(cases: QuerySet) -> QuerySet:
    return cases.only("code", "updated_at", "status", "published_at")


class CategorySitemap(Sitemap):
    def items(self) -> list[Category]:
        return Counts().open(Category.objects.all())


class CollectionSitemap(Sitemap):
    def items(self) -> list[Collection]:
        return Counts().open(Collection.objects.all())


class InstitutionSitemap(Sitemap):
    def items(self) -> list[Institution]:
        return Counts().open(Institution.objects.all())


class PageSitemap(Sitemap):
    def items(self) -> list[str]:
        return ["home", "case-list", "category-list", "collection-list", "institution-list", "find", "about"]

    def location(self, item: str) -> str:
        return reverse(f"cases:{item}")


SITEMAPS = {
    "pages": PageSitemap,
    "cases": CaseSitemap,
    "categories": CategorySitemap,
    "collections": CollectionSitemap,
    "institutions": InstitutionSitemap,
}
