"""The drawings of a list of figures: a strip of dots, or of columns, for each kind and base unit."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import pairwise
from urllib.parse import urljoin

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from cases.figures.drawing import Dot, Drawing, edges, histogram, strip
from cases.models import FigureKind
from cases.public.citing.styles import gbt2025
from cases.public.languages import in_language, say
from cases.public.metadata import SITE, parts

DOTS_AT_MOST = 400  # of one drawing; beyond, columns
WORDS_HEIGHT = 230  # pixels, of what stands above and below a drawing in a frame of another site
OF_DOTS = ("amount", "value", "label", "order", "section", "case__code", "case__institution__short_name")
Measure = tuple[str, str]  # kind and base unit: what may stand on one scale
Amounts = Iterable[tuple[Decimal, int]]


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
    def title(self) -> str:
        """What the drawing is called outside the page: in Chinese, as its figures are."""
        return f"{FigureKind(self.kind).label}，以“{self.unit}”计"

    def reference(self, page: str) -> str:
        """The drawing as a reference of GB/T 7714, a web page of ours; ``page`` is an absolute address on this site."""
        today = parts(timezone.localdate())
        item = {
            "type": "webpage",
            "title": f"案例里的数字：{self.title}",
            "author": [{"literal": SITE}],
            "issued": today,
            "accessed": today,
            "URL": in_language(urljoin(page, self.url)),
        }
        return gbt2025(item)

    @property
    def frame_height(self) -> int:
        """Pixels of a frame that holds the drawing with its words."""
        return self.drawing.height + WORDS_HEIGHT

    @property
    def query(self) -> str:
        return self.url.partition("?")[2]

    @property
    def slug(self) -> str:
        return f"strip-{self.kind}-{'-'.join(str(ord(character)) for character in self.unit)}"


def strips_of(
    figures: QuerySet,
    shown: Sequence[tuple[Measure, int]],
    address: Callable[..., str],
    count_amounts: Callable[[str, str], Amounts] | None = None,
) -> Iterator[Strip]:
    """A drawing for each measure, whose number of figures is known; ``address(kind, unit, min=…, max=…)`` is the list.

    ``count_amounts`` counts the amounts of a measure where the caller knows a quicker way than by ``figures``.
    """
    count_amounts = count_amounts or partial(amounts_of, figures)
    few = [measure for measure, number in shown if number <= DOTS_AT_MOST]
    dots = dots_of(figures, few)
    for (kind, unit), number in shown:
        is_histogram = (kind, unit) not in few
        drawing = (
            columns_of(count_amounts(kind, unit), kind, unit, address)
            if is_histogram
            else strip(dots[kind, unit], unit)
        )
        yield Strip(kind, say(FigureKind(kind).label), unit, number, address(kind, unit), drawing, is_histogram)


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


def amounts_of(figures: QuerySet, kind: str, unit: str) -> Amounts:
    """(amount, how many). 1 query."""
    told = figures.filter(kind=kind, base_unit=unit, amount__gt=0).order_by().values_list("amount")
    return told.annotate(number=Count("pk"))


def columns_of(amounts: Amounts, kind: str, unit: str, address: Callable[..., str]) -> Drawing | None:
    """How many amounts lie in each step of 1, 2, 5, 10 …; each column leads to its figures.

    Amounts are counted by the database and put into steps here: it compares each of many thousands once, not with every
    step.
    """
    bounds, counts = edges(), Counter()
    for amount, number in amounts:
        counts[bisect_right(bounds, amount)] += number
    columns = [
        (float(low), float(high), counts[place], address(kind, unit, min=f"{low:f}", max=f"{high:f}"))
        for place, (low, high) in enumerate(pairwise(bounds), 1)
    ]
    return histogram(columns, unit)
