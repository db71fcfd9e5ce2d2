"""Error pages: the right status, and what to do next."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cases.public.api.problems import problem_response
from cases.public.languages import say

WORDS = {
    400: ("请求无法识别", "网址或提交的内容有误，请检查后重试。"),
    403: ("没有权限", "这个页面只对有权限的工作人员开放，请换一个账号登录。"),
    404: ("没有找到这一页", "案例可能还没有发布，或者网址有误。可以从章节目录或搜索重新找起。"),
    500: ("网站出了点问题", "不是您的操作有误。请稍后再试；如果一直这样，请告诉我们。"),
}


def error_page(request: HttpRequest, status: int) -> HttpResponse:
    """The page for ``status`` in Chinese; problem details below /api/."""
    title, message = WORDS[status]
    if request.path.startswith("/api/"):
        return problem_response(status, f"{title}。{message}")
    return render(request, "error.html", {"title": say(title), "message": say(message)}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    # No context processor may fail again while the page of a failure is made.
    title, message = WORDS[500]
    if request.path.startswith("/api/"):
        return error_page(request, 500)
    return render(None, "500.html", {"title": title, "message": message}, status=500)
