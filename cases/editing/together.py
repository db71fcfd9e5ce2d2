"""Working on one case together: remarks at a place in its text, and who else has it open."""

from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils import timezone

from cases.editing.content_checks import TEXT_FIELDS
from cases.editing.permissions import EDIT, require
from cases.models import Case, Comment, OpenForm, Verification

HEARD_WITHIN = timedelta(seconds=90)  # a form tells of itself every 30 s
PARTS = {**TEXT_FIELDS, "figures": "关键数据", "other": "其他"}
QUOTE, WORDS = 200, 500  # characters


def add_comment(
    *,
    case: Case,
    field: str,
    quote: str,
    text: str,
    proposed: str = "",
    user: AbstractBaseUser | None = None,
    verification: Verification | None = None,
) -> Comment:
    """Keep a remark on ``quote`` in the text ``field``, by staff or by an institution. Raises ``PermissionDenied`` and
    ``ValidationError``."""
    if verification is None:
        require(user, EDIT, "写意见")
    quote, text, proposed = quote.strip(), text.strip(), proposed.strip()
    if not (text or proposed):
        raise ValidationError("意见还没有写：说哪里不对，或者写出应该改成什么。")
    for label, words, limit in (("意见", text, WORDS), ("改成", proposed, WORDS), ("原话", quote, QUOTE)):
        if len(words) > limit:
            raise ValidationError(f"“{label}”有 {len(words)} 字，最多 {limit} 字。")
    if field not in PARTS:
        raise ValidationError("请选一个部分。")
    return Comment.objects.create(
        case=case, field=field, quote=quote, text=text, proposed=proposed, user=user, verification=verification
    )


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
