"""A backup file, read and doubted: nothing in it is believed before it is checked.

A zip of ``data/<model>.jsonl`` (Django's JSON lines), ``media/<name>`` and, last, ``manifest.json``. Files of version 1
held a list of values a line, in the order of the table's ``fields``, and a list of the media, ``media.jsonl``.
"""

import base64
import errno
import hashlib
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.apps import apps
from django.core.signing import BadSignature, Signer
from django.db import models

FORMAT, VERSION = "cases-portal-backup", 2
MANIFEST, OLD_MEDIA_LIST, DATA, MEDIA = "manifest.json", "media.jsonl", "data/", "media/"
MAX_MANIFEST = MAX_LINE = 16 * 1024 * 1024
MAX_RATIO = 200
SMALL = 64 * 1024 * 1024
MEDIA_NAME = re.compile(r"(?!\.)[^/\\\x00-\x1f\x7f]+(/(?!\.)[^/\\\x00-\x1f\x7f]+)*")
UNREADABLE = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, NotImplementedError, ValueError, OverflowError,
)  # fmt: skip


class BackupError(ValueError):
    """A backup that cannot be used; says why in Chinese."""


@dataclass(frozen=True)
class Table:
    """The rows of one model: ``fields`` are column attributes (``institution_id``), ``rows`` how many."""

    model: str
    fields: tuple[str, ...]
    rows: int

    @property
    def member(self) -> str:
        return f"{DATA}{self.model}.jsonl"


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself; ``missing`` are files the rows name that were not there to be backed up."""

    version: int
    created_at: str
    engine: str
    migrations: frozenset[tuple[str, str]]
    tables: tuple[Table, ...]
    missing: tuple[str, ...]

    @classmethod
    def parse(cls, text: bytes) -> "Manifest":
        try:
            data = json.loads(text)
            if data["format"] != FORMAT:
                raise BackupError("这不是本站的备份文件。")
            if data["version"] not in range(1, VERSION + 1):
                raise BackupError("备份文件来自更新的版本，请先升级本站再恢复。")
            tables = (Table(str(t["model"]), tuple(map(str, [*t["fields"]])), int(t["rows"])) for t in data["tables"])
            migrations = frozenset((str(app), str(name)) for app, name in data["migrations"])
            return cls(
                data["version"],
                str(data["created_at"]),
                str(data["engine"]),
                migrations,
                tuple(tables),
                tuple(map(str, data["missing"])),
            )
        except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
            if isinstance(error, BackupError):
                raise
            raise BackupError("备份文件的说明（manifest.json）看不懂，文件可能已损坏。") from error


SIGNER = Signer(salt="cases.backup", algorithm="sha256")


def sign(path: Path, fingerprint: str) -> None:
    """Sign the file, whose contents have this fingerprint, in the comment of its zip."""
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = SIGNER.sign(fingerprint).encode("ascii")


class BackupFile:
    """An open backup. Everything read from it is checked on the way; what is wrong raises ``BackupError``."""

    def __init__(self, path: Path) -> None:
        self.path, self.fingerprint = path, ""
        self._file = path.open("rb")
        try:
            with _in_plain_words():
                self._zip = zipfile.ZipFile(self._file)
                self.manifest = self._read_manifest()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> "BackupFile":
        return self

    def __exit__(self, *failure: object) -> None:
        self._zip.close()
        self._file.close()  # even where a reader stopped half way

    def verify(self) -> tuple[int, int, int]:
        """Read all of it once; return how many rows, how many files of media, and how many bytes these have."""
        with _in_plain_words():
            contents = hashlib.sha256()
            for info in sorted(self._zip.infolist(), key=lambda info: info.filename):
                digest, size = hashlib.sha256(), 0
                with self._zip.open(info) as stream:  # at its end the checksum was compared
                    while piece := stream.read(MAX_LINE):
                        digest.update(piece)
                        size += len(piece)
                if size != info.file_size:
                    raise BackupError(f"{info.filename[:100]} 的大小不符，文件已损坏或被改过。")
                contents.update(f"{info.filename}\0{digest.hexdigest()}\0".encode())
            self.fingerprint = contents.hexdigest()
        rows = sum(1 for table in self.manifest.tables for _ in self.rows(table))
        media = self.media()
        return rows, len(media), sum(info.file_size for info in media.values())

    @property
    def is_signed(self) -> bool:
        """Whether it was written with the key of this site (``DJANGO_SECRET_KEY``), as it stands; known after ``verify``."""
        try:
            return SIGNER.unsign(self._zip.comment.decode("ascii")) == self.fingerprint
        except (BadSignature, UnicodeDecodeError):
            return False

    def rows(self, table: Table) -> Iterator[dict]:
        """Yield the rows of ``table`` as Django's serializers have them: ``{"model", "pk", "fields"}``."""
        count = 0
        with _in_plain_words(), self._zip.open(table.member) as stream:
            while line := stream.readline(MAX_LINE):
                if len(line) == MAX_LINE:
                    raise BackupError(f"{table.member} 有一行长得不正常，不可信。")
                count += 1
                try:
                    row = json.loads(line)
                    row = _from_version_1(table, row) if self.manifest.version == 1 else row
                    is_row = row["model"] == table.model and isinstance(row["fields"], dict)
                except (ValueError, TypeError, KeyError, LookupError, RecursionError) as error:
                    raise BackupError(f"{table.member} 第 {count} 行看不懂，文件可能已损坏。") from error
                if not is_row:
                    raise BackupError(f"{table.member} 第 {count} 行看不懂，文件可能已损坏。")
                yield row
        if count != table.rows:
            raise BackupError(f"{table.member} 应有 {table.rows} 行，只有 {count} 行。")

    def media(self) -> dict[str, zipfile.ZipInfo]:
        """Return the members that are files of media, by their names below MEDIA_ROOT."""
        members = (info for info in self._zip.infolist() if info.filename.startswith(MEDIA))
        return {info.filename.removeprefix(MEDIA): info for info in members}

    @contextmanager
    def content(self, name: str) -> Iterator[IO[bytes]]:
        """Open one file of media for reading; at its end it has been checked."""
        with _in_plain_words(), self._zip.open(MEDIA + name) as stream:
            yield stream

    def _read_manifest(self) -> Manifest:
        """Return what the backup says of itself, once the members of the zip are what it names, and of sane size."""
        infos = self._zip.infolist()
        names = {info.filename for info in infos}
        if len(names) != len(infos):
            raise BackupError("备份文件里有重名的内容，不可信。")
        if MANIFEST not in names:
            raise BackupError("这不是本站的备份文件，或文件不完整。")
        if any(info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in infos):
            raise BackupError("备份文件的压缩方式不对，不是本站写的。")
        # Members that overlap, or unpack to a thousand times their size, are made to fill a disk.
        packed = sum(info.compress_size for info in infos)
        bloated = any(info.file_size > SMALL + MAX_RATIO * info.compress_size for info in infos)
        if packed > self.path.stat().st_size or bloated or self._zip.getinfo(MANIFEST).file_size > MAX_MANIFEST:
            raise BackupError("备份文件解开后大得不正常，不可信。")
        manifest = Manifest.parse(self._zip.read(MANIFEST))
        expected = {MANIFEST, *(table.member for table in manifest.tables)}
        if manifest.version == 1:
            expected.add(OLD_MEDIA_LIST)
        if len({table.model for table in manifest.tables}) != len(manifest.tables) or not expected <= names:
            raise BackupError("备份文件不完整：说明里的表和内容对不上。")
        for name in names - expected:
            if not name.startswith(MEDIA) or not is_safe_name(name.removeprefix(MEDIA)):
                raise BackupError(f"备份文件里有来历不明的内容：{name[:100]}")
        return manifest


def is_safe_name(name: str) -> bool:
    """Say whether ``name`` stays below the folder it is put in: no way up, no root, nothing hidden."""
    return len(name) <= 200 and MEDIA_NAME.fullmatch(name) is not None


def _from_version_1(table: Table, line: list) -> dict:
    """Return a row of the first format as Django's serializers have it."""
    model, row = apps.get_model(table.model), dict(zip(table.fields, line, strict=True))
    fields = {field.attname: field for field in model._meta.concrete_fields}
    for name, value in row.items():
        if isinstance(fields[name], models.BinaryField) and value is not None:
            row[name] = base64.b64encode(bytes.fromhex(value["hex"])).decode()
    key = row.pop(model._meta.pk.attname)
    return {"model": table.model, "pk": key, "fields": {fields[name].name: value for name, value in row.items()}}


@contextmanager
def _in_plain_words() -> Iterator[None]:
    """Say what the zip reader stumbles over as ``BackupError``."""
    try:
        yield
    except BackupError:
        raise
    except (*UNREADABLE, OSError) as error:
        if isinstance(error, OSError) and error.errno != errno.EINVAL:  # a place in the file that cannot be
            raise
        raise BackupError("备份文件已损坏或不完整，不能用来恢复。") from error
