"""Who may write what, beyond the tables of Django's own permissions."""

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied

from cases.models import Case, CaseStatus

EDIT, PUBLISH = "cases.change_case", "cases.publish_case"
ADD_COLLECTION = "cases.add_collection"


def may_edit(user: AbstractBaseUser, case: Case) -> bool:
    """Say whether ``user`` may write it: editors write drafts, what is under review or public those who may publish."""
    return user.has_perm(EDIT) and (case.status == CaseStatus.DRAFT or user.has_perm(PUBLISH))


def require(user: AbstractBaseUser | None, permission: str, what: str) -> None:
    """Raise ``PermissionDenied`` where ``user`` may not do ``what`` (a Chinese verb with its object)."""
    if user is not None and not user.has_perm(permission):
        raise PermissionDenied(f"你的账号不能{what}。")
