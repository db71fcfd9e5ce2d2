"""manage.py doctor: what is wrong with this installation."""

from django.core.management.base import BaseCommand, CommandError

from portal.doctor import data, environment, services
from portal.doctor.findings import Level, examine


class Command(BaseCommand):
    help = "检查这套网站装得对不对：设置、数据库、缓存、磁盘、索引、字体、邮件等，用中文说哪里不对、怎么办。有错误时退出状态为 1。"
    requires_system_checks = ()  # its own findings say it in Chinese

    def handle(self, **options) -> None:
        styles = {Level.GOOD: self.style.SUCCESS, Level.NOTE: self.style.WARNING, Level.ERROR: self.style.ERROR}
        counts = dict.fromkeys(Level, 0)
        for finding in examine((*environment.CHECKS, *services.CHECKS, *data.CHECKS)):
            counts[finding.level] += 1
            if finding.level is not Level.GOOD or options["verbosity"]:
                self.stdout.write(f"{styles[finding.level](finding.level.value)}  {finding.subject}：{finding.says}")
        summary = "，".join(f"{level.value} {count}" for level, count in counts.items())
        if counts[Level.ERROR]:
            raise CommandError(f"{summary}。")
        self.stdout.write(f"{summary}。")
