"""Excel and CSV on the staff desk: export of any list, import with a look at what would change."""

import time
from collections.abc import Callable, Iterable, Iterator

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.csrf import csrf_exempt

from cases.actions.sheet_figures import FigurePlan
from cases.actions.sheet_import import (
    SheetChangedError,
    SheetGoneError,
    apply_sheet,
    drop_sheet,
    keep_sheet,
    may_import,
)
from cases.actions.sheet_lookup import Lookup
from cases.actions.sheet_plan import Entry, Plan, make_plan
from cases.exports.sheet_columns import CASES, FIGURES, RULES
from cases.exports.sheets import CONTENT_TYPES, case_row, csv_lines, figure_rows, template, workbook
from cases.imports.sheet_files import MAX_BYTES, SheetFileError
from cases.imports.sheets import SheetFile, read_sheets
from cases.models import Case, SheetImport
from cases.versions import LONG, Difference, compare

CHUNK = 200
CHUNK_BYTES = 256 * 1024
FORMS = MAX_BYTES + 64 * 1024  # the file, and what a form puts around it
DRAINED = 256 * 1024 * 1024
SHOWN_PROBLEMS = 300
DIFF_SECONDS = 8
FORMATS = {"xlsx": "Excel（案例和关键数据）", "cases.csv": "CSV（案例）", "figures.csv": "CSV（关键数据）"}


class SheetsMixin(admin.ModelAdmin):
    """Pages and list actions for sheets."""

    def get_urls(self) -> list:
        wrap = self.admin_site.admin_view
        own = [
            ("sheet/", self.sheet_view, "cases_case_sheet"),
            ("sheet/template.xlsx", self.sheet_template_view, "cases_case_sheet_template"),
            ("sheet/export/<str:form>", self.sheet_export_view, "cases_case_sheet_export"),
            ("sheet/<int:upload_id>/", self.sheet_review_view, "cases_case_sheet_review"),
        ]
        return [path(route, _small_enough(wrap(view)), name=name) for route, view, name in own] + super().get_urls()

    # -- export ------------------------------------------------------------------------------------------------------

    @admin.action(description="导出所选（Excel）", permissions=["view"])
    def export_xlsx(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return _download(queryset, "xlsx")

    @admin.action(description="导出所选（CSV，案例）", permissions=["view"])
    def export_csv(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return _download(queryset, "cases.csv")

    @admin.action(description="导出所选（CSV，关键数据）", permissions=["view"])
    def export_figures(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return _download(queryset, "figures.csv")

    def sheet_export_view(self, request: HttpRequest, form: str) -> HttpResponse:
        """The list as it is filtered and searched; an empty one gives nothing."""
        if form not in FORMATS:
            raise Http404
        listed = self._listed(request)
        if not listed.exists():
            self.message_user(request, "列表是空的，没有导出。换一个筛选条件再试。", messages.WARNING)
            return HttpResponseRedirect(f"{reverse('admin:cases_case_changelist')}?{request.GET.urlencode()}")
        return _download(listed, form)

    def _listed(self, request: HttpRequest) -> QuerySet:
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            return self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters as error:
            raise Http404("筛选条件不对") from error

    def sheet_template_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return _attachment(template(Lookup().words()), "案例模板.xlsx", "xlsx")

    # -- import ------------------------------------------------------------------------------------------------------

    def sheet_view(self, request: HttpRequest) -> HttpResponse:
        """Links to export the list, and the form that takes a file."""
        listed = self._listed(request)
        error, status = "", 200
        if request.method == "POST":
            if not may_import(request.user):
                raise PermissionDenied
            try:
                upload = keep_sheet(user=request.user, **_read(request))
                return HttpResponseRedirect(reverse("admin:cases_case_sheet_review", args=[upload.pk]))
            except SheetFileError as problem:
                error, status = str(problem), 413 if problem.code == "too-big" else 400
        query = request.GET.urlencode()
        exports = [
            (reverse("admin:cases_case_sheet_export", args=[form]) + "?" * bool(query) + query, label)
            for form, label in FORMATS.items()
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": "表格导入导出",
            "opts": self.opts,
            "error": error,
            "count": listed.count(),
            "is_filtered": bool(query),
            "exports": exports,
            "rules": RULES,
            "may_import": may_import(request.user),
            "waiting": SheetImport.objects.of(request.user).defer("data").order_by("-pk"),
            "limit": MAX_BYTES // 1024 // 1024,
        }
        return render(request, "admin/cases/case/sheet.html", context, status=status)

    def sheet_review_view(self, request: HttpRequest, upload_id: int) -> HttpResponse:
        """What the file would change; confirmed here, and written only if it still would."""
        if not may_import(request.user):
            raise PermissionDenied
        upload = SheetImport.objects.of(request.user).filter(pk=upload_id).first()
        if upload is None:
            return self._gone(request)
        if request.method != "POST":
            plan = make_plan(SheetFile.from_json(upload.data), request.user)
            return self._review(request, upload, plan)
        if "discard" in request.POST:
            drop_sheet(upload=upload, user=request.user)
            self.message_user(request, f"“{upload.filename}”没有导入。", messages.INFO)
            return HttpResponseRedirect(reverse("admin:cases_case_sheet"))
        return self._apply(request, upload)

    def _apply(self, request: HttpRequest, upload: SheetImport) -> HttpResponse:
        try:
            done = apply_sheet(upload=upload, user=request.user, digest=request.POST.get("digest", ""))
        except SheetGoneError:
            return self._gone(request)
        except SheetChangedError as error:
            return self._review(request, upload, error.plan, has_moved=not error.plan.problems, status=409)
        said = "、".join(
            filter(None, [f"新建 {done.new} 篇草稿" * bool(done.new), f"修改 {done.changed} 篇" * bool(done.changed)])
        )
        self.message_user(request, f"已导入“{upload.filename}”：{said}。", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:cases_case_changelist"))

    def _review(
        self, request: HttpRequest, upload: SheetImport, plan: Plan, *, has_moved: bool = False, status: int = 200
    ) -> HttpResponse:
        shown = _differences(plan)
        context = {
            **self.admin_site.each_context(request),
            "title": f"核对：{upload.filename}",
            "opts": self.opts,
            "upload": upload,
            "plan": plan,
            "problems": plan.problems[:SHOWN_PROBLEMS],
            "more_problems": max(0, len(plan.problems) - SHOWN_PROBLEMS),
            "new": [(entry, shown(entry)) for entry in plan.new],
            "changed": [(entry, shown(entry)) for entry in plan.changed],
            "is_short": len(plan.entries) <= 10,
            "has_moved": has_moved,
        }
        return render(request, "admin/cases/case/sheet_review.html", context, status=status)

    def _gone(self, request: HttpRequest) -> HttpResponse:
        message = "这份表格已经导入过、已经过期，或者不是你上传的。要再导入，请重新上传。"
        context = {
            **self.admin_site.each_context(request),
            "title": "没有这份表格",
            "opts": self.opts,
            "error": message,
        }
        return render(request, "admin/cases/case/sheet_gone.html", context, status=404)


def _read(request: HttpRequest) -> dict:
    """The file of the form, read; raises ``SheetFileError``."""
    file = request.FILES.get("file")
    if file is None:
        raise SheetFileError("missing", "没有选文件。请先选一个 .xlsx 或 .csv 文件。")
    if file.size > MAX_BYTES:
        raise SheetFileError("too-big", f"文件太大，最多 {MAX_BYTES // 1024 // 1024} MB。请分成几个文件。")
    return {"file": read_sheets(file.read(), file.name or ""), "filename": file.name or "表格"}


def _small_enough(view: Callable) -> Callable:
    """Refuse an over-long upload before anything is kept of it: the check of the form's token would read it all."""

    def checked(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) <= FORMS:
            return view(request, *args, **kwargs)
        # Read to the end and forget, else the browser shows a broken connection instead of the answer.
        for _ in range(min(int(length), DRAINED) // CHUNK_BYTES + 1):
            if not request.read(CHUNK_BYTES):
                break
        message = f"文件太大，最多 {MAX_BYTES // 1024 // 1024} MB。请分成几个文件再上传。"
        return render(request, "error.html", {"title": "文件太大", "message": message}, status=413)

    return csrf_exempt(checked)  # ``view`` comes from admin_view, which checks the token itself


def _download(cases: QuerySet, form: str) -> StreamingHttpResponse:
    """These cases in their order, made while they are sent."""
    keys = list(cases.values_list("pk", flat=True))
    if form == "xlsx":
        pieces = workbook(map(case_row, _in_chunks(keys)), _figures(keys), Lookup().words())
    elif form == "cases.csv":
        pieces = _gathered(csv_lines(CASES, map(case_row, _in_chunks(keys))))
    else:
        pieces = _gathered(csv_lines(FIGURES, _figures(keys)))
    name = {"xlsx": "案例", "cases.csv": "案例", "figures.csv": "关键数据"}[form]
    extension = form.rpartition(".")[2]
    return _attachment(pieces, f"{name}-{timezone.localdate():%Y%m%d}.{extension}", extension)


def _in_chunks(keys: list[int]) -> Iterator[Case]:
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK]
        rows = Case.objects.for_export().in_bulk(chunk)
        yield from (rows[key] for key in chunk if key in rows)


def _figures(keys: list[int]) -> Iterator[dict]:
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK]
        rows = Case.objects.only("code", "title").prefetch_related("figures").in_bulk(chunk)
        for key in chunk:
            if key in rows:
                yield from figure_rows(rows[key])


def _gathered(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Lines in larger pieces: each piece is compressed and sent on its own."""
    pieces, size = [], 0
    for line in lines:
        pieces.append(line)
        size += len(line)
        if size > CHUNK_BYTES:
            yield b"".join(pieces)
            pieces, size = [], 0
    yield b"".join(pieces)


def _attachment(pieces: Iterable[bytes], filename: str, extension: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(pieces, content_type=CONTENT_TYPES[extension])
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=filename)
    if extension == "xlsx":
        response["Content-Encoding"] = "identity"  # a zip already: compressing it again costs time and wins nothing
    return response


def _differences(plan: Plan) -> Callable[[Entry], list[Difference]]:
    """How an entry is shown; long texts are compared word by word as long as there is time for it."""
    deadline = time.monotonic() + DIFF_SECONDS

    def shown(entry: Entry) -> list[Difference]:
        fields = [one(change.name, change.label, change.before, change.after) for change in entry.changes]
        return [*fields, *(one("figures", *_told(figure)) for figure in entry.figures)]

    def one(name: str, label: str, before: str, after: str) -> Difference:
        pieces: tuple = ()
        if not before:
            pieces = (("ins", after),)
        elif after and max(len(before), len(after)) > LONG and time.monotonic() < deadline:
            pieces = compare(before, after)
        return Difference(name, label, before, after, pieces)

    return shown


def _told(figure: FigurePlan) -> tuple[str, str, str]:
    """(label, before, after) of a figure."""
    kind = "删去" if figure.removed else "新的" if figure.figure is None else "改"
    place = "" if figure.order is None else f" {figure.order}"
    before = "，".join(f"{heading}：{old}" if heading else old for heading, old, _ in figure.changes if old)
    after = "，".join(f"{heading}：{new}" for heading, _, new in figure.changes if new)
    return f"关键数据{place}（{kind}）{figure.name}", before, after
