"""The drawings of a list of figures: a strip of dots, or of columns, for each kind and base unit."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from cases.figures.drawing import Dot, Drawing, edges, histogram, strip
from cases.models import FigureKind

DOTS_AT_MOST = 400  # of one drawing; beyond, columns
OF_DOTS = ("amount", "value", "label", "order", "section", "case__code", "case__institution__short_name")
Measure = tuple[str, str]  # kind and base unit: what may stand on one scale


@dataclass(frozen=True)
class Strip:
    """The drawing of one kind and base unit, which is none where too little can be drawn."""

    kind: str
    kind_label: str
    unit: str
    count: int
    url: str
    drawing: Drawing | None
    is_histogram: bool

    @property
    def slug(self) -> str:
        return f"strip-{self.kind}-{'-'.join(str(ord(character)) for character in self.unit)}"


def strips_of(figures: QuerySet, shown: Sequence[tuple[Measure, int]], address: Callable[..., str]) -> Iterator[Strip]:
    """A drawing for each measure, whose number of figures is known; ``address(kind, unit, min=…, max=…)`` is the list."""
    few = [measure for measure, number in shown if number <= DOTS_AT_MOST]
    dots = dots_of(figures, few)
    for (kind, unit), number in shown:
        is_histogram = (kind, unit) not in few
        drawing = columns_of(figures, kind, unit, address) if is_histogram else strip(dots[kind, unit], unit)
        yield Strip(kind, str(FigureKind(kind).label), unit, number, address(kind, unit), drawing, is_histogram)


def dots_of(figures: QuerySet, measures: list[Measure]) -> dict[Measure, list[Dot]]:
    """The amounts of each measure. 1 query, none where there are none."""
    dots: dict[Measure, list[Dot]] = {measure: [] for measure in measures}
    if not measures:
        return dots
    wanted = Q()
    for kind, unit in measures:
        wanted |= Q(kind=kind, base_unit=unit)
    rows = figures.filter(wanted, amount__isnull=False).order_by("amount", "pk")
    rows = rows.values_list("kind", "base_unit", "case__category__order", *OF_DOTS)
    for kind, unit, hue, amount, value, label, order, section, code, name in rows[: DOTS_AT_MOST * len(measures)]:
        anchor = f"at-{order}" if section else f"figure-{order}"
        url = f"{reverse('cases:case-detail', args=[code])}#{anchor}"
        dots[kind, unit].append(Dot(float(amount), f"{value}：{label}（{name}）", url, hue))
    return dots


def columns_of(figures: QuerySet, kind: str, unit: str, address: Callable[..., str]) -> Drawing | None:
    """How many amounts lie in each step of 1, 2, 5, 10 …; each column leads to its figures. 1 query.

    Amounts are counted by the database and put into steps here: it compares each of many thousands once, not with every
    step.
    """
    bounds, counts = edges(), Counter()
    told = figures.filter(kind=kind, base_unit=unit, amount__gt=0).order_by().values_list("amount")
    for amount, number in told.annotate(number=Count("pk")):
        counts[bisect_right(bounds, amount)] += number
    columns = [
        (float(low), float(high), counts[place], address(kind, unit, min=f"{low:f}", max=f"{high:f}"))
        for place, (low, high) in enumerate(pairwise(bounds), 1)
    ]
    return histogram(columns, unit)
