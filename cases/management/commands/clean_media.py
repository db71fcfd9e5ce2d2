"""manage.py clean_media: remove files that no row names, and say which files are missing."""

from datetime import timedelta

from django.core.management.base import BaseCommand

from cases.editing.media import clean_media


class Command(BaseCommand):
    help = "删除没有任何内容引用的图片文件和中断的上传，并列出缺失的文件。默认只删 1 小时以前的，正在上传的不受影响。"

    def add_arguments(self, parser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="只列出，不删除")
        parser.add_argument("--all-ages", action="store_true", help="连刚写入的也删；只在网站停下时用")
        parser.add_argument("--hours", type=float, default=1, help="只删这么多小时以前写入的，默认 1")

    def handle(self, *, dry_run: bool, all_ages: bool, hours: float, **options) -> None:
        grace = timedelta(hours=-1 if all_ages else hours)
        report = clean_media(grace=grace, dry_run=dry_run)
        if not options["verbosity"]:
            return
        for name in report.orphans:
            self.stdout.write(f"{'多余' if dry_run else '已删除'}：{name}")
        for name in report.uploads:
            self.stdout.write(f"{'多余' if dry_run else '已删除'}：没传完的文件 {name}")
        for name in report.links:
            self.stdout.write(f"是链接，没有动：{name}")
        for row, name in report.missing:
            self.stderr.write(f"文件缺失：{name}（{row}）")
        verb = "可删除" if dry_run else "已删除"
        self.stdout.write(
            f"{verb} {len(report.orphans) + len(report.uploads)} 个文件，{report.freed / 1024 / 1024:.1f} MB；"
            f"太新、留到下次 {len(report.young)} 个；缺失 {len(report.missing)} 个。"
        )
