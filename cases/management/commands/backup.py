"""manage.py backup FILE: database and pictures in one file, consistent, checked."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cases.backup.archive import BackupError
from cases.backup.backup import BackupBusy, write_backup


class Command(BaseCommand):
    help = "把数据库和图片备份成一个文件。网站照常可用；写完核对无误才有这个文件名，同名的旧备份被替换。"

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", type=Path, help="备份文件，例如 /var/backups/portal-2026-11-21.zip")

    def handle(self, *, file: Path, **options) -> None:
        file = file.absolute()
        if file.is_dir() or not file.parent.is_dir():
            raise CommandError(f"不能写到 {file}：请给出一个文件名，它所在的目录要已经存在。")
        if file.parent.resolve().is_relative_to(Path(settings.MEDIA_ROOT).resolve()):
            raise CommandError("备份里有账号信息，不能放在图片目录里。请换一个目录。")
        loud = options["verbosity"] > 1
        try:
            report = write_backup(path=file, user=None, on_step=self.stdout.write if loud else lambda step: None)
        except BackupBusy as error:
            raise CommandError(f"另一个备份正在写 {file}，请等它完成。") from error
        except BackupError as error:
            raise CommandError(f"备份写完后核对不符，没有保存：{error}") from error
        except OSError as error:
            raise CommandError(f"写不了 {file}：{error.strerror}。没有留下文件。") from error
        for name in report.missing:
            self.stderr.write(f"图片文件缺失，备份里没有：{name}")
        if options["verbosity"]:
            size = file.stat().st_size / 1024 / 1024
            self.stdout.write(
                f"已备份并核对：{report.rows} 行，{report.files} 个图片文件，缺 {len(report.missing)} 个；{file}，{size:.1f} MB。"
            )
