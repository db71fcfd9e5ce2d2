"""Before and after: figures of one case that its own labels make a pair. Nothing is paired that the case does not pair."""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cases.figures.drawing import share_of
from cases.models import KeyFigure

BAND, STEEPEST = 64, 36  # pixels of the band of a line, and of the steepest line within it
ASIDE = re.compile(r"（([^（）]*)）|\(([^()]*)\)")
BEFORE, NOW = re.compile(r"之前|以前|此前"), re.compile(r"成稿时|目前|现在")
OPPOSITES = (
    ("老", "新", ""),
    ("原", "现", ""),
    ("首次", "重新", ""),
    ("前的", "后的", "前后的"),
)  # and what both share


@dataclass(frozen=True)
class Pair:
    """``what`` both are figures of; bars in percent of the larger."""

    what: str
    before: KeyFigure
    after: KeyFigure

    @property
    def before_share(self) -> float | None:
        return share_of(self.before.amount, max(self.before.amount, self.after.amount))

    @property
    def after_share(self) -> float | None:
        return share_of(self.after.amount, max(self.before.amount, self.after.amount))


def find_pairs(figures: Iterable[KeyFigure]) -> list[Pair]:
    """Pairs among figures of any cases: one kind and base unit, and either the same label at two times, or labels that
    differ in 老 and 新, 首次 and 重新 alone. Of a label at many times the first and the last."""
    alike: dict[tuple, list[KeyFigure]] = defaultdict(list)
    for figure in figures:
        if figure.amount is not None and figure.base_unit:
            alike[figure.case_id, figure.kind, figure.base_unit].append(figure)
    return [pair for group in alike.values() if len(group) > 1 for pair in _pairs_of(group)]


def _pairs_of(figures: Sequence[KeyFigure]) -> list[Pair]:
    told: dict[str, list[tuple[str, KeyFigure]]] = defaultdict(list)
    for figure in figures:
        told[ASIDE.sub("", figure.label).strip()].append((moment(figure), figure))
    found = []
    for what, group in told.items():
        # Without a time of its own a figure is only later than one said to be of before.
        timed = sorted((item for item in group if item[0]), key=lambda item: item[0])
        undated = [figure for time, figure in group if not time]
        first, last = (timed[0], timed[-1]) if timed else (("", None), ("", None))
        if len(timed) > 1 and first[0] != last[0]:
            found.append(Pair(what, first[1], last[1]))
        elif len(timed) == 1 and len(undated) == 1 and is_before(first[1]):
            found.append(Pair(what, first[1], undated[0]))
    for old, new, both in OPPOSITES:
        for what, group in told.items():
            other = told.get(what.replace(old, new, 1)) if old in what and new not in what else None
            if other and len(group) == len(other) == 1:
                found.append(Pair(what.replace(old, both, 1), group[0][1], other[0][1]))
    return found


def moment(figure: KeyFigure) -> str:
    """The time of a figure, to sort by: its date, or what its label says; empty where neither does."""
    aside = "".join("".join(found) for found in ASIDE.findall(figure.label))
    return figure.as_of_date or ("9999" if NOW.search(aside) else "0000" if BEFORE.search(aside) else "")


def is_before(figure: KeyFigure) -> bool:
    return any(BEFORE.search("".join(found)) for found in ASIDE.findall(figure.label))


@dataclass(frozen=True)
class Slope:
    """A line from before to after in a band of its own: where its ends stand, in pixels from the top of the drawing."""

    pair: Pair
    before: float
    after: float


@dataclass(frozen=True)
class Slopes:
    slopes: Sequence[Slope]
    height: int


def slopes_of(pairs: Sequence[Pair]) -> Slopes | None:
    """Lines that are as steep as the amounts grew or fell by many times, whatever their units; none where nothing did."""
    drawn = [pair for pair in pairs if min(pair.before.amount, pair.after.amount) > 0]
    logs = [math.log10(pair.after.amount / pair.before.amount) for pair in drawn]
    most = max(map(abs, logs), default=0)
    if not most:
        return None
    slopes = []
    for place, (pair, log) in enumerate(zip(drawn, logs, strict=True)):
        middle, half = BAND * (place + 0.5), STEEPEST / 2 * log / most
        slopes.append(Slope(pair, round(middle + half, 1), round(middle - half, 1)))
    return Slopes(slopes, BAND * len(slopes))
