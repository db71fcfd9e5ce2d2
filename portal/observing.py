"""What one who runs the portal sees of it: an id in every line of the log, slow queries, numbers for Prometheus.

``django-guid`` would give the ids, but takes any length of header and writes two lines of log for each request.
"""

import logging
import re
import secrets
import time
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

slow_log = logging.getLogger("portal.slow")
WELL_FORMED = re.compile(r"[0-9A-Za-z._-]{8,64}")
HEADER = "X-Request-ID"
LONGEST_SQL = 2_000
_request_id: ContextVar[str] = ContextVar("request_id", default="")


class RequestIdMiddleware:
    """Name each request: as the front named it (``X-Request-ID``, if well-formed), else at random; and tell the name back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        name = given if WELL_FORMED.fullmatch(given) else uuid.uuid4().hex
        token = _request_id.set(name)
        try:
            response = self.get_response(request)
        finally:
            _request_id.reset(token)
        response.headers[HEADER] = name
        return response


class RequestIdFilter(logging.Filter):
    """Give every line of the log the ``request_id`` of the request it was written in, or ``-``."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = _request_id.get() or "-"
        return True


def watch_queries(connection, **_: object) -> None:
    """Log the queries of this connection that take longer than ``PORTAL_SLOW_QUERY_MS``: their SQL, never their values."""
    if _log_if_slow not in connection.execute_wrappers:
        connection.execute_wrappers.append(_log_if_slow)


def _log_if_slow(execute: Callable, sql: str, params: object, many: bool, context: dict) -> object:
    started = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        milliseconds = (time.perf_counter() - started) * 1000
        if milliseconds >= settings.SLOW_QUERY_MS:
            details = {"milliseconds": round(milliseconds), "database": context["connection"].alias}
            slow_log.warning("slow query, %d ms: %s", milliseconds, str(sql)[:LONGEST_SQL], extra=details)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Numbers for Prometheus, to whoever brings ``PORTAL_METRICS_TOKEN``; to others the page does not exist."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not secrets.compare_digest(given.encode(), settings.METRICS_TOKEN.encode()):
        raise Http404
    from django_prometheus.exports import ExportToDjangoView  # noqa: PLC0415 -- loaded only where asked for

    return ExportToDjangoView(request)
