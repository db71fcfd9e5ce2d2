"""Checks of the database: there, in step with the code, with the clock and with the search index."""

from collections.abc import Iterator
from datetime import UTC, timedelta

from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Max
from django.utils import timezone

from cases.models import Case
from cases.search.checking import check_index
from portal.doctor.findings import Finding, error, good, note
from portal.replicas import PREFIX

TOLERANCE = timedelta(seconds=60)
LAG = """
    SELECT CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
    ELSE EXTRACT(EPOCH FROM now() - pg_last_xact_replay_timestamp()) END
"""


def database() -> Iterator[Finding]:
    try:
        connection.ensure_connection()
    except DatabaseError as problem:
        reason = str(problem).strip().splitlines()[0]
        yield error("数据库", f"连不上：{reason}。请检查 DATABASE_URL 和数据库服务。其余与数据有关的没有检查。")
        return
    yield good("数据库", f"{connection.display_name} 连得上。")
    executor = MigrationExecutor(connection)
    if waiting := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield error("数据表", f"有 {len(waiting)} 步升级没有做。请先备份，再运行 manage.py migrate。")
        return
    yield good("数据表", "是这个版本的。")
    for check in (clock, replicas, index, staff):
        yield from check()


def clock() -> Iterator[Finding]:
    now = timezone.now()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            (there,) = cursor.fetchone()
        if abs(there.astimezone(UTC) - now) > TOLERANCE:
            yield error(
                "时钟", f"和数据库差 {abs(there.astimezone(UTC) - now)}。请让两台机器都和时间服务器对时（chrony）。"
            )
            return
    newest = Case.objects.aggregate(newest=Max("updated_at"))["newest"]
    if newest and newest > now + TOLERANCE:
        yield error(
            "时钟",
            f"慢了：有案例在“以后”（{timezone.localtime(newest):%Y-%m-%d %H:%M}）改过，已公开的案例会消失。请对时。",
        )
    else:
        yield good("时钟", f"{timezone.localtime(now):%Y-%m-%d %H:%M}，和数据合得上。")


def replicas() -> Iterator[Finding]:
    for alias in connections:
        if not alias.startswith(PREFIX):
            continue
        try:
            with connections[alias].cursor() as cursor:
                cursor.execute(LAG)
                (seconds,) = cursor.fetchone()
        except DatabaseError as problem:
            yield note(f"数据库副本 {alias}", f"没有应答，读者改读主库：{str(problem).strip().splitlines()[0]}")
            continue
        if seconds is None:
            yield note(f"数据库副本 {alias}", "不是副本，而是能写的数据库。请检查 DATABASE_REPLICA_URLS。")
        elif seconds > TOLERANCE.total_seconds():
            yield note(f"数据库副本 {alias}", f"落后 {int(seconds)} 秒，读者看到的是旧内容。")
        else:
            yield good(f"数据库副本 {alias}", "跟得上。")


def index() -> Iterator[Finding]:
    problems = check_index()
    for problem, count in problems.items():
        yield error("搜索索引", f"{problem}：{count}。请运行 manage.py reindex。")
    if not problems:
        yield good("搜索索引", f"和 {Case.objects.count()} 篇案例一致。")


def staff() -> Iterator[Finding]:
    users = get_user_model().objects.filter(is_active=True)
    if not users.filter(is_superuser=True).exists():
        yield note("账号", "还没有可用的系统管理员。请运行 manage.py createsuperuser。")
    else:
        yield good("账号", f"{users.filter(is_staff=True).count()} 个能登录工作台。")


CHECKS = (database,)
