"""Sheets on the staff desk: export of any list, import with a look at what would change."""

import time
from collections.abc import Callable

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.core.signing import BadSignature
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.csrf import csrf_exempt

from cases.background.files import TooManyError
from cases.editing.differences import LONG, Difference, compare
from cases.models import SheetImport
from cases.sheets.actions import SheetChangedError, SheetGoneError, confirm, discard, may_import, stage
from cases.sheets.exporting import LARGE, XLSX, ask_for_workbook, attachment, has_failed, keys_of, made, sent
from cases.sheets.layout import SHEETS
from cases.sheets.lookup import Lookup
from cases.sheets.plan import Plan, make_plan
from cases.sheets.reader import read_sheets
from cases.sheets.tables import SheetFile
from cases.sheets.writer import RULES, template
from cases.sheets.xlsx import MAX_BYTES, SheetFileError

CHUNK_BYTES = 256 * 1024
FORMS = MAX_BYTES + 64 * 1024  # the file, and what a form puts around it
DRAINED = 256 * 1024 * 1024
SHOWN_PROBLEMS = 300
DIFF_SECONDS = 8
REFRESH = 2  # seconds
EXPORTS = {XLSX: f"Excel（{'、'.join(SHEETS)}）"} | {
    f"{sheet.slug}.csv": f"CSV（{name}）" for name, sheet in SHEETS.items()
}


class SheetsMixin(admin.ModelAdmin):
    """Pages and list actions for sheets."""

    actions = ("export_xlsx", "export_csv", "export_figures")

    def get_urls(self) -> list:
        wrap = self.admin_site.admin_view
        own = [
            ("sheet/", self.sheet_view, "cases_case_sheet"),
            ("sheet/template.xlsx", self.sheet_template_view, "cases_case_sheet_template"),
            ("sheet/made/<str:token>/", self.sheet_made_view, "cases_case_sheet_made"),
            ("sheet/export/<str:form>", self.sheet_export_view, "cases_case_sheet_export"),
            ("sheet/<int:upload_id>/", self.sheet_review_view, "cases_case_sheet_review"),
        ]
        return [path(route, _small_enough(wrap(view)), name=name) for route, view, name in own] + super().get_urls()

    # -- export ------------------------------------------------------------------------------------------------------

    @admin.action(description="导出所选（Excel）", permissions=["view"])
    def export_xlsx(self, request: HttpRequest, queryset: QuerySet) -> HttpResponseBase:
        return self._export(request, queryset, XLSX)

    @admin.action(description="导出所选（CSV，案例）", permissions=["view"])
    def export_csv(self, request: HttpRequest, queryset: QuerySet) -> HttpResponseBase:
        return self._export(request, queryset, "cases.csv")

    @admin.action(description="导出所选（CSV，关键数据）", permissions=["view"])
    def export_figures(self, request: HttpRequest, queryset: QuerySet) -> HttpResponseBase:
        return self._export(request, queryset, "figures.csv")

    def sheet_export_view(self, request: HttpRequest, form: str) -> HttpResponseBase:
        """Export the list as it is filtered and searched; an empty one gives nothing."""
        if form not in EXPORTS:
            raise Http404
        listed = self._listed(request)
        if not listed.exists():
            self.message_user(request, "列表是空的，没有导出。换一个筛选条件再试。", messages.WARNING)
            return HttpResponseRedirect(f"{reverse('admin:cases_case_changelist')}?{request.GET.urlencode()}")
        return self._export(request, listed, form)

    def _export(self, request: HttpRequest, cases: QuerySet, form: str) -> HttpResponseBase:
        """Send these cases in their order; a long workbook is made in the background, and the browser led to it."""
        keys = keys_of(cases)
        if form != XLSX or len(keys) <= LARGE:
            return sent(keys, form)
        try:
            token = ask_for_workbook(keys)
        except TooManyError:
            self.message_user(request, "等着做的文件太多了，请过半分钟再导出。", messages.WARNING)
            return HttpResponseRedirect(reverse("admin:cases_case_changelist"))
        return HttpResponseRedirect(reverse("admin:cases_case_sheet_made", args=[token]))

    def sheet_made_view(self, request: HttpRequest, token: str) -> HttpResponseBase:
        """A workbook made in the background: the file, or 202 and a page that asks again by itself."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            answer, step = made(token)
        except BadSignature as error:
            raise Http404 from error
        if answer:
            return answer
        context = {"step": step, "refresh": REFRESH, "has_failed": has_failed(token)}
        return self._page(request, "made", "正在准备 Excel", context, 500 if context["has_failed"] else 202)

    def sheet_template_view(self, request: HttpRequest) -> HttpResponseBase:
        """Send a workbook to be filled in."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return attachment(template(Lookup().words()), "案例模板.xlsx", XLSX)

    def _listed(self, request: HttpRequest) -> QuerySet:
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            return self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters as error:
            raise Http404("筛选条件不对") from error

    # -- import ------------------------------------------------------------------------------------------------------

    def sheet_view(self, request: HttpRequest) -> HttpResponse:
        """Show links to export the list, and the form that takes a file."""
        listed = self._listed(request)
        error, status = "", 200
        if request.method == "POST":
            if not may_import(request.user):
                raise PermissionDenied
            try:
                file = request.FILES.get("file")
                if file is None:
                    raise SheetFileError("missing", "没有选文件。请先选一个 .xlsx 文件。")
                if file.size > MAX_BYTES:
                    raise SheetFileError("too-big", f"文件太大，最多 {MAX_BYTES // 1024 // 1024} MB。请分成几个文件。")
                sheets = read_sheets(file.read(), file.name or "")
                upload = stage(file=sheets, filename=file.name or "表格", user=request.user)
                return HttpResponseRedirect(reverse("admin:cases_case_sheet_review", args=[upload.pk]))
            except SheetFileError as problem:
                error, status = str(problem), 413 if problem.code == "too-big" else 400
        query = request.GET.urlencode()
        addresses = {form: reverse("admin:cases_case_sheet_export", args=[form]) for form in EXPORTS}
        context = {
            "error": error,
            "count": listed.count(),
            "is_filtered": bool(query),
            "exports": [
                (f"{addresses[form]}?{query}" if query else addresses[form], EXPORTS[form]) for form in EXPORTS
            ],
            "rules": RULES,
            "may_import": may_import(request.user),
            "waiting": SheetImport.objects.of(request.user).defer("data").order_by("-pk"),
            "limit": MAX_BYTES // 1024 // 1024,
        }
        return self._page(request, "sheet", "表格导入导出", context, status)

    def sheet_review_view(self, request: HttpRequest, upload_id: int) -> HttpResponse:
        """Show what the file would change; confirmed here, and written only if it still would."""
        if not may_import(request.user):
            raise PermissionDenied
        upload = SheetImport.objects.of(request.user).filter(pk=upload_id).first()
        try:
            if upload is None:
                raise SheetGoneError
            if request.method != "POST":
                return self._review(request, upload, make_plan(SheetFile.from_json(upload.data), request.user))
            if "discard" in request.POST:
                discard(upload=upload, user=request.user)
                self.message_user(request, f"“{upload.filename}”没有导入。", messages.INFO)
                return HttpResponseRedirect(reverse("admin:cases_case_sheet"))
            done = confirm(upload=upload, user=request.user, digest=request.POST.get("digest", ""))
        except SheetGoneError:
            message = "这份表格已经导入过、已经过期，或者不是你上传的。要再导入，请重新上传。"
            return self._page(request, "gone", "没有这份表格", {"error": message}, 404)
        except SheetChangedError as error:
            return self._review(request, upload, error.plan, has_moved=not error.plan.problems, status=409)
        counts = [f"新建 {done.new} 篇草稿" if done.new else "", f"修改 {done.changed} 篇" if done.changed else ""]
        self.message_user(request, f"已导入“{upload.filename}”：{'、'.join(filter(None, counts))}。", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:cases_case_changelist"))

    def _review(
        self, request: HttpRequest, upload: SheetImport, plan: Plan, *, has_moved: bool = False, status: int = 200
    ) -> HttpResponse:
        differences = _differences(plan)
        context = {
            "upload": upload,
            "plan": plan,
            "problems": plan.problems[:SHOWN_PROBLEMS],
            "more_problems": max(0, len(plan.problems) - SHOWN_PROBLEMS),
            "new": [(entry, differences[entry.key]) for entry in plan.new],
            "public": [(entry, differences[entry.key]) for entry in plan.changed if entry.is_public],
            "changed": [(entry, differences[entry.key]) for entry in plan.changed if not entry.is_public],
            "is_short": len(plan.entries) <= 10,
            "has_moved": has_moved,
        }
        return self._page(request, "review", f"核对：{upload.filename}", context, status)

    def _page(self, request: HttpRequest, template: str, title: str, context: dict, status: int) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "title": title, "opts": self.opts, **context}
        return render(request, f"sheets/{template}.html", context, status=status)


def _small_enough(view: Callable) -> Callable:
    """Refuse an over-long upload before anything is kept of it: the check of the form's token would read it all."""

    def checked(request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
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


def _differences(plan: Plan) -> dict[str, list[Difference]]:
    """Show what each entry changes, by its key; long texts are compared word by word as long as there is time for it."""
    deadline = time.monotonic() + DIFF_SECONDS
    found: dict[str, list[Difference]] = {}
    for entry in plan.entries:
        lines = [(change.name, change.label, change.before, change.after) for change in entry.changes]
        for row in entry.rows:
            kind = "删去" if row.removed else "新的" if row.item is None else "改"
            place = "" if row.order is None else f" {row.order}"
            words = [
                "，".join(f"{label}：{text}".removeprefix("：") for label, text in texts if text)
                for texts in (
                    [(change.label, change.before) for change in row.changes],
                    [(change.label, change.after) for change in row.changes],
                )
            ]
            lines.append((row.sheet.slug, f"{row.sheet.name}{place}（{kind}）{row.name}", *words))
        found[entry.key] = []
        for name, label, before, after in lines:
            pieces: tuple = () if before else (("ins", after),)
            if before and after and max(len(before), len(after)) > LONG and time.monotonic() < deadline:
                pieces = compare(before, after)
            found[entry.key].append(Difference(name, label, before, after, pieces))
    return found
