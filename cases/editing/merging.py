"""Merging what two people made of one state: what only one of them changed is kept, what both changed is for a person to decide.

Pure functions on recorded states (``serialization.serialize``). “Mine” is what is about to be written, “theirs” what
was written meanwhile, “base” what both began from.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from cases.editing.serialization import same


def merge_value(base: object, mine: object, theirs: object) -> tuple[object, bool]:
    """Return (the merged value, whether both changed it, each in another way); then it is mine."""
    if same(mine, base):
        return theirs, False
    return mine, not same(theirs, base) and not same(mine, theirs)


def merge_set(base: Iterable, mine: Iterable, theirs: Iterable) -> set:
    """Return ``theirs`` with what I added and without what I took away: members of a set are never at odds."""
    base, mine = set(base), set(mine)
    return (set(theirs) | (mine - base)) - (base - mine)


@dataclass(frozen=True)
class RowMerge:
    """One row as it was, as I leave it, and as they left it; ``None`` where it is not there."""

    base: dict | None
    mine: dict | None
    theirs: dict | None

    @property
    def is_contested(self) -> bool:
        """Whether both changed it, or one changed what the other took away. Where a row stands is never at odds."""
        if self.base is None:
            return None not in (self.mine, self.theirs) and not _agree(self.mine, self.theirs)
        agreed = _agree(self.mine, self.theirs), _agree(self.mine, self.base), _agree(self.theirs, self.base)
        return not any(agreed)

    @property
    def is_mine(self) -> bool:
        """Whether the content is mine: it is theirs only where I left it as it was."""
        return self.mine is not None if self.base is None else not _agree(self.mine, self.base)

    @property
    def row(self) -> dict | None:
        """The merged row; mine where it is contested."""
        kept = self.mine if self.is_mine else self.theirs
        return kept and kept | {"order": self.order}

    @property
    def order(self) -> int | None:
        orders = [row and row.get("order") for row in (self.base, self.mine, self.theirs)]
        if self.base is None or None in (self.mine, self.theirs):
            return next((order for order in (*orders[:0:-1], orders[0]) if order is not None), None)
        return merge_value(*orders)[0]


def align(base: list[dict], mine: list[dict], theirs: list[dict], identity: str = "") -> list[RowMerge]:
    """Pair the rows of three states; ``identity`` names a value that no two rows of a case share, if there is one."""
    my_places, their_places = match(base, mine, identity), match(base, theirs, identity)
    merges = [
        RowMerge(row, _at(mine, my_places.get(place)), _at(theirs, their_places.get(place)))
        for place, row in enumerate(base)
    ]
    mine = [row for place, row in enumerate(mine) if place not in my_places.values()]
    theirs = [row for place, row in enumerate(theirs) if place not in their_places.values()]
    return merges + align_new(mine, theirs, identity)


def align_new(mine: list[dict], theirs: list[dict], identity: str = "") -> list[RowMerge]:
    """Pair rows that both added: the same one, or one that a case can have once only."""
    places = match(mine, theirs, identity, by_order=False)
    merges = [RowMerge(None, row, _at(theirs, places.get(place))) for place, row in enumerate(mine)]
    return merges + [RowMerge(None, None, row) for place, row in enumerate(theirs) if place not in places.values()]


def match(before: list[dict], after: list[dict], identity: str = "", *, by_order: bool = True) -> dict[int, int]:
    """Return {place in ``before``: place in ``after``} of the same rows: by content, by identity, then by order."""
    ways: list[Callable[[dict, dict], bool]] = [_agree]
    if identity:
        ways.append(lambda row, other: same(row.get(identity), other.get(identity)))
    if by_order:
        ways.append(lambda row, other: row.get("order") == other.get("order"))
    found: dict[int, int] = {}
    for is_same in ways:
        for place, row in enumerate(before):
            if place not in found:
                free = (
                    there for there, other in enumerate(after) if there not in found.values() and is_same(row, other)
                )
                if (there := next(free, None)) is not None:
                    found[place] = there
    return found


def in_order(rows: Iterable[dict]) -> Iterator[dict]:
    """Yield rows in their order, each order taken once; those without one come last."""
    last = 0
    for row in sorted(rows, key=lambda row: (row.get("order") is None, row.get("order") or 0)):
        order = row.get("order")
        last = last + 1 if order is None or order <= last else order
        yield row | {"order": last}


def _agree(row: Mapping | None, other: Mapping | None) -> bool:
    if row is None or other is None:
        return row is other
    return same({**row, "order": 0}, {**other, "order": 0})


def _at(rows: list[dict], place: int | None) -> dict | None:
    return None if place is None else rows[place]
