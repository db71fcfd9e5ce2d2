"""E-mail notices to staff, where the server's settings ask for them; sent only once the write is safe."""

import logging

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse

from cases.models import Case, VersionEvent
from cases.models.base import person_name

logger = logging.getLogger(__name__)
SUBJECTS = {VersionEvent.RETURNED: "退回修改", VersionEvent.PUBLISHED: "已经发布"}


def notify_reviewers(*, case: Case, user: AbstractBaseUser | None) -> None:
    """Tell everyone who may publish that a case waits for them."""
    if settings.EMAIL_NOTICES:
        reviewers = get_user_model().objects.with_perm(
            "cases.publish_case", backend="django.contrib.auth.backends.ModelBackend"
        )
        _send(
            [person for person in reviewers if person != user], f"待审：{case.title}", _text(case, "送来审核。", user)
        )


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
