"""The sitemap: every published page."""

from datetime import datetime

from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from cases.models import Case, Category, Collection, Institution
from cases.search.bitmaps import CaseList, Counts


class CaseSitemap(Sitemap):
    limit = 2000

    def items(self) -> CaseList:
        """In the order in which cases came to be: a new one moves no other to another section."""
        return Counts().case_list().shaped(lambda cases: cases.only("code", "updated_at", "status", "published_at"))

    def lastmod(self, item: Case) -> datetime:
        return item.updated_at

    def get_latest_lastmod(self) -> None:
        """Of all sections; the date would take reading every case, so the list of sections goes without."""


class CategorySitemap(Sitemap):
    def items(self) -> list[Category]:
        return Counts().with_cases(Category.objects.all())


class CollectionSitemap(Sitemap):
    def items(self) -> list[Collection]:
        return Counts().with_cases(Collection.objects.all())


class InstitutionSitemap(Sitemap):
    def items(self) -> list[Institution]:
        return Counts().with_cases(Institution.objects.all())


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
