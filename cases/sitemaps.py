"""The sitemap: every published page."""

from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.urls import reverse

from cases.models import Case, Category, Collection, Institution


class CaseSitemap(Sitemap):
    limit = 5000

    def items(self) -> QuerySet:
        return Case.objects.published().only("code", "updated_at").order_by("code")

    def lastmod(self, item: Case):
        return item.updated_at


class CategorySitemap(Sitemap):
    def items(self) -> QuerySet:
        return Category.objects.with_counts().filter(case_count__gt=0)


class CollectionSitemap(Sitemap):
    def items(self) -> QuerySet:
        return Collection.objects.for_list()


class InstitutionSitemap(Sitemap):
    def items(self) -> QuerySet:
        return Institution.objects.for_list()


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
