"""A backup file, written: complete under its name, or not there at all."""

import fcntl
import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import IO
from uuid import UUID

from django.utils.duration import duration_iso_string

from cases.imports.backup_file import CHUNK, DATA, FORMAT, MANIFEST, MEDIA, MEDIA_LIST, VERSION


class BackupBusy(RuntimeError):  # noqa: N818 -- reads as what it says
    """Another process is writing the same file."""


class BackupWriter:
    """Writes ``<path>.part``, readable by its owner only; ``publish`` gives it its name.

    Leaving the ``with`` block without ``publish`` removes the part. A part whose writer was killed is taken over by
    the next run.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.part = path, path.with_name(path.name + ".part")
        self._tables: list[dict] = []
        self._media = hashlib.sha256()
        self._published = False

    def __enter__(self) -> "BackupWriter":
        descriptor = os.open(self.part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        self._file = os.fdopen(descriptor, "r+b")
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise BackupBusy from error
        os.fchmod(descriptor, 0o600)
        self._file.truncate()
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED, allowZip64=True)
        self._media_list = tempfile.TemporaryFile()
        return self

    def __exit__(self, *failure: object) -> None:
        self._media_list.close()
        if not self._published:
            self.part.unlink(missing_ok=True)
            self._zip.fp = None  # an unfinished archive: nothing more is written
        self._file.close()

    def add_table(self, model: str, fields: Iterable[str], rows: Iterable[Iterable]) -> int:
        """Write the rows of one model, one after the other; returns how many there were."""
        digest, count = hashlib.sha256(), 0
        with self._zip.open(_info(f"{DATA}{model}.jsonl"), "w", force_zip64=True) as member:
            for row in rows:
                line = _json([plain(value) for value in row])
                digest.update(line)
                member.write(line)
                count += 1
        self._tables.append({"model": model, "fields": list(fields), "rows": count, "sha256": digest.hexdigest()})
        return count

    def add_media(self, name: str, stream: IO[bytes]) -> None:
        """Copy one file of media, as it is."""
        digest, size = hashlib.sha256(), 0
        with self._zip.open(_info(MEDIA + name, zipfile.ZIP_STORED), "w", force_zip64=True) as member:
            while piece := stream.read(CHUNK):
                digest.update(piece)
                size += len(piece)
                member.write(piece)
        line = _json({"name": name, "size": size, "sha256": digest.hexdigest()})
        self._media.update(line)
        self._media_list.write(line)

    def has_media(self, name: str) -> bool:
        return MEDIA + name in self._zip.NameToInfo

    def finish(self, *, created_at: str, engine: str, migrations: list[tuple[str, str]], missing: list[str]) -> None:
        """Write the lists, close the archive, and wait until it is on the disk."""
        self._media_list.seek(0)
        with self._zip.open(_info(MEDIA_LIST), "w", force_zip64=True) as member:
            while piece := self._media_list.read(CHUNK):
                member.write(piece)
        manifest = {
            "format": FORMAT, "version": VERSION, "created_at": created_at, "engine": engine,
            "migrations": sorted(migrations), "tables": self._tables, "media_sha256": self._media.hexdigest(),
            "missing": missing,
        }  # fmt: skip
        self._zip.writestr(_info(MANIFEST), json.dumps(manifest, ensure_ascii=False, indent=1))
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())

    def publish(self) -> None:
        """Give the finished file its name, in one step, in place of whatever had it."""
        self.part.replace(self.path)
        self._published = True
        folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def plain(value: object) -> object:
    """A column's value as JSON has it, to the last microsecond and digit."""
    match value:
        case None | bool() | int() | float() | str() | list() | dict():
            return value
        case datetime() | date() | time():
            return value.isoformat()
        case Decimal() | UUID():
            return str(value)
        case timedelta():
            return duration_iso_string(value)
        case bytes() | bytearray() | memoryview():
            return {"hex": bytes(value).hex()}
    raise TypeError(f"No way to write {type(value).__name__} into a backup.")


def _json(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode() + b"\n"


def _info(name: str, compression: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.compress_type, info.external_attr = compression, 0o600 << 16
    return info
