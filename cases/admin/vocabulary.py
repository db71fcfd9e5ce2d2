"""Collections, categories, institutions and terms in the staff desk."""

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest

from cases.actions.indexing import delete_vocabulary, save_vocabulary, vocabulary_changed
from cases.admin.collection import CollectionDeskMixin
from cases.admin.counting import counted
from cases.admin.history import HistoryMixin
from cases.admin.rows import RowFormSet
from cases.models import Case, Category, Chapter, Collection, Institution, Term


class CountingAdmin(HistoryMixin):
    """A list with the number of cases, drafts included."""

    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        field = self.model._meta.get_field("cases").field.name
        return super().get_queryset(request).annotate(cases_total=counted(Case, field))

    def save_model(self, request: HttpRequest, obj, form, change: bool) -> None:
        save_vocabulary(item=obj, user=request.user)

    def save_related(self, request: HttpRequest, form, formsets, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        vocabulary_changed(item=form.instance, user=request.user)

    def delete_model(self, request: HttpRequest, obj) -> None:
        delete_vocabulary(item=obj, user=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        for item in queryset:
            delete_vocabulary(item=item, user=request.user)

    @admin.display(description="案例数", ordering="cases_total")
    def case_total(self, item) -> int:
        return item.cases_total


class ChapterInline(admin.TabularInline):
    model = Chapter
    formset = RowFormSet
    extra = 0
    fields = ("number", "category", "first_page")
    autocomplete_fields = ("category",)


@admin.register(Collection)
class CollectionAdmin(CollectionDeskMixin, CountingAdmin):
    list_display = ("title", "slug", "publisher", "year", "case_total", "desk_link")
    list_filter = ("year",)
    search_fields = ("title", "slug", "publisher")
    inlines = (ChapterInline,)
    fieldsets = (
        (None, {"fields": ("title", ("slug", "year", "order"), "publisher", "period", "preface")}),
        ("征集与入选", {"fields": (("submitted_count", "submitting_institutions", "selected_count"),)}),
        ("来源", {"fields": ("source_note", "source_url")}),
    )


@admin.register(Category)
class CategoryAdmin(CountingAdmin):
    list_display = ("name", "slug", "order", "case_total")
    search_fields = ("name", "slug")
    fields = (("name", "slug", "order"), "slogan", "intro")


@admin.register(Institution)
class InstitutionAdmin(CountingAdmin):
    list_display = ("short_name", "name", "type", "parent", "case_total")
    list_filter = ("type",)
    list_select_related = ("parent",)
    search_fields = ("name", "short_name", "other_names", "slug")
    autocomplete_fields = ("parent",)
    fieldsets = (
        (None, {"fields": ("name", ("short_name", "slug"), "other_names", ("type", "parent"))}),
        ("介绍", {"fields": ("profile", "website")}),
    )


@admin.register(Term)
class TermAdmin(CountingAdmin):
    list_display = ("name", "facet", "slug", "order", "case_total")
    list_filter = ("facet",)
    search_fields = ("name", "slug", "description")
    fields = ("facet", ("name", "slug", "order"), "description")
