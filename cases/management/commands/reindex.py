"""manage.py reindex: bring the search index up to date, or check that it is."""

import sys

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from cases.editing.vocabulary import reindex_cases, reindex_names
from cases.models import Case
from cases.models.content_version import touch
from cases.search.checking import check_index, orphans, without_tokens


class Command(BaseCommand):
    help = "更新搜索索引。网站照常可用；中断后再运行会接着做。--check 只检查，有差错时退出码为 1。"

    def add_arguments(self, parser) -> None:
        parser.add_argument("--check", action="store_true", help="只检查索引与案例是否一致")
        parser.add_argument("--all", action="store_true", help="连没有变化的也重做")

    def handle(self, *, check: bool, **options) -> None:
        if check:
            problems = check_index()
            for problem, count in problems.items():
                self.stdout.write(f"{problem}：{count}")
            if problems:
                raise CommandError("索引与案例不一致，请运行 manage.py reindex。")
            self.stdout.write("索引与案例一致。")
            return
        reindex_names()
        reindex_cases(without_tokens(), force=True)
        keys = [*Case.objects.order_by("pk").values_list("pk", flat=True), *orphans()]
        hidden = options["verbosity"] == 0 or not sys.stderr.isatty()
        with tqdm(total=len(keys), unit="篇", disable=hidden) as bar:
            changed = reindex_cases(keys, force=options["all"], on_case=bar.update)
        touch()  # searches may answer otherwise now
        if options["verbosity"]:
            self.stdout.write(f"共 {len(keys)} 篇，更新 {changed} 篇。")
