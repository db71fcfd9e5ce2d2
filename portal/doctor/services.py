"""Checks of what the portal needs of its machine, and of cache and mail. The database is in ``data``."""

import filecmp
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import typst
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import get_connection

from cases.models.stored_files import media_folder
from cases.takeaway.book.pdf import FONTS
from portal.doctor.findings import Finding, error, good, note

GB = 1024**3
LEAST_FREE, COMFORTABLE_FREE = 1 * GB, 5 * GB
WAITING_SECONDS = 600
FAMILIES = {"Noto Serif SC", "Noto Sans SC"}
MAIL_SECONDS = 10


def folders() -> Iterator[Finding]:
    wanted = {"图片": media_folder(), "下载文件": settings.TAKEAWAY_DIR, "上传": settings.FILE_UPLOAD_TEMP_DIR}
    for name, folder in wanted.items():
        if folder is None:
            yield from bucket()
            continue
        try:
            Path(folder).mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(b"doctor")
        except OSError as problem:
            yield error(f"{name}目录", f"写不进 {folder}：{problem.strerror}。请让运行网站的用户能写。")
        else:
            yield good(f"{name}目录", "可写。")


def bucket() -> Iterator[Finding]:
    try:
        name = default_storage.save("doctor.txt", ContentFile(b"doctor"))
        default_storage.delete(name)
    except Exception as problem:
        yield error("图片存储", f"写不进去：{problem}。请检查 MEDIA_S3_ 开头的设置。")
    else:
        yield good("图片存储", f"{settings.MEDIA_S3_BUCKET} 可写。")


def disk() -> Iterator[Finding]:
    free = shutil.disk_usage(settings.VAR_DIR).free
    says = f"{settings.VAR_DIR} 还剩 {free / GB:.1f} GB"
    if free < LEAST_FREE:
        yield error("磁盘", f"{says}，快写不进去了。请清理或扩容；下载文件目录 {settings.TAKEAWAY_DIR} 可以清空。")
    elif free < COMFORTABLE_FREE:
        yield note("磁盘", f"{says}，不多了。")
    else:
        yield good("磁盘", f"{says}。")


def cache_answers() -> Iterator[Finding]:
    where = "Redis" if settings.REDIS_URL else "各进程自己的内存"
    word = secrets.token_hex(8)
    try:
        cache.set("doctor", word, 30)
        answers = cache.get("doctor") == word
    except Exception as problem:
        yield error("缓存", f"{where}没有应答：{problem}。请检查 REDIS_URL 和 Redis 服务。")
        return
    if getattr(cache, "is_resting", False):
        yield error("缓存", "Redis 没有应答，各进程暂时自己记：网站慢，限次不准。请检查 REDIS_URL 和 Redis 服务。")
    elif not answers:
        yield error("缓存", f"{where}收下了却读不出来。请检查 Redis 的内存上限。")
    elif settings.REDIS_URL:
        yield good("缓存", "Redis 应答正常。")
    else:
        yield note("缓存", "没有设 REDIS_URL：每个进程各存各的，限次也各算各的。多个进程或多台机器请用 Redis。")


def static_files() -> Iterator[Finding]:
    if settings.DEBUG:
        return
    missing, stale = [], []
    for finder in get_finders():
        for path, storage in finder.list([]):
            collected = Path(settings.STATIC_ROOT, path)
            if not collected.is_file():
                missing.append(path)
            elif not filecmp.cmp(storage.path(path), collected, shallow=False):
                stale.append(path)
    if missing or stale or not Path(settings.STATIC_ROOT, "staticfiles.json").is_file():
        counts = f"缺 {len(missing)} 个，旧 {len(stale)} 个"
        yield error(
            "样式和脚本",
            f"没有收集齐（{counts}）：页面会出错或走样。请运行 manage.py collectstatic --noinput，再重启。",
        )
    else:
        yield good("样式和脚本", "齐全，是这个版本的。")


def soffice() -> Iterator[Finding]:
    if not settings.PORTAL_SOFFICE:
        yield note("LibreOffice", "没有设：.doc、.wps、.odt、.rtf 不收，只收 .docx。")
    elif shutil.which(settings.PORTAL_SOFFICE) is None:
        yield note(
            "LibreOffice",
            f"找不到 {settings.PORTAL_SOFFICE}：.doc、.wps、.odt、.rtf 导入不了。请安装，或把 PORTAL_SOFFICE 设为空。",
        )
    else:
        yield good("LibreOffice", "装好了。")


def fonts() -> Iterator[Finding]:
    known = set(typst.Fonts(include_system_fonts=False, font_paths=FONTS).families())
    if missing := sorted(FAMILIES - known):
        yield error(
            "中文字体", f"缺 {'、'.join(missing)}：PDF 里会没有汉字。请重新运行 pip install -r requirements.txt。"
        )
    else:
        yield good("中文字体", "齐全。")


def maker() -> Iterator[Finding]:
    if settings.TAKEAWAY_MAKER != "worker":
        return
    oldest = min((path.stat().st_mtime for path in settings.TAKEAWAY_DIR.glob("*.ask")), default=None)
    if oldest and time.time() - oldest > WAITING_SECONDS:
        minutes = int((time.time() - oldest) / 60)
        yield error("后台制作", f"有文件等了 {minutes} 分钟没人做。请启动 manage.py make_files（服务 portal-worker）。")
    else:
        yield good("后台制作", "没有久等的文件。")


def mail() -> Iterator[Finding]:
    if not settings.EMAIL_HOST:
        yield note("邮件", "没有设 EMAIL_HOST：信只写进日志，订阅的读者收不到。")
        return
    connection = get_connection(timeout=MAIL_SECONDS)
    try:
        connection.open()
    except OSError as problem:  # as are errors of SMTP
        yield error(
            "邮件",
            f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT} 连不上或不让登录：{problem}。请检查 EMAIL_ 开头的设置。",
        )
    else:
        connection.close()
        yield good("邮件", f"{settings.EMAIL_HOST} 连得上。")


def readable_by_others() -> Iterator[Finding]:
    """A database, a key or mail in files that any account of the machine may read."""
    open_files = [
        path.name for path in (*Path(settings.VAR_DIR).glob("*.sqlite3*"), Path(settings.VAR_DIR, "secret_key"))
        if path.is_file() and path.stat().st_mode & 0o007
    ]  # fmt: skip
    if open_files and os.name == "posix":
        yield note(
            "文件权限", f"{settings.VAR_DIR} 里的 {'、'.join(open_files)} 本机别的用户也能读。请运行 chmod o-rwx。"
        )


CHECKS = (folders, disk, cache_answers, static_files, soffice, fonts, maker, mail, readable_by_others)
