"""Errors of the API as problem details (RFC 9457), in Chinese."""

from django.http import JsonResponse
from rest_framework.exceptions import Throttled, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

PROBLEM_JSON = "application/problem+json"
TITLES = {
    400: "条件有误",
    403: "没有权限",
    404: "没有找到",
    405: "只能读，不能写",
    406: "没有这种格式",
    414: "网址太长",
    429: "请求太频繁",
    500: "网站出了点问题",
}


def problem(status: int, detail: str, errors: dict | None = None) -> dict:
    """The members of a problem; ``errors`` are messages by parameter."""
    found = {"type": "about:blank", "title": TITLES.get(status, "请求没有完成"), "status": status, "detail": detail}
    return {**found, "errors": errors} if errors else found


def problem_response(status: int, detail: str) -> JsonResponse:
    """A problem where REST framework is not asked."""
    values = {"ensure_ascii": False}
    return JsonResponse(problem(status, detail), status=status, content_type=PROBLEM_JSON, json_dumps_params=values)


def handle(error: Exception, context: dict) -> Response | None:
    """REST framework's answer to an error, as a problem; ``Retry-After`` and the like stay."""
    response = exception_handler(error, context)
    if response is None:
        return None
    errors = response.data if isinstance(error, ValidationError) and isinstance(response.data, dict) else None
    if isinstance(error, Throttled):
        detail = f"请 {int(error.wait or 1)} 秒后再试；要全部数据，可以一次下载 /cases.jsonl。"
    elif errors:
        detail = " ".join(str(message) for messages in errors.values() for message in messages)
    else:
        detail = str(response.data["detail"] if isinstance(response.data, dict) else response.data[0])
    response.data = problem(response.status_code, detail, errors)
    response.content_type = PROBLEM_JSON
    return response
