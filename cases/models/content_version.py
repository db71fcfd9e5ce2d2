"""The version of all that readers see: another one after every write of public rows, and when a scheduled case is due; and
a stamp of each public case, another one after every write of its own rows, with one of all that cases share.

The database itself keeps it, by triggers on every table of this app but ``PRIVATE``: whoever writes (an action, the
admin, a command, psql) cannot forget it. Rows of a case count while that case is public, so that drafts, however often
they are saved, change nothing. A new table is watched from the ``migrate`` on that makes it.
"""

import hashlib
import secrets
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC

from django.apps import apps
from django.db import connection, models
from django.utils import timezone

from cases.models.base import PUBLISHED

# Tables that no public page is made from. The index follows the rows it is made from; ``touch`` is for ``reindex``.
PRIVATE = frozenset(
    [
        "CaseStamp",
        "Comment",
        "ContentVersion",
        "Feedback",
        "Follower",
        "OpenForm",
        "Proposal",
        "SearchDocument",
        "SearchKey",
        "SearchName",
        "SearchState",
        "SeedRecord",
        "SheetImport",
        "Verification",
        "Version",
        "WordImport",
        "WordPicture",
        "WordUpload",
    ]
)
ROW = 1
SHARED = 2  # the row whose stamp changes with what belongs to no case: names, chapters, terms, words explained
LEAD = "content_changed_"


class ContentVersion(models.Model):
    """Two rows, of all that readers see (``ROW``) and of what cases share (``SHARED``): a random ``stamp``, and the second
    (since 1970) of the latest change."""

    stamp = models.CharField(max_length=32)
    changed_at = models.PositiveBigIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = "内容版本"

    def __str__(self) -> str:
        return self.stamp


class CaseStamp(models.Model):
    """The state of one public case: random, written by the triggers alone. No reference: they take it away with its case."""

    case_id = models.BigIntegerField(primary_key=True)
    stamp = models.CharField(max_length=32)

    class Meta:
        verbose_name = verbose_name_plural = "案例版本"

    def __str__(self) -> str:
        return f"{self.case_id}: {self.stamp}"


@dataclass(frozen=True)
class ContentState:
    """``token`` names a state of the content; ``changed_at`` is when it began, in seconds since 1970."""

    token: str
    changed_at: int


READ = f"""
    SELECT stamp, changed_at, (
        SELECT published_at FROM cases_case WHERE status = '{PUBLISHED}' AND published_at <= %s
        ORDER BY status, published_at DESC LIMIT 1
    ) FROM cases_contentversion WHERE id = {ROW}
"""


def current_version() -> ContentState:
    """Return the present version. 1 query; ask before reading what is to be kept under it."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(READ, [connection.ops.adapt_datetimefield_value(now)])
        row = cursor.fetchone()
    if row is None:
        begin()
        return current_version()
    stamp, changed_at, due = row
    if due and timezone.is_naive(due):  # SQLite
        due = due.replace(tzinfo=UTC)
    # Pages name the day on which they were read, and home changes its figures at midnight.
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    began = max(changed_at, int(midnight.timestamp()), int(due.timestamp()) if due else 0)
    return ContentState(hashlib.sha256(f"{stamp} {due} {midnight:%F}".encode()).hexdigest()[:20], began)


def read_stamps(keys: Collection[int]) -> dict[int, str]:
    """The stamp of each public case with one of these primary keys: whatever a page shows of a case and was made under one,
    holds as long as the case has it. 1 query; ask before reading what is to be kept under them."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT known.id, known.status = '{PUBLISHED}' AND known.published_at <= %s, own.stamp,
                (SELECT stamp FROM cases_contentversion WHERE id = {SHARED})
            FROM cases_case AS known LEFT JOIN cases_casestamp AS own ON own.case_id = known.id
            WHERE known.id IN ({", ".join(["%s"] * len(keys)) or "NULL"})
            """,
            [connection.ops.adapt_datetimefield_value(timezone.now()), *keys],
        )
        rows = cursor.fetchall()
    if any(shared is None for *_, shared in rows):
        begin()
        return read_stamps(keys)
    # A case without one was not written since the triggers were installed, when what cases share got another.
    return {pk: f"{own or ''}{shared}" for pk, is_public, own, shared in rows if is_public}


def touch() -> None:
    """Make another version, for what no trigger sees."""
    for row in (ROW, SHARED):
        ContentVersion.objects.update_or_create(pk=row, defaults=_another())


def begin() -> None:
    """Make the first version of an emptied database; of several who ask at once, all get the same."""
    for row in (ROW, SHARED):
        ContentVersion.objects.get_or_create(pk=row, defaults=_another())


def _another() -> dict[str, str | int]:
    return {"stamp": secrets.token_hex(16), "changed_at": int(time.time())}


# --- triggers --------------------------------------------------------------------------------------------------------


def watch(**_: object) -> None:
    """Install the triggers that are missing, and another version, since nobody watched until now. After ``migrate``."""
    if connection.vendor not in TRIGGERS or ContentVersion._meta.db_table not in connection.introspection.table_names():
        return  # halfway through the migrations of an older version
    tables = {*connection.introspection.table_names()}
    wanted = {name: sql for model in watched() if model._meta.db_table in tables for name, sql in _triggers(model)}
    with connection.cursor() as cursor:
        known = _known(cursor)
        if known == set(wanted):
            return
        if connection.vendor == "postgresql":
            cursor.execute(FUNCTION)
            cursor.execute(
                "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE tgname = ANY(%s)",
                [list(known - set(wanted))],
            )
            for name, table in cursor.fetchall():  # of an earlier version
                cursor.execute(f'DROP TRIGGER "{name}" ON {table}')
        for name in sorted(set(wanted) - known):
            cursor.execute(wanted[name])
    touch()


def unwatch(**_: object) -> None:
    """Drop the triggers: SQLite renames no table while the trigger of another one names it. Before ``migrate``."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        for name in _known(cursor):
            cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")


def watched() -> list[type[models.Model]]:
    """List the models whose rows readers may see, those of many-to-many fields among them."""
    found = apps.get_app_config("cases").get_models(include_auto_created=True)
    return [model for model in found if model.__name__ not in PRIVATE and model._meta.managed and not model._meta.proxy]


def _known(cursor) -> set[str]:
    cursor.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    return {name for (name,) in cursor.fetchall() if name.startswith(LEAD)}


def _triggers(model: type[models.Model]) -> Iterator[tuple[str, str]]:
    """Yield (name, SQL); the name tells what the trigger does, so that a changed one is another."""
    for operation, rows in {"INSERT": ["NEW"], "UPDATE": ["OLD", "NEW"], "DELETE": ["OLD"]}.items():
        sql = TRIGGERS[connection.vendor](model, operation, rows)
        name = LEAD + hashlib.sha256(sql.encode()).hexdigest()[:16]
        yield name, sql.replace("NAME", name, 1)


def _case_columns(model: type[models.Model]) -> list[str]:
    """The columns that name the case a row belongs to."""
    return [
        field.column for field in model._meta.concrete_fields if getattr(field.related_model, "__name__", "") == "Case"
    ]


def _sqlite(model: type[models.Model], operation: str, rows: list[str]) -> str:
    columns = [f'{row}."{column}"' for row in rows for column in _case_columns(model)]
    when, changed, versions = "", "", f"id = {ROW}"
    if model.__name__ == "Case":
        when = "WHEN " + " OR ".join(f"{row}.status = '{PUBLISHED}'" for row in rows)
        changed = ", ".join(f"{row}.id" for row in rows)
    elif columns:
        changed = ", ".join(columns)
        when = f"WHEN EXISTS (SELECT 1 FROM cases_case WHERE status = '{PUBLISHED}' AND id IN ({changed}))"
    else:
        versions = f"id IN ({ROW}, {SHARED})"
    stamps = ""
    if changed:
        # Not INSERT OR REPLACE: the statement that fires the trigger may say OR IGNORE, which would rule here, too.
        stamps = (
            f"DELETE FROM cases_casestamp WHERE case_id IN ({changed}); "
            "INSERT INTO cases_casestamp (case_id, stamp) "
            f"SELECT id, lower(hex(randomblob(16))) FROM cases_case WHERE status = '{PUBLISHED}' AND id IN ({changed}); "
        )
    return (
        f'CREATE TRIGGER NAME AFTER {operation} ON "{model._meta.db_table}" {when} BEGIN '
        "UPDATE cases_contentversion SET stamp = lower(hex(randomblob(16))), changed_at = strftime('%s', 'now') "
        f"WHERE {versions}; {stamps}END"
    )


def _postgresql(model: type[models.Model], operation: str, rows: list[str]) -> str:
    # At the end of the transaction, and the row of the version first: so no two writers wait for each other.
    when, columns = "", ", ".join(f"'{column}'" for column in _case_columns(model))
    if model.__name__ == "Case":
        when, columns = "WHEN (" + " OR ".join(f"{row}.status = '{PUBLISHED}'" for row in rows) + ")", "'id'"
    return (
        f'CREATE CONSTRAINT TRIGGER NAME AFTER {operation} ON "{model._meta.db_table}" DEFERRABLE INITIALLY DEFERRED '
        f"FOR EACH ROW {when} EXECUTE FUNCTION cases_content_changed({columns})"
    )


TRIGGERS = {"sqlite": _sqlite, "postgresql": _postgresql}
FUNCTION = f"""
CREATE OR REPLACE FUNCTION cases_content_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    own text := pg_current_xact_id()::text;
    changed jsonb := '[]';
    keys bigint[];
BEGIN
    IF TG_NARGS > 0 THEN
        IF TG_OP <> 'DELETE' THEN changed := changed || to_jsonb(NEW); END IF;
        IF TG_OP <> 'INSERT' THEN changed := changed || to_jsonb(OLD); END IF;
        SELECT array_agg(DISTINCT (item->>name)::bigint) INTO keys
            FROM jsonb_array_elements(changed) AS item, unnest(TG_ARGV) AS name WHERE item->>name IS NOT NULL;
        -- Of a case itself the trigger has looked already.
        IF TG_TABLE_NAME <> 'cases_case' AND NOT EXISTS (
            SELECT FROM cases_case WHERE id = ANY (keys) AND status = '{PUBLISHED}'
        ) THEN
            RETURN NULL;
        END IF;
    END IF;
    IF current_setting('cases.content_changed', true) IS DISTINCT FROM own THEN  -- once for a transaction is enough
        PERFORM set_config('cases.content_changed', own, true);
        PERFORM cases_new_version({ROW});
    END IF;
    IF TG_NARGS > 0 THEN
        DELETE FROM cases_casestamp WHERE case_id = ANY (keys)
            AND NOT EXISTS (SELECT FROM cases_case WHERE id = case_id AND status = '{PUBLISHED}');
        INSERT INTO cases_casestamp (case_id, stamp)
            SELECT id, md5(random()::text || clock_timestamp()::text || id)
            FROM cases_case WHERE id = ANY (keys) AND status = '{PUBLISHED}'
            ON CONFLICT (case_id) DO UPDATE SET stamp = excluded.stamp;
    ELSIF current_setting('cases.shared_changed', true) IS DISTINCT FROM own THEN
        PERFORM set_config('cases.shared_changed', own, true);
        PERFORM cases_new_version({SHARED});
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION cases_new_version(which bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO cases_contentversion (id, stamp, changed_at)
        VALUES (which, md5(random()::text || clock_timestamp()::text), extract(epoch FROM clock_timestamp())::bigint)
        ON CONFLICT (id) DO UPDATE SET stamp = excluded.stamp, changed_at = excluded.changed_at;
$$
"""
