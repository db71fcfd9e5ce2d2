"""manage.py check_content: read every case as an editor would."""

from django.core.management.base import BaseCommand, CommandError

from cases.editing.content_checks import check_case
from cases.models import Case


class Command(BaseCommand):
    help = "检查案例内容：缺项、数据单位、标签、标点、空格、站内链接。有问题时退出码为 1。"

    def add_arguments(self, parser) -> None:
        parser.add_argument("codes", nargs="*", help="只检查这些编号；不写即检查全部")

    def handle(self, *, codes: list[str], **options) -> None:
        cases = Case.objects.for_checking().order_by("code")
        if codes:
            cases = cases.filter(code__in=codes)
            missing = set(codes) - set(cases.values_list("code", flat=True))
            if missing:
                raise CommandError(f"没有这些案例：{'、'.join(sorted(missing))}")
        problems = [(case.code, problem) for case in cases.iterator(chunk_size=500) for problem in check_case(case)]
        for code, problem in problems:
            self.stdout.write(f"{code}：{problem}")
        summary = f"检查了 {cases.count()} 篇，发现 {len(problems)} 处问题。"
        if problems:
            raise CommandError(summary)
        self.stdout.write(summary)
