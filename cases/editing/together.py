"""Working on one case together: remarks at a place in its text, and who else has it open."""

from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils import timezone

from cases.editing.content_checks import TEXT_FIELDS
from cases.editing.permissions import EDIT, require
from cases.models import Case, Comment, OpenForm

HEARD_WITHIN = timedelta(seconds=90)  # a form tells of itself every 30 s


def add_comment(*, case: Case, field: str, quote: str, text: str, user: AbstractBaseUser) -> Comment:
    """Keep a remark on ``quote`` in the text ``field``. Raises ``PermissionDenied`` and ``ValidationError``."""
    require(user, EDIT, "写意见")
    text = text.strip()
    if not text:
        raise ValidationError("意见还没有写。")
    if len(text) > 500:
        raise ValidationError(f"意见有 {len(text)} 字，最多 500 字。")
    if field not in TEXT_FIELDS:
        raise ValidationError("请选一个部分。")
    return Comment.objects.create(case=case, field=field, quote=quote.strip()[:200], text=text, user=user)


def resolve_comment(*, comment: Comment, user: AbstractBaseUser) -> None:
    """Say that it has been seen to; who did it first stays."""
    require(user, EDIT, "处理意见")
    waiting = Comment.objects.filter(pk=comment.pk, resolved_at=None)
    waiting.update(resolved_by=user, resolved_at=timezone.now())


def note_open_form(*, case: Case, user: AbstractBaseUser) -> list[AbstractBaseUser]:
    """Keep that ``user`` has the form open, and return the others who have. Forgets those not heard of for long."""
    now = timezone.now()
    OpenForm.objects.filter(seen_at__lt=now - HEARD_WITHIN).delete()
    OpenForm.objects.update_or_create(case=case, user=user, defaults={"seen_at": now})
    others = OpenForm.objects.filter(case=case).exclude(user=user).select_related("user").order_by("user__username")
    return [form.user for form in others]
