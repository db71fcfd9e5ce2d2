"""Probes: ``/livez`` says that this process answers, ``/readyz`` which part it needs is ill."""

import os
import shutil
import time
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cases.models import ContentVersion

FREE_BYTES = 100 * 1024 * 1024
LATE_SECONDS = 300  # by which a clock may be behind the one that last wrote
OK = "ok"


def database() -> str:
    """Whether the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except (DatabaseError, OSError) as error:
        return f"数据库连不上：{type(error).__name__}"
    return OK


def clock() -> str:
    """Whether this clock is behind what was written already: published cases would seem to be still to come."""
    try:
        latest = ContentVersion.objects.values_list("changed_at", flat=True).first() or 0
    except (DatabaseError, OSError):
        return OK  # said of the database
    late = latest - time.time()
    return OK if late <= LATE_SECONDS else f"时钟慢了至少 {int(late) // 60} 分钟，已经发布的案例会看不到"


def memory() -> str:
    """Whether Redis answers, where there is to be one; without it every process remembers for itself."""
    cache.set("readyz", 1, 5)
    return "Redis 没有回答，各进程暂时自己记" if getattr(cache, "is_resting", False) else OK


def disk() -> str:
    """Whether there is space for what staff send; readers need none."""
    try:
        free = shutil.disk_usage(settings.VAR_DIR).free
    except OSError as error:
        return f"看不到磁盘：{type(error).__name__}"
    if not os.access(settings.VAR_DIR, os.W_OK):
        return "数据目录不能写"
    return OK if free >= FREE_BYTES else f"磁盘只剩 {free // 1024 // 1024} MB"


# By part; without the first ones nobody can be answered truly.
PARTS: dict[str, Callable[[], str]] = {"database": database, "clock": clock, "cache": memory, "disk": disk}
NEEDED = ("database", "clock")


@require_safe
@never_cache
def livez(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": OK})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 where readers can be answered, with what else is ill; 503 where they cannot."""
    parts = {name: check() for name, check in PARTS.items()}
    ill = [name for name, state in parts.items() if state != OK]
    status = OK if not ill else "ill" if set(ill) & set(NEEDED) else "limping"
    values = {"ensure_ascii": False}
    return JsonResponse(
        {"status": status, "parts": parts}, status=503 if status == "ill" else 200, json_dumps_params=values
    )
