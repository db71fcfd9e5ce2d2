"""The kept answers, and how many who ask for the same one at once have it rendered once."""

import gzip
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.cache import caches
from django.http import HttpResponse

logger = logging.getLogger(__name__)
KEPT_SECONDS = 24 * 3600
LARGEST = 512 * 1024  # bytes as kept; larger answers are rendered each time
WORTH_COMPRESSING = 200  # bytes
COMPRESSION = 6
RENDERING_SECONDS = 20  # after which the one who renders is taken for dead
PATIENCE, POLL = 5, 0.01  # seconds that others wait for it, and between two looks
UNKEPT = "unkept"  # an answer that was not kept: nobody need wait for another
NOT_KEPT = {"content-length", "etag", "last-modified"}


@dataclass(frozen=True)
class Page:
    """``content`` is compressed where ``is_gzip``; ``token`` names the state of the content it shows."""

    token: str
    headers: tuple[tuple[str, str], ...]
    content: bytes
    is_gzip: bool

    def answer(self, accepts_gzip: bool) -> HttpResponse:
        is_sent_as_kept = accepts_gzip or not self.is_gzip
        response = HttpResponse(self.content if is_sent_as_kept else gzip.decompress(self.content))
        for name, value in self.headers:
            response.headers[name] = value
        if self.is_gzip and is_sent_as_kept:
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(len(response.content))
        return response


def find(key: str, token: str = "") -> Page | None:
    """The answer kept for this address, where it is of this state of the content; any, without ``token``."""
    page = caches["pages"].get(f"page:{key}")
    return page if isinstance(page, Page) and token in ("", page.token) else None


def keep(key: str, token: str, response: HttpResponse) -> Page | None:
    """Keep the answer, compressed once for all; ``None`` where it is too large."""
    content = response.content
    compressed = gzip.compress(content, COMPRESSION, mtime=0) if len(content) >= WORTH_COMPRESSING else content
    is_gzip = len(compressed) < len(content) and not response.has_header("Content-Encoding")
    headers = tuple((name, value) for name, value in response.items() if name.lower() not in NOT_KEPT)
    page = Page(token, headers, compressed if is_gzip else content, is_gzip)
    if len(page.content) > LARGEST:
        return None
    caches["pages"].set(f"page:{key}", page, KEPT_SECONDS)
    return page


@contextmanager
def one_renders(key: str, token: str) -> Iterator[Page | None]:
    """Yield ``None`` to the one who is to render the answer, and to the others, which wait for it, the page.

    The lock stands in the cache: with Redis it holds for all nodes. Whoever waits longer than ``PATIENCE``, or finds that
    the answer was not kept, renders as well.
    """
    cache, lock, until = caches["pages"], f"lock:{key}:{token}", time.monotonic() + PATIENCE
    while not (is_first := cache.add(lock, "", RENDERING_SECONDS)):
        if (page := find(key, token)) is not None:
            yield page
            return
        if cache.get(lock) == UNKEPT or time.monotonic() > until:
            break
        time.sleep(POLL)
    if is_first and (page := find(key, token)) is not None:  # rendered just before the lock was ours
        cache.delete(lock)
        yield page
        return
    try:
        yield None
    finally:
        if is_first and find(key, token) is not None:
            cache.delete(lock)
        elif is_first:
            cache.set(lock, UNKEPT, RENDERING_SECONDS)
