"""Hits as querysets and as pages: the bridge from bitmaps of keys to rows."""

import json
from collections.abc import Callable, Collection, Sequence

from django.db import connection
from django.db.models import BooleanField, QuerySet, Value, When
from django.db.models import Case as FirstOf
from django.db.models.expressions import RawSQL
from pyroaring import BitMap

from cases.models import Case
from cases.search.searching import Hits

FEW = 500
MANY = 5000
ANY_OF = {
    "sqlite": "cases_case.id IN (SELECT value FROM json_each(%s))",
    "postgresql": "cases_case.id = ANY(SELECT json_array_elements_text(%s::json)::bigint)",
}
ORDERED = 120


def within(cases: QuerySet, keys: Collection[int]) -> QuerySet:
    """``cases`` among ``keys``, however many: beyond ``FEW`` they travel as one JSON parameter."""
    if len(keys) <= FEW:
        return cases.filter(pk__in=list(keys))
    condition = RawSQL(ANY_OF[connection.vendor], [json.dumps(list(keys))], output_field=BooleanField())  # noqa: S611
    return cases.filter(condition)


def by_relevance(cases: QuerySet, hits: Hits) -> QuerySet:
    """``cases`` (already among the hits) with the best ones first, the others newest first."""
    best = hits.page(hits.keys, 0, ORDERED)
    if not best:
        return cases.order_by("-published_at", "code")
    place = FirstOf(*(When(pk=key, then=Value(n)) for n, key in enumerate(best)), default=Value(len(best)))
    return cases.order_by(place, "-published_at", "code")


class ListedCases:
    """Cases as a paginator wants them: a count, and slices fetched when asked for.

    ``keys`` are those of the list among the ``total`` of ``cases``. ``order`` is a tuple of fields; empty for the
    relevance of ``hits``, and without these for the order in which cases came to be. ``shape`` turns a queryset into
    what a page shows.
    """

    ordered = True  # a paginator asks

    def __init__(
        self,
        keys: BitMap,
        cases: QuerySet,
        shape: Callable[[QuerySet], QuerySet],
        *,
        total: int,
        order: Sequence[str] = (),
        hits: Hits | None = None,
    ) -> None:
        self.keys, self.cases, self.shape, self.total, self.order, self.hits = keys, cases, shape, total, order, hits

    def __len__(self) -> int:
        return len(self.keys)

    def count(self) -> int:
        return len(self.keys)

    def __getitem__(self, place: slice) -> list[Case]:
        start, stop = place.start or 0, len(self.keys) if place.stop is None else place.stop
        keys = self._page(start, stop)
        # By key alone: a condition on status makes SQLite walk the index of dates instead, 25 ms for 100,000 cases.
        rows = {case.pk: case for case in self.shape(within(Case.objects.order_by(), keys)) if case.is_published}
        return [rows[key] for key in keys if key in rows]

    def _page(self, start: int, stop: int) -> list[int]:
        if self.order:
            return self._in_order(start, stop)
        return self.hits.page(self.keys, start, stop) if self.hits else list(self.keys[start:stop])

    def _in_order(self, start: int, stop: int) -> list[int]:
        """Primary keys at places ``start`` to ``stop`` by the fields of ``order``."""
        ordered = self.cases.order_by(*self.order).values_list("pk", flat=True)
        if len(self.keys) == self.total:
            return list(ordered[start:stop])
        if len(self.keys) < MANY:
            return list(within(ordered, self.keys)[start:stop])
        # Among so many hits it is quicker to walk along the index of the order than to hand them all over; in limited
        # steps, since PostgreSQL sorts everything for an open end.
        reach = 2 * stop * self.total // len(self.keys)
        while True:
            walked = list(ordered[:reach])
            found = [key for key in walked if key in self.keys]
            if len(found) >= stop or len(walked) < reach:
                return found[start:stop]
            reach *= 4
