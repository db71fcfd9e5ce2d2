"""Revisions (修订稿): a public case is changed in a draft of its own, which takes its place when it is published.

Readers go on seeing the original meanwhile, at the address it keeps for good.
"""

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from cases.actions.versions import record, record_base
from cases.models import (
    Case,
    CaseImage,
    CaseStatus,
    Category,
    Collection,
    Institution,
    KeyFigure,
    Term,
    Version,
    VersionEvent,
)
from cases.search.index import forget_cases, index_cases
from cases.versions import FIGURE_FIELDS, image_fields, snapshot

# Where a case stands in its book is not part of its content: a revision does not move it.
CONTENT = ("title", "subtitle", "summary", "background", "approach", "results", "period", "regions", "source_pages")


@transaction.atomic
def open_revision(*, case: Case, user: AbstractBaseUser | None) -> Case:
    """A draft with the present content of a public case. Raises ``ValidationError`` where one is open already."""
    return _open(case, snapshot(case), user, VersionEvent.REVISED, "")


@transaction.atomic
def restore_version(*, version: Version, user: AbstractBaseUser | None) -> Case:
    """The content of ``version`` as a draft: in the case itself where it is not public, else as a revision of it.

    A case deleted since comes back under its code. Returns the draft. What the version names and no longer exists
    (a term, an institution) raises ``ValidationError`` or, for terms, is left out.
    """
    _require_edit(user)
    if version.kind != "case":
        raise ValidationError("这里只能恢复案例的版本。")
    case = Case.objects.select_for_update(of=("self",)).filter(pk=version.object_id).first()
    comment = f"恢复到第 {version.number} 版"
    if case is None:
        return _recover(version, user)
    if case.status == CaseStatus.PUBLISHED:
        return _open(case, version.data, user, VersionEvent.RESTORED, comment)
    record_base(item=case)
    case.status = CaseStatus.DRAFT
    _fill(case, version.data)
    record(item=case, user=user, event=VersionEvent.RESTORED, comment=comment)
    index_cases([case.pk])
    return case


@transaction.atomic
def adopt_revision(*, revision: Case, user: AbstractBaseUser | None) -> Case:
    """Put the revision's content in place of its original's, and take the revision away. Returns the original."""
    original = Case.objects.select_for_update(of=("self",)).get(pk=revision.revises_id)
    record_base(item=original)
    if original.status != CaseStatus.PUBLISHED:
        original.status = CaseStatus.PUBLISHED
        original.published_at = original.published_at or timezone.now()
    comment = f"采用修订稿 {revision.code}"
    _fill(original, snapshot(revision))
    record(item=original, user=user, event=VersionEvent.PUBLISHED, comment=comment)
    record(item=revision, user=user, event=VersionEvent.PUBLISHED, comment=f"并入 {original.code}")
    key = revision.pk
    revision.delete()
    forget_cases([key])
    index_cases([original.pk])
    return original


def _open(case: Case, data: dict, user: AbstractBaseUser | None, event: str, comment: str) -> Case:
    _require_edit(user)
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if case.status != CaseStatus.PUBLISHED:
        raise ValidationError(f"《{case.title}》现在是“{case.get_status_display()}”，可以直接修改，不用开修订稿。")
    opened = case.revisions.first()
    if opened is not None:
        raise ValidationError(f"《{case.title}》已经有一份修订稿 {opened.code}，请先发布或删除它。")
    revision = Case(
        code=_revision_code(case),
        collection=case.collection,
        category=case.category,
        order=case.order,
        institution=case.institution,
        revises=case,
        status=CaseStatus.DRAFT,
        editor_id=user.pk if user else None,
    )
    _fill(revision, data)
    record(item=revision, user=user, event=event, comment=comment or f"修订 {case.code}")
    index_cases([revision.pk])
    return revision


def _revision_code(case: Case) -> str:
    """sz2020-0103-r1, -r2, …: never the code of a revision there once was."""
    stem = f"{case.code}-r"
    past = Version.objects.filter(kind="case", code__startswith=stem).values_list("code", flat=True)
    present = Case.objects.filter(code__startswith=stem).values_list("code", flat=True)
    numbers = [int(code.removeprefix(stem)) for code in {*past, *present} if code.removeprefix(stem).isdigit()]
    return f"{stem}{max(numbers, default=0) + 1}"


def _recover(version: Version, user: AbstractBaseUser | None) -> Case:
    """A deleted case as a draft under its old code, at its old place."""
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
        editor_id=user.pk if user else None,
        published_at=data.get("published_at"),
    )
    _fill(case, data)
    record(item=case, user=user, event=VersionEvent.RESTORED, comment=f"从已删除的案例恢复（第 {version.number} 版）")
    index_cases([case.pk])
    return case


def _fill(case: Case, data: dict) -> None:
    """Write the content of a snapshot into ``case``, its terms, figures and pictures included."""
    for name in CONTENT:
        setattr(case, name, data.get(name, ""))
    case.institution = Institution.objects.filter(slug=data.get("institution")).first() or case.institution
    case.full_clean(exclude=["code", "revises", "editor"])
    case.save()
    case.terms.set(_terms(data.get("terms", [])))
    case.figures.all().delete()
    KeyFigure.objects.bulk_create(KeyFigure(case=case, **_known(row, FIGURE_FIELDS)) for row in data.get("figures", []))
    case.images.all().delete()
    # Rows only: the files are named by their content, and stay as long as a version names them.
    CaseImage.objects.bulk_create(CaseImage(case=case, **_known(row, image_fields())) for row in data.get("images", []))


def _known(row: dict, names: tuple[str, ...]) -> dict:
    return {name: row[name] for name in names if name in row}


def _terms(keys: list) -> list[Term]:
    found = Term.objects.filter(slug__in=[key[1] for key in keys])
    wanted = {(key[0], key[1]) for key in keys}
    return [term for term in found if (term.facet, term.slug) in wanted]


def _needed(model, data: dict, name: str):
    found = model.objects.filter(slug=data.get(name)).first()
    if found is None:
        label = model._meta.verbose_name
        raise ValidationError(f"{label}“{data.get(name)}”已经不在了，请先把它加回来，再恢复这篇案例。")
    return found


def _require_edit(user: AbstractBaseUser | None) -> None:
    if user is not None and not user.has_perm("cases.change_case"):
        raise PermissionDenied("你的账号不能修改案例。")
