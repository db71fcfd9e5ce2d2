"""Writes on a whole collection: begin next year's, order its chapters, publish it at once."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from cases.actions.cases import check_publishable, set_case_status
from cases.actions.indexing import save_vocabulary
from cases.models import Case, CaseStatus, Category, Chapter, Collection

WAITING = (CaseStatus.DRAFT, CaseStatus.IN_REVIEW)


class ChapterChanged(ValidationError):
    """Cases were added to or taken from the chapter while someone ordered it."""


class NotPublishable(ValidationError):
    """Some cases hinder publishing; ``hindrances`` holds (case, what is wrong with it)."""

    def __init__(self, hindrances: list[tuple[Case, str]]) -> None:
        self.hindrances = hindrances
        super().__init__(f"有 {len(hindrances)} 篇还不能发布，所以一篇也没有发布。")


@transaction.atomic
def start_collection(
    *, source: Collection, slug: str, title: str, year: int, period: str, user: AbstractBaseUser
) -> Collection:
    """A new, empty collection with the chapters (numbers and categories), publisher and place of ``source``.

    Raises ``ValidationError`` by field where the slug or title is taken or wrong, and where ``source`` has no chapters.
    """
    chapters = list(source.chapters.all())
    if not chapters:
        raise ValidationError(f"{source}还没有章，没有可以照搬的。请先给它加上章，或直接增加一本新的。")
    book = Collection(
        slug=slug, title=title, year=year, period=period, publisher=source.publisher, order=source.order
    )
    book.full_clean()
    save_vocabulary(item=book, user=user)
    Chapter.objects.bulk_create(
        Chapter(collection=book, category_id=chapter.category_id, number=chapter.number) for chapter in chapters
    )
    return book


@transaction.atomic
def arrange_chapter(
    *, collection: Collection, category: Category, order: list[int], user: AbstractBaseUser
) -> int:
    """Give the cases of a chapter the places 1, 2, 3 … in the ``order`` of their primary keys; returns how many moved.

    Codes, and with them addresses, stay. Raises ``ChapterChanged`` where ``order`` does not hold exactly the cases
    of the chapter. The search index knows no places, so it stays as it is.
    """
    # The lock that numbering a new case takes, too: nobody adds one in between.
    Chapter.objects.select_for_update().filter(collection=collection, category=category).first()
    cases = {case.pk: case for case in Case.objects.filter(collection=collection, category=category).only("pk", "order")}
    if len(order) != len(set(order)) or set(order) != set(cases):
        raise ChapterChanged("这一章的案例刚刚有增减，顺序还没有保存。请看过下面的新顺序，再保存一次。")
    moved = []
    for place, key in enumerate(order, start=1):
        if cases[key].order != place:
            cases[key].order = place
            cases[key].updated_at = timezone.now()
            moved.append(cases[key])
    Case.objects.bulk_update(moved, ["order", "updated_at"])
    return len(moved)


def waiting_cases(collection: Collection) -> QuerySet[Case]:
    """The cases of ``collection`` that publishing it would publish, in the order of the book."""
    cases = Case.objects.filter(collection=collection, status__in=WAITING).for_export()
    return cases.with_chapter_number().order_by("chapter_number", "order", "code")


def hindrances(cases: Iterable[Case]) -> list[tuple[Case, str]]:
    """(case, what is wrong) for each of ``cases`` that a reader should not see yet."""
    found = []
    for case in cases:
        try:
            check_publishable(case)
        except ValidationError as error:
            found.append((case, _plain(error)))
    return found


@transaction.atomic
def publish_collection(*, collection: Collection, user: AbstractBaseUser, at: datetime | None = None) -> int:
    """Publish every draft and every case in review of ``collection``, now or ``at`` a time to come; all or none.

    Returns how many. Raises ``NotPublishable`` naming each case that hinders it, ``ValidationError`` where nothing
    waits or ``at`` is past. About 20 ms a case.
    """
    now = timezone.now()
    if at is not None and at <= now:
        raise ValidationError("定时发布的时间已经过去。请填将来的时间，或留空立即发布。")
    cases = list(waiting_cases(collection).select_for_update(of=("self",)))
    if not cases:
        raise ValidationError(f"{collection}里没有等着发布的案例。")
    refused = hindrances(cases)
    if refused:
        raise NotPublishable(refused)
    for case in cases:
        case.published_at = at or min(case.published_at or now, now)
        try:
            set_case_status(case=case, status=CaseStatus.PUBLISHED, user=user)
        except ValidationError as error:
            refused.append((case, _plain(error)))
    if refused:
        raise NotPublishable(refused)
    return len(cases)


def _plain(error: ValidationError) -> str:
    return "".join(error.messages)
