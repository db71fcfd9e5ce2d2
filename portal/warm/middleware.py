"""Answers readers from what was rendered before, and tells their browsers and the caches in front how long it holds."""

import hashlib
import re
import time
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, QueryDict
from django.utils.cache import cc_delim_re, patch_vary_headers
from django.utils.http import http_date, parse_etags, parse_http_date_safe

from cases.models.content_version import ContentState, current_version
from cases.public.kept import release
from portal.warm import pages
from portal.warm.address import APART, VARY, Address, is_of_reader, read_address

GZIP = re.compile(r"\bgzip\b")
KEEP_OUT = {"no-store", "no-cache", "private"}
REST_SECONDS = 2  # for which a database that did not answer is not asked
MAIN = re.compile(r"<main\b[^>]*>")
BANNER = '<div class="wrap"><p class="errors" role="status">网站正在维护：这一页是先前保存的，内容可能不是最新，搜索和提交暂时用不了。</p></div>'
SETTLED = 2  # seconds after which a date says truly that nothing changed: it counts whole ones
MAY_VARY = {name.lower() for name in VARY} | {"accept"}


class PageCacheMiddleware:
    """Stands before sessions, templates and every query but one. See ``portal.warm`` for what is kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.down_until = 0.0

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD") or request.path.startswith(APART):
            return self.get_response(request)
        if not is_of_reader(request):
            return _for_one(self.get_response(request))
        if (address := read_address(request)) is None:
            return _for_one(self.get_response(request))
        if address.query != request.META.get("QUERY_STRING", ""):
            # The page repeats its query in links: those who share an answer must have asked the same.
            request.META["QUERY_STRING"], request.GET = address.query, QueryDict(address.query)
        # What is seen inside a transaction may never be committed; who develops changes templates while the site runs.
        if settings.DEBUG or not settings.PAGE_CACHE or connection.in_atomic_block:
            response = self.get_response(request)
            return _described(response, address) if _may_be_kept(response) else response
        return self._answer(request, address)

    def _content(self) -> ContentState:
        """The present version. A database that did not answer is not asked again for a moment: one that hangs would hold
        every thread in turn."""
        if time.monotonic() < self.down_until:
            raise InterfaceError("the database did not answer a moment ago")
        try:
            return current_version()
        except (OperationalError, InterfaceError):
            self.down_until = time.monotonic() + REST_SECONDS
            raise

    def _answer(self, request: HttpRequest, address: Address) -> HttpResponse:
        try:
            content = self._content()
        except (OperationalError, InterfaceError):
            if (page := pages.find(address.key)) is None:
                raise
            return _while_down(page.answer(accepts_gzip=False))
        code, released_at = release()
        token = f"{content.token}.{code}"
        tag = f'W/"{hashlib.sha256(f"{token}{address.key}".encode()).hexdigest()[:22]}"'
        changed_at = max(content.changed_at, released_at)
        if _has_it(request, tag, changed_at):
            return _described(HttpResponseNotModified(), address, tag, changed_at)
        # Views tell changes by what they know, which may be less than the page.
        request.META.pop("HTTP_IF_MODIFIED_SINCE", None)
        page = pages.find(address.key, token)
        if page is None and request.method == "GET":
            with pages.one_renders(address.key, token) as page:
                if page is None:
                    response = self.get_response(request)
                    if not _may_be_kept(response):
                        return response
                    page = None if response.streaming else pages.keep(address.key, token, response)
                    if page is None:
                        return _described(response, address, tag, changed_at)
        if page is None:
            return self.get_response(request)
        answer = page.answer(GZIP.search(request.META.get("HTTP_ACCEPT_ENCODING", "")) is not None)
        return _described(answer, address, tag, changed_at)


def _while_down(response: HttpResponse) -> HttpResponse:
    """A page kept from before, with a word on that."""
    if response["Content-Type"].startswith("text/html"):
        response.content = MAIN.sub(lambda found: found.group() + BANNER, response.content.decode(), count=1)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Length"] = str(len(response.content))
    response.headers["Warning"] = '110 - "Response is Stale"'
    return response


def _may_be_kept(response: HttpResponse) -> bool:
    """Whether the answer is for all readers: as its view said, and as what it was made from shows."""
    if response.status_code != 200 or response.cookies:
        return False
    directives = {
        item.partition("=")[0].strip().lower() for item in cc_delim_re.split(response.get("Cache-Control", ""))
    }
    vary = {name.strip().lower() for name in response.get("Vary", "").split(",") if name.strip()}
    return not (directives & KEEP_OUT) and vary <= MAY_VARY


def _has_it(request: HttpRequest, tag: str, changed_at: int) -> bool:
    """Whether who asks has this answer: by its tag, or, where none was sent, by its date."""
    if tags := request.META.get("HTTP_IF_NONE_MATCH"):
        return tag in parse_etags(tags)
    since = parse_http_date_safe(request.META.get("HTTP_IF_MODIFIED_SINCE", ""))
    return since is not None and since >= changed_at


def _described(response: HttpResponse, address: Address, tag: str = "", changed_at: int = 0) -> HttpResponse:
    """The answer with what caches are told of it: to ask each time, and, in front, how long not to; or what its view said."""
    seconds = settings.SHARED_SECONDS
    if response.has_header("Cache-Control"):
        pass
    elif address.is_shared:
        shared = f", s-maxage={seconds}, stale-if-error=86400" if seconds else ", must-revalidate"
        response.headers["Cache-Control"] = f"public, max-age=0{shared}"
        if seconds:  # RFC 9213; browsers, which would show what is stale as well, do not read it
            response.headers["CDN-Cache-Control"] = f"public, max-age={seconds}, stale-while-revalidate={seconds * 6}"
    else:
        response.headers["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, VARY if address.is_shared else (*VARY, "Cookie"))
    if tag:
        response.headers["ETag"] = tag
        if changed_at < time.time() - SETTLED:
            response.headers["Last-Modified"] = http_date(changed_at)
    return response


def _for_one(response: HttpResponse) -> HttpResponse:
    """An answer to one person, or to an address that nobody else has."""
    response.headers.setdefault("Cache-Control", "private, no-cache")
    patch_vary_headers(response, ("Cookie",))
    return response
