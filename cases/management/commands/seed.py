"""manage.py seed: load the collections."""

import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.core.serializers.base import DeserializationError
from tqdm import tqdm

from cases.seed.seeding import count_objects, fixture_files, seed_file

WORDS = {
    "created": "新建",
    "updated": "更新",
    "unchanged": "未变",
    "edited": "已被修改，保留",
    "deleted": "已被删除，不恢复",
    "removed": "文件里不再有，删除",
}


class Command(BaseCommand):
    help = "装载案例集。已装载过的不再动；--update 更新没有人改过的内容。被人改过、删过的从不覆盖。"

    def add_arguments(self, parser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, default=settings.BASE_DIR / "fixtures")
        parser.add_argument("--update", action="store_true", help="更新没有人改过的内容")

    def handle(self, *, folder: Path, update: bool, **options) -> None:
        files = fixture_files(folder)
        if not files:
            raise CommandError(f"{folder} 里没有 .yaml 文件。")
        hidden = options["verbosity"] == 0 or not sys.stderr.isatty()
        with tqdm(total=count_objects(files), unit="条", disable=hidden) as bar:
            for path in files:
                bar.set_description(path.name)
                try:
                    report = seed_file(path=path, root=folder, update=update, on_object=bar.update)
                except DeserializationError as error:
                    raise CommandError(f"{path.relative_to(folder)}：{error}") from error
                if options["verbosity"] > (1 if report.skipped else 0):
                    words = "，".join(f"{WORDS[name]} {count}" for name, count in sorted(report.outcomes.items()))
                    self.stdout.write(f"{path.relative_to(folder)}：{words or '文件没有变化'}")
