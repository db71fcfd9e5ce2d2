"""Collections read as books: chapters with their cases, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable

from django.utils import timezone

from cases.models import Case, Category, Chapter, Collection, Institution, InstitutionType, KeyFigure
from cases.search.bitmaps import CaseList, Counts, key_of

CHAPTER_SHOWN = 40  # of a chapter on the page of its book; the filtered list has the others


def chapters_with_counts(collection: Collection, counts: Counts) -> list[Chapter]:
    """The chapters of a book with ``case_count`` published cases each. One query."""
    chapters = list(collection.chapters.select_related("category").order_by("number"))
    for chapter in chapters:
        chapter.case_count = len(counts.cases_of(collection, chapter.category))
    return chapters


def books_of(category: Category, cases: CaseList) -> list[tuple[Chapter, int]]:
    """The chapters that a theme with these ``cases`` has in collections, with their numbers of cases. One query."""
    chapters = category.chapters.select_related("collection")
    of_book = {chapter: cases.state.matching(key_of(chapter.collection)) for chapter in chapters}
    counted = [(chapter, len(cases.intersect(keys))) for chapter, keys in of_book.items()]
    return sorted((item for item in counted if item[1]), key=lambda item: -item[1])


def chapters_with_cases(collection: Collection, counts: Counts) -> list[tuple[Chapter, list[Case]]]:
    """Every chapter that has published cases, with its ``case_count`` and the first ``CHAPTER_SHOWN`` of them in
    printed order. Two queries, and one for each chapter with more."""
    chapters = [chapter for chapter in chapters_with_counts(collection, counts) if chapter.case_count]
    short = [chapter.category_id for chapter in chapters if chapter.case_count <= CHAPTER_SHOWN]
    cases = Case.objects.published().filter(collection=collection).select_related("collection", "institution")
    cases = cases.defer(*Case.SECTIONS).order_by("order", "code")
    first_of: dict[int, list[Case]] = defaultdict(list)
    for case in cases.filter(category__in=short):
        first_of[case.category_id].append(case)
    for key in {chapter.category_id for chapter in chapters}.difference(short):
        # The bound excludes nothing: with it SQLite walks the index case_in_chapter instead of sorting the whole site.
        first_of[key] = list(cases.filter(category=key, order__gte=0)[:CHAPTER_SHOWN])
    return [(chapter, first_of[chapter.category_id]) for chapter in chapters]


def figures_of_the_day(collection: Collection, count: int, counts: Counts) -> list[KeyFigure]:
    """``count`` headline figures of different cases; another set each day, the same for all readers of a day."""
    cases = counts.cases_of(collection)
    if not cases:
        return []
    start, step = timezone.localdate().toordinal() * 7, max(1, len(cases) // count)
    picked = list(dict.fromkeys(cases[(start + n * step) % len(cases)] for n in range(count)))
    # By key alone: with conditions on the case SQLite walks every published one.
    figures = KeyFigure.objects.filter(case__in=picked, is_headline=True, number__isnull=False)
    first_of: dict[int, KeyFigure] = {}
    for figure in figures.select_related("case__institution", "case__collection").order_by("case_id", "order"):
        if figure.case.is_published:
            first_of.setdefault(figure.case_id, figure)
    return [first_of[pk] for pk in picked if pk in first_of]


def institutions_by_type(institutions: Iterable[Institution]) -> list[tuple[str, list[Institution]]]:
    """(type label, institutions), types in the order readers know them; each has those of the others right below it as
    ``below``, and does not stand beside its parent."""
    institutions = list(institutions)
    held, by_type = {institution.pk: institution for institution in institutions}, {}
    for institution in institutions:
        institution.below = []
    for institution in institutions:
        if institution.parent_id in held:
            held[institution.parent_id].below.append(institution)
        else:
            by_type.setdefault(institution.type, []).append(institution)
    return [(label, by_type[value]) for value, label in InstitutionType.choices if value in by_type]
