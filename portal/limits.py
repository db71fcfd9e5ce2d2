"""How often one address may have a page made that is not kept: searches, combinations of filters, suggestions, forms.

What is kept costs nothing and is not counted, so nobody who reads notices. The API and the forms of following and feedback have
rates of their own. REST framework's throttle counts in the cache, by the address that the proxy in front tells.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from rest_framework.throttling import SimpleRateThrottle

# Bound by their own rates, or cheap.
ELSEWHERE = ("/api/", "/admin/", "/healthz", "/livez", "/readyz", "/metrics", settings.MEDIA_URL, settings.STATIC_URL)


class MadePages(SimpleRateThrottle):
    scope = "made"

    def get_rate(self) -> str | None:
        return settings.PAGE_RATE or None

    def get_cache_key(self, request: HttpRequest, view: None) -> str:
        return f"made:{self.get_ident(request)}"


class RateMiddleware:
    """Answer 429 to who asks for more than ``PORTAL_PAGE_RATE`` pages with a query, or sends more forms. Stands below what
    keeps pages and what knows the user: staff are not counted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_counted = (request.META.get("QUERY_STRING") or request.method == "POST") and not request.path.startswith(
            ELSEWHERE
        )
        # Anyone can send a cookie: who is staff is asked of the session.
        if not is_counted or (settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated):
            return self.get_response(request)
        throttle = MadePages()
        if throttle.allow_request(request, None):
            return self.get_response(request)
        message = (
            "这台设备一分钟里查得太多了，请稍等一会儿再试。要全部内容，可以一次下载 /cases.jsonl，或者用数据接口。"
        )
        response = render(request, "error.html", {"title": "请稍等一会儿", "message": message}, status=429)
        response["Retry-After"] = str(int(throttle.wait() or 0) + 1)
        return response
