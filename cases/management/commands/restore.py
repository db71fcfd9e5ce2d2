"""manage.py restore FILE: a backup back into database and media, or nothing at all."""

from pathlib import Path

from django.core.cache import cache
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from cases.backup.archive import BackupError, BackupFile
from cases.backup.restore import NotEmptyError, RestoreReport, restore_backup

UNCHANGED = "什么都没有改动。"


class Command(BaseCommand):
    help = (
        "用备份文件恢复数据库和图片，然后重建搜索索引。数据库里已有内容时要加 --replace。要么全部恢复，要么什么都不动。"
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", type=Path, help="manage.py backup 写的文件")
        parser.add_argument(
            "--unsigned", action="store_true", help="没有本站签名的备份也恢复：里面的账号全部停用，没有超级用户"
        )
        parser.add_argument("--replace", action="store_true", help="删掉数据库里现有的内容，换成备份里的")

    def handle(self, *, file: Path, replace: bool, unsigned: bool, **options) -> None:
        loud = options["verbosity"] > 1
        try:
            with BackupFile(file) as backup:
                if options["verbosity"]:
                    self.stdout.write(f"备份写于 {backup.manifest.created_at[:19]}，来自 {backup.manifest.engine}。")
                report = restore_backup(
                    backup=backup,
                    replace=replace,
                    unsigned=unsigned,
                    user=None,
                    on_step=self.stdout.write if loud else lambda step: None,
                )
                is_signed = backup.is_signed
        except NotEmptyError as error:
            raise CommandError(f"数据库里已有内容。确实要用备份换掉它，请加 --replace。{UNCHANGED}") from error
        except BackupError as error:
            raise CommandError(f"{error}{UNCHANGED}") from error
        except DatabaseError as error:
            raise CommandError(f"数据库没有接受备份里的内容：{error} {UNCHANGED}") from error
        except OSError as error:
            raise CommandError(f"读写文件时出错：{error.strerror}（{error.filename}）。{UNCHANGED}") from error
        cache.clear()
        self._tell(report, is_signed=is_signed, verbosity=options["verbosity"])
        call_command("reindex", verbosity=options["verbosity"], stdout=self.stdout)

    def _tell(self, report: RestoreReport, *, is_signed: bool, verbosity: int) -> None:
        if not is_signed:
            self.stderr.write(
                "注意：这个备份没有本站的签名，里面的账号全部停用了。请用 manage.py createsuperuser 建一个管理员，再逐个启用信得过的账号。"
            )
        if verbosity:
            rows = "，".join(f"{name} {count}" for name, count in report.rows.items() if count)
            self.stdout.write(f"已恢复：{rows or '没有任何内容'}；图片文件 {report.files} 个。")
            if report.defaults:
                self.stdout.write(f"备份来自较早的版本，这些按默认值填：{'，'.join(report.defaults)}。")
            if report.skipped:
                self.stdout.write(f"有 {report.skipped} 行属于本版本没有的权限或类型，没有恢复。")
            for name in report.missing:
                self.stderr.write(f"写备份时就缺的图片文件：{name}")
            self.stdout.write("所有人需要重新登录。不再用到的旧图片可用 manage.py clean_media 清理。正在更新搜索索引……")
