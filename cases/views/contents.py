"""Collections read as books: chapters with their cases, in a fixed number of queries."""

from collections.abc import Iterable

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from cases.models import Case, Chapter, Collection, Institution, InstitutionType, KeyFigure


def chapters_with_counts(collection: Collection) -> QuerySet:
    """The chapters of a book with ``case_count`` published cases each. One query."""
    in_chapter = Case.objects.published().filter(collection=OuterRef("collection"), category=OuterRef("category"))
    counted = in_chapter.order_by().values("category").annotate(n=Count("pk")).values("n")
    return (
        Chapter.objects.filter(collection=collection)
        .select_related("category")
        .annotate(case_count=Coalesce(Subquery(counted), 0))
        .order_by("number")
    )


def chapters_with_cases(collection: Collection) -> list[tuple[Chapter, list[Case]]]:
    """Every chapter that has published cases, with them in printed order. Two queries."""
    by_category: dict[int, list[Case]] = {}
    cases = Case.objects.published().filter(collection=collection).select_related("institution")
    for case in cases.defer("background", "approach", "results").order_by("order", "code"):
        by_category.setdefault(case.category_id, []).append(case)
    chapters = collection.chapters.select_related("category").order_by("number")
    return [(chapter, by_category[chapter.category_id]) for chapter in chapters if chapter.category_id in by_category]


def figures_of_the_day(collection: Collection, count: int) -> list[KeyFigure]:
    """``count`` headline figures of different cases; another set each day, the same for all readers of a day."""
    cases = list(Case.objects.published().filter(collection=collection).order_by("code").values_list("pk", flat=True))
    if not cases:
        return []
    start, step = timezone.localdate().toordinal() * 7, max(1, len(cases) // count)
    picked = list(dict.fromkeys(cases[(start + n * step) % len(cases)] for n in range(count)))
    figures = KeyFigure.objects.published().filter(case__in=picked, is_headline=True, number__isnull=False)
    first_of: dict[int, KeyFigure] = {}
    for figure in figures.select_related("case__institution", "case__collection").order_by("case", "order"):
        first_of.setdefault(figure.case_id, figure)
    return [first_of[pk] for pk in picked if pk in first_of]


def institutions_by_type(institutions: Iterable[Institution]) -> list[tuple[str, list[Institution]]]:
    """(type label, institutions), types in the order readers know them."""
    by_type: dict[str, list[Institution]] = {}
    for institution in institutions:
        by_type.setdefault(institution.type, []).append(institution)
    return [(label, by_type[value]) for value, label in InstitutionType.choices if value in by_type]
