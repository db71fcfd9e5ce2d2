"""Cases in the staff desk: one page adds a case with its figures, pictures and terms."""

from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.forms import Textarea
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from cases.actions.cases import case_changed, delete_cases, save_case, set_case_status
from cases.content_checks import check_case
from cases.models import Case, CaseImage, CaseStatus, KeyFigure

LONG_TEXT = Textarea(attrs={"rows": 12, "cols": 90})


class KeyFigureInline(admin.TabularInline):
    model = KeyFigure
    extra = 0
    min_num = 0
    fields = ("order", "label", "value", "number", "unit", "as_of", "note", "is_headline")


class CaseImageInline(admin.TabularInline):
    model = CaseImage
    extra = 0
    fields = ("order", "file", "caption", "alt")


@admin.register(Case)
class CaseAdmin(admin.ModelAdmin):
    list_display = ("code", "title", "institution", "category", "status", "figure_count", "updated_at")
    list_display_links = ("code", "title")
    list_filter = ("status", "collection", "category", "institution__type")
    list_select_related = ("institution", "category")
    list_per_page = 50
    search_fields = ("code", "title", "subtitle", "summary", "institution__name", "institution__short_name")
    search_help_text = "编号、题名、摘要、机构名"
    autocomplete_fields = ("collection", "category", "institution", "terms")
    readonly_fields = ("code", "preview_link", "content_problems", "created_at", "updated_at")
    inlines = (KeyFigureInline, CaseImageInline)
    date_hierarchy = "published_at"
    actions = ("submit_for_review", "publish", "archive")
    save_on_top = True
    fieldsets = (
        ("题名与归属", {"fields": ("title", "subtitle", ("collection", "category", "order"), "institution", "code")}),
        (
            "正文",
            {
                "fields": ("summary", "background", "approach", "results"),
                "description": "背景、做法、成效用 Markdown 写。",
            },
        ),
        ("时间、地区、标签", {"fields": (("period", "regions"), "terms", "source_pages")}),
        (
            "发布",
            {"fields": (("status", "published_at"), "preview_link", "content_problems", ("created_at", "updated_at"))},
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(figures_total=Count("figures"))

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name in ("background", "approach", "results"):
            kwargs["widget"] = LONG_TEXT
        elif db_field.name in ("title", "subtitle"):
            kwargs["widget"] = AdminTextInputWidget(attrs={"class": "vLargeTextField"})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Case, form, change: bool) -> None:
        save_case(case=obj, user=request.user)

    def view_on_site(self, obj: Case) -> str:
        return obj.get_absolute_url() if obj.is_published else reverse("cases:case-preview", args=[obj.code])

    def save_related(self, request: HttpRequest, form, formsets, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        case_changed(case=form.instance, user=request.user)

    def delete_model(self, request: HttpRequest, obj: Case) -> None:
        delete_cases(cases=[obj], user=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        delete_cases(cases=queryset, user=request.user)

    @admin.display(description="数据", ordering="figures_total")
    def figure_count(self, case: Case) -> int:
        return case.figures_total

    @admin.display(description="预览")
    def preview_link(self, case: Case) -> str:
        if not case.pk:
            return "先保存，再预览。"
        url = reverse("cases:case-preview", args=[case.code])
        return format_html('<a href="{}" target="_blank" rel="noopener">看读者将看到的页面</a>', url)

    @admin.display(description="内容检查")
    def content_problems(self, case: Case) -> str:
        if not case.pk:
            return "先保存，再检查。"
        problems = check_case(case)
        return format_html_join("", "{}<br>", ((problem,) for problem in problems)) if problems else "没有发现问题。"

    @admin.action(description="送审所选案例", permissions=["change"])
    def submit_for_review(self, request: HttpRequest, queryset: QuerySet) -> None:
        self._move(request, queryset, CaseStatus.IN_REVIEW)

    @admin.action(description="发布所选案例", permissions=["change"])
    def publish(self, request: HttpRequest, queryset: QuerySet) -> None:
        self._move(request, queryset, CaseStatus.PUBLISHED)

    @admin.action(description="归档所选案例（读者不再看到）", permissions=["change"])
    def archive(self, request: HttpRequest, queryset: QuerySet) -> None:
        self._move(request, queryset, CaseStatus.ARCHIVED)

    def _move(self, request: HttpRequest, queryset: QuerySet, status: str) -> None:
        moved = 0
        for case in queryset:
            try:
                set_case_status(case=case, status=status, user=request.user)
            except ValidationError as error:
                self.message_user(request, " ".join(error.messages), messages.ERROR)
            else:
                moved += 1
        if moved:
            self.message_user(request, f"{moved} 篇案例已改为“{CaseStatus(status).label}”。", messages.SUCCESS)
