"""Request guards that belong to the whole site, not to one page."""

import re
from collections.abc import Callable

from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.middleware.http import ConditionalGetMiddleware
from django.shortcuts import render
from django.utils import translation

from cases.public import languages
from cases.public.api.problems import problem_response

MAX_QUERY_LENGTH = 8_000
MAX_BODY_LENGTH = 64 * 1024  # of anyone's forms: a search, an address of mail, a password
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since",
    "Access-Control-Expose-Headers": "ETag, Last-Modified, Retry-After",
}
NO_NUMBER = re.compile(r"Field '\w+' expected a number but got ")
GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestShapeMiddleware:
    """Refuse, in Chinese, what no page can mean: an over-long or undecodable query string or path.

    414 for more than ``MAX_QUERY_LENGTH`` bytes, 400 for NUL characters or bytes that are not UTF-8; 413 for a body of
    more than ``MAX_BODY_LENGTH`` bytes from anyone but staff, before any of it is read.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if len(query) > MAX_QUERY_LENGTH:
            return _refuse(request, 414, "网址太长", "查询条件太多或搜索词太长，请减少条件后重试。")
        if _undecodable(request):
            return _refuse(
                request, 400, "网址无法识别", "网址里有不能识别的字符（不是 UTF-8 编码），请检查链接是否完整。"
            )
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict) -> HttpResponse | None:
        # Called before the check of the CSRF token, which would read the body, and after the user is known.
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isascii() and length.isdigit() and int(length) <= MAX_BODY_LENGTH:
            return None
        if request.user.is_staff and request.path.startswith("/admin/"):
            return None
        return _refuse(request, 413, "内容太大", "发来的内容太大，没有读取。请缩短后再试；上传文件要先登录工作台。")


class MalformedKeyMiddleware:
    """Answer 400, not 500, to an address of the desk with a key that is no number, or none that a database holds.

    Django's admin hands such keys (``_selected_action=abc``, ``?collection=abc``) to its queries as they come.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        is_no_number = isinstance(error, ValueError) and NO_NUMBER.match(str(error))
        is_no_key = isinstance(error, OverflowError) or (isinstance(error, DataError) and "out of range" in str(error))
        if not request.path.startswith("/admin/") or not (is_no_number or is_no_key):
            return None
        return _refuse(
            request, 400, "网址无法识别", "网址或提交的内容里有一个编号不对，什么都没有改。请回到列表重新打开。"
        )


class ContentSecurityPolicyMiddleware:
    """Allow only the site's own files: no inline script, no other host."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        return response


class ApiMiddleware(ConditionalGetMiddleware):
    """Below /api/: any site may read, and who has an answer already gets 304."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if not request.path.startswith("/api/"):
            return response
        response.headers.setdefault("Cache-Control", "no-cache")
        for name, value in CORS.items():
            response.headers[name] = value
        return super().process_response(request, response)


class LanguageMiddleware:
    """The language that the address says, and no cookie or header: so caches may keep each address by itself.

    Pages come out of it whole: the marks of ``cases.public.languages`` are replaced before anything outside sees them.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = languages.language_of(request.path_info)
        with translation.override(language):
            response = self.get_response(request)
            is_page = response.get("Content-Type", "").startswith("text/html") and not response.streaming
            if is_page and not languages.is_chinese():
                response.content = languages.fill(response.content.decode(), language)
                response.headers["Content-Language"] = language
                response.headers["Content-Length"] = str(len(response.content))
        return response


def _undecodable(request: HttpRequest) -> bool:
    # Django decodes bad bytes to U+FFFD, after which nobody can tell what was asked for.
    values = [request.path, *request.GET.keys()]
    values += [value for key in request.GET for value in request.GET.getlist(key)]
    return any("\ufffd" in value or "\x00" in value for value in values)


def _refuse(request: HttpRequest, status: int, title: str, message: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return problem_response(status, message)
    return render(request, "error.html", {"title": title, "message": message}, status=status)
