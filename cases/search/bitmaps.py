"""Bitmaps of cases by property, in the memory of each process: ``facet_bitmaps["term:12"]`` holds the primary keys of
the cases with that term.

Counting a facet value over 60,000 cases is one intersection of two bitmaps, a few microseconds; no join comes near.
They are built from the tables (two queries) and brought up to date from the cases indexed since: every write of the
index raises one counter, ``SearchState.generation``, and leaves it in the documents that it wrote.
"""

import json
import secrets
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import Self

from django.db import connection
from django.db.models import BooleanField, Model, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone
from pyroaring import BitMap

from cases.models.case import Case, CaseStatus
from cases.models.institution import Institution
from cases.models.places import places_of, years_of
from cases.models.search import SearchDocument, SearchState
from cases.search.branches import Families, read_families

ALL = "all"
PUBLISHED = f"status:{CaseStatus.PUBLISHED}"
OF_A_CASE = ("category", "institution", "collection")
STATE = 1
MANY = 5000  # changed cases from which reading all of them is quicker


@dataclass(frozen=True)
class IndexState:
    """The bitmaps after one write of the index, and what was looked up in the engine since (``lookups``).

    ``stamp`` is random and names that write: a generation may be given twice where a transaction was rolled back.
    ``epoch`` names the index as a whole: a restored backup has another.
    """

    generation: int = 0
    stamp: str = ""
    epoch: str = ""
    names_stamp: str = ""
    facet_bitmaps: Mapping[str, BitMap] = field(default_factory=dict)
    lookups: dict = field(default_factory=dict)

    def matching(self, *keys: str) -> BitMap:
        """Cases with any of the properties."""
        return BitMap.union(BitMap(), *(self.facet_bitmaps[key] for key in keys if key in self.facet_bitmaps))

    def visible(self) -> BitMap:
        """``Case.objects.published()`` as a bitmap. One query, for those whose time has not come."""
        later = Case.objects.filter(status=CaseStatus.PUBLISHED, published_at__gt=timezone.now())
        return self.matching(PUBLISHED) - BitMap(later.values_list("pk", flat=True))

    def count(self, keys: Iterable[str], cases: BitMap) -> int:
        """Count those of ``cases`` with any of the properties, of which a case has at most one."""
        bitmaps = self.facet_bitmaps
        return sum([cases.intersection_cardinality(bitmaps[key]) for key in keys if key in bitmaps])


_committed = IndexState()  # what later states are derived from
_uncommitted = IndexState()  # read inside a transaction, perhaps never to be committed


def current() -> IndexState:
    """Return the present state. One query where nothing was written since the last call in this process.

    Without an index (a restored backup before its ``reindex``) it is read from the tables every time: a second for
    100,000 cases.
    """
    global _committed, _uncommitted  # each replaced as a whole, since other threads read them
    row = SearchState.objects.filter(pk=STATE).first() or SearchState()
    for known in (_committed, _uncommitted) if connection.in_atomic_block else (_committed,):
        if row.stamp and known.stamp == row.stamp:
            return known
    is_descendant = row.epoch and row.epoch == _committed.epoch and row.generation >= _committed.generation
    bitmaps = _brought_up_to_date(_committed) if is_descendant else read_bitmaps()
    state = IndexState(row.generation, row.stamp, row.epoch, row.names_stamp, bitmaps)
    if row.stamp and connection.in_atomic_block:
        _uncommitted = state
    elif row.stamp:
        _committed = state
    return state


def read_bitmaps(keys: Iterable[int] | None = None) -> dict[str, BitMap]:
    """Build the bitmaps of all cases, or of those with these primary keys, from the tables. 2 queries."""
    cases, terms = Case.objects.order_by(), Case.terms.through.objects.order_by("term_id")
    if keys is not None:
        keys = list(keys)
        cases, terms = cases.filter(pk__in=keys), terms.filter(case__in=keys)
    found: dict[str, list[int]] = defaultdict(list)
    rows = cases.values_list("pk", "status", "regions", "period", *OF_A_CASE)
    for key, status, regions, period, *values in rows.iterator(10_000):
        found[ALL].append(key)
        for place in places_of(regions):
            found[f"region:{place}"].append(key)
        for year in years_of(period):
            found[f"period:{year}"].append(key)
        if status == CaseStatus.PUBLISHED:
            found[PUBLISHED].append(key)
        for name, value in zip(OF_A_CASE, values, strict=True):
            found[f"{name}:{value}"].append(key)
    rows = terms.values_list("term_id", "case_id").iterator(10_000)
    for term, pairs in groupby(rows, itemgetter(0)):
        found[f"term:{term}"] = [case for _, case in pairs]
    return {key: BitMap(cases) for key, cases in found.items()}


def _brought_up_to_date(old: IndexState) -> dict[str, BitMap]:
    """The bitmaps of ``old`` with the cases that were indexed, added or deleted since. 2 to 5 queries."""
    newer = SearchDocument.objects.filter(generation__gt=old.generation)
    changed = BitMap(newer.values_list("pk", flat=True))
    known = old.matching(ALL) | changed
    if Case.objects.count() != len(known):
        changed |= known ^ BitMap(Case.objects.values_list("pk", flat=True))
    if not changed:
        return dict(old.facet_bitmaps)
    if len(changed) > MANY:
        return read_bitmaps()
    kept = {key: cases - changed if cases.intersect(changed) else cases for key, cases in old.facet_bitmaps.items()}
    return kept | {key: kept.get(key, BitMap()) | cases for key, cases in read_bitmaps(changed).items()}


def lock() -> SearchState:
    """Make other writers of the index wait until this transaction ends."""
    locked = SearchState.objects.select_for_update().filter(pk=STATE)
    if (state := locked.first()) is None:
        SearchState.objects.get_or_create(pk=STATE, defaults={"epoch": secrets.token_hex(8)})
        state = locked.get()
    return state


def raise_generation(state: SearchState, *, names: bool = False) -> int:
    """Tell every process that the index changed, and with it perhaps the ``names``; ``state`` comes from ``lock``."""
    state.generation, state.stamp = state.generation + 1, secrets.token_hex(8)
    if names:
        state.names_stamp = state.stamp
    state.save()
    return state.generation


# --- counts of cases -------------------------------------------------------------------------------------------------


class Counts:
    """How many published cases categories, institutions … have at one moment: 2 queries when first asked."""

    @cached_property
    def state(self) -> IndexState:
        return current()

    @cached_property
    def visible(self) -> BitMap:
        """Every published case."""
        return self.state.visible()

    def cases_of(self, *rows: Model) -> BitMap:
        """The published cases that have all of ``rows``."""
        return BitMap.intersection(self.visible, *(self.state.matching(*self.keys_of(row)) for row in rows))

    def case_list(self, *rows: Model) -> "CaseList":
        """``cases_of`` as a list to be sliced."""
        return CaseList(self.state, self.cases_of(*rows), len(self.visible))

    def annotate(self, rows: Iterable[Model]) -> list[Model]:
        """The rows, each with its ``case_count``."""
        rows = list(rows)
        for row in rows:
            row.case_count = self.state.count(self.keys_of(row), self.visible)
        return rows

    @cached_property
    def families(self) -> Families:
        return read_families(self.state.names_stamp)

    def keys_of(self, row: Model) -> tuple[str, ...]:
        """The keys of the bitmaps of a row; of an institution, those of its branches, too."""
        own = (key_of(row),)
        return self.families.get(row.pk, own) if isinstance(row, Institution) else own

    def with_cases(self, rows: Iterable[Model]) -> list[Model]:
        """Those of the rows that have published cases, each with its ``case_count``."""
        return [row for row in self.annotate(rows) if row.case_count]

    def total(self, model: type[Model]) -> int:
        """How many categories, institutions … have published cases."""
        lead = f"{model._meta.model_name}:"
        return sum(
            cases.intersect(self.visible) for key, cases in self.state.facet_bitmaps.items() if key.startswith(lead)
        )


def key_of(row: Model) -> str:
    """The key of the bitmap of a category, institution, collection or term: ``category:9``."""
    return f"{row._meta.model_name}:{row.pk}"


# --- lists of cases --------------------------------------------------------------------------------------------------

ANY_OF = {
    "sqlite": "IN (SELECT value FROM json_each(%s))",
    "postgresql": "= ANY(SELECT json_array_elements_text(%s::json)::bigint)",
}
FEW = 500


@dataclass(frozen=True)
class CaseList:
    """Published cases as filters narrow them and a paginator slices them: a bitmap, rows fetched page by page.

    ``total`` is how many there are without filters. ``order`` are the fields to sort by, none for the order in which
    cases came to be; ``rank`` sorts by relevance instead: (keys, start, stop) -> primary keys. ``shape`` turns a
    queryset into what a page shows.
    """

    ordered = True  # a paginator asks
    model = Case  # a filter set asks

    state: IndexState
    keys: BitMap
    total: int
    order: tuple[str, ...] = ()
    rank: Callable[[BitMap, int, int], list[int]] | None = None
    shape: Callable[[QuerySet], QuerySet] = QuerySet.all

    def all(self) -> Self:
        return self

    def none(self) -> Self:
        return replace(self, keys=BitMap())

    def intersect(self, keys: BitMap) -> Self:
        """Those of the cases that are among ``keys``."""
        return replace(self, keys=self.keys & keys)

    def order_by(self, *order: str) -> Self:
        return replace(self, order=order, rank=None)

    def ranked_by(self, rank: Callable[[BitMap, int, int], list[int]]) -> Self:
        return replace(self, order=(), rank=rank)

    def shaped(self, shape: Callable[[QuerySet], QuerySet]) -> Self:
        return replace(self, shape=shape)

    def __len__(self) -> int:
        return len(self.keys)

    def count(self) -> int:
        return len(self.keys)

    def __getitem__(self, place: slice) -> list[Case]:
        start, stop = place.start or 0, len(self.keys) if place.stop is None else place.stop
        return self._rows(self._in_order(start, stop))

    def batches(self, size: int) -> Iterator[list[Case]]:
        """Every case, ``size`` at a time: the order is asked for once, so that the whole list can be sent."""
        keys = self._in_order(0, len(self.keys))
        for start in range(0, len(keys), size):
            yield self._rows(keys[start : start + size])

    def _rows(self, keys: list[int]) -> list[Case]:
        # By key alone: a condition on status makes SQLite walk the index of dates instead, 25 ms for 100,000 cases.
        rows = {case.pk: case for case in self.shape(within(Case.objects.order_by(), keys)) if case.is_published}
        return [rows[key] for key in keys if key in rows]

    def _in_order(self, start: int, stop: int) -> list[int]:
        """Primary keys at places ``start`` to ``stop``."""
        if not self.order:
            return self.rank(self.keys, start, stop) if self.rank else list(self.keys[start:stop])
        ordered = Case.objects.published().order_by(*self.order).values_list("pk", flat=True)
        if len(self.keys) == self.total:
            return list(ordered[start:stop])
        if len(self.keys) < MANY:
            return list(within(ordered, self.keys)[start:stop])
        # Among so many it is quicker to walk along the index of the order than to hand them all over; in limited
        # steps, since PostgreSQL sorts everything for an open end.
        reach = 2 * stop * self.total // len(self.keys)
        while True:
            walked = list(ordered[:reach])
            found = [key for key in walked if key in self.keys]
            if len(found) >= stop or len(walked) < reach:
                return found[start:stop]
            reach *= 4


def within(rows: QuerySet, keys: Collection[int], *, of: str = "id") -> QuerySet:
    """``rows`` whose column ``of`` is among ``keys``, however many: beyond ``FEW`` they travel as one JSON parameter."""
    if len(keys) <= FEW:
        return rows.filter(**{f"{of}__in": list(keys)})
    condition = f"{rows.model._meta.db_table}.{of} {ANY_OF[connection.vendor]}"
    return rows.filter(RawSQL(condition, [json.dumps(list(keys))], output_field=BooleanField()))  # noqa: S611 -- our own names
