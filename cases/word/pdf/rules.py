"""Tables of a PDF by the rules drawn around their cells: the format knows no tables."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

NEAR = 3.0  # points: rules that meet, rules that are one
THIN = 3.0  # a rectangle no thicker is a rule
SHORT = 8.0
MOST = 2_000  # rules of a page; a drawing has more, a table fewer


@dataclass
class Rules:
    """``across`` and ``down``: (place, from, to) of level and of upright rules, in points, upwards."""

    across: list[tuple[float, float, float]] = field(default_factory=list)
    down: list[tuple[float, float, float]] = field(default_factory=list)

    def add(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Take what was drawn from corner to corner: a rule, or the four sides of a box."""
        if len(self.across) + len(self.down) > MOST:
            return
        if y1 - y0 <= THIN < SHORT <= x1 - x0:
            self.across.append(((y0 + y1) / 2, x0, x1))
        elif x1 - x0 <= THIN < SHORT <= y1 - y0:
            self.down.append(((x0 + x1) / 2, y0, y1))
        elif min(x1 - x0, y1 - y0) >= SHORT:
            self.across += [(y0, x0, x1), (y1, x0, x1)]
            self.down += [(x0, y0, y1), (x1, y0, y1)]

    def part(self, x0: float, x1: float, y: float) -> bool:
        """Tell whether an upright rule at the height of ``y`` stands between two characters."""
        return any(x0 - 1 <= x <= x1 + 1 and bottom <= y <= top for x, bottom, top in self.down)


@dataclass
class Box:
    """A cell: its corners, and whether it goes on from the row above."""

    x0: float
    y0: float
    x1: float
    y1: float
    continued: bool = False

    def holds(self, x: float, y: float) -> bool:
        return self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1


def find_tables(rules: Rules) -> list[list[list[Box]]]:
    """Return the rows of cells of each table with two rows or columns at least; from the top down."""
    tables = []
    for heights in _regions(rules):
        rows = []
        for top, bottom in pairwise(heights):
            middle = (top + bottom) / 2
            places = _merged(x for x, low, high in rules.down if low - NEAR <= middle <= high + NEAR)
            row = [Box(left, bottom, right, top) for left, right in pairwise(places)]
            for box in row:
                centre = (box.x0 + box.x1) / 2
                is_closed = any(abs(y - top) <= NEAR and x0 <= centre <= x1 for y, x0, x1 in rules.across)
                box.continued = bool(rows) and not is_closed
            if row:
                rows.append(row)
        if sum(map(len, rows)) > 1:
            tables.append(rows)
    return tables


def _regions(rules: Rules) -> list[list[float]]:
    """The heights of the level rules of each table: those that an upright rule joins."""
    heights = sorted(_merged(y for y, _, _ in rules.across), reverse=True)
    regions: list[list[float]] = []
    for height in heights:
        last = regions[-1][-1] if regions else None
        joined = last is not None and any(low - NEAR <= height and last <= high + NEAR for _, low, high in rules.down)
        if joined:
            regions[-1].append(height)
        else:
            regions.append([height])
    return [region for region in regions if len(region) > 1]


def _merged(places: Iterable[float]) -> list[float]:
    """Places in order, those that are one only once."""
    found: list[float] = []
    for place in sorted(places):
        if not found or place - found[-1] > NEAR:
            found.append(place)
    return found
