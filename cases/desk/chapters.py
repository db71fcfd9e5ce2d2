"""How far a collection is: its chapters with their cases, counted, read in a handful of queries."""

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q

from cases.editing.content_checks import check_case
from cases.models import Case, CaseStatus, Category, Chapter, Collection, KeyFigure

UNREAD = ("subtitle", "summary", *Case.SECTIONS, "review_comment")


@dataclass
class ChapterState:
    """One chapter: its cases in order, and what they lack. ``chapter`` is None for cases whose chapter was removed."""

    category: Category
    chapter: Chapter | None
    cases: list[Case] = field(default_factory=list)
    message: str = ""
    checked: bool = False

    @property
    def statuses(self) -> list[tuple[str, int]]:
        """(label, number of cases), in the order of the workflow."""
        counts = Counter(case.status for case in self.cases)
        return [(label, counts[value]) for value, label in CaseStatus.choices if counts[value]]

    @property
    def gaps(self) -> list[tuple[str, int]]:
        """(what is missing, in how many cases)."""
        found = [
            ("缺摘要", sum(case.lacks_summary for case in self.cases)),
            ("没有关键数据", sum(not case.has_figures for case in self.cases)),
            ("没有标签", sum(not case.has_terms for case in self.cases)),
        ]
        return [(label, count) for label, count in found if count]


def chapter_states(collection: Collection) -> list[ChapterState]:
    """Every chapter in order, empty ones too, then cases that belong to none. Two queries, however many cases."""
    chapters = collection.chapters.select_related("category").order_by("number")
    states = {chapter.category_id: ChapterState(chapter.category, chapter) for chapter in chapters}
    terms = Case.terms.through.objects.filter(case=OuterRef("pk"))
    cases = (
        Case.objects.filter(collection=collection, revises=None)
        .select_related("institution", "category")
        .defer(*UNREAD)
        .annotate(
            lacks_summary=Q(summary=""),
            has_figures=Exists(KeyFigure.objects.filter(case=OuterRef("pk"))),
            has_terms=Exists(terms),
        )
    )
    for case in cases.order_by("order", "code"):
        state = states.setdefault(case.category_id, ChapterState(case.category, None))
        state.cases.append(case)
    return list(states.values())


def check_chapter(state: ChapterState) -> None:
    """Read the whole text of a chapter's cases, and note on each what an editor would object to (``problems``)."""
    texts = Case.objects.filter(pk__in=[case.pk for case in state.cases]).for_checking()
    problems = {case.pk: check_case(case) for case in texts}
    for case in state.cases:
        case.problems = problems.get(case.pk, [])
    state.checked = True


def totals(states: list[ChapterState]) -> list[tuple[str, int]]:
    """(status label, number of cases) of the whole collection."""
    counts = Counter(case.status for state in states for case in state.cases)
    return [(label, counts[value]) for value, label in CaseStatus.choices]
