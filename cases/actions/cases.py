"""Writes on cases: each a function, atomic, with the acting user named."""

from collections.abc import Iterable

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from cases.actions.versions import latest_number, record, record_base
from cases.models import Case, CaseStatus, Chapter, VersionEvent
from cases.search.index import forget_cases, index_cases
from cases.search.related import beside, refill


@transaction.atomic
def save_case(*, case: Case, user: AbstractBaseUser | None) -> Case:
    """Write ``case``; a new one gets its place at the end of its chapter, its code, which it keeps for good, and ``user``
    as its editor. Call ``case_changed`` once all that belongs to it is written: that keeps the version.

    Raises ``ValidationError`` where the collection has no such chapter.
    """
    record_base(item=case)
    if not case.code:
        _number(case)
    if case.pk is None and case.editor_id is None and user is not None:
        case.editor_id = user.pk
    if case.status == CaseStatus.PUBLISHED and case.published_at is None:
        case.published_at = timezone.now()
    case.save()
    index_cases([case.pk])
    return case


@transaction.atomic
def case_changed(*, case: Case, user: AbstractBaseUser | None) -> None:
    """Take over what was written on the case and beside it: keep a version, bring the index into step."""
    event = VersionEvent.CHANGED if latest_number(case) else VersionEvent.CREATED
    record(item=case, user=user, event=event)
    index_cases([case.pk])


@transaction.atomic
def delete_cases(*, cases: Iterable[Case], user: AbstractBaseUser | None) -> None:
    """Delete cases, with all that belongs to them. Their last version stays, to be recovered from; a code is not used
    again for another case."""
    keys = [case.pk for case in cases]
    doomed = list(Case.objects.filter(Q(pk__in=keys) | Q(revises__in=keys)).order_by("pk"))
    for case in doomed:
        record(item=case, user=user, event=VersionEvent.DELETED)
    bereft = beside(keys)
    Case.objects.filter(pk__in=[case.pk for case in doomed]).delete()
    forget_cases([key for key in {*keys, *(case.pk for case in doomed)} if key])
    refill(bereft)


def _number(case: Case) -> None:
    chapter = Chapter.objects.select_for_update().filter(collection=case.collection, category=case.category).first()
    if chapter is None:
        raise ValidationError({"category": "这本案例集里没有这一章。"})
    stem = f"{case.collection.slug}-{chapter.number:02d}"
    codes = Case.objects.filter(code__startswith=stem, revises=None).values_list("code", flat=True)
    taken = [int(code.removeprefix(stem)) for code in codes]
    serial = max([*taken, chapter.last_serial], default=0) + 1
    # A code is never used twice, not even after its case was deleted.
    chapter.last_serial = serial
    chapter.save(update_fields=["last_serial"])
    case.code = f"{stem}{serial:02d}"
    if not case.order:
        case.order = (
            Case.objects.filter(collection=case.collection, category=case.category).aggregate(n=Max("order"))["n"] or 0
        ) + 1
