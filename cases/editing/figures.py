"""What key figures derive from what is printed, and where they stand in their case's text."""

from collections.abc import Iterable

from cases.models import Case, KeyFigure
from cases.models.figure import SECTIONS


def place_figures(cases: Iterable[Case]) -> None:
    """Bring up to date what figures derive: unit, amounts, bound, date, section and sentence; no query where all is.

    ``cases`` come with their figures prefetched.
    """
    moved = []
    for case in cases:
        texts = {name: getattr(case, name) for name in SECTIONS}
        for figure in case.figures.all():
            before = [getattr(figure, name) for name in KeyFigure.DERIVED]
            figure.derive()
            figure.locate(texts)
            if before != [getattr(figure, name) for name in KeyFigure.DERIVED]:
                moved.append(figure)
    KeyFigure.objects.bulk_update(moved, KeyFigure.DERIVED, batch_size=200)
