"""A backup back into the database and MEDIA_ROOT: all of it, or nothing."""

import os
import secrets
import shutil
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.sessions.models import Session
from django.core import serializers
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.management.color import no_style
from django.core.serializers.base import DeserializationError
from django.db import DatabaseError, connection, models, transaction
from django.db.migrations.executor import MigrationExecutor

from cases.backup.archive import BackupError, BackupFile, Table
from cases.backup.rows import backed_up_models, columns, index_models
from cases.models.stored_files import media_folder
from cases.search import index

RESERVE = 100 * 1024 * 1024  # bytes of disk left for the database
UNSIGNED = (
    "这个备份没有用本站的密钥（DJANGO_SECRET_KEY）签名，或者签名以后被改过：里面可能有别人放进去的账号。"
    "确实信得过它（例如较早版本写的备份），请加 --unsigned：里面的账号全部停用，也没有超级用户。"
)
FOREIGN = "备份文件来自更新的版本，或不是本站的备份。请先升级本站再恢复。"


class NotEmptyError(Exception):
    """The database holds something already."""


@dataclass(frozen=True)
class RestoreReport:
    """What came back: rows by the name of their kind; ``defaults`` are columns the backup did not have yet."""

    rows: dict[str, int]
    files: int
    skipped: int
    missing: tuple[str, ...]
    defaults: tuple[str, ...]


def restore_backup(
    *,
    backup: BackupFile,
    replace: bool,
    user: AbstractBaseUser | None,
    unsigned: bool = False,
    on_step: Callable[[str], object] = lambda step: None,
) -> RestoreReport:
    """Check all of ``backup``, then write it in one transaction; the search index is left empty, for ``reindex``.

    With ``unsigned`` it may have been written by anyone, so no account of it can log in, and none is a superuser.

    Raises ``BackupError`` or ``NotEmptyError``; then neither rows nor files have changed.
    """
    tables, defaults = check_fit(backup)
    on_step("核对备份文件")
    backup.verify()
    if not (unsigned or backup.is_signed):
        raise BackupError(UNSIGNED)
    is_trusted = backup.is_signed
    with RestoredMedia(backup) if media_folder() else RestoredObjects(backup) as media:
        on_step("图片")
        media.stage()
        with transaction.atomic(durable=True):
            transaction.on_commit(media.keep)
            if not replace and not is_empty():
                raise NotEmptyError
            for model in (*index_models(), Session, *reversed(backed_up_models())):
                with connection.cursor() as cursor:  # not delete(), which first reads what refers to the rows
                    cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608 -- our own table
            index.clear()
            counts, skipped = _fill(backup, tables, on_step, is_trusted=is_trusted)
            try:
                connection.check_constraints()
            except DatabaseError as error:
                raise BackupError(f"备份里的内容互相对不上，没有恢复：{error}") from error
            media.put_in_place()
    return RestoreReport(counts, media.count, skipped, backup.manifest.missing, tuple(defaults))


def check_fit(backup: BackupFile) -> tuple[dict[type[models.Model], Table], list[str]]:
    """Return the tables by model, and the columns that will get their default; ``BackupError`` where they do not fit."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise BackupError("数据库的表还不是最新的，请先运行 manage.py migrate。")
    own_apps = {app for app, _ in executor.loader.disk_migrations}
    if {(app, name) for app, name in backup.manifest.migrations if app in own_apps} - set(
        executor.loader.disk_migrations
    ):
        raise BackupError(FOREIGN)
    known = {model._meta.label_lower: model for model in backed_up_models()}
    tables, defaults = {}, []
    for table in backup.manifest.tables:
        if table.model not in known:
            raise BackupError(FOREIGN)
        model = known[table.model]
        tables[model] = table
        fields = {field.attname: field for field in columns(model)}
        if not set(table.fields) <= set(fields):
            raise BackupError(FOREIGN)
        added = [field for name, field in fields.items() if name not in table.fields]  # since it was written
        if any(not (f.null or f.has_default() or f.empty_strings_allowed) or f.primary_key for f in added):
            raise BackupError("备份来自太早的版本，缺少现在必须有的内容。请用写备份时的版本恢复，再升级。")
        defaults += [f"{model._meta.verbose_name}：{field.verbose_name}" for field in added]
    return tables, defaults


def is_empty() -> bool:
    """Whether nobody would miss anything: no members of staff and no content. Groups come with ``migrate``."""
    content = [model for model in backed_up_models() if model._meta.app_label == "cases" or model is get_user_model()]
    return not any(model._base_manager.exists() for model in content)


def _fill(
    backup: BackupFile, tables: dict[type[models.Model], Table], on_step: Callable, *, is_trusted: bool
) -> tuple[dict[str, int], int]:
    """Write rows exactly as they are, without new time stamps or keys; return how many of each kind, and left out.

    Left out are rows that refer to a permission or type that this version does not have.
    """
    counts, skipped = {}, 0
    for model in (model for model in backed_up_models() if model in tables):
        name, table = str(model._meta.verbose_name), tables[model]
        is_older = not {field.attname for field in columns(model)} <= set(table.fields)
        counts.setdefault(name, 0)
        on_step(name)
        try:
            for row in serializers.deserialize("python", backup.rows(table), handle_forward_references=True):
                if row.deferred_fields:
                    skipped += 1
                    continue
                if is_older and hasattr(model, "derive"):
                    row.object.derive()
                if model is get_user_model() and not is_trusted:
                    row.object.is_superuser = row.object.is_active = False
                row.save(force_insert=True)
                counts[name] += 1
        except BackupError:
            raise
        except (
            DeserializationError, FieldDoesNotExist, DatabaseError, ValidationError, ValueError, TypeError,
        ) as error:  # fmt: skip
            if isinstance(error.__cause__, BackupError):
                raise error.__cause__ from error
            raise BackupError(f"备份里“{name}”的内容写不进数据库：{error}") from error
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(tables)):
            cursor.execute(statement)
    return counts, skipped


class RestoredMedia:
    """Use as a context: leaving it without ``keep`` puts MEDIA_ROOT back as it was.

    A file already there with the same content is left alone; one with another content (damaged, since names never
    change their meaning) is replaced.
    """

    def __init__(self, backup: BackupFile) -> None:
        self.backup, self.count = backup, 0
        self.root = Path(settings.MEDIA_ROOT)
        self.staging = self.root / f"restore-{secrets.token_hex(6)}"
        self._staged: list[str] = []
        self._new: list[Path] = []
        self._replaced: list[tuple[Path, Path]] = []
        self._kept = False

    def __enter__(self) -> "RestoredMedia":
        return self

    def __exit__(self, *failure: object) -> None:
        if not self._kept:
            for path in self._new:
                path.unlink(missing_ok=True)
            for old, path in self._replaced:
                old.replace(path)
        shutil.rmtree(self.staging, ignore_errors=True)

    def stage(self) -> None:
        """Unpack what is not there yet into a folder of its own, on the disk before this returns."""
        self.root.mkdir(parents=True, exist_ok=True)
        media = self.backup.media()
        needed = sum(info.file_size for info in media.values())
        if needed + RESERVE > shutil.disk_usage(self.root).free:
            raise BackupError(f"磁盘放不下备份里的图片（{needed / 1024 / 1024:.0f} MB）。请先腾出空间。")
        self.count = len(media)
        for name, info in media.items():
            old, checksum = self.root / name, 0
            if old.is_file() and old.stat().st_size == info.file_size:
                with old.open("rb") as stream:
                    while piece := stream.read(1024 * 1024):
                        checksum = zlib.crc32(piece, checksum)
                if checksum == info.CRC:
                    continue
            path = self.staging / "new" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as out, self.backup.content(name) as stream:
                shutil.copyfileobj(stream, out)
                out.flush()
                os.fsync(out.fileno())
            path.chmod(0o644)
            self._staged.append(name)

    def put_in_place(self) -> None:
        for name in self._staged:
            path, old = self.root / name, self.staging / "old" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists():
                old.parent.mkdir(parents=True, exist_ok=True)
                path.replace(old)
                self._replaced.append((old, path))
            else:
                self._new.append(path)
            (self.staging / "new" / name).replace(path)

    def keep(self) -> None:
        """The transaction is committed: from now on the files stay."""
        self._kept = True


class RestoredObjects:
    """As ``RestoredMedia``, where the files are not on this machine; there is nothing to rename, so a damaged one stops it."""

    def __init__(self, backup: BackupFile) -> None:
        self.backup, self.count = backup, 0
        self._new: list[str] = []
        self._kept = False

    def __enter__(self) -> "RestoredObjects":
        return self

    def __exit__(self, *failure: object) -> None:
        for name in () if self._kept else self._new:
            default_storage.delete(name)

    def stage(self) -> None:
        """Tell a file with another content under its name, before anything is written."""
        media = self.backup.media()
        self.count = len(media)
        for name, info in media.items():
            if default_storage.exists(name) and default_storage.size(name) != info.file_size:
                raise BackupError(f"存储里的 {name} 与备份里的不同，没有恢复。请先把它移走。")

    def put_in_place(self) -> None:
        for name in self.backup.media():
            if not default_storage.exists(name):
                with self.backup.content(name) as stream:
                    self._new.append(default_storage.save(name, File(stream)))

    def keep(self) -> None:
        """The transaction is committed: from now on the files stay."""
        self._kept = True
