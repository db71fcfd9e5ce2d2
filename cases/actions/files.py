"""Files that belong to rows: written before the commit, removed after it, gone again when it does not come."""

import hashlib
import logging
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

logger = logging.getLogger(__name__)
_written: ContextVar[list[str] | None] = ContextVar("files_written", default=None)


@contextmanager
def atomic_with_files() -> Iterator[None]:
    """``transaction.atomic()`` that also takes back the files written within when the transaction fails.

    For the outermost block of everything that writes files; a block within another leaves that to the outer one.
    What a killed process leaves behind is found by ``manage.py clean_media``.
    """
    if _written.get() is not None:
        with transaction.atomic():
            yield
        return
    written: list[str] = []
    token = _written.set(written)
    try:
        with transaction.atomic():
            # First in line: once committed, no failure of a later hook may take the files back.
            transaction.on_commit(written.clear)
            yield
    except BaseException:
        _remove(written)
        raise
    finally:
        _written.reset(token)


def write_file(*, folder: str, stem: str, suffix: str, data: bytes) -> str:
    """Put ``data`` into storage, on the disk before this returns; returns its name."""
    name = default_storage.save(f"{folder}/{stem}.{suffix}", ContentFile(data))
    written = _written.get()
    if written is not None:
        written.append(name)
    # A row that outlives a power failure must not name an empty file.
    with default_storage.open(name) as file:
        os.fsync(file.fileno())
    return name


def unique_stem(data: bytes) -> str:
    """A name by content, never used twice and guessed by no one who has the picture.

    Two rows never share a file: one could be deleted while the other is being written.
    """
    return f"{hashlib.sha256(data).hexdigest()[:32]}-{secrets.token_hex(6)}"


def remove_after_commit(names: Iterable[str], *, unless: Callable[[], set[str]]) -> None:
    """Remove files whose rows go in this transaction, once it is certain, but for those that ``unless`` then names."""
    names = [name for name in names if name]
    if names:
        transaction.on_commit(lambda: _remove(set(names) - unless()), robust=True)


def _remove(names: Iterable[str]) -> None:
    for name in names:
        try:
            default_storage.delete(name)
        except OSError:
            logger.exception("Could not remove %s; clean_media will try again.", name)
