"""Keeping what readers send, and settling it."""

import unicodedata

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from cases.editing.permissions import EDIT, require
from cases.models import Case, Feedback, FeedbackKind


def report_error(*, case: Case, quote: str, text: str, address: str) -> Feedback:
    return Feedback.objects.create(kind=FeedbackKind.ERROR, case=case, quote=quote, text=text, address=address)


@transaction.atomic
def make_wish(*, text: str, address: str) -> Feedback:
    """Keep a wish, or count it where another reader had it in the same words. The first reader's address stays."""
    words = " ".join(unicodedata.normalize("NFKC", text).lower().split())
    wish, is_new = Feedback.objects.select_for_update().get_or_create(
        kind=FeedbackKind.WISH, text=words, settled_at=None, defaults={"address": address}
    )
    if not is_new:
        Feedback.objects.filter(pk=wish.pk).update(count=F("count") + 1)
        if address and not wish.address:
            Feedback.objects.filter(pk=wish.pk).update(address=address)
    return wish


def settle(*, feedback: Feedback, user: AbstractBaseUser) -> None:
    """Say that it was seen to, and forget whom to answer. Who did it first stays. Raises ``PermissionDenied``."""
    require(user, EDIT, "处理读者来信")
    waiting = Feedback.objects.filter(pk=feedback.pk, settled_at=None)
    waiting.update(settled_by=user, settled_at=timezone.now(), address="")
