"""Revisions (修订稿): a public case is changed in a draft of its own, which takes its place when it is published.

Readers go on seeing the original meanwhile, at the address it keeps for good.
"""

from collections.abc import Mapping

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from cases.editing.adoption import CONTENT, Adoption, plan_adoption
from cases.editing.content_checks import blocking_problems
from cases.editing.edit import edit_case, edit_cases, hold_case, keep_version
from cases.editing.gate import Public
from cases.editing.permissions import EDIT, require
from cases.editing.serialization import deserialize_row, serialize
from cases.models import Case, CaseStatus, Category, Collection, Document, Institution, Term, Version, VersionEvent
from cases.search.index import remove_cases


class UndecidedError(ValidationError):
    """The original was changed where the revision changed it, too, and nobody has said whose wording stays."""

    def __init__(self, adoption: Adoption) -> None:
        self.adoption = adoption
        names = "、".join(dict.fromkeys(contest.label for contest in adoption.undecided))
        super().__init__(f"开修订稿以后，原文也改过这些地方，先选用哪一边的：{names}。到修订稿的“发布”页上选。")


@edit_cases()
def open_revision(*, case: Case, user: AbstractBaseUser | None, data: dict | None = None) -> Case:
    """Make a draft with the present content of a public case, and then with that of ``data``, a recorded state.

    Raises ``ValidationError`` where one is open already.
    """
    return _open(case, data, user, VersionEvent.CHANGED, "")


@edit_cases()
def restore_version(*, version: Version, user: AbstractBaseUser | None) -> Case:
    """Bring the content of ``version`` back as a draft: in the case itself where it is not public, else as a revision.

    A case deleted since comes back under its code. Returns the draft. What the version names and no longer exists
    (a chapter, an institution) raises ``ValidationError`` or, for terms and rows that refer to it, is left out.
    """
    require(user, EDIT, "修改案例")
    if version.kind != "case":
        raise ValidationError("这里只能恢复案例的版本。")
    case = hold_case(version.object_id)
    comment = f"恢复到第 {version.number} 版"
    if case is None:
        return _recover(version, user)
    if case.status == CaseStatus.PUBLISHED:
        return _open(case, version.data, user, VersionEvent.RESTORED, comment)
    with edit_case(case, user=user, event=VersionEvent.RESTORED, comment=comment):
        case.status = CaseStatus.DRAFT
        _fill(case, version.data)
    return case


@edit_cases()
def adopt_revision(*, revision: Case, user: AbstractBaseUser | None, decided: Mapping[str, str]) -> Case:
    """Put the revision's content in place of its original's, and take the revision away. Returns the original.

    What was changed on the original since stays. Raises ``UndecidedError`` where both changed the same and ``decided``
    does not say whose stays (``adoption``), ``ValidationError`` where what comes out is not fit to publish.
    """
    comment = f"采用修订稿 {revision.code}"
    event, original = VersionEvent.PUBLISHED, Case(pk=revision.revises_id)
    with edit_case(original, user=user, event=event, comment=comment, reread=True, public=Public.TRUSTED) as original:
        if original.status != CaseStatus.PUBLISHED:
            original.status = CaseStatus.PUBLISHED
            original.published_at = original.published_at or timezone.now()
        adoption = plan_adoption(revision, decided)
        if adoption.undecided:
            raise UndecidedError(adoption)
        _fill(original, adoption.data)
        if problems := blocking_problems(Case.objects.get(pk=original.pk)):
            raise ValidationError(f"修订稿和原文后来的改动合起来还不能发布：{''.join(problems)}")
    keep_version(item=revision, user=user, event=event, comment=f"并入 {original.code}")
    key = revision.pk
    revision.delete()
    remove_cases([key])
    return original


def _open(case: Case, data: dict | None, user: AbstractBaseUser | None, event: str, comment: str) -> Case:
    """Make the one revision of a public case with its present content, the first version; then with ``data``."""
    require(user, EDIT, "修改案例")
    case = hold_case(case.pk)
    if case.status != CaseStatus.PUBLISHED:
        raise ValidationError(f"《{case.title}》现在是“{case.get_status_display()}”，可以直接修改，不用开修订稿。")
    opened = case.revisions.first()
    if opened is not None:
        raise ValidationError(f"《{case.title}》已经有一份修订稿 {opened.code}，请先发布或删除它。")
    # sz2020-0103-r1, -r2, …: never the code of a revision there once was.
    stem = f"{case.code}-r"
    past = Version.objects.filter(kind="case", code__startswith=stem).values_list("code", flat=True)
    present = Case.objects.filter(code__startswith=stem).values_list("code", flat=True)
    numbers = [int(code.removeprefix(stem)) for code in {*past, *present} if code.removeprefix(stem).isdigit()]
    revision = Case(
        code=f"{stem}{max(numbers, default=0) + 1}",
        collection=case.collection,
        category=case.category,
        order=case.order,
        institution=case.institution,
        revises=case,
        status=CaseStatus.DRAFT,
    )
    with edit_case(revision, user=user, event=VersionEvent.REVISED, comment=f"修订 {case.code}"):
        _fill(revision, serialize(case))
    if data is not None:
        with edit_case(revision, user=user, event=event, comment=comment):
            _fill(revision, data)
    return revision


def _recover(version: Version, user: AbstractBaseUser | None) -> Case:
    """Make a deleted case a draft under its old code, at its old place."""
    data = version.data
    if data.get("revises"):
        original = Case.objects.filter(code=data["revises"]).first()
        if original is None:
            raise ValidationError(f"这是 {data['revises']} 的修订稿，请先恢复那篇案例。")
        return _open(original, data, user, VersionEvent.RESTORED, f"恢复已删除的修订稿 {data['code']}")
    if Case.objects.filter(code=data["code"]).exists():
        raise ValidationError(f"编号 {data['code']} 的案例已经在了，不用再恢复。")
    case = Case(
        code=data["code"],
        collection=_needed(Collection, data, "collection"),
        category=_needed(Category, data, "category"),
        institution=_needed(Institution, data, "institution"),
        order=data.get("order") or 0,
        status=CaseStatus.DRAFT,
        published_at=data.get("published_at"),
    )
    comment = f"从已删除的案例恢复（第 {version.number} 版）"
    with edit_case(case, user=user, event=VersionEvent.RESTORED, comment=comment):
        _fill(case, data)
    return case


def _fill(case: Case, data: dict) -> None:
    """Write the content of a version into ``case``, its terms and rows included."""
    for name in CONTENT:
        setattr(case, name, data.get(name, ""))
    case.institution = Institution.objects.filter(slug=data.get("institution")).first() or case.institution
    case.full_clean(exclude=["code", "revises", "editor"])
    case.save()
    keys = {(key[0], key[1]) for key in data.get("terms", [])}
    found = Term.objects.filter(slug__in=[slug for _, slug in keys])
    case.terms.set(term for term in found if (term.facet, term.slug) in keys)
    if "documents" in data:
        case.documents.set(Document.objects.filter(title__in=data["documents"]))
    for name in Case.ROWS:
        if name in data:  # not in a version older than this kind of row
            rows = getattr(case, name)
            rows.all().delete()
            # Of images, rows only: the files are named by their content, and stay as long as a version names them.
            kept = (deserialize_row(rows.model, row, case=case) for row in data[name])
            rows.model.objects.bulk_create(row for row in kept if row is not None)


def _needed(model: type[models.Model], data: dict, name: str) -> models.Model:
    found = model.objects.filter(slug=data.get(name)).first()
    if found is None:
        label = model._meta.verbose_name
        raise ValidationError(f"{label}“{data.get(name)}”已经不在了，请先把它加回来，再恢复这篇案例。")
    return found
