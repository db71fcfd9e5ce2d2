"""The letters with a private link: the first, and the one that reminds. They are shown to the clerk as well, to be sent by hand."""

import logging
from datetime import timedelta
from itertools import groupby

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone

from cases.models import Verification
from cases.verification.actions import link

logger = logging.getLogger(__name__)
REMIND_BEFORE = timedelta(days=3)


def letter(verifications: list[Verification], *, is_reminder: bool = False) -> EmailMessage:
    """One letter about all of ``verifications``, which have one recipient and address."""
    first = verifications[0]
    context = {
        "recipient": first.recipient,
        "lines": [(one.case, settings.SITE_URL + link(one)) for one in verifications],
        "until": first.until,
        "is_reminder": is_reminder,
    }
    subject = f"{'还请' if is_reminder else '请'}核对案例：{first.case.title}"
    if len(verifications) > 1:
        subject += f"等 {len(verifications)} 篇"
    text = render_to_string("verification/letter.txt", context)
    return EmailMessage(" ".join(subject.split()), text, None, [first.address] if first.address else [])


def send(verifications: list[Verification], *, is_reminder: bool = False) -> bool:
    """Send the letter, and say whether it went; the link is there in any case, to be sent by hand."""
    try:
        letter(verifications, is_reminder=is_reminder).send()
    except OSError:
        logger.exception("letter to an institution not sent")
        return False
    return True


def remind_institutions() -> int:
    """Write once, near the day, to those who were asked by mail and have not answered. Returns the number of letters.

    A letter that cannot be sent is logged and tried again the next time.
    """
    today = timezone.localdate()
    waiting = Verification.objects.open().filter(answered_at=None, reminded_on=None, until__lte=today + REMIND_BEFORE)
    waiting = waiting.exclude(address="").select_related("case").order_by("address", "recipient", "until", "pk")
    sent = 0
    for _, rows in groupby(waiting, key=lambda row: (row.address, row.recipient, row.until)):
        asked = list(rows)
        if send(asked, is_reminder=True):
            Verification.objects.filter(pk__in=[row.pk for row in asked]).update(reminded_on=today)
            sent += 1
    return sent
