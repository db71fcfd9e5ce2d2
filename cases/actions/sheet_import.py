"""Bringing a sheet in: kept for the person who handed it in, written only as it was shown, all of it or nothing."""

from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.db import transaction

from cases.actions.cases import case_changed, save_case
from cases.actions.sheet_figures import FigurePlan
from cases.actions.sheet_plan import Entry, Plan, make_plan
from cases.exports.sheet_columns import COLUMNS
from cases.imports.sheets import SheetFile
from cases.models import Case, CaseStatus, KeyFigure, SheetImport
from cases.search.index import indexed_together

PERMISSIONS = ("cases.add_case", "cases.change_case")
KEPT_PER_USER = 5
BATCH = 500
KEYS = dict(zip(COLUMNS, ("code", "case"), strict=True))


class SheetChangedError(Exception):
    """The file would not do now what was agreed to: ``plan`` is what it would do."""

    def __init__(self, plan: Plan) -> None:
        super().__init__("数据在你查看之后变了")
        self.plan = plan


class SheetGoneError(Exception):
    """Brought in already, thrown away, expired, or another person's."""


@dataclass(frozen=True)
class Outcome:
    """How many cases were made and how many changed."""

    new: int
    changed: int


def may_import(user: AbstractBaseUser) -> bool:
    return user.has_perms(PERMISSIONS)


@transaction.atomic
def keep_sheet(*, file: SheetFile, filename: str, user: AbstractBaseUser) -> SheetImport:
    """Keep what was read until ``user`` has looked at it; throws away what nobody came back for."""
    if not may_import(user):
        raise PermissionDenied("你的账号不能导入案例。")
    SheetImport.objects.expired().delete()
    older = SheetImport.objects.of(user).order_by("-pk").values_list("pk", flat=True)[KEPT_PER_USER - 1 :]
    SheetImport.objects.filter(pk__in=list(older)).delete()
    return SheetImport.objects.create(user=user, filename=filename[-200:], data=file.as_json())


@transaction.atomic
def drop_sheet(*, upload: SheetImport, user: AbstractBaseUser) -> None:
    """Throw a sheet away unused."""
    SheetImport.objects.of(user).filter(pk=upload.pk).delete()


@transaction.atomic
def apply_sheet(*, upload: SheetImport, user: AbstractBaseUser, digest: str) -> Outcome:
    """Write what the sheet says; ``digest`` is that of the plan ``user`` saw and agreed to.

    Raises ``SheetChangedError`` where it would do something else now, or has problems; ``SheetGoneError`` where it was
    brought in already. Then nothing is written.
    """
    if not may_import(user):
        raise PermissionDenied("你的账号不能导入案例。")
    upload = SheetImport.objects.of(user).select_for_update(of=("self",)).filter(pk=upload.pk).first()
    if upload is None:
        raise SheetGoneError
    file = SheetFile.from_json(upload.data)
    _lock(file)
    plan = make_plan(file, user)
    if plan.problems or plan.digest != digest:
        raise SheetChangedError(plan)
    with indexed_together():
        for entry in plan.entries:
            _write(entry, user)
    upload.delete()
    return Outcome(len(plan.new), len(plan.changed))


def _lock(file: SheetFile) -> None:
    """Hold every case the file speaks of: nobody changes one between the check and the write."""
    codes = sorted({row.values[KEYS[table.sheet]].strip() for table in file.tables for row in table.rows})
    for start in range(0, len(codes), BATCH):
        batch = codes[start : start + BATCH]
        list(Case.objects.select_for_update(of=("self",)).filter(code__in=batch).order_by("pk").values_list("pk"))


def _write(entry: Entry, user: AbstractBaseUser) -> None:
    case = entry.case or Case(status=CaseStatus.DRAFT)
    for name, value in entry.values.items():
        setattr(case, name, value)
    save_case(case=case, user=user)
    if entry.terms:
        kept = [term for term in case.terms.all() if term.facet not in entry.terms]
        case.terms.set([*kept, *(term for terms in entry.terms.values() for term in terms)])
    _write_figures(case, entry.figures)
    case_changed(case=case, user=user)


def _write_figures(case: Case, plans: list[FigurePlan]) -> None:
    last = max([*case.figures.values_list("order", flat=True), *(plan.order or 0 for plan in plans)], default=0)
    for plan in plans:
        if plan.removed:
            plan.figure.delete()
            continue
        figure = plan.figure or KeyFigure(case=case)
        if plan.figure is None:
            last += plan.order is None
            figure.order = last if plan.order is None else plan.order
        for name, value in plan.values.items():
            setattr(figure, name, value)
        figure.save()
