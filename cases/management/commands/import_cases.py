"""manage.py import_cases: Word files from disk into drafts."""

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, models
from tqdm import tqdm

from cases.models import Category, Collection, Institution
from cases.word.actions import Destination, FileOutcome, FileResult, check_file, import_file
from cases.word.values import CONTROL

# All that members send, also what cannot be read: a file passed over in silence is a case lost.
EXTENSIONS = {
    ".docx",
    ".docm",
    ".dotx",
    ".dotm",
    ".dot",
    ".doc",
    ".wps",
    ".wpt",
    ".odt",
    ".fodt",
    ".ott",
    ".rtf",
    ".pdf",
    ".html",
    ".htm",
}
EXTENSIONS |= {".mht", ".pages", ".ofd", ".uof"}
REFUSED_SOME, USAGE = 1, 2
UNREAD = FileResult("", FileOutcome.REFUSED, "这个文件夹打不开，里面的文件没有读。请检查权限。", "unreadable")


class Command(BaseCommand):
    help = (
        "把 Word 或 PDF 文件（或整个文件夹里的）变成草稿；同一个文件不会导入两次。"
        "退出码：0 全部正常（或试运行结束），1 有文件无法导入，2 用法有误；没有人读报告了（例如 | head）就安静地停下，退出码 0。"
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="FILE|DIR", help="文件或文件夹（连同子文件夹）")
        parser.add_argument("--collection", metavar="SLUG", help="放进哪本案例集；不写即最新的一本")
        parser.add_argument("--category", metavar="SLUG", help="都放进这一章；不写即照文件里写的")
        parser.add_argument("--institution", metavar="SLUG", help="都记在这家机构名下；不写即照文件里写的")
        parser.add_argument("--user", metavar="NAME", help="记作由谁导入")
        parser.add_argument("--dry-run", action="store_true", help="只读一遍、说会怎样，什么也不写")
        parser.add_argument("--json", action="store_true", help="用 JSON 报告")

    def handle(self, *, paths: list[Path], **options) -> None:
        try:
            user = _named(get_user_model(), "username", options["user"], "没有这个用户")
            collection = _named(Collection, "slug", options["collection"], "没有这本案例集")
            destination = Destination(
                collection=collection or Collection.objects.newest_first().first(),
                category=_named(Category, "slug", options["category"], "没有这一章"),
                institution=_named(Institution, "slug", options["institution"], "没有这家机构"),
            )
        except DatabaseError as error:
            message = "数据库连不上，或者还没有建表（manage.py migrate）。"
            raise CommandError(message, returncode=USAGE) from error
        if destination.collection is None:
            raise CommandError("还没有案例集，请先建一本。", returncode=USAGE)
        closed: list[OSError] = []
        passed: list[Path] = []
        files = list(_files(paths, closed.append, passed.append))
        if not files and not closed:
            raise CommandError("没有找到 Word 文件。", returncode=USAGE)
        try:
            self._import(files, closed, user, destination, options | {"passed": passed})
        except BrokenPipeError:
            # Whoever read our report (head, less) has enough of it: end without a word. What is imported stays.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except OSError as error:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the rest of it cannot be written either
            message = f"报告写不出去（{error.strerror}），后面的文件没有读。"
            raise CommandError(message, returncode=REFUSED_SOME) from error

    def _import(self, files: list[Path], closed: list[OSError], user, destination: Destination, options: dict) -> None:
        """Import or check every file, and report each at once, or all of them as JSON at the end."""
        reports = [_report(error.filename, UNREAD) for error in closed]
        hidden = options["verbosity"] == 0 or not sys.stderr.isatty()
        read = check_file if options["dry_run"] else partial(import_file, user=user)
        for report in reports:
            self._print(report, options)
        for file in tqdm(files, unit="个", disable=hidden):
            reports.append(
                _report(
                    file, read(path=file, filename=file.name, destination=replace(destination, folder=file.parent.name))
                )
            )
            self._print(reports[-1], options)
        counts = Counter(report["outcome"] for report in reports)
        if options["json"]:
            passed = [_printable(str(path)) for path in options["passed"]]
            document = {"files": reports, "counts": counts, "dry_run": options["dry_run"], "passed_over": passed}
            self._write(json.dumps(document, ensure_ascii=False, indent=2))
        else:
            parts = [f"{outcome.label} {counts[outcome]}" for outcome in FileOutcome if counts[outcome]]
            lead = "试运行，没有写入：" if options["dry_run"] else ""
            for path in options["passed"]:
                self._write(f"{_printable(str(path))}　不像稿子，没有读")
            self._write(f"{lead}{len(reports)} 个文件，{'，'.join(parts)}。")
        if counts[FileOutcome.REFUSED] and not options["dry_run"]:
            raise CommandError(f"有 {counts[FileOutcome.REFUSED]} 个文件无法导入。", returncode=REFUSED_SOME)

    def _print(self, report: dict, options: dict) -> None:
        if not options["json"]:
            case = f" {report['case']}" if report["case"] else ""
            reason = f"：{report['message']}" if report["message"] else ""
            self._write(f"{report['path']}　{FileOutcome(report['outcome']).label}{case}{CONTROL.sub(' ', reason)}")

    def _write(self, text: str) -> None:
        if sys.stdout is not None:  # None: the command was started without a standard output
            self.stdout.write(text)
            self.stdout.flush()


def _named(model: type[models.Model], field: str, value: str | None, missing: str) -> models.Model | None:
    if not value:
        return None
    found = model.objects.filter(**{field: value}).first()
    if found is None:
        raise CommandError(f"{missing}：{value}", returncode=USAGE)
    return found


def _files(
    paths: list[Path], on_error: Callable[[OSError], object], on_passed: Callable[[Path], object]
) -> Iterator[Path]:
    """List whatever was named, and what in folders is named like a manuscript; Word's own lock files (~$…) are none.

    Also what is no file at all or a link that leads nowhere: it gets its line. Links to folders are not followed.
    """
    for path in paths:
        if os.path.isdir(path):
            for folder, folders, names in os.walk(path, onerror=on_error):
                folders.sort()
                for one in (Path(folder, name) for name in sorted(names) if not name.startswith(("~$", "."))):
                    if one.suffix.lower() in EXTENSIONS:
                        yield one
                    else:
                        on_passed(one)
        elif os.path.lexists(path):
            yield path
        else:
            raise CommandError(f"没有这个文件或文件夹：{_printable(str(path))}", returncode=USAGE)


def _report(file: Path | str, line: FileResult) -> dict:
    found = line.word_import
    case = found.case if found else None
    return {
        "path": _printable(str(file)),
        "outcome": str(line.outcome),
        "message": line.message,
        "code": line.code,
        "case": case.code if case else None,
        "word_import": found.pk if found else None,
    }


def _printable(text: str) -> str:
    """Escape what a report cannot show (\\n, \\udcff): a file name may hold any bytes."""
    text = CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode(), text)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
