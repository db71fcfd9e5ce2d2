"""Writes on cases: each a function, atomic, with the acting user named."""

from collections.abc import Iterable

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from cases.content_checks import check_case
from cases.models import Case, CaseStatus, Chapter
from cases.search.index import forget_cases, index_cases


@transaction.atomic
def save_case(*, case: Case, user: AbstractBaseUser) -> Case:
    """Write ``case``; a new one gets its place at the end of its chapter and its code, which it keeps for good.

    Raises ``ValidationError`` where the collection has no such chapter.
    """
    if not case.code:
        _number(case)
    if case.status == CaseStatus.PUBLISHED and case.published_at is None:
        case.published_at = timezone.now()
    case.save()
    index_cases([case.pk])
    return case


@transaction.atomic
def case_changed(*, case: Case, user: AbstractBaseUser) -> None:
    """Take over what was written beside the case itself: its terms, figures and pictures."""
    index_cases([case.pk])


@transaction.atomic
def delete_cases(*, cases: Iterable[Case], user: AbstractBaseUser) -> None:
    """Delete cases for good, with all that belongs to them; their codes are not used again."""
    keys = [case.pk for case in cases]
    Case.objects.filter(pk__in=keys).delete()
    forget_cases(keys)


@transaction.atomic
def set_case_status(*, case: Case, status: str, user: AbstractBaseUser) -> Case:
    """Move ``case`` to ``status``; publishing for the first time dates it, and refuses an unfinished one."""
    if status == CaseStatus.PUBLISHED:
        check_publishable(case)
    case.status = status
    return save_case(case=case, user=user)


def check_publishable(case: Case) -> None:
    """Raise ``ValidationError`` naming what a reader would miss."""
    problems = [problem for problem in check_case(case) if problem.startswith("缺")]
    if problems:
        raise ValidationError(f"《{case.title}》还不能发布：{''.join(problems)}")


def _number(case: Case) -> None:
    chapter = Chapter.objects.select_for_update().filter(collection=case.collection, category=case.category).first()
    if chapter is None:
        raise ValidationError({"category": "这本案例集里没有这一章。"})
    stem = f"{case.collection.slug}-{chapter.number:02d}"
    taken = [
        int(code.removeprefix(stem))
        for code in Case.objects.filter(code__startswith=stem).values_list("code", flat=True)
    ]
    serial = max([*taken, chapter.last_serial], default=0) + 1
    # A code is never used twice, not even after its case was deleted.
    chapter.last_serial = serial
    chapter.save(update_fields=["last_serial"])
    case.code = f"{stem}{serial:02d}"
    if not case.order:
        case.order = (
            Case.objects.filter(collection=case.collection, category=case.category).aggregate(n=Max("order"))["n"] or 0
        ) + 1
