"""manage.py remind: letters to staff and institutions about what has waited too long."""

from django.core.management.base import BaseCommand

from cases.editing.notifications import remind_staff
from cases.verification.letters import remind_institutions


class Command(BaseCommand):
    help = "提醒：等了一周、两周……的送审和退回，写信给审核和编辑；快到期的机构核对，写信给机构。每天运行一次。"

    def handle(self, **options) -> None:
        staff, institutions = remind_staff(), remind_institutions()
        if options["verbosity"]:
            self.stdout.write(f"给工作人员 {staff} 封，给机构 {institutions} 封。")
