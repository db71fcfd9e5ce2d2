"""Asking an institution to check a case, what it says, and taking the question back."""

from datetime import date, timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.core import signing
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from cases.editing.permissions import EDIT, require
from cases.editing.together import add_comment
from cases.models import Case, Comment, Verification

USUAL, LONGEST = timedelta(days=14), timedelta(days=90)
MOST_REMARKS, NAME = 60, 60
_signer = signing.Signer(salt="cases.verification")


def link(verification: Verification) -> str:
    """The address, without host, that opens the page; always the same for one verification."""
    return reverse("verification:page", args=[_signer.sign(str(verification.pk))])


def find(token: str) -> Verification:
    """The verification a link was made for, whatever became of it. Raises ``signing.BadSignature`` and ``DoesNotExist``."""
    return Verification.objects.select_related("case").get(pk=_signer.unsign(token))


def ask(*, case: Case, recipient: str, address: str, until: date, user: AbstractBaseUser | None) -> Verification:
    """Make a link for ``recipient``. Raises ``PermissionDenied`` and ``ValidationError``."""
    require(user, EDIT, "请机构核对")
    today = timezone.localdate()
    if not today <= until <= today + LONGEST:
        raise ValidationError(f"核对的日期要在今天和 {LONGEST.days} 天以后之间。")
    asked = Verification(case=case, recipient=recipient.strip(), address=address.strip(), until=until, asked_by=user)
    asked.clean_fields(exclude={field.name for field in asked._meta.fields} - {"recipient", "address"})
    asked.save()
    return asked


def withdraw(*, verification: Verification, user: AbstractBaseUser | None) -> None:
    """Make the link open nothing from now on; what was said through it stays."""
    require(user, EDIT, "收回核对链接")
    Verification.objects.filter(pk=verification.pk, withdrawn_at=None).update(withdrawn_at=timezone.now())


def note_opened(verification: Verification) -> None:
    Verification.objects.filter(pk=verification.pk, opened_at=None).update(opened_at=timezone.now())


def add_remark(*, verification: Verification, field: str, quote: str, proposed: str, text: str) -> Comment:
    """Keep what the institution says of a part. Raises ``ValidationError``, also beyond ``MOST_REMARKS``."""
    if verification.remarks.count() >= MOST_REMARKS:
        raise ValidationError(f"意见已经有 {MOST_REMARKS} 条，请把其余的写在最后一条里，或者直接联系协会。")
    return add_comment(
        case=verification.case, field=field, quote=quote, proposed=proposed, text=text, verification=verification
    )


def take_remark_back(*, verification: Verification, key: int) -> None:
    """Delete a remark nobody has seen to."""
    verification.remarks.filter(pk=key, resolved_at=None).delete()


def answer(*, verification: Verification, is_right: bool, name: str) -> None:
    """Keep the answer; a later one replaces it. Raises ``ValidationError`` where it contradicts the remarks."""
    if not name.strip():
        raise ValidationError("请写上核对人的姓名和部门。")
    if is_right and verification.remarks.filter(resolved_at=None).exists():
        raise ValidationError("您记下了要改的地方：请选“有要改的”，或者先把那几条撤回。")
    if not is_right and not verification.remarks.exists():
        raise ValidationError("还没有记下要改的地方：请在那一部分旁边写明，再交回。")
    verification.answered_at, verification.is_right = timezone.now(), is_right
    verification.answered_by = name.strip()
    if len(verification.answered_by) > NAME:
        raise ValidationError(f"核对人最多写 {NAME} 个字。")
    verification.save(update_fields=["answered_at", "is_right", "answered_by"])
