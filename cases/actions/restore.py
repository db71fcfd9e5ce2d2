"""A backup back into the database and MEDIA_ROOT: all of it, or nothing."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.db import DatabaseError, connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models.sql import InsertQuery

from cases.actions.restore_media import RestoredMedia
from cases.actions.tables import backed_up_models, columns, forget_names, index_models, row_from
from cases.imports.backup_file import BackupError, BackupFile, Table
from cases.search import index

BATCH = 500
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
    on_step: Callable[[str], object] = lambda step: None,
) -> RestoreReport:
    """Check all of ``backup``, then write it in one transaction; the search index is left empty, for ``reindex``.

    Raises ``BackupError`` or ``NotEmptyError``; then neither rows nor files have changed.
    """
    tables, defaults = check_fit(backup)
    on_step("核对备份文件")
    backup.verify()
    forget_names()
    with RestoredMedia(backup) as media:
        on_step("图片")
        media.stage()
        with transaction.atomic(durable=True):
            transaction.on_commit(media.keep)
            if not replace and not is_empty():
                raise NotEmptyError
            _empty()
            counts, skipped = _fill(backup, tables, on_step)
            _check()
            media.put_in_place()
    return RestoreReport(counts, media.count, skipped, backup.manifest.missing, tuple(defaults))


def check_fit(backup: BackupFile) -> tuple[dict[type[models.Model], Table], list[str]]:
    """The tables by model, and the columns that will get their default; ``BackupError`` where they do not fit."""
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
        tables[known[table.model]] = table
        defaults += _columns_to_default(known[table.model], table)
    return tables, defaults


def is_empty() -> bool:
    """Whether nobody would miss anything: no members of staff and no content. Groups come with ``migrate``."""
    content = [model for model in backed_up_models() if model._meta.app_label == "cases" or model is get_user_model()]
    return not any(model._base_manager.exists() for model in content)


def _columns_to_default(model: type[models.Model], table: Table) -> list[str]:
    """Columns added since the backup was written."""
    fields = {field.attname: field for field in columns(model)}
    if not set(table.fields) <= set(fields):
        raise BackupError(FOREIGN)
    added = [field for name, field in fields.items() if name not in table.fields]
    if any(not (f.null or f.has_default() or f.empty_strings_allowed) or f.primary_key for f in added):
        raise BackupError("备份来自太早的版本，缺少现在必须有的内容。请用写备份时的版本恢复，再升级。")
    return [f"{model._meta.verbose_name}：{field.verbose_name}" for field in added]


def _empty() -> None:
    for model in (*index_models(), Session, *reversed(backed_up_models())):
        # Without collecting what refers to the rows: that is deleted too.
        model._base_manager.all()._raw_delete(connection.alias)
    index.clear()


def _fill(backup: BackupFile, tables: dict[type[models.Model], Table], on_step: Callable) -> tuple[dict[str, int], int]:
    counts, skipped = {}, 0
    for model in backed_up_models():
        if model not in tables:
            continue
        name = str(model._meta.verbose_name)
        on_step(name)
        try:
            written, left = _fill_table(model, tables[model], backup)
        except (DatabaseError, ValidationError, ValueError, TypeError) as error:
            if isinstance(error, BackupError):
                raise
            raise BackupError(f"备份里“{name}”的内容写不进数据库：{error}") from error
        counts[name] = counts.get(name, 0) + written
        skipped += left
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(tables)):
            cursor.execute(statement)
    return counts, skipped


def _fill_table(model: type[models.Model], table: Table, backup: BackupFile) -> tuple[int, int]:
    """Rows written, and rows left out because what they refer to is unknown here."""
    by_name = {field.attname: field for field in columns(model)}
    fields = [by_name[name] for name in table.fields]
    written = skipped = 0
    rows = (row_from(model, fields, values) for values in backup.rows(table))
    for batch in _batches(rows):
        kept = [row for row in batch if row is not None]
        skipped += len(batch) - len(kept)
        _insert(model, kept)
        written += len(kept)
    return written, skipped


def _insert(model: type[models.Model], rows: list[models.Model]) -> None:
    """Write rows exactly as they are: no save(), no new time stamps, no new keys."""
    fields = columns(model)
    size = max(1, connection.ops.bulk_batch_size(fields, rows))
    for start in range(0, len(rows), size):
        query = InsertQuery(model)
        query.insert_values(fields, rows[start : start + size], raw=True)
        query.get_compiler(connection=connection).execute_sql()


def _check() -> None:
    try:
        connection.check_constraints()
    except DatabaseError as error:
        raise BackupError(f"备份里的内容互相对不上，没有恢复：{error}") from error


def _batches(rows: Iterable) -> Iterator[list]:
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        yield batch
