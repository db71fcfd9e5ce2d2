"""Cases in the staff desk: one page adds a case with its terms, documents and rows."""

from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.forms import Textarea
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join

from cases.desk.autosave import WritingMixin, mark_saved
from cases.desk.case_form import CaseForm, KnownChoicesField
from cases.desk.case_rows import row_inline
from cases.desk.formsets import KnownChoiceField, deletion_summary
from cases.desk.history import CaseHistoryMixin
from cases.desk.images import CaseImageInline, check_uploads, upload_view
from cases.desk.list_filters import EditorFilter, PublishedYearFilter, StateFilter
from cases.desk.related_count import counted
from cases.desk.term_boxes import TermBoxes, link_to_boxes
from cases.desk.todo import TodoFilter
from cases.editing.content_checks import check_case
from cases.editing.duplicates import find_duplicates
from cases.editing.edit import delete_cases, edit_case, hold_case
from cases.editing.gate import Public, PublicChangeError
from cases.editing.permissions import may_edit
from cases.editing.revisions import open_revision
from cases.editing.workflow import available_transitions
from cases.editing.writing import one_write
from cases.models import Case, CaseStatus, KeyFigure
from cases.models.base import person_name
from cases.word.actions import may_import

LONG_TEXT = Textarea(attrs={"rows": 12, "cols": 90, "data-markdown": ""})


class CaseAdmin(WritingMixin, CaseHistoryMixin):
    """The list and the form; ``cases.admin`` adds remarks, the steps of the workflow, sheets and Word files."""

    form = CaseForm
    list_display = ("code", "title", "institution", "category", "state", "editor_name", "figure_count", "updated_at")
    list_display_links = ("code", "title")
    list_filter = (
        TodoFilter,
        StateFilter,
        PublishedYearFilter,
        "collection",
        "category",
        "institution__type",
        ("editor", EditorFilter),
    )
    list_select_related = ("institution", "category", "editor")
    list_per_page = 50
    search_fields = ("code", "title", "subtitle", "summary", "institution__name", "institution__short_name")
    search_help_text = "编号、题名、摘要、机构名"
    autocomplete_fields = ("collection", "category", "institution", "documents")
    readonly_fields = (
        *("code", "state", "published_at", "preview_link", "translation_link", "content_problems", "created_at"),
        "updated_at",
    )
    inlines = tuple(CaseImageInline if name == "images" else row_inline(name) for name in Case.ROWS)
    fieldsets = (
        ("题名与归属", {"fields": ("title", "subtitle", ("collection", "category", "order"), "institution", "code")}),
        (
            "正文",
            {
                "fields": ("summary", *Case.SECTIONS),
                "description": "小标题、列点、表格的写法，见页首“怎样写小标题、列点、表格”。",
            },
        ),
        ("时间、地区、标签", {"fields": (("period", "regions"), "terms", "documents", "source_pages")}),
        (
            "发布",
            {
                "fields": (
                    ("state", "published_at", "editor"),
                    "preview_link",
                    "translation_link",
                    "content_problems",
                    ("created_at", "updated_at"),
                )
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(figures_total=counted(KeyFigure.objects, "case")).order_by("code")

    def has_change_permission(self, request: HttpRequest, obj: Case | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or may_edit(request.user, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Case | None = None) -> bool:
        """Whoever may write a revision may also throw it away; readers never saw it."""
        if obj is not None and obj.revises_id and obj.status == CaseStatus.DRAFT:
            return may_edit(request.user, obj)
        return super().has_delete_permission(request, obj)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Case | None:
        if request.method == "POST" and object_id.isdecimal():
            return hold_case(int(object_id))
        return super().get_object(request, object_id, from_field)

    def get_urls(self) -> list:
        return [path("<int:pk>/images/", upload_view(self), name="cases_case_images"), *super().get_urls()]

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None) -> HttpResponse:
        check_uploads(request)
        try:
            with one_write():
                response = super().changeform_view(request, object_id, form_url, extra_context)
        except PublicChangeError as change:  # nothing is written: the transaction is over
            if "_revise" in request.POST and (answer := self._revise(request, int(object_id), change.after)):
                return answer
            request.public_change = change
            with one_write():
                response = super().changeform_view(request, object_id, form_url, extra_context)
            response.status_code = 400 if change.problems else 200
        if getattr(response, "context_data", None) and response.context_data["adminform"].form.conflict:
            response.status_code = 409
        return response

    def get_form(self, request: HttpRequest, obj: Case | None = None, change: bool = False, **kwargs) -> type[CaseForm]:
        form = super().get_form(request, obj, change, **kwargs)
        form.public_change = getattr(request, "public_change", None)
        return form

    def _revise(self, request: HttpRequest, key: int, data: dict | None = None) -> HttpResponse | None:
        """Open a revision with what was typed, and lead to it; ``None``, and a message, where there is one already."""
        try:
            with transaction.atomic():
                revision = open_revision(case=Case(pk=key), user=request.user, data=data)
                self.log_addition(request, revision, "开修订稿")
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
            return None
        words = "你写的都在里面，" if data else ""
        self.message_user(
            request, f"开了修订稿 {revision.code}：{words}发布以前读者照旧看到原来的内容。", messages.SUCCESS
        )
        return mark_saved(request, HttpResponseRedirect(reverse("admin:cases_case_change", args=[revision.pk])))

    def response_change(self, request: HttpRequest, obj: Case) -> HttpResponse:
        if "_revise" in request.POST and (answer := self._revise(request, obj.pk)):
            return answer
        return super().response_change(request, obj)

    def _create_formsets(self, request: HttpRequest, obj: Case, change: bool) -> tuple[list, list]:
        formsets, inlines = super()._create_formsets(request, obj, change)
        obj.formsets = formsets  # for the form, which merges rows into them where someone else wrote meanwhile
        return formsets, inlines

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None) -> HttpResponse:
        steps = available_transitions(obj, request.user) if obj and not add else []
        is_public = obj is not None and obj.status == CaseStatus.PUBLISHED
        form = context["adminform"].form
        if "terms" in form.fields:
            texts = ("title", "subtitle", "summary", *Case.SECTIONS)
            form.fields["terms"].widget.case = obj.pk if obj else ""
            form.fields["terms"].widget.text = "\n".join(form[name].value() or "" for name in texts)
        context |= {"steps": steps, "conflict": form.conflict, "public_change": form.public_change}
        context |= {"is_public": is_public, "revision": obj.revisions.first() if is_public else None}
        context["duplicates"] = find_duplicates(obj) if obj and not is_public else []
        context["word_report"] = obj.word_imports.first() if obj and may_import(request.user) else None
        return super().render_change_form(request, context, add, change, form_url, obj)

    def get_inline_formsets(self, request: HttpRequest, formsets, inline_instances, obj: Case | None = None) -> list:
        """What few cases have lies folded where this one has none."""
        shown = super().get_inline_formsets(request, formsets, inline_instances, obj)
        for inline in shown:
            if inline.formset.prefix not in ("figures", "images") and not inline.formset.forms:
                inline.classes += " collapse"
        return shown

    def response_post_save_change(self, request: HttpRequest, obj: Case) -> HttpResponse:
        if "_correct" in request.POST:
            return HttpResponseRedirect(reverse("admin:cases_case_change", args=[obj.pk]))
        return self._next_step(request, obj) or super().response_post_save_change(request, obj)

    def response_post_save_add(self, request: HttpRequest, obj: Case) -> HttpResponse:
        return self._next_step(request, obj) or super().response_post_save_add(request, obj)

    def _next_step(self, request: HttpRequest, case: Case) -> HttpResponse | None:
        """“保存并送审” saves, and leads to the page that asks."""
        for step in available_transitions(case, request.user):
            if f"_{step.name}" in request.POST and step.after_save:
                return HttpResponseRedirect(reverse("admin:cases_case_step", args=[case.pk, step.name]))
        return None

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name in Case.SECTIONS:
            kwargs["widget"] = LONG_TEXT
        elif db_field.name in ("title", "subtitle"):
            kwargs["widget"] = AdminTextInputWidget(attrs={"class": "vLargeTextField"})
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "terms":
            field.widget = field.widget.widget  # without the admin's link to add one, which knows only lists
        return field

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        kwargs["form_class"] = KnownChoiceField
        if db_field.name == "editor":
            kwargs["queryset"] = get_user_model().objects.filter(is_staff=True, is_active=True).order_by("username")
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "editor":
            field.label_from_instance = person_name
        return field

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name == "terms":
            kwargs["widget"] = TermBoxes()
        return super().formfield_for_manytomany(db_field, request, form_class=KnownChoicesField, **kwargs)

    def save_model(self, request: HttpRequest, obj: Case, form, change: bool) -> None:
        """Write nothing yet: ``save_related`` writes the case and its rows as one edit."""

    def view_on_site(self, obj: Case) -> str:
        return obj.get_absolute_url() if obj.is_published else reverse("cases:case-preview", args=[obj.code])

    def save_related(self, request: HttpRequest, form, formsets, change: bool) -> None:
        seen = request.POST.get("_correct")
        public = Public.REFUSED if seen is None else Public.CORRECTED
        with edit_case(form.instance, user=request.user, public=public, seen=seen) as case:
            case.save()
            if {"terms", "documents"} & set(form.changed_data):
                form.save_m2m()
            for formset in formsets:
                self.save_formset(request, form, formset, change=change)

    def get_deleted_objects(self, objs, request: HttpRequest) -> tuple:
        """What a clerk knows as theirs: not the rows that tie tables together, nor what the search index keeps."""
        rows = [inline.model for inline in self.inlines]
        return deletion_summary(objs, super().get_deleted_objects(objs, request), (Case, *rows))

    def delete_model(self, request: HttpRequest, obj: Case) -> None:
        delete_cases(cases=[obj], user=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        delete_cases(cases=queryset, user=request.user)

    @admin.display(description="数据", ordering="figures_total")
    def figure_count(self, case: Case) -> int:
        return case.figures_total

    @admin.display(description="状态", ordering="status")
    def state(self, case: Case) -> str:
        """The status as staff think of it."""
        name = "定时发布" if case.is_scheduled else "已退回" if case.was_returned else case.get_status_display()
        return f"{name}（修订稿）" if case.revises_id else name

    @admin.display(description="负责编辑", ordering="editor")
    def editor_name(self, case: Case) -> str:
        return person_name(case.editor)

    @admin.display(description="预览")
    def preview_link(self, case: Case) -> str:
        if not case.pk:
            return "先保存，再预览。"
        url = reverse("cases:case-preview", args=[case.code])
        return format_html('<a href="{}" target="_blank" rel="noopener">看读者将看到的页面</a>', url)

    @admin.display(description="译文")
    def translation_link(self, case: Case) -> str:
        if not case.pk:
            return "先保存，再写译文。"
        url = reverse("admin:cases_translation_add", query={"language": "en", "kind": "case", "key": case.code})
        return format_html('<a href="{}">题名、一句话和摘要的英文</a>', url)

    @admin.display(description="内容检查")
    def content_problems(self, case: Case) -> str:
        if not case.pk:
            return "先保存，再检查。"
        problems = check_case(case)
        return (
            format_html_join("", "{}<br>", ((link_to_boxes(problem),) for problem in problems))
            if problems
            else "没有发现问题。"
        )
