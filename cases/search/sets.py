"""Bitmaps of cases by property, kept in the database and copied into each process.

Counting a facet value over 60,000 hits is one intersection of two bitmaps, a few microseconds; no join comes near.
Lists without words count with them too. That is safe since every action writes them in the transaction of its write;
where they lack cases all the same (a restored backup before its ``reindex``), they are not believed: the tables are read.
"""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.db.models import Q
from django.utils import timezone
from pyroaring import BitMap

from cases.models import Case, CaseStatus, SearchSet, SearchState

PUBLISHED = f"status:{CaseStatus.PUBLISHED}"
STATE = 1
CHUNK = 400


@dataclass(frozen=True)
class Snapshot:
    """The sets as they were at ``stamp``, and what was looked up in the engine since (``found``).

    ``is_complete`` says that they held every case when they were read.
    """

    stamp: str = ""
    names_stamp: str = ""
    sets_stamp: str = ""
    bitmaps: Mapping[str, BitMap] = field(default_factory=dict)
    stamps: Mapping[str, str] = field(default_factory=dict)
    found: dict = field(default_factory=dict)
    is_complete: bool = False

    def members(self, *keys: str) -> BitMap:
        """Cases in any of the sets."""
        return BitMap.union(BitMap(), *(self.bitmaps[key] for key in keys if key in self.bitmaps))

    def visible(self) -> BitMap:
        """``Case.objects.published()`` as a bitmap. One query, for those whose time has not come."""
        later = Case.objects.filter(status=CaseStatus.PUBLISHED, published_at__gt=timezone.now())
        return self.members(PUBLISHED) - BitMap(later.values_list("pk", flat=True))


_latest = Snapshot()


def snapshot() -> Snapshot:
    """The present sets; one query where nothing was written since the last call in this process."""
    global _latest  # read once and replaced as a whole: another thread may hold one of a write not yet committed
    state, known = SearchState.objects.filter(pk=STATE).first() or SearchState(), _latest
    if state.stamp != known.stamp:
        known = _latest = _refreshed(known, state)
    return known


def complete() -> Snapshot:
    """The present sets for lists that need no words: read from the tables, a second for 100,000 cases, as long as the
    index lacks some."""
    known = snapshot()
    return known if known.is_complete else replace(known, bitmaps=_of_tables())


def lock() -> SearchState:
    """Make other writers of the index wait until this transaction ends."""
    locked = SearchState.objects.select_for_update().filter(pk=STATE)
    if (state := locked.first()) is None:
        SearchState.objects.get_or_create(pk=STATE)
        state = locked.get()
    return state


def touch(*, members: bool = False, names: bool = False) -> None:
    """Tell every process that the index changed, and with it the ``members`` of sets, or ``names``; under the lock."""
    stamp = secrets.token_hex(8)
    stamps = {"stamp": stamp} | ({"sets_stamp": stamp} if members else {}) | ({"names_stamp": stamp} if names else {})
    SearchState.objects.filter(pk=STATE).update(**stamps)


def apply(added: Mapping[str, Iterable[int]], removed: Mapping[str, Iterable[int]]) -> None:
    """Add keys of cases to sets and take others out; the caller holds the lock."""
    keys = sorted({*added, *removed})
    rows = {row.key: row for row in _rows(keys)}
    for key in keys:
        row = rows.setdefault(key, SearchSet(key=key, members=BitMap().serialize()))
        members = BitMap.deserialize(bytes(row.members))
        members -= BitMap(removed.get(key, ()))
        members |= BitMap(added.get(key, ()))
        row.members, row.stamp = members.serialize(), secrets.token_hex(8)
    SearchSet.objects.bulk_create(
        rows.values(),
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["members", "stamp"],
        batch_size=CHUNK,
    )


def _refreshed(old: Snapshot, state: SearchState) -> Snapshot:
    if state.sets_stamp and state.sets_stamp == old.sets_stamp:
        same, stamps = old.bitmaps, old.stamps
    else:
        same, stamps = _read_anew(old)
    is_known = same is old.bitmaps and old.is_complete
    is_complete = bool(state.sets_stamp) and (is_known or _holds_every_case(same))
    return Snapshot(state.stamp, state.names_stamp, state.sets_stamp, same, stamps, is_complete=is_complete)


def _read_anew(old: Snapshot) -> tuple[dict[str, BitMap], dict[str, str]]:
    """The sets and their stamps; those whose stamp ``old`` has are not read."""
    stamps = dict(SearchSet.objects.values_list("key", "stamp"))
    changed = [key for key, value in stamps.items() if old.stamps.get(key) != value]
    fresh = {row.key: BitMap.deserialize(bytes(row.members)) for row in _rows(changed)}
    return {key: fresh[key] if key in fresh else old.bitmaps.get(key, BitMap()) for key in stamps}, stamps


def _holds_every_case(bitmaps: Mapping[str, BitMap]) -> bool:
    """Every case is in one collection: 3 ms for 100,000 cases, and only after a write."""
    held = sum(len(members) for key, members in bitmaps.items() if key.startswith("collection:"))
    return held == Case.objects.count()


def _of_tables() -> dict[str, BitMap]:
    """The sets that a complete index would hold (``documents.sets_of``). 2 queries."""
    bitmaps: dict[str, BitMap] = defaultdict(BitMap)
    owners = ("category", "institution", "collection")
    for key, status, *values in Case.objects.order_by().values_list("pk", "status", *owners).iterator():
        if status == CaseStatus.PUBLISHED:
            bitmaps[PUBLISHED].add(key)
        for name, value in zip(owners, values, strict=True):
            bitmaps[f"{name}:{value}"].add(key)
    for key, term in Case.terms.through.objects.values_list("case_id", "term_id").iterator():
        bitmaps[f"term:{term}"].add(key)
    return dict(bitmaps)


def _rows(keys: list[str]) -> Iterable[SearchSet]:
    for start in range(0, len(keys), CHUNK):
        yield from SearchSet.objects.filter(Q(key__in=keys[start : start + CHUNK]))
