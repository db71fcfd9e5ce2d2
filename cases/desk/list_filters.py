"""Cases by state, by the year in which they were published, and by who looks after them."""

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Max, Min, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from cases.models import Case, CaseStatus
from cases.models.base import person_name


class StateFilter(admin.SimpleListFilter):
    """The status as staff think of it: what is to be published at a time to come is not published."""

    title = "状态"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [*CaseStatus.choices[:2], ("scheduled", "定时发布"), *CaseStatus.choices[2:]]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        later = Q(status=CaseStatus.PUBLISHED, published_at__gt=timezone.now())
        if self.value() == "scheduled":
            return queryset.filter(later)
        return queryset.filter(status=self.value()).exclude(later) if self.value() in CaseStatus.values else queryset


class EditorFilter(admin.RelatedFieldListFilter):
    """Staff by name, not by account."""

    def field_choices(self, field, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[int, str]]:
        return [(user.pk, person_name(user)) for user in get_user_model().objects.filter(is_staff=True)]


class PublishedYearFilter(admin.SimpleListFilter):
    """Every year from the first to the last. (``date_hierarchy`` looks at the date of every case: half a second for
    100,000.)"""

    title = "发布年份"
    parameter_name = "published_year"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        ends = Case.objects.aggregate(first=Min("published_at"), last=Max("published_at"))
        if ends["first"] is None:
            return []
        first, last = (timezone.localtime(ends[name]).year for name in ("first", "last"))
        return [(str(year), f"{year} 年") for year in range(last, first - 1, -1)]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        known = {value for value, _ in self.lookup_choices}
        return queryset.filter(published_at__year=int(self.value())) if self.value() in known else queryset
