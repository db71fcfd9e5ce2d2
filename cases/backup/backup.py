"""Database and media into one file, as they stood at one moment, while the site runs on."""

import fcntl
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.contrib.auth.models import AbstractBaseUser
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from cases.backup.archive import DATA, FORMAT, MANIFEST, MEDIA, VERSION, BackupFile, is_safe_name, sign
from cases.backup.rows import backed_up_models, columns, lines_of
from cases.editing.media import named_files
from cases.models.snapshot import snapshot


class BackupBusy(RuntimeError):  # noqa: N818 -- reads as what it says
    """Another process is writing the same file."""


@dataclass(frozen=True)
class BackupReport:
    """What stands in the file, read back from it; ``missing`` are files rows name that were not there."""

    rows: int
    files: int
    media_bytes: int
    missing: tuple[str, ...]


def write_backup(
    *, path: Path, user: AbstractBaseUser | None, on_step: Callable[[str], object] = lambda step: None
) -> BackupReport:
    """Write, read back and check a backup, then give it its name. Raises ``BackupBusy``, ``BackupError``, ``OSError``."""
    with part_of(path) as (part, file):
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive, snapshot():
            tables = []
            for model in backed_up_models():
                on_step(str(model._meta.verbose_name))
                name, count = model._meta.label_lower, 0
                with archive.open(_info(f"{DATA}{name}.jsonl"), "w", force_zip64=True) as member:
                    for count, line in enumerate(lines_of(model), start=1):  # noqa: B007 -- counted to the end
                        member.write(line.encode())
                tables.append({"model": name, "fields": [f.attname for f in columns(model)], "rows": count})
            on_step("图片")
            missing = _add_media(archive)
            manifest = {
                "format": FORMAT, "version": VERSION, "created_at": timezone.now().isoformat(),
                "engine": connection.vendor, "tables": tables, "missing": missing,
                "migrations": sorted(MigrationRecorder(connection).applied_migrations()),
            }  # fmt: skip
            archive.writestr(_info(MANIFEST), json.dumps(manifest, ensure_ascii=False, indent=1))
        file.flush()
        os.fsync(file.fileno())
        on_step("核对")
        with BackupFile(part) as written:
            rows, files, size = written.verify()
        sign(part, written.fingerprint)
        os.fsync(file.fileno())
        part.replace(path)
    return BackupReport(rows=rows, files=files, media_bytes=size, missing=tuple(missing))


@contextmanager
def part_of(path: Path) -> Iterator[tuple[Path, IO[bytes]]]:
    """Open ``<path>.part`` for writing, readable by its owner only; it is gone at the end, renamed or not.

    A part whose writer was killed is taken over by the next run.
    """
    part = path.with_name(path.name + ".part")
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BackupBusy from error
        os.fchmod(descriptor, 0o600)
        file.truncate()
        try:
            yield part, file
        finally:
            part.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)  # with its new name
    finally:
        os.close(folder)


def _add_media(archive: zipfile.ZipFile) -> list[str]:
    """Copy the files the rows name; return the names of those that are not there."""
    added, missing = set(), {}
    for _, name in named_files():
        if name in added or name in missing:
            continue
        try:
            if not is_safe_name(name):
                raise FileNotFoundError(name)
            info = _info(MEDIA + name, zipfile.ZIP_STORED)
            with default_storage.open(name) as stream, archive.open(info, "w", force_zip64=True) as member:
                shutil.copyfileobj(stream, member)
            added.add(name)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            missing[name] = True
    return list(missing)


def _info(name: str, compression: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.compress_type, info.external_attr = compression, 0o600 << 16
    return info
