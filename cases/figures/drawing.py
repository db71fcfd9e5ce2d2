"""Drawings as plain values: where on a scale each amount stands, in percent of the width, in pixels of the height.

Percent, so that words keep their size on any screen: a drawing that scales as a whole has letters of 6 px on a phone.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from cases.public.amounts import amount_in_english, is_english
from cases.public.languages import say

DECADE = 10
COLUMNS = 64  # in which dots stand one upon another: as many as fit on a phone
RISE, FOOT = 8, 26  # pixels from dot to dot, and of the words below
EDGE = 2  # percent that stay free at both ends: half a dot
TICKS = 5
HISTOGRAM_HEIGHT = 120
STEPS = (1, 2, 5)  # where the columns of a histogram begin, within each power of ten
LEAST, MOST = -4, 15  # powers of ten that a histogram covers
# Days are read as what people call them: (days, number, unit).
DAYS = (
    (1 / 86400, 1, "秒"),
    (1 / 1440, 1, "分钟"),
    (1 / 24, 1, "小时"),
    (1, 1, "天"),
    (30, 1, "个月"),
    (365, 1, "年"),
    (3650, 10, "年"),
)
POWERS = ((12, "万亿"), (8, "亿"), (4, "万"))


@dataclass(frozen=True)
class Dot:
    """One amount to draw: ``title`` says it in words, ``url`` leads to its sentence, ``hue`` is the order of its theme."""

    amount: float
    title: str
    url: str
    hue: int = 0


@dataclass(frozen=True)
class Mark:
    """A dot (``height`` 0) or a column in its place: ``x`` and ``width`` in percent, ``y`` and ``height`` in pixels."""

    x: float
    y: float
    title: str
    url: str
    hue: int = 0
    width: float = 0
    height: float = 0


@dataclass(frozen=True)
class Tick:
    x: float
    label: str
    anchor: str = "middle"
    is_minor: bool = False  # left out where there is little room


@dataclass(frozen=True)
class Drawing:
    """``height`` is that of the whole, the scale stands at ``base``; ``left_out`` amounts have no place on a log scale."""

    marks: Sequence[Mark]
    ticks: Sequence[Tick]
    base: int
    left_out: int = 0
    height: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "height", self.base + FOOT)


class LogScale:
    """Whole powers of ten from one end of the width to the other."""

    def __init__(self, amounts: Iterable[float]) -> None:
        exponents = [math.log10(amount) for amount in amounts]
        self.low = math.floor(min(exponents) + 1e-9)
        self.high = max(math.ceil(max(exponents) - 1e-9), self.low + 1)

    def share(self, amount: float) -> float:
        return (math.log10(amount) - self.low) / (self.high - self.low)

    def x(self, share: float) -> float:
        return round(EDGE + (100 - 2 * EDGE) * share, 2)

    def ticks(self, unit: str) -> list[Tick]:
        if unit == "天":
            named = [(days, amount_text(number, name)) for days, number, name in DAYS if 0 <= self.share(days) <= 1]
        else:
            step = math.ceil((self.high - self.low) / (TICKS - 1))
            named = [(10.0**n, amount_text(10.0**n, unit)) for n in range(self.low, self.high + 1, step)]
        ticks = []
        for place, (amount, label) in enumerate(named):
            share = self.share(amount)
            anchor = "start" if share < 0.08 else "end" if share > 0.92 else "middle"
            ticks.append(Tick(self.x(share), label, anchor, is_minor=place % 2 == 1))
        return ticks


def amount_text(amount: float, unit: str) -> str:
    """A round amount in words: 10 万元, 100 户, 0.1%; in English where the page is and the unit can be said so."""
    if is_english() and (english := amount_in_english(f"{amount:.12g}", unit)):
        return english
    exponent = math.floor(math.log10(amount) + 1e-9)
    power, name = next(((power, name) for power, name in POWERS if exponent >= power), (0, ""))
    number = f"{amount / 10**power:g}"
    return f"{number}%" if unit == "%" else f"{number} {name}{unit}"


def strip(dots: Sequence[Dot], unit: str) -> Drawing | None:
    """Each amount a dot on a log scale, equal ones one upon another; ``None`` where fewer than two have a place."""
    drawn = sorted((dot for dot in dots if dot.amount > 0), key=lambda dot: (dot.amount, dot.hue))
    if len(drawn) < 2:
        return None
    scale = LogScale(dot.amount for dot in drawn)
    columns = [round(scale.share(dot.amount) * (COLUMNS - 1)) for dot in drawn]
    highest, stacked, marks = max(Counter(columns).values()), Counter(), []
    base = highest * RISE + RISE // 2
    for dot, column in zip(drawn, columns, strict=True):
        y = base - RISE * stacked[column] - RISE // 2 - 1
        stacked[column] += 1
        marks.append(Mark(scale.x(column / (COLUMNS - 1)), y, dot.title, dot.url, dot.hue))
    return Drawing(marks, scale.ticks(unit), base, len(dots) - len(drawn))


def edges() -> list[Decimal]:
    """Where the columns of a histogram begin and end: 1, 2, 5, 10, 20 …"""
    return [Decimal(step).scaleb(power) for power in range(LEAST, MOST + 1) for step in STEPS]


def histogram(counts: Sequence[tuple[float, float, int, str]], unit: str) -> Drawing | None:
    """Many amounts as columns on a log scale: (from, to, how many, address of these) in order."""
    filled = [place for place, (_, _, count, _) in enumerate(counts) if count]
    if not filled:
        return None
    shown = counts[filled[0] : filled[-1] + 1]
    scale = LogScale([low for low, _, _, _ in shown] + [high for _, high, _, _ in shown])
    most, marks = max(count for _, _, count, _ in shown), []
    for low, high, count, url in shown:
        if count:
            x, height = scale.x(scale.share(low)), max(2, round(count / most * HISTOGRAM_HEIGHT))
            title = say("{0} 到 {1}：{2} 个", amount_text(low, unit), amount_text(high, unit), count)
            width = round(scale.x(scale.share(high)) - x - 0.2, 2)
            marks.append(Mark(x, HISTOGRAM_HEIGHT + 4 - height, title, url, width=width, height=height))
    return Drawing(marks, scale.ticks(unit), HISTOGRAM_HEIGHT + 4)


def share_of(amount: Decimal | float | None, most: Decimal | float | None) -> float | None:
    """How long the bar of an amount is beside that of the largest, in percent; ``None`` where it cannot be drawn."""
    if amount is None or not most or most <= 0 or amount < 0:
        return None
    return round(max(0.4, float(amount) / float(most) * 100), 2)
