"""manage.py send_digests: the letters that are due to readers who follow a list."""

from django.core.management.base import BaseCommand, CommandError

from cases.following.sending import send_digests


class Command(BaseCommand):
    help = "给订阅的读者发信：每天运行一次，今天该发的才发。中断了再运行，谁也不会收到两封一样的。"

    def handle(self, **options) -> None:
        sent, failed = send_digests()
        if options["verbosity"]:
            self.stdout.write(f"发出 {sent} 封。")
        if failed:
            raise CommandError(f"{failed} 封没有发出，下次再发；原因在日志里。")
