"""Database and media into one file, as they stood at one moment, while the site runs on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from cases.actions.media import named_files
from cases.actions.tables import backed_up_models, columns, rows_of
from cases.exports.backup_file import BackupWriter
from cases.imports.backup_file import BackupFile, is_safe_name


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
    with BackupWriter(path) as writer:
        with snapshot():
            for model in backed_up_models():
                on_step(str(model._meta.verbose_name))
                writer.add_table(model._meta.label_lower, (f.attname for f in columns(model)), rows_of(model))
            on_step("图片")
            missing = _add_media(writer)
            applied = sorted(MigrationRecorder(connection).applied_migrations())
        writer.finish(
            created_at=timezone.now().isoformat(), engine=connection.vendor, migrations=applied, missing=missing
        )
        on_step("核对")
        with BackupFile(writer.part) as written:
            rows, files, size = written.verify()
        writer.publish()
    return BackupReport(rows=rows, files=files, media_bytes=size, missing=tuple(missing))


@contextmanager
def snapshot() -> Iterator[None]:
    """Reads within see the database as it is now, whatever others write meanwhile; nobody waits for it."""
    if connection.vendor == "postgresql":
        with transaction.atomic(durable=True):
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    with connection.cursor() as cursor:
        # Not atomic(): that would begin by locking out every writer. The first read takes the snapshot.
        cursor.execute("BEGIN DEFERRED")
        try:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1").fetchall()
            yield
        finally:
            cursor.execute("ROLLBACK")


def _add_media(writer: BackupWriter) -> list[str]:
    """Copy the files the rows name; returns the names of those that are not there."""
    missing, root = {}, Path(settings.MEDIA_ROOT)
    for _, name in named_files():
        if writer.has_media(name) or name in missing:
            continue
        try:
            if not is_safe_name(name):
                raise FileNotFoundError(name)
            with (root / name).open("rb") as stream:
                writer.add_media(name, stream)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            missing[name] = True
    return list(missing)
