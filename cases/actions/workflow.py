"""The way of a case from draft to publication. Each step checks who may take it and from where, and keeps a version.

Every function takes the row's lock first, so of two people taking a step at once the second is told. ``user`` is
``None`` on the command line, where the machine's owner acts. Raises ``PermissionDenied``, or ``ValidationError`` in
Chinese where the step is not open or the case is not ready.
"""

from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from cases.actions.notices import notify_editor, notify_reviewers
from cases.actions.revisions import adopt_revision
from cases.actions.versions import record, record_base
from cases.content_checks import blocking_problems
from cases.models import Case, CaseStatus, VersionEvent
from cases.search.index import index_cases

EDIT = "cases.change_case"
PUBLISH = "cases.publish_case"


def may_edit(user: AbstractBaseUser, case: Case) -> bool:
    """Editors write drafts; what is under review or public is changed by those who may publish."""
    if case.status == CaseStatus.DRAFT:
        return user.has_perm(EDIT)
    return user.has_perm(EDIT) and user.has_perm(PUBLISH)


@transaction.atomic
def submit_case(*, case: Case, user: AbstractBaseUser | None) -> Case:
    """Draft -> in review."""
    case = _take(case, user, EDIT, {CaseStatus.DRAFT}, "送审")
    case.submitted_at, case.returned_at, case.review_comment = timezone.now(), None, ""
    _move(case, CaseStatus.IN_REVIEW, user, VersionEvent.SUBMITTED)
    notify_reviewers(case=case, user=user)
    return case


@transaction.atomic
def withdraw_case(*, case: Case, user: AbstractBaseUser | None) -> Case:
    """In review -> draft, by the editors themselves."""
    case = _take(case, user, EDIT, {CaseStatus.IN_REVIEW}, "撤回送审")
    return _move(case, CaseStatus.DRAFT, user, VersionEvent.WITHDRAWN)


@transaction.atomic
def return_case(*, case: Case, user: AbstractBaseUser | None, comment: str) -> Case:
    """In review -> draft, with what the editor should change."""
    if not comment.strip():
        raise ValidationError({"comment": "写明要改什么，编辑才知道从哪里改起。"})
    case = _take(case, user, PUBLISH, {CaseStatus.IN_REVIEW}, "退回")
    case.returned_at, case.review_comment = timezone.now(), comment.strip()
    _move(case, CaseStatus.DRAFT, user, VersionEvent.RETURNED, comment.strip())
    notify_editor(case=case, user=user, event=VersionEvent.RETURNED)
    return case


@transaction.atomic
def publish_case(*, case: Case, user: AbstractBaseUser | None, at: datetime | None = None) -> Case:
    """Draft, in review or archived -> published, now or at a time to come; a revision takes the place of its original.

    A case published before keeps its first date. Returns the case that is public now.
    """
    case = _take(case, user, PUBLISH, set(CaseStatus) - {CaseStatus.PUBLISHED}, "发布")
    check_publishable(case)
    if case.revises_id:
        if at is not None and at > timezone.now():
            raise ValidationError("修订稿不能定时发布：请到时候再发布，在那之前读者看到的是原来的内容。")
        case = adopt_revision(revision=case, user=user)
    else:
        event = _date(case, at)
        case.returned_at, case.review_comment = None, ""
        _move(case, CaseStatus.PUBLISHED, user, event)
    notify_editor(case=case, user=user, event=VersionEvent.PUBLISHED)
    return case


@transaction.atomic
def archive_case(*, case: Case, user: AbstractBaseUser | None, comment: str = "") -> Case:
    """Take a case away from the readers; it stays on the desk. A revision has no archive: it is deleted instead."""
    case = _take(case, user, PUBLISH, {CaseStatus.DRAFT, CaseStatus.IN_REVIEW, CaseStatus.PUBLISHED}, "归档")
    if case.revises_id:
        raise ValidationError("修订稿不用归档，不要了可以删除。")
    return _move(case, CaseStatus.ARCHIVED, user, VersionEvent.ARCHIVED, comment)


@transaction.atomic
def reopen_case(*, case: Case, user: AbstractBaseUser | None) -> Case:
    """Archived -> draft."""
    case = _take(case, user, EDIT, {CaseStatus.ARCHIVED}, "重新编辑")
    return _move(case, CaseStatus.DRAFT, user, VersionEvent.REOPENED)


def check_publishable(case: Case) -> None:
    """Raise ``ValidationError`` naming what a reader would miss."""
    problems = blocking_problems(case)
    if problems:
        raise ValidationError(f"《{case.title}》还不能发布：{''.join(problems)}")


def _take(case: Case, user: AbstractBaseUser | None, permission: str, allowed: set[str], step: str) -> Case:
    """The row as it is now, locked, if ``user`` may take the step and its state allows it."""
    if user is not None and not user.has_perm(permission):
        raise PermissionDenied(f"你的账号不能{step}案例。")
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if case.status not in allowed:
        raise ValidationError(
            f"《{case.title}》现在是“{case.get_status_display()}”，不能{step}。可能别人刚刚动过，请刷新后再看。"
        )
    record_base(item=case)
    return case


def _move(case: Case, status: str, user: AbstractBaseUser | None, event: str, comment: str = "") -> Case:
    case.status = status
    case.save()
    record(item=case, user=user, event=event, comment=comment)
    index_cases([case.pk])
    return case


def _date(case: Case, at: datetime | None) -> str:
    now = timezone.now()
    if at is not None and at > now:
        case.published_at = at
        return VersionEvent.SCHEDULED
    if case.published_at is None or case.published_at > now:
        case.published_at = now
    return VersionEvent.PUBLISHED
