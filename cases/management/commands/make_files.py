"""manage.py make_files: make the files that readers and staff asked for, where the web processes do not."""

import time

from django.core.management.base import BaseCommand

from cases.background import files
from cases.sheets.exporting import DESK, make_workbook
from cases.takeaway.books import make_book


class Command(BaseCommand):
    help = "做读者要的 PDF、Word、EPUB 文件（PORTAL_TAKEAWAY=worker 时用）。一直运行；--once 做完正在等的就停。"

    def add_arguments(self, parser) -> None:
        parser.add_argument("--once", action="store_true", help="做完正在等的就停")
        parser.add_argument("--pause", type=float, default=0.5, help="没有可做的时隔几秒再看，默认 0.5")

    def handle(self, *, once: bool, pause: float, **options) -> None:
        while True:
            orders = list(files.waiting())
            for order in orders:
                files.make(order, make_workbook if order.kind == DESK else make_book)
                if options["verbosity"]:
                    self.stdout.write(f"{'没有做成' if order.has_failed else '做好了'}：{order.path.name}")
            if once:
                return
            if not orders:
                time.sleep(pause)
