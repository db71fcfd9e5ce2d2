"""The write under way: what it has locked, and the files it has put into storage, taken back when it fails."""

import logging
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from cases.models import Case, Version
from cases.models.stored_files import media_folder

logger = logging.getLogger(__name__)


@dataclass
class Held:
    """A locked object: its newest version, or its state before the write where it has none; of a public case, ``before``."""

    latest: Version | None = None
    baseline: dict | None = None
    before: dict | None = None
    is_open: bool = False


@dataclass
class Write:
    """What the write under way has locked, has put into storage and has to index (cases read after their edit)."""

    held: dict[tuple[str, object], Held] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    changed: dict[int, Case] = field(default_factory=dict)
    is_open: bool = False


current_write: ContextVar[Write | None] = ContextVar("write", default=None)


@contextmanager
def one_write() -> Iterator[Write]:
    """Make everything inside one write: files are taken back when it fails, locked rows are not read again.

    Opens no transaction: for a request whose transaction Django's admin opens. What a killed process leaves behind
    is found by ``manage.py clean_media``.
    """
    if (write := current_write.get()) is not None:
        yield write
        return
    write = Write()
    token = current_write.set(write)
    try:
        yield write
    except BaseException:
        _remove(write.files)
        raise
    finally:
        current_write.reset(token)


def write_file(*, folder: str, stem: str, suffix: str, data: bytes) -> str:
    """Put ``data`` into storage, on the disk before this returns; returns its name."""
    wanted = f"{folder}/{stem}.{suffix}"
    try:
        name = default_storage.save(wanted, ContentFile(data))
    except OSError:
        # A disk that is full keeps what fitted; stems are given once, so the file can be nobody else's.
        _remove([wanted])
        raise
    if (write := current_write.get()) is not None:
        write.files.append(name)
    # A row that outlives a power failure must not name an empty file.
    if media_folder():
        with default_storage.open(name) as file:
            os.fsync(file.fileno())
    return name


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
