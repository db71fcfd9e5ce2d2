"""Bringing a sheet in: staged for the person who handed it in, written only as it was shown, all of it or nothing."""

from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.db import transaction

from cases.editing.edit import edit_case, edit_cases
from cases.editing.gate import Public, PublicChangeError
from cases.models import Case, CaseStatus, SheetImport
from cases.sheets.layout import CASES, row_sheets
from cases.sheets.plan import Entry, Plan, RowEdit, batches, codes_in, make_plan
from cases.sheets.sheet import RowSheet
from cases.sheets.tables import Issue, SheetFile

PERMISSIONS = ("cases.add_case", "cases.change_case")
KEPT_PER_USER = 5


class SheetChangedError(Exception):
    """The file would not do now what was agreed to: ``plan`` is what it would do."""

    def __init__(self, plan: Plan) -> None:
        super().__init__("数据在你查看之后变了")
        self.plan = plan


class SheetGoneError(Exception):
    """Confirmed already, discarded, expired, or another person's."""


@dataclass(frozen=True)
class Outcome:
    """How many cases were made and how many changed."""

    new: int
    changed: int


def may_import(user: AbstractBaseUser) -> bool:
    return user.has_perms(PERMISSIONS)


@transaction.atomic
def stage(*, file: SheetFile, filename: str, user: AbstractBaseUser) -> SheetImport:
    """Keep what was read until ``user`` has looked at it; delete what nobody came back for."""
    if not may_import(user):
        raise PermissionDenied("你的账号不能导入案例。")
    SheetImport.objects.expired().delete()
    older = SheetImport.objects.of(user).order_by("-pk").values_list("pk", flat=True)[KEPT_PER_USER - 1 :]
    SheetImport.objects.filter(pk__in=list(older)).delete()
    return SheetImport.objects.create(user=user, filename=filename[-200:], data=file.as_json())


@transaction.atomic
def discard(*, upload: SheetImport, user: AbstractBaseUser) -> None:
    """Delete a staged sheet unused."""
    SheetImport.objects.of(user).filter(pk=upload.pk).delete()


@transaction.atomic
def confirm(*, upload: SheetImport, user: AbstractBaseUser, digest: str) -> Outcome:
    """Write what the sheet says; ``digest`` is that of the plan ``user`` saw and agreed to.

    Raises ``SheetChangedError`` where it would do something else now, or has problems; ``SheetGoneError`` where it was
    confirmed already. Then nothing is written.
    """
    if not may_import(user):
        raise PermissionDenied("你的账号不能导入案例。")
    upload = SheetImport.objects.of(user).select_for_update(of=("self",)).filter(pk=upload.pk).first()
    if upload is None:
        raise SheetGoneError
    file = SheetFile.from_json(upload.data)
    for codes in batches(codes_in(file)):  # nobody changes a case between the check and the write
        list(Case.objects.select_for_update(of=("self",)).filter(code__in=codes).order_by("pk").values_list("pk"))
    plan = make_plan(file, user)
    if plan.problems or plan.digest != digest:
        raise SheetChangedError(plan)
    try:
        with edit_cases():
            for entry in plan.entries:
                _write(entry, user)
    except PublicChangeError as error:  # what the plan could not foresee
        plan.problems += [Issue(CASES.name, 0, text) for text in error.messages]
        raise SheetChangedError(plan) from error
    upload.delete()
    return Outcome(len(plan.new), len(plan.changed))


def _write(entry: Entry, user: AbstractBaseUser) -> None:
    case = entry.item or Case(status=CaseStatus.DRAFT)
    columns = [column for column in CASES.content if column.name in entry.values]
    for column in columns:
        if not column.is_many_to_many:
            column.set(case, entry.values[column.name])
    with edit_case(case, user=user, public=Public.CORRECTED):  # the review has shown what readers will see change
        case.save()
        for column in columns:
            if column.is_many_to_many:
                column.set(case, entry.values[column.name])
        for sheet in row_sheets():
            _write_rows(case, sheet, [edit for edit in entry.rows if edit.sheet is sheet])


def _write_rows(case: Case, sheet: RowSheet, edits: list[RowEdit]) -> None:
    """Write rows of one kind; a new one without a place comes last."""
    taken = getattr(case, sheet.slug).values_list("order", flat=True) if edits else ()
    last = max([*taken, *(edit.order or 0 for edit in edits)], default=0)
    for edit in edits:
        if edit.removed:
            edit.item.delete()
            continue
        row = edit.item or sheet.model(case=case, order=edit.order)
        if row.order is None:
            last += 1
            row.order = last
        for column in sheet.content:
            if column.name in edit.values:
                column.set(row, edit.values[column.name])
        row.save()
