"""What cases are filed under and refer to, in the staff desk: collections, terms, products, documents, the glossary."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from cases.desk.formsets import RowFormSet
from cases.desk.history import VocabularyAdmin
from cases.desk.related_count import counted
from cases.models import (
    Case,
    Category,
    Chapter,
    Document,
    GlossaryEntry,
    Institution,
    Offer,
    Product,
    Term,
)
from cases.models.base import published_case


class CountingAdmin(VocabularyAdmin):
    """A list with the number of cases, drafts included."""

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        field = self.model._meta.get_field("cases").field.name
        return super().get_queryset(request).annotate(cases_total=counted(Case.objects, field))

    @admin.display(description="案例数", ordering="cases_total")
    def case_total(self, item) -> int:
        return item.cases_total


class ChapterInline(admin.TabularInline):
    model = Chapter
    formset = RowFormSet
    extra = 0
    fields = ("number", "category", "first_page")
    autocomplete_fields = ("category",)


class CollectionAdmin(CountingAdmin):
    list_display = ("title", "slug", "kind", "publisher", "year", "case_total", "desk_link")
    list_filter = ("kind", "year")
    search_fields = ("title", "slug", "publisher")
    inlines = (ChapterInline,)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "title",
                    ("slug", "year", "order"),
                    ("kind", "publisher", "place", "published_on"),
                    "period",
                    "preface",
                )
            },
        ),
        ("征集与入选", {"fields": (("submitted_count", "submitting_institutions", "selected_count"),)}),
        ("来源", {"fields": ("source_note", "source_url")}),
    )


@admin.register(Category)
class CategoryAdmin(CountingAdmin):
    list_display = ("name", "mark", "slug", "order", "case_total")
    search_fields = ("name", "slug")
    fields = (("name", "mark", "slug", "order"), "slogan", "intro")


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
    search_fields = ("name", "slug", "description", "other_names")
    fields = ("facet", ("name", "slug", "order"), "description", "other_names")


class PublicCountAdmin(VocabularyAdmin):
    """A list with the number of public cases; ``references`` are the rows that tie cases to it by ``reference_field``."""

    reference_field = ""

    def references(self) -> QuerySet:
        raise NotImplementedError

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(public_total=counted(self.references(), self.reference_field))

    @admin.display(description="已发布案例数", ordering="public_total")
    def public_count(self, item) -> int:
        return item.public_total


@admin.register(Product)
class ProductAdmin(PublicCountAdmin):
    list_display = ("name", "institution", "description", "public_count")
    list_filter = ("institution__type",)
    list_select_related = ("institution",)
    search_fields = ("name", "other_names", "description", "institution__name", "institution__short_name")
    search_help_text = "产品名、其他叫法、机构名"
    autocomplete_fields = ("institution",)
    fieldsets = (
        (
            None,
            {
                "fields": (("institution", "name"), "other_names", "description"),
                "description": "一家机构的一种产品只建一次。额度、期限、利率各篇案例说法不同，写在案例的“产品条件”里。",
            },
        ),
    )
    reference_field = "product"

    def references(self) -> QuerySet:
        return Offer.objects.published()


@admin.register(Document)
class DocumentAdmin(PublicCountAdmin):
    list_display = ("title", "number", "issuer", "issued_on", "public_count")
    search_fields = ("title", "number", "issuer")
    search_help_text = "标题、文号、发文机关"
    fieldsets = (
        (
            None,
            {
                "fields": ("title", ("number", "issued_on"), "issuer", "url", "note"),
                "description": "案例里提到的法规、通知、规划和标准。只填确实知道的；拿不准的留空。",
            },
        ),
    )
    reference_field = "document"

    def references(self) -> QuerySet:
        return Case.documents.through.objects.filter(published_case("case"))


@admin.register(GlossaryEntry)
class GlossaryEntryAdmin(VocabularyAdmin):
    list_display = ("term", "definition")
    search_fields = ("term", "other_names", "definition")
    search_help_text = "词、其他叫法、解释"
    fieldsets = (
        (
            None,
            {
                "fields": ("term", "other_names", "definition"),
                "description": "用自己的话解释，不抄定义。案例正文第一次出现这个词或它的其他叫法，会自动连到这里。",
            },
        ),
    )
