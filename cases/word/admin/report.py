"""Reports of Word imports in the staff desk: of one upload, and of one file with what is left to decide."""

from collections.abc import Iterable

from django.contrib import admin, messages
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path

from cases.editing.content_checks import TEXT_FIELDS
from cases.editing.duplicates import find_duplicates
from cases.editing.permissions import may_edit
from cases.models import CaseStatus, WordImport, WordImportOutcome, WordUpload
from cases.word.actions import FileOutcome, may_import
from cases.word.admin.forms import CompleteForm, FigureForm, ImageForm, Places
from cases.word.report import NOT_YOURS, PUBLIC, complete_import, discard_imports, join_import, save_report

LEVELS = (("unsure", "拿不准，请核对"), ("left", "没有放进草稿"), ("taken", "已读出"))
OTHER_SECTION = "其他"
AT_ONCE = 100  # rows of the table that completes many


@admin.register(WordImport)
class WordImportAdmin(admin.ModelAdmin):
    """Files that came, newest first. Nothing here is edited by hand: a report asks, and an action answers."""

    list_display = ("filename", "title", "outcome", "case", "importer_name", "uploaded_at")
    list_filter = ("outcome", "collection")
    list_select_related = ("case", "uploaded_by")
    list_per_page = 50
    search_fields = ("filename", "title", "case__code")
    search_help_text = "文件名、题名、编号"
    view_on_site = False

    @admin.display(description="导入的人", ordering="uploaded_by")
    def importer_name(self, word_import: WordImport) -> str:
        return word_import.importer

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_import(request.user)

    def has_view_permission(self, request: HttpRequest, obj=None) -> bool:
        return may_import(request.user)

    def has_change_permission(self, request: HttpRequest, obj=None) -> bool:
        return may_import(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: WordImport | None = None) -> bool:
        """Refuse to forget what became a draft while the draft is there: the same file would come in twice."""
        return may_import(request.user) and (obj is None or obj.case_id is None)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def delete_model(self, request: HttpRequest, obj: WordImport) -> None:
        discard_imports(word_imports=[obj], user=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        discard_imports(word_imports=queryset, user=request.user)

    def get_urls(self) -> list:
        view = self.admin_site.admin_view
        return [
            path("upload/<int:pk>/", view(upload_report), name="cases_wordimport_upload"),
            path("pending/", view(pending_page), name="cases_wordimport_pending"),
            *super().get_urls(),
        ]

    def change_view(self, request: HttpRequest, object_id: str, form_url="", extra_context=None) -> HttpResponse:
        if not may_import(request.user):
            raise PermissionDenied
        if not object_id.isdecimal() or len(object_id) > 18:
            raise Http404
        word_import = get_object_or_404(WordImport.objects.for_report(), pk=object_id)
        return file_report(request, word_import)


def upload_report(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one block for each file of an upload."""
    if not may_import(request.user):
        raise PermissionDenied
    upload = get_object_or_404(WordUpload.objects.select_related("uploaded_by"), pk=pk)
    keys = [line["word_import"] for line in upload.lines if line["word_import"]]
    imports = WordImport.objects.for_report().in_bulk(keys)
    pending = [imports[key] for key in dict.fromkeys(keys) if key in imports and imports[key].is_pending]
    rows, status = complete_rows(request, pending) if pending else ([], 200)
    if status == 302:
        return redirect(request.path)
    if request.method == "POST":  # one may be joined to another by now
        upload.refresh_from_db()
        imports = WordImport.objects.for_report().in_bulk(keys)
    blocks = []
    for line in upload.lines:  # with its state of now: what was pending may be a draft by this time
        found = imports.get(line["word_import"])
        block = {"label": FileOutcome(line["outcome"]).label, "word_import": found}
        block["levels"] = _levels(found) if found else []
        block["open_figures"] = sum(not one["taken"] for one in found.figures) if found else 0
        blocks.append(line | block)
    context = {
        **admin.site.each_context(request),
        "title": "导入报告",
        "upload": upload,
        "blocks": blocks,
        "rows": rows,
        "counts": [
            (outcome.label, count)
            for outcome in FileOutcome
            if (count := sum(line["outcome"] == outcome for line in upload.lines))
        ],
    }
    return TemplateResponse(request, "word/upload_report.html", context, status=status)


def pending_imports() -> list[WordImport]:
    """The files that wait to be completed, those that came first on top."""
    waiting = WordImport.objects.for_report().filter(outcome=WordImportOutcome.PENDING)
    return list(waiting.order_by("uploaded_at", "pk")[:AT_ONCE])


def pending_page(request: HttpRequest) -> HttpResponse:
    """Complete whatever waits, of all uploads; ``AT_ONCE`` at once."""
    if not may_import(request.user):
        raise PermissionDenied
    forms, status = complete_rows(request, pending_imports())
    if status == 302:
        return redirect(request.path)
    context = {**admin.site.each_context(request), "title": "待补全的来稿", "rows": forms, "at_once": AT_ONCE}
    return TemplateResponse(request, "word/pending.html", context, status=status)


def complete_rows(request: HttpRequest, imports: Iterable[WordImport]) -> tuple[list[CompleteForm], int]:
    """Answer the table: return its rows and the status of the page, 302 where nothing is left to correct.

    Rows ticked and complete become drafts one by one; what is wrong in the others is said beside them, and kept.
    """
    imports, places = list(imports), Places()
    if request.method != "POST":
        return [CompleteForm(one, places=places, prefix=f"row-{one.pk}") for one in imports], 200
    if joined := request.POST.get("join", ""):
        word_import = get_object_or_404(WordImport, pk=joined if joined.isdecimal() and len(joined) < 19 else 0)
        try:
            before = join_import(word_import=word_import, user=request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, f"“{word_import.title}”已并入“{before.title}”。")
        # The other rows stay as they were filled in.
        left = list(WordImport.objects.for_report().filter(pk__in=[one.pk for one in imports]).order_by("pk"))
        return [_kept(one, request.POST, places) for one in left], 200
    rows = [(one, f"make-{one.pk}" in request.POST) for one in imports]
    done, left = 0, []
    for one, is_wanted in rows:
        form = CompleteForm(one, request.POST if is_wanted else None, places=places, prefix=f"row-{one.pk}")
        if not is_wanted or not form.is_valid():
            left.append(form if is_wanted else _kept(one, request.POST, places))
            continue
        try:
            _make_draft(form, request.user)
            done += 1
        except ValidationError as error:
            form.add_error(None, error)
            left.append(form)
    wrong = any(form.is_bound and form.errors for form in left)
    if done:
        messages.success(request, f"建好 {done} 篇草稿{f'，还有 {len(left)} 篇没有建' if left else ''}。")
    elif not wrong:
        messages.warning(request, "没有勾选任何一篇，没有建草稿。")
    return left, 400 if wrong else 302


def _make_draft(form: CompleteForm, user: AbstractBaseUser) -> None:
    """Make the draft of a valid form. Raises ``ValidationError`` as ``complete_import`` does."""
    chapter = form.cleaned_data["chapter"]
    complete_import(
        word_import=form.word_import,
        user=user,
        collection=chapter.collection,
        category=chapter.category,
        institution=form.cleaned_data["institution"],
        title=form.cleaned_data["title"],
    )


def _kept(word_import: WordImport, data, places: Places) -> CompleteForm:
    """Make a row that shows what was filled in, without checking it."""
    form = CompleteForm(word_import, places=places, prefix=f"row-{word_import.pk}")
    form.initial |= {name: data.get(form.add_prefix(name)) or form.initial[name] for name in form.fields}
    return form


def file_report(request: HttpRequest, word_import: WordImport) -> HttpResponse:
    """Show what was read from one file; ask for what is missing, offer figures, take words for images."""
    if word_import.is_pending:
        return _pending(request, word_import)
    if word_import.case is None:
        return _render(request, word_import, {})
    if not may_edit(request.user, word_import.case) or word_import.case.status == CaseStatus.PUBLISHED:
        locked = PUBLIC if word_import.case.status == CaseStatus.PUBLISHED else NOT_YOURS
        return _render(request, word_import, {"locked": locked})
    data = request.POST if request.method == "POST" else None
    candidates = [(place, one) for place, one in enumerate(word_import.figures) if not one["taken"]]
    figures = [FigureForm(candidate, place, data) for place, candidate in candidates]
    images = [ImageForm(image, data) for image in word_import.case.images.all()]
    if data is not None and (saved := _save(request, word_import, figures, images)):
        return saved
    groups: dict[str, list[FigureForm]] = {name: [] for name in TEXT_FIELDS}
    for form in figures:
        groups.setdefault(form.candidate["section"], []).append(form)
    context = {
        "groups": [(TEXT_FIELDS.get(name, OTHER_SECTION), forms) for name, forms in groups.items() if forms],
        "taken": [candidate for candidate in word_import.figures if candidate["taken"]],
        "pictures": images,
        "duplicates": find_duplicates(word_import.case),
        "failed": data is not None,
    }
    return _render(request, word_import, context, status=400 if data is not None else 200)


def _pending(request: HttpRequest, word_import: WordImport) -> HttpResponse:
    form = CompleteForm(word_import, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            _make_draft(form, request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, "草稿建好了。下面可以取用数据、写图片的替代文字。")
        return redirect("admin:cases_wordimport_change", word_import.pk)
    parts = [(label, word_import.parsed.get(name)) for name, label in TEXT_FIELDS.items() if name != "title"]
    context = {"form": form, "parts": parts, "picture_count": word_import.pictures.count()}
    return _render(request, word_import, context)


def _save(
    request: HttpRequest, word_import: WordImport, figures: list[FigureForm], images: list[ImageForm]
) -> HttpResponse | None:
    """Save what was decided and say where to go on; None where something is wrong. A row not ticked may hold anything."""
    figures = [form for form in figures if form.is_ticked]
    checks = [form.is_valid() for form in (*figures, *images)]  # every one, so that all that is wrong is said at once
    if not all(checks):
        return None
    try:
        taken = save_report(
            word_import=word_import,
            user=request.user,
            figures={form.place: form.pick() for form in figures},
            images={form.image.pk: form.words() for form in images},
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return None
    missing = sum(not form.words().alt for form in images)
    rest = f"还有 {missing} 张图没有写替代文字，写好才能发布。" if missing else ""
    messages.success(request, f"已存好：取用了 {taken} 个数据。{rest}")
    if "_stay" in request.POST:
        return redirect("admin:cases_wordimport_change", word_import.pk)
    if "_report" in request.POST and word_import.upload_id:
        return redirect("admin:cases_wordimport_upload", word_import.upload_id)
    return redirect("admin:cases_case_change", word_import.case_id)


def _render(request: HttpRequest, word_import: WordImport, context: dict, status: int = 200) -> HttpResponse:
    own = {
        **admin.site.each_context(request),
        "title": f"来稿：{word_import.title or word_import.filename}",
        "opts": WordImport._meta,
        "word_import": word_import,
        "levels": _levels(word_import),
    }
    return TemplateResponse(request, "word/report.html", {**own, **context}, status=status)


def _levels(word_import: WordImport) -> list[dict]:
    return [
        {"level": level, "label": label, "texts": texts}
        for level, label in LEVELS
        if (texts := [one["text"] for one in word_import.notices if one["level"] == level])
    ]
