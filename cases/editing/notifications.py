"""E-mail notices to staff, where the server's settings ask for them; sent only once the write is safe."""

import logging
from collections import defaultdict
from datetime import datetime

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from cases.models import Case, CaseStatus, VersionEvent
from cases.models.base import person_name

logger = logging.getLogger(__name__)
REMIND_EVERY = 7  # days
SUBJECTS = {VersionEvent.RETURNED: "退回修改", VersionEvent.PUBLISHED: "已经发布"}


def notify_reviewers(*, case: Case, user: AbstractBaseUser | None) -> None:
    """Tell everyone who may publish that a case waits for them."""
    if settings.EMAIL_NOTICES:
        _send(
            [person for person in _reviewers() if person != user],
            f"待审：{case.title}",
            _text(case, "送来审核。", user),
        )


def remind_staff() -> int:
    """Write of what has waited for one, two … weeks to the day: to reviewers what is to be read, to editors what came
    back. For one run a day; one letter a person. Returns the number of letters; none where notices are off."""
    if not settings.EMAIL_NOTICES:
        return 0
    waiting, reviewers = defaultdict(list), _reviewers()
    for case in Case.objects.filter(status=CaseStatus.IN_REVIEW).order_by("submitted_at").defer(*Case.SECTIONS):
        if line := _waiting(case, case.submitted_at, "送审"):
            for person in reviewers:
                waiting[person].append(line)
    returned = Case.objects.filter(status=CaseStatus.DRAFT, returned_at__isnull=False, editor__isnull=False)
    for case in returned.select_related("editor").order_by("returned_at").defer(*Case.SECTIONS):
        if line := _waiting(case, case.returned_at, "退回"):
            waiting[case.editor].append(line)
    letters = [(person, lines) for person, lines in waiting.items() if person.email and person.is_active]
    for person, lines in letters:
        _send([person], f"有 {len(lines)} 篇案例在等你", "\n\n".join(lines) + "\n")
    return len(letters)


def _reviewers() -> list:
    backend = "django.contrib.auth.backends.ModelBackend"
    return list(get_user_model().objects.with_perm("cases.publish_case", backend=backend))


def _waiting(case: Case, since: datetime | None, what: str) -> str:
    days = (timezone.now() - since).days if since else 0
    if not days or days % REMIND_EVERY:
        return ""
    url = settings.SITE_URL + reverse("admin:cases_case_change", args=[case.pk])
    return f"《{case.title}》（{case.code}）{what} {days} 天了：\n{url}"


def notify_editor(*, case: Case, user: AbstractBaseUser | None, event: str) -> None:
    """Tell the editor of a case what became of it."""
    if settings.EMAIL_NOTICES and case.editor is not None and case.editor != user:
        said = f"{SUBJECTS[event]}。\n\n{case.review_comment}".strip()
        _send([case.editor], f"{SUBJECTS[event]}：{case.title}", _text(case, said, user))


def _text(case: Case, said: str, user: AbstractBaseUser | None) -> str:
    who = person_name(user) or "系统"
    url = settings.SITE_URL + reverse("admin:cases_case_change", args=[case.pk])
    return f"{who}：《{case.title}》（{case.code}）{said}\n\n{url}\n"


def _send(people: list, subject: str, text: str) -> None:
    addresses = [person.email for person in people if person.email]
    subject = " ".join(subject.split())

    def deliver() -> None:
        # A mail server that is away must not undo, or fail, what is already written.
        for address in addresses:
            try:
                send_mail(subject, text, None, [address])
            except OSError:
                logger.exception("notice to staff not sent")

    if addresses:
        transaction.on_commit(deliver)
