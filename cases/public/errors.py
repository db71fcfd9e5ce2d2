"""Error pages: the right status, and what to do next."""

import errno
import sys

from django.db import InterfaceError, OperationalError
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

UNREADABLE = ("暂时打不开", "数据库暂时连不上，不是您的操作有误。请过一分钟再试。")
UNSAVED = (
    "没有保存",
    "服务器暂时不能写入（数据库连不上，或者磁盘满了），这一次没有保存。请不要关掉写着内容的窗口，过一会儿再存，或者告诉管理员。",
)
NO_SPACE = (errno.ENOSPC, errno.EROFS, errno.EDQUOT)


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
    """The page of a failure; 503 where the database or the disk is at fault, which may be over in a minute."""
    error = sys.exc_info()[1]
    is_passing = isinstance(error, OperationalError | InterfaceError) or getattr(error, "errno", 0) in NO_SPACE
    if not is_passing:
        status, words = 500, WORDS[500]
    elif request.method in ("GET", "HEAD"):
        status, words = 503, UNREADABLE
    else:
        status, words = 503, UNSAVED
    # No context processor may fail again while the page of a failure is made.
    if request.path.startswith("/api/") or "application/json" in request.headers.get("Accept", ""):
        response = problem_response(status, "。".join(words))
    else:
        response = render(None, "500.html", dict(zip(("title", "message"), words, strict=True)), status=status)
    if is_passing:
        response["Retry-After"] = "30"
    return response
