"""Writes on a whole collection: begin next year's, order its chapters; publishing is in ``workflow``."""

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from cases.editing.edit import edit_case, edit_cases
from cases.editing.gate import Public
from cases.editing.permissions import ADD_COLLECTION, EDIT, PUBLISH, require
from cases.editing.vocabulary import edit_vocabulary
from cases.models import Case, CaseStatus, Category, Chapter, Collection

MOST_CASES = 999  # in one chapter; a request beyond that is no person's
MOST_MOVED = 300  # each is a write of its own, with a version


class ChapterChangedError(ValidationError):
    """Cases were added to or taken from the chapter while someone ordered it."""


@transaction.atomic
def start_collection(
    *, source: Collection, slug: str, title: str, year: int, period: str, user: AbstractBaseUser | None
) -> Collection:
    """A new, empty collection with the chapters (numbers and categories), publisher and place of ``source``.

    Raises ``ValidationError`` by field where the slug or title is taken or wrong, and where ``source`` has no chapters.
    """
    require(user, ADD_COLLECTION, "增加案例集")
    chapters = list(source.chapters.all())
    if not chapters:
        raise ValidationError(f"{source}还没有章，没有可以照搬的。先给它加上章，或者直接增加一本新的。")
    taken = {}  # Django's own words for this are not what a clerk would say
    if Collection.objects.filter(slug=slug).exists():
        taken["slug"] = f"网址名 {slug} 已经有一本在用，换一个。"
    if Collection.objects.filter(title=title).exists():
        taken["title"] = f"已经有一本叫《{title}》，换一个书名。"
    if taken:
        raise ValidationError(taken)
    new = Collection(slug=slug, title=title, year=year, period=period, publisher=source.publisher, order=source.order)
    new.full_clean()
    with edit_vocabulary(new, user=user):
        new.save()
        Chapter.objects.bulk_create(
            Chapter(collection=new, category_id=chapter.category_id, number=chapter.number) for chapter in chapters
        )
    return new


@edit_cases()
def arrange_chapter(
    *, collection: Collection, category: Category, order: list[int], user: AbstractBaseUser | None
) -> int:
    """Give the cases of a chapter the places 1, 2, 3 … in the ``order`` of their primary keys; returns how many moved.

    Codes, and with them addresses, stay; revisions have no place of their own. Raises ``ChapterChangedError`` where
    ``order`` does not hold exactly the cases of the chapter, and ``PermissionDenied``: what readers see already is
    moved only by those who may publish.
    """
    require(user, EDIT, "排案例的顺序")
    # The lock that numbering a new case takes, too: nobody adds one in between.
    Chapter.objects.select_for_update().filter(collection=collection, category=category).first()
    cases = {case.pk: case for case in chapter_cases(collection, category).select_for_update(of=("self",))}
    if len(order) != len(set(order)) or set(order) != set(cases):
        raise ChapterChangedError("排的时候，这一章的案例有增减，顺序还没有保存。看过下面的顺序，再保存一次。")
    moved = [(cases[key], place) for place, key in enumerate(order, start=1) if cases[key].order != place]
    if len(moved) > MOST_MOVED:
        raise ValidationError(f"这样排要挪动 {len(moved)} 篇，一次最多 {MOST_MOVED} 篇。分几次，每次挪近一些。")
    if any(case.status == CaseStatus.PUBLISHED for case, _ in moved):
        require(user, PUBLISH, "动读者已经看到的顺序")
    for case, place in moved:
        with edit_case(case, user=user, comment=f"排到本章第 {place} 篇", public=Public.TRUSTED):
            case.order = place
            case.save(update_fields=["order", "updated_at"])
    return len(moved)


def chapter_cases(collection: Collection, category: Category) -> QuerySet[Case]:
    """The cases that have a place in the chapter, in order."""
    cases = Case.objects.filter(collection=collection, category=category, revises=None)
    return cases.order_by("order", "code")
