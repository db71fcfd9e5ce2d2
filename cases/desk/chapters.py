"""How far a collection is: its chapters counted by the database, and as many of their cases as a page can hold."""

from collections import Counter
from dataclasses import dataclass, field

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from cases.editing.content_checks import check_case
from cases.models import Case, CaseStatus, Category, Chapter, Collection, KeyFigure

UNREAD = ("subtitle", "summary", *Case.SECTIONS, "review_comment")
ON_ONE_PAGE = 300  # cases of a collection; beyond, each chapter has pages of its own
PAGE_SIZE = 100
SCHEDULED = "定时发布"
LABELS = {**dict(CaseStatus.choices[:2]), SCHEDULED: SCHEDULED, **dict(CaseStatus.choices[2:])}
LACKS = {
    "缺摘要": Q(summary=""),
    "没有关键数据": ~Exists(KeyFigure.objects.filter(case=OuterRef("pk"))),
    "没有标签": ~Exists(Case.terms.through.objects.filter(case=OuterRef("pk"))),
}


@dataclass
class ChapterState:
    """One chapter: how many cases are in which state and what they lack; ``cases`` are those the page shows, in order.

    ``chapter`` is None for cases whose chapter was removed. ``page`` is None where all are shown, or none.
    """

    category: Category
    chapter: Chapter | None
    counts: Counter = field(default_factory=Counter)
    lacks: Counter = field(default_factory=Counter)
    cases: list[Case] = field(default_factory=list)
    page: Page | None = None
    message: str = ""
    checked: bool = False

    @property
    def total(self) -> int:
        return self.counts.total()

    @property
    def published(self) -> int:
        return self.counts[CaseStatus.PUBLISHED]

    @property
    def statuses(self) -> list[tuple[str, int]]:
        """(label, number of cases), in the order of the workflow."""
        return [(label, self.counts[value]) for value, label in LABELS.items() if self.counts[value]]

    @property
    def gaps(self) -> list[tuple[str, int]]:
        """(what is missing, in how many cases)."""
        return [(label, self.lacks[label]) for label in LACKS if self.lacks[label]]


def chapter_states(collection: Collection, *, only: str = "", number: str = "1") -> list[ChapterState]:
    """Every chapter in order, empty ones too, then cases that belong to none. Three queries, however many cases.

    A large collection shows no cases but, of the chapter whose slug is ``only``, those of the page ``number``.
    """
    states = chapter_counts(collection)
    cases = _shown(_cases_of(collection).order_by("order", "code"))
    if sum(state.total for state in states.values()) <= ON_ONE_PAGE:
        for case in cases:
            states[case.category_id].cases.append(case)
    elif state := next((state for state in states.values() if only and state.category.slug == only), None):
        state.page = Paginator(cases.filter(category=state.category), PAGE_SIZE).get_page(number)
        state.cases = list(state.page)
    return list(states.values())


def chapter_counts(collection: Collection) -> dict[int, ChapterState]:
    """Every chapter by the key of its category, counted, without its cases. Two queries, however many cases."""
    chapters = collection.chapters.select_related("category").order_by("number")
    states = {chapter.category_id: ChapterState(chapter.category, chapter) for chapter in chapters}
    lacking = {f"lack{place}": Count("pk", filter=lack) for place, lack in enumerate(LACKS.values())}
    is_later = Count("pk", filter=Q(published_at__gt=timezone.now()))
    counts = _cases_of(collection).order_by().values("category", "status")
    for row in counts.annotate(n=Count("pk"), later=is_later, **lacking):
        if row["category"] not in states:
            states[row["category"]] = ChapterState(Category.objects.get(pk=row["category"]), None)
        state = states[row["category"]]
        later = row["later"] if row["status"] == CaseStatus.PUBLISHED else 0
        state.counts.update({row["status"]: row["n"] - later, SCHEDULED: later})
        state.lacks.update({label: row[f"lack{place}"] for place, label in enumerate(LACKS)})
    return states


def current_collection() -> Collection | None:
    """The collection whose unpublished cases were written last; where there are none, the newest."""
    unfinished = Case.objects.filter(status__in=(CaseStatus.DRAFT, CaseStatus.IN_REVIEW), revises=None)
    latest = unfinished.order_by("-updated_at").values("collection")[:1]
    return Collection.objects.filter(pk__in=latest).first() or Collection.objects.newest_first().first()


def check_chapter(state: ChapterState) -> None:
    """Read the whole text of the cases shown, and note on each what an editor would object to (``problems``)."""
    texts = Case.objects.filter(pk__in=[case.pk for case in state.cases]).for_checking()
    problems = {case.pk: check_case(case) for case in texts}
    for case in state.cases:
        case.problems = problems.get(case.pk, [])
    state.checked = True


def totals(states: list[ChapterState]) -> list[tuple[str, int]]:
    """(status label, number of cases) of the whole collection."""
    counts = sum((state.counts for state in states), Counter())
    return [(label, counts[value]) for value, label in LABELS.items()]


def _cases_of(collection: Collection):
    return Case.objects.filter(collection=collection, revises=None)


def _shown(cases):
    """Cases with what a line of the page says of them."""
    lacking = {f"lack{place}": lack for place, lack in enumerate(LACKS.values())}
    return cases.select_related("institution", "category").defer(*UNREAD).annotate(**lacking)
