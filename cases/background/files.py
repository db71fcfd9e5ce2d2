"""Files that take long, each made once for its content: asked for by a page, made in the background, kept.

``<list>-<content>.pdf`` in ``TAKEAWAY_DIR``: the first half of the name is the list, format and size, the second all
that the file is made from, so a changed case makes another name, and what is there is never stale. The one who makes it
holds a lock on ``<name>.lock``, which the kernel lets go when a process dies: no job is left half-done for good, and no
table says what happened. A thread of the web process makes them one after another; with ``PORTAL_TAKEAWAY=worker``,
``manage.py make_files`` does, and the web processes only ask.
"""

import fcntl
import hashlib
import json
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

log = logging.getLogger(__name__)
KEPT_BYTES = 1024**3
WAITING_AT_MOST = 50
RETRY_SECONDS = 60
WORKING = {"ask", "failed", "lock", "part", "step"}  # what stands beside a file while it is made
_pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="takeaway")
_asked: set[str] = set()  # by this process, not yet made
_asked_lock = threading.Lock()


Content = Callable[["Order", Callable[[str], None]], bytes]


class TooManyError(Exception):
    """So many files are waiting to be made that another cannot be asked for now."""


@dataclass(frozen=True)
class Order:
    """What is wanted: the page (``kind``, ``slug``, ``query``) of the site at ``site`` as ``suffix`` in ``size``;
    ``version`` names the content it had when it was asked for."""

    kind: str
    slug: str
    query: str
    suffix: str
    size: str
    site: str
    version: str

    @property
    def stem(self) -> str:
        words = [self.kind, self.slug, self.query, self.suffix, self.size, self.site]
        return hashlib.sha256("\0".join(words).encode()).hexdigest()[:20]

    @property
    def path(self) -> Path:
        return settings.TAKEAWAY_DIR / f"{self.stem}-{self.version}.{self.suffix}"

    def beside(self, ending: str) -> Path:
        return self.path.with_name(f"{self.path.name}.{ending}")

    @property
    def step(self) -> str:
        """What is being done, in Chinese; empty while it waits."""
        return _read(self.beside("step"))

    @property
    def has_failed(self) -> bool:
        """Whether making it failed less than ``RETRY_SECONDS`` ago."""
        failed = self.beside("failed")
        return failed.exists() and time.time() - failed.stat().st_mtime < RETRY_SECONDS


def ask(order: Order, content: Content) -> None:
    """Have the file made of what ``content`` gives, unless it is there or asked for already. Raises ``TooManyError``."""
    folder = settings.TAKEAWAY_DIR
    folder.mkdir(parents=True, exist_ok=True)
    if order.path.exists() or order.has_failed:
        return
    if not order.beside("ask").exists():
        if len(list(folder.glob("*.ask"))) >= WAITING_AT_MOST:
            raise TooManyError
        _write(order.beside("ask"), json.dumps(asdict(order)))
    if settings.TAKEAWAY_MAKER == "thread":
        with _asked_lock:
            if order.path.name in _asked:
                return
            _asked.add(order.path.name)
        _pool.submit(_make_in_thread, order, content)


def waiting() -> Iterator[Order]:
    """What was asked for and is not there, oldest first."""
    found = []
    for path in settings.TAKEAWAY_DIR.glob("*.ask"):
        if text := _read(path):
            found.append((path.stat().st_mtime if path.exists() else 0, text))
    return (Order(**json.loads(text)) for _, text in sorted(found))


def make(order: Order, content: Content) -> None:
    """Make the file of what ``content`` gives, unless it is there or being made. What goes wrong is logged and kept for the page that waits."""
    with _only_one(order.beside("lock")) as is_ours:
        if not is_ours:
            return
        if not order.path.exists():
            try:
                _write(order.path, content(order, lambda step: _write(order.beside("step"), step)))
            except Exception:
                log.exception("takeaway: %s of %s %s was not made", order.suffix, order.kind, order.slug)
                order.beside("failed").touch()
            else:
                order.beside("failed").unlink(missing_ok=True)
                tidy(order)
        order.beside("ask").unlink(missing_ok=True)
        order.beside("step").unlink(missing_ok=True)


def _make_in_thread(order: Order, content: Content) -> None:
    try:
        make(order, content)
    finally:
        with _asked_lock:
            _asked.discard(order.path.name)
        connection.close()


def tidy(order: Order) -> None:
    """Remove what this file replaces, and the files longest unread where all are too large."""
    folder = settings.TAKEAWAY_DIR
    for path in folder.glob(f"{order.stem}-*"):
        if not path.name.startswith(order.path.name):
            path.unlink(missing_ok=True)
    done = [path for path in folder.glob("*") if path.suffix[1:] not in WORKING]
    files = sorted((path.stat().st_mtime, path.stat().st_size, path) for path in done)
    total = sum(size for _, size, _ in files)
    for _, size, path in files:
        if total <= KEPT_BYTES:
            break
        if path != order.path:
            path.unlink(missing_ok=True)
            total -= size


@contextmanager
def _only_one(path: Path) -> Iterator[bool]:
    """Whether this process and thread is the one that holds the lock, which ends with the block or the process."""
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
        path.unlink(missing_ok=True)


def _write(path: Path, content: bytes | str) -> None:
    """Put a file in its place as a whole."""
    part = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    part.write_bytes(content if isinstance(content, bytes) else content.encode())
    part.replace(path)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
