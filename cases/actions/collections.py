"""Writes on a whole collection: begin next year's, order its chapters, publish it at once."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from cases.actions.indexing import save_vocabulary, vocabulary_changed
from cases.actions.versions import record, record_base
from cases.actions.workflow import EDIT, PUBLISH, publish_case
from cases.content_checks import blocking_problems
from cases.models import Case, CaseStatus, Category, Chapter, Collection, VersionEvent

ADD = "cases.add_collection"
WAITING = (CaseStatus.DRAFT, CaseStatus.IN_REVIEW)
MOST_CASES = 999  # in one chapter; a request beyond that is no person's


class ChapterChangedError(ValidationError):
    """Cases were added to or taken from the chapter while someone ordered it."""


class NotPublishableError(ValidationError):
    """Some cases hinder publishing; ``hindrances`` holds (case, [what is wrong with it])."""

    def __init__(self, hindrances: list[tuple[Case, list[str]]]) -> None:
        self.hindrances = hindrances
        super().__init__(f"有 {len(hindrances)} 篇还不能发布，所以一篇也没有发布。")


@transaction.atomic
def start_collection(
    *, source: Collection, slug: str, title: str, year: int, period: str, user: AbstractBaseUser | None
) -> Collection:
    """A new, empty collection with the chapters (numbers and categories), publisher and place of ``source``.

    Raises ``ValidationError`` by field where the slug or title is taken or wrong, and where ``source`` has no chapters.
    """
    _require(user, ADD, "增加案例集")
    chapters = list(source.chapters.all())
    if not chapters:
        raise ValidationError(f"{source}还没有章，没有可以照搬的。先给它加上章，或者直接增加一本新的。")
    book = Collection(slug=slug, title=title, year=year, period=period, publisher=source.publisher, order=source.order)
    _require_free(book)
    book.full_clean()
    save_vocabulary(item=book, user=user)
    Chapter.objects.bulk_create(
        Chapter(collection=book, category_id=chapter.category_id, number=chapter.number) for chapter in chapters
    )
    vocabulary_changed(item=book, user=user)
    return book


@transaction.atomic
def arrange_chapter(
    *, collection: Collection, category: Category, order: list[int], user: AbstractBaseUser | None
) -> int:
    """Give the cases of a chapter the places 1, 2, 3 … in the ``order`` of their primary keys; returns how many moved.

    Codes, and with them addresses, stay; revisions have no place of their own. Raises ``ChapterChangedError`` where
    ``order`` does not hold exactly the cases of the chapter, and ``PermissionDenied``: what readers see already is
    moved only by those who may publish. The search index knows no places, so it stays as it is.
    """
    _require(user, EDIT, "排案例的顺序")
    # The lock that numbering a new case takes, too: nobody adds one in between.
    Chapter.objects.select_for_update().filter(collection=collection, category=category).first()
    cases = {case.pk: case for case in chapter_cases(collection, category).select_for_update(of=("self",))}
    if len(order) != len(set(order)) or set(order) != set(cases):
        raise ChapterChangedError("排的时候，这一章的案例有增减，顺序还没有保存。看过下面的顺序，再保存一次。")
    moved = [(cases[key], place) for place, key in enumerate(order, start=1) if cases[key].order != place]
    if any(case.status == CaseStatus.PUBLISHED for case, _ in moved):
        _require(user, PUBLISH, "动读者已经看到的顺序")
    for case, place in moved:
        record_base(item=case)
        case.order = place
        case.save(update_fields=["order", "updated_at"])
        record(item=case, user=user, event=VersionEvent.CHANGED, comment=f"排到本章第 {place} 篇")
    return len(moved)


def chapter_cases(collection: Collection, category: Category) -> QuerySet[Case]:
    """The cases that have a place in the chapter, in order."""
    cases = Case.objects.filter(collection=collection, category=category, revises=None)
    return cases.order_by("order", "code")


def waiting_cases(collection: Collection) -> QuerySet[Case]:
    """The cases of ``collection`` that publishing it would publish, in the order of the book. Revisions are not
    among them: each replaces something readers know, and is published by itself."""
    cases = Case.objects.filter(collection=collection, status__in=WAITING, revises=None).for_checking()
    return cases.with_chapter_number().order_by("chapter_number", "order", "code")


def hindrances(cases: Iterable[Case]) -> list[tuple[Case, list[str]]]:
    """(case, what a reader would miss) for each of ``cases`` that is not finished."""
    return [(case, problems) for case in cases if (problems := blocking_problems(case))]


@transaction.atomic
def publish_collection(*, collection: Collection, user: AbstractBaseUser | None, at: datetime | None = None) -> int:
    """Publish every draft and every case in review of ``collection``, now or ``at`` a time to come; all or none.

    Returns how many. Raises ``NotPublishableError`` naming each case that hinders it, ``ValidationError`` where nothing
    waits or ``at`` is past.
    """
    _require(user, PUBLISH, "发布案例")
    if at is not None and at <= timezone.now():
        raise ValidationError("定时发布的时间已经过去。填将来的时间，或者留空，现在就发布。")
    cases = list(waiting_cases(collection))
    if not cases:
        raise ValidationError(f"{collection}里没有等着发布的案例。")
    refused = hindrances(cases)
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


def _require_free(book: Collection) -> None:
    """Django's own words for this are not what a clerk would say."""
    taken = {}
    if Collection.objects.filter(slug=book.slug).exists():
        taken["slug"] = f"网址名 {book.slug} 已经有一本在用，换一个。"
    if Collection.objects.filter(title=book.title).exists():
        taken["title"] = f"已经有一本叫《{book.title}》，换一个书名。"
    if taken:
        raise ValidationError(taken)


def _require(user: AbstractBaseUser | None, permission: str, what: str) -> None:
    if user is not None and not user.has_perm(permission):
        raise PermissionDenied(f"你的账号不能{what}。")
