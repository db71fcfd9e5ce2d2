"""“导入 Word” in the staff desk: the page that takes files, and the template members fill in."""

import shutil
import time
from pathlib import Path

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, TooManyFilesSent
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from cases.models import Category, Collection, Institution, WordUpload
from cases.word.actions import Destination, FileOutcome, FileResult, append_result, import_file, may_import
from cases.word.admin.forms import WORD_TYPE, UploadForm
from cases.word.docx.limits import FILE_BYTES
from cases.word.template import build_template
from cases.word.values import plain_name

MB = 1024 * 1024
MAX_REQUEST_BYTES = 200 * MB
MAX_FILES = 100  # Django's own limit, DATA_UPLOAD_MAX_NUMBER_FILES
READ_ON = 4 * MAX_REQUEST_BYTES
SECONDS = 90
TOO_BIG = f"这次上传的文件合起来超过 {MAX_REQUEST_BYTES // MB} MB，没有导入。请分几次上传。"
TOO_MANY = f"一次最多 {MAX_FILES} 个文件，这次没有导入。请分几次上传。"
NOT_REACHED = "还没有轮到这个文件。请把它再传一次；已经导入的文件再传也不会重复。"


class WordImportLinks:
    """Part of the admin of cases: the addresses below /admin/cases/case/import/."""

    def get_urls(self) -> list:
        view = self.admin_site.admin_view
        return [
            path("import/", view(import_page), name="cases_case_import"),
            path("import/template.docx", view(template_file), name="cases_case_import_template"),
            *super().get_urls(),
        ]


@csrf_exempt  # checked below: the check reads the body, and the size and the upload handlers come before that
@require_http_methods(["GET", "HEAD", "POST"])
def import_page(request: HttpRequest) -> HttpResponse:
    """Show the form, and take the files it sends; 413 with the form where they are too many or too big."""
    if not may_import(request.user):
        raise PermissionDenied
    if request.method != "POST":
        return _page(request, _empty_form())
    length = request.META.get("CONTENT_LENGTH") or ""
    if length.isdecimal() and int(length) > MAX_REQUEST_BYTES:
        # A browser that is still sending shows no answer; let it finish, within reason, and keep nothing.
        left = READ_ON
        while left > 0 and (chunk := request.read(MB)):
            left -= len(chunk)
        return _refused(request, TOO_BIG)
    request.upload_handlers = [TemporaryFileUploadHandler(request)]
    try:
        request.FILES  # noqa: B018 -- reading the body is what may fail
    except TooManyFilesSent:
        return _refused(request, TOO_MANY)
    except RequestDataTooBig:
        return _refused(request, TOO_BIG)
    except (MultiPartParserError, UnreadablePostError) as error:
        raise BadRequest from error
    try:
        return _import_files(request)
    finally:
        for file in request.FILES.getlist("files"):
            file.close()  # a temporary file goes when it is closed


@require_GET
def template_file(request: HttpRequest) -> HttpResponse:
    """Send the Word file for members to fill in, with the names we know today."""
    if not may_import(request.user):
        raise PermissionDenied
    institutions = Institution.objects.order_by("short_name").values_list("name", flat=True)
    categories = Category.objects.values_list("name", flat=True)
    return HttpResponse(
        build_template(list(institutions), list(categories)),
        content_type=WORD_TYPE,
        headers={"Content-Disposition": "attachment; filename*=UTF-8''%E6%A1%88%E4%BE%8B%E6%9D%A5%E7%A8%BF.docx"},
    )


@csrf_protect
def _import_files(request: HttpRequest) -> HttpResponse:
    files = request.FILES.getlist("files")
    form = UploadForm(request.POST)
    if not files:
        form.add_error("files", "还没有选文件。")
    if form.errors:
        return _page(request, form, status=400)
    chosen = {name: form.cleaned_data[name] for name in ("collection", "category", "institution")}
    upload = WordUpload(uploaded_by=request.user)  # saved with the first file
    deadline = time.monotonic() + SECONDS
    for file in files:
        if time.monotonic() > deadline:
            late = FileResult(plain_name(file.name), FileOutcome.REFUSED, NOT_REACHED, "not-reached")
            append_result(upload=upload, result=late)
            continue
        import_file(
            path=Path(file.temporary_file_path()),
            filename=file.name,
            user=request.user,
            destination=Destination(**chosen),
            upload=upload,
        )
        file.close()
    return redirect("admin:cases_wordimport_upload", upload.pk)


def _refused(request: HttpRequest, message: str) -> HttpResponse:
    messages.error(request, message)
    return _page(request, _empty_form(), status=413)


def _empty_form() -> UploadForm:
    return UploadForm(initial={"collection": Collection.objects.newest_first().first()})


def _page(request: HttpRequest, form: UploadForm, status: int = 200) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": "导入 Word",
        "form": form,
        "max_files": MAX_FILES,
        "converts": bool(shutil.which(settings.PORTAL_SOFFICE)),
        "max_file_mb": FILE_BYTES // MB,
        "max_request_mb": MAX_REQUEST_BYTES // MB,
    }
    return TemplateResponse(request, "word/upload.html", context, status=status)
