"""The way of a case from draft to publication: ``TRANSITIONS`` is the table of its steps, the desk only draws it.

Every function takes the row's lock first, so of two people taking a step at once the second is told. ``user`` is
``None`` on the command line, where the machine's owner acts. Raises ``PermissionDenied``, or ``ValidationError`` in
Chinese where the step is not open or the case is not ready.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from cases.editing.edit import edit_case, edit_cases, hold_case
from cases.editing.gate import Public, publishing_problems
from cases.editing.notifications import notify_editor, notify_reviewers
from cases.editing.permissions import EDIT, PUBLISH, require
from cases.editing.revisions import adopt_revision, open_revision
from cases.models import Case, CaseStatus, Category, Collection, VersionEvent

DRAFT, IN_REVIEW, PUBLISHED, ARCHIVED = CaseStatus
AT_ONCE = 50  # of a collection: each takes a fifth of a second or more, and somebody waits for the answer


class NotPublishableError(ValidationError):
    """Some cases are not fit to publish; ``blockers`` holds (case, [what is wrong with it])."""

    def __init__(self, blockers: list[tuple[Case, list[str]]]) -> None:
        self.blockers = blockers
        super().__init__(f"有 {len(blockers)} 篇还不能发布，所以一篇也没有发布。")


def submit_case(*, case: Case, user: AbstractBaseUser | None) -> Case:
    """Draft -> in review."""
    with _transition("submit", case, user, VersionEvent.SUBMITTED) as case:
        case.submitted_at, case.returned_at, case.review_comment = timezone.now(), None, ""
        case.status = IN_REVIEW
        notify_reviewers(case=case, user=user)
    return case


def withdraw_case(*, case: Case, user: AbstractBaseUser | None) -> Case:
    """In review -> draft, by the editors themselves."""
    with _transition("withdraw", case, user, VersionEvent.WITHDRAWN) as case:
        case.status = DRAFT
    return case


def return_case(*, case: Case, user: AbstractBaseUser | None, comment: str) -> Case:
    """In review -> draft, with what the editor should change."""
    comment = comment.strip()
    if not comment:
        raise ValidationError({"comment": "写明要改什么，编辑才知道从哪里改起。"})
    with _transition("return", case, user, VersionEvent.RETURNED, comment) as case:
        case.returned_at, case.review_comment, case.status = timezone.now(), comment, DRAFT
        notify_editor(case=case, user=user, event=VersionEvent.RETURNED)
    return case


@edit_cases()
def publish_case(
    *,
    case: Case,
    user: AbstractBaseUser | None,
    at: datetime | None = None,
    decided: Mapping[str, str] = MappingProxyType({}),
) -> Case:
    """Draft, in review or archived -> published, now or at a time to come; a revision takes the place of its original.

    A case published before keeps its first date. ``decided`` says whose wording stays where the original was changed
    since the revision was opened (``adoption``). Returns the case that is public now.
    """
    case, now = _require_open("publish", case, user), timezone.now()
    if problems := publishing_problems(case, user):
        raise ValidationError(f"《{case.title}》还不能发布：{''.join(problems)}")
    is_later = at is not None and at > now
    if case.revises_id:
        if is_later:
            raise ValidationError("修订稿不能定时发布：请到时候再发布，在那之前读者看到的是原来的内容。")
        case = adopt_revision(revision=case, user=user, decided=decided)
    else:
        event = VersionEvent.SCHEDULED if is_later else VersionEvent.PUBLISHED
        with edit_case(case, user=user, event=event, public=Public.TRUSTED):
            if is_later:
                case.published_at = at
            elif case.published_at is None or case.published_at > now:
                case.published_at = now
            case.returned_at, case.review_comment, case.status = None, "", PUBLISHED
            case.save()
    notify_editor(case=case, user=user, event=VersionEvent.PUBLISHED)
    return case


def reschedule_case(*, case: Case, user: AbstractBaseUser | None, at: datetime | None = None) -> Case:
    """Scheduled -> to be published at another time, or now."""
    now = timezone.now()
    is_later = at is not None and at > now
    with _transition("reschedule", case, user, VersionEvent.SCHEDULED if is_later else VersionEvent.PUBLISHED) as case:
        _require_scheduled(case)
        case.published_at = at if is_later else now
    return case


def unschedule_case(*, case: Case, user: AbstractBaseUser | None) -> Case:
    """Scheduled -> in review: it has been read, and waits for whoever publishes it."""
    with _transition("unschedule", case, user, VersionEvent.REOPENED, "取消定时发布") as case:
        _require_scheduled(case)
        case.status, case.published_at = IN_REVIEW, None
        case.submitted_at = case.submitted_at or timezone.now()
    return case


def archive_case(*, case: Case, user: AbstractBaseUser | None, comment: str = "") -> Case:
    """Take a case away from the readers; it stays on the desk. A revision has no archive: it is deleted instead."""
    with _transition("archive", case, user, VersionEvent.ARCHIVED, comment) as case:
        if case.revises_id:
            raise ValidationError("修订稿不用归档，不要了可以删除。")
        case.status = ARCHIVED
    return case


def reopen_case(*, case: Case, user: AbstractBaseUser | None) -> Case:
    """Archived -> draft."""
    with _transition("reopen", case, user, VersionEvent.REOPENED) as case:
        case.status = DRAFT
    return case


@dataclass(frozen=True)
class Transition:
    """A step: ``action`` takes a case from one of ``statuses``, for whoever has ``permission``.

    ``fields`` name what is asked beside the case (``comment``, ``at``); ``checks`` shows what publishing would miss;
    ``after_save`` offers it beside the form's button; ``unless`` says of a case in such a status that it is not open.
    ``verb`` stands in refusals where it is not the label.
    """

    name: str
    label: str
    explanation: str
    action: Callable[..., Case]
    permission: str
    statuses: tuple[str, ...]
    fields: tuple[str, ...] = ()
    checks: bool = False
    after_save: bool = False
    unless: Callable[[Case], bool] = lambda case: False
    verb: str = ""


def is_revision(case: Case) -> bool:
    return case.revises_id is not None


def is_not_scheduled(case: Case) -> bool:
    return not case.is_scheduled


def has_revision(case: Case) -> bool:
    return case.revisions.exists()


TRANSITIONS = {
    step.name: step
    for step in (
        Transition(
            "submit", "送审", "送审以后等审核，自己暂时不能再改。", submit_case, EDIT, (DRAFT,),
            checks=True, after_save=True,
        ),
        Transition(
            "publish", "发布", "发布以后读者马上能看到。", publish_case, PUBLISH, (DRAFT, IN_REVIEW, ARCHIVED),
            fields=("at",), checks=True, after_save=True,
        ),
        Transition(
            "return", "退回修改", "退回给负责编辑，附上意见。", return_case, PUBLISH, (IN_REVIEW,),
            fields=("comment",), checks=True, verb="退回",
        ),
        Transition(
            "reschedule", "改发布时间", "换一个时间；留空即现在发布。", reschedule_case, PUBLISH, (PUBLISHED,),
            fields=("at",), unless=is_not_scheduled, verb="改时间",
        ),
        Transition(
            "unschedule", "取消定时", "到时间也不发布，回到待审。", unschedule_case, PUBLISH, (PUBLISHED,),
            unless=is_not_scheduled,
        ),
        Transition("withdraw", "撤回送审", "撤回以后可以接着改。", withdraw_case, EDIT, (IN_REVIEW,)),
        Transition(
            "revise", "开修订稿", "读者照旧看到现在的内容；修订稿发布以后才换上新的。", open_revision, EDIT, (PUBLISHED,),
            unless=has_revision,
        ),
        Transition(
            "archive", "归档", "归档以后读者不再看到，内容还在工作台里。", archive_case, PUBLISH,
            (DRAFT, IN_REVIEW, PUBLISHED), unless=is_revision,
        ),
        Transition("reopen", "重新编辑", "变回草稿，可以接着改。", reopen_case, EDIT, (ARCHIVED,)),
    )
}  # fmt: skip


def available_transitions(case: Case, user: AbstractBaseUser) -> list[Transition]:
    """List the steps that ``user`` may take on ``case`` now."""
    steps = (step for step in TRANSITIONS.values() if case.status in step.statuses and user.has_perm(step.permission))
    return [step for step in steps if not step.unless(case)]


def unpublished_cases(
    collection: Collection, status: str = IN_REVIEW, category: Category | None = None
) -> QuerySet[Case]:
    """List the cases of ``collection``, or of one chapter, that publishing it would publish, in its order; with the
    ``status`` of drafts, those it would leave. Revisions are not among them: each replaces something readers know,
    and is published by itself."""
    cases = Case.objects.filter(collection=collection, status=status, revises=None).for_checking()
    cases = cases.filter(category=category) if category else cases
    return cases.with_chapter_number().order_by("chapter_number", "order", "code")


def blockers(cases: Iterable[Case], user: AbstractBaseUser | None) -> list[tuple[Case, list[str]]]:
    """Pair (case, what is in the way) for each of ``cases`` that may not be published."""
    return [(case, problems) for case in cases if (problems := publishing_problems(case, user))]


@edit_cases()
def publish_collection(
    *,
    collection: Collection,
    user: AbstractBaseUser | None,
    at: datetime | None = None,
    category: Category | None = None,
) -> int:
    """Publish the first ``AT_ONCE`` cases in review of ``collection``, or of one chapter, now or ``at`` a time to come;
    all of these or none.

    Returns how many. Raises ``NotPublishableError`` naming each case that is not fit, ``ValidationError`` where nothing
    waits or ``at`` is past.
    """
    require(user, PUBLISH, "发布案例")
    if at is not None and at <= timezone.now():
        raise ValidationError("定时发布的时间已经过去。填将来的时间，或者留空，现在就发布。")
    cases = list(unpublished_cases(collection, category=category)[:AT_ONCE])
    if not cases:
        raise ValidationError(f"{collection}里没有等着发布的案例。先送审，再整本发布。")
    refused = blockers(cases, user)
    if refused:
        raise NotPublishableError(refused)
    for case in cases:
        try:
            with transaction.atomic():
                publish_case(case=case, user=user, at=at)
        except ValidationError as error:
            refused.append((case, error.messages))
    if refused:
        raise NotPublishableError(refused)
    return len(cases)


def _require_scheduled(case: Case) -> None:
    if not case.is_scheduled:
        raise ValidationError(f"《{case.title}》没有等着定时发布，读者可能已经看到了。请刷新后再看。")


@contextmanager
def _transition(name: str, case: Case, user: AbstractBaseUser | None, event: str, comment: str = "") -> Iterator[Case]:
    """Yield the row as it is now, for a step that gives it another status, and write it."""
    with edit_cases():
        case = _require_open(name, case, user)
        with edit_case(case, user=user, event=event, comment=comment, public=Public.TRUSTED):
            yield case
            case.save()


def _require_open(name: str, case: Case, user: AbstractBaseUser | None) -> Case:
    """Lock the row and return it as it is now, if ``user`` may take the step and its status allows it."""
    step = TRANSITIONS[name]
    verb = step.verb or step.label
    require(user, step.permission, f"{verb}案例")
    case = hold_case(case.pk)
    if case is None:
        raise Case.DoesNotExist
    if case.status not in step.statuses:
        raise ValidationError(
            f"《{case.title}》现在是“{case.get_status_display()}”，不能{verb}。可能别人刚刚动过，请刷新后再看。"
        )
    return case
