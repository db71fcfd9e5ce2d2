"""A backup file, read and doubted: nothing in it is believed before it is checked.

A zip of ``data/<model>.jsonl`` (a list of values a line, in the order of the table's ``fields``), ``media/<name>``,
``media.jsonl`` (name, size in bytes, SHA-256) and, last, ``manifest.json``.
"""

import errno
import hashlib
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

FORMAT, VERSION = "cases-portal-backup", 1
MANIFEST, MEDIA_LIST, DATA, MEDIA = "manifest.json", "media.jsonl", "data/", "media/"
MAX_MANIFEST = 16 * 1024 * 1024
MAX_LINE = 16 * 1024 * 1024
MAX_RATIO = 200
SMALL = 64 * 1024 * 1024
CHUNK = 1024 * 1024
MEDIA_NAME = re.compile(r"(?!\.)[^/\\\x00-\x1f\x7f]+(/(?!\.)[^/\\\x00-\x1f\x7f]+)*")
SHA256 = re.compile(r"[0-9a-f]{64}")
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
    sha256: str

    @property
    def member(self) -> str:
        return f"{DATA}{self.model}.jsonl"


@dataclass(frozen=True)
class MediaFile:
    """A file below MEDIA_ROOT: its name there and its size in bytes."""

    name: str
    size: int
    sha256: str

    @property
    def member(self) -> str:
        return MEDIA + self.name


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself; ``missing`` are files the rows name that were not there to be backed up."""

    created_at: str
    engine: str
    migrations: frozenset[tuple[str, str]]
    tables: tuple[Table, ...]
    media_sha256: str
    missing: tuple[str, ...]

    @classmethod
    def parse(cls, text: bytes) -> "Manifest":
        try:
            data = json.loads(text)
            if data["format"] != FORMAT:
                raise BackupError("这不是本站的备份文件。")
            if data["version"] != VERSION:
                raise BackupError("备份文件来自更新的版本，请先升级本站再恢复。")
            tables = tuple(
                Table(str(t["model"]), tuple(map(str, t["fields"])), int(t["rows"]), str(t["sha256"]))
                for t in data["tables"]
            )
            migrations = frozenset((str(app), str(name)) for app, name in data["migrations"])
            missing = tuple(map(str, data["missing"]))
            return cls(
                str(data["created_at"]), str(data["engine"]), migrations, tables, str(data["media_sha256"]), missing
            )
        except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
            if isinstance(error, BackupError):
                raise
            raise BackupError("备份文件的说明（manifest.json）看不懂，文件可能已损坏。") from error


class BackupFile:
    """An open backup. Everything read from it is checked on the way; what is wrong raises ``BackupError``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("rb")
        try:
            with _told():
                self._zip = zipfile.ZipFile(self._file)
                self._members = self._read_directory()
                self.manifest = Manifest.parse(self._small(MANIFEST))
                self._check_directory()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> "BackupFile":
        return self

    def __exit__(self, *failure: object) -> None:
        self._zip.close()
        self._file.close()  # even where a reader stopped half way

    def verify(self, on_bytes: Callable[[int], object] = lambda size: None) -> tuple[int, int, int]:
        """Read all of it once; returns how many rows, how many files of media, and how many bytes these have."""
        rows = files = size = 0
        for table in self.manifest.tables:
            for _ in self.rows(table):
                rows += 1
            on_bytes(self._members[table.member].compress_size)
        for file in self.media():
            for _ in self.content(file):
                pass
            files, size = files + 1, size + file.size
            on_bytes(file.size)
        return rows, files, size

    def rows(self, table: Table) -> Iterator[list]:
        """The rows of ``table``, each a list of values in the order of its fields."""
        count = 0
        for line in self._lines(table.member, table.sha256):
            count += 1
            row = _parsed(line, table.member)
            if not isinstance(row, list) or len(row) != len(table.fields):
                raise BackupError(f"{table.member} 第 {count} 行看不懂，文件可能已损坏。")
            yield row
        if count != table.rows:
            raise BackupError(f"{table.member} 应有 {table.rows} 行，只有 {count} 行。")

    def media(self) -> Iterator[MediaFile]:
        """The files of the list, each once, with a safe name and the size it has in the archive."""
        seen = 0
        for line in self._lines(MEDIA_LIST, self.manifest.media_sha256):
            entry = _parsed(line, MEDIA_LIST)
            try:
                file = MediaFile(str(entry["name"]), int(entry["size"]), str(entry["sha256"]))
            except (KeyError, TypeError, ValueError) as error:
                raise BackupError(f"{MEDIA_LIST} 看不懂，文件可能已损坏。") from error
            info = self._members.get(file.member)
            if info is None or info.file_size != file.size:
                raise BackupError(f"备份里缺图片文件，或大小不符：{file.name[:100]}")
            seen += 1
            yield file
        if seen != sum(name.startswith(MEDIA) for name in self._members):
            raise BackupError("备份里有清单上没有的图片文件。")

    def content(self, file: MediaFile) -> Iterator[bytes]:
        """The bytes of ``file``, in pieces."""
        digest = hashlib.sha256()
        with _told(), self._zip.open(self._members[file.member]) as stream:
            while piece := stream.read(CHUNK):
                digest.update(piece)
                yield piece
        if digest.hexdigest() != file.sha256:
            raise BackupError(f"图片文件的校验值不符，文件已损坏或被改过：{file.name}")

    def _read_directory(self) -> dict[str, zipfile.ZipInfo]:
        infos = self._zip.infolist()
        members = {info.filename: info for info in infos}
        if len(members) != len(infos):
            raise BackupError("备份文件里有重名的内容，不可信。")
        if MANIFEST not in members or MEDIA_LIST not in members:
            raise BackupError("这不是本站的备份文件，或文件不完整。")
        if any(info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in infos):
            raise BackupError("备份文件的压缩方式不对，不是本站写的。")
        # Members that overlap, or unpack to a thousand times their size, are made to fill a disk.
        packed = sum(info.compress_size for info in infos)
        bloated = any(info.file_size > SMALL + MAX_RATIO * info.compress_size for info in infos)
        if packed > self.path.stat().st_size or bloated:
            raise BackupError("备份文件解开后大得不正常，不可信。")
        return members

    def _check_directory(self) -> None:
        names = [table.member for table in self.manifest.tables]
        expected = {MANIFEST, MEDIA_LIST, *names}
        if len(expected) != len(names) + 2 or not expected <= set(self._members):
            raise BackupError("备份文件不完整：说明里的表和内容对不上。")
        for name in set(self._members) - expected:
            if not name.startswith(MEDIA) or not is_safe_name(name.removeprefix(MEDIA)):
                raise BackupError(f"备份文件里有来历不明的内容：{name[:100]}")

    def _small(self, name: str) -> bytes:
        if self._members[name].file_size > MAX_MANIFEST:
            raise BackupError(f"{name} 大得不正常，不可信。")
        return self._zip.read(self._members[name])

    def _lines(self, name: str, sha256: str) -> Iterator[bytes]:
        digest = hashlib.sha256()
        with _told(), self._zip.open(self._members[name]) as stream:
            while line := _line(stream, name):
                digest.update(line)
                yield line
        if digest.hexdigest() != sha256:
            raise BackupError(f"{name} 的校验值不符，文件已损坏或被改过。")


def _line(stream: IO[bytes], name: str) -> bytes:
    line = stream.readline(MAX_LINE)
    if len(line) == MAX_LINE:
        raise BackupError(f"{name} 有一行长得不正常，不可信。")
    return line


def _parsed(line: bytes, name: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BackupError(f"{name} 看不懂，文件可能已损坏。") from error


def is_safe_name(name: str) -> bool:
    """Whether ``name`` stays below the folder it is put in: no way up, no root, nothing hidden."""
    return len(name) <= 200 and MEDIA_NAME.fullmatch(name) is not None


@contextmanager
def _told() -> Iterator[None]:
    """What the zip reader stumbles over, in our words."""
    try:
        yield
    except BackupError:
        raise
    except (*UNREADABLE, OSError) as error:
        if isinstance(error, OSError) and error.errno != errno.EINVAL:  # a place in the file that cannot be
            raise
        raise BackupError("备份文件已损坏或不完整，不能用来恢复。") from error
