"""Readers without an account may read from a copy of the database (``DATABASE_REPLICA_URLS``); everyone else reads the primary.

Whole requests, not queries: within one, every query, the version of the content among them, goes to the same database, so no page
made of an older state is ever kept under the version of a newer one. A router of Django's chooses query by query, and does not see
``connection.cursor()``, which the search and the version use.
"""

import logging
import time
from collections.abc import Callable
from itertools import count

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponse

log = logging.getLogger(__name__)
PREFIX = "replica_"
REST_SECONDS = 10  # for which a copy that did not answer is not asked again
# What reads its own writes, or asks after the primary itself.
PRIMARY_ONLY = ("/admin/", "/follow/", "/verify/", "/healthz", "/livez", "/readyz", "/metrics")


class ReplicaMiddleware:
    """Lead ``connection`` to a copy for the time of a request that only reads and has no session; copies take turns.

    Without a copy that answers, to the primary. Stands outside of what reads the version of the content.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.aliases = [alias for alias in connections if alias.startswith(PREFIX)]
        self.turn = count()
        self.rests_until: dict[str, float] = {}
        if not self.aliases:
            raise MiddlewareNotUsed

    def __call__(self, request: HttpRequest) -> HttpResponse:
        replica = self._replica() if _only_reads(request) else None
        if replica is None:
            return self.get_response(request)
        primary = connections["default"]
        connections["default"] = replica  # of this thread alone
        try:
            return self.get_response(request)
        finally:
            connections["default"] = primary

    def _replica(self) -> BaseDatabaseWrapper | None:
        first = next(self.turn)
        for step in range(len(self.aliases)):
            alias = self.aliases[(first + step) % len(self.aliases)]
            if time.monotonic() < self.rests_until.get(alias, 0):
                continue
            replica = connections[alias]
            try:
                replica.close_if_health_check_failed()
                replica.ensure_connection()
            except DatabaseError as error:
                self.rests_until[alias] = time.monotonic() + REST_SECONDS
                log.warning("%s does not answer, others read for it: %s", alias, error)
            else:
                return replica
        return None


def _only_reads(request: HttpRequest) -> bool:
    is_reading = request.method in ("GET", "HEAD") and not request.path.startswith(PRIMARY_ONLY)
    return is_reading and settings.SESSION_COOKIE_NAME not in request.COOKIES
