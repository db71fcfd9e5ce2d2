"""Published cases behind a category, institution, collection or term, counted by the sets and not by joins."""

from collections.abc import Iterable
from typing import TypeVar

from django.db.models import Model
from django.utils.functional import cached_property
from pyroaring import BitMap

from cases.models import Category, Collection, Institution, Term
from cases.search import sets

PREFIXES = {Category: "category", Institution: "institution", Collection: "collection", Term: "term"}
Row = TypeVar("Row", Category, Institution, Collection, Term)


class Counts:
    """Of one moment: 2 queries when first asked, none after."""

    @cached_property
    def sets(self) -> sets.Snapshot:
        return sets.complete()

    @cached_property
    def visible(self) -> BitMap:
        """Every published case."""
        return self.sets.visible()

    def keys(self, *rows: Model) -> BitMap:
        """The published cases that have all of ``rows``."""
        return BitMap.intersection(self.visible, *(self.sets.members(_name(type(row), row.pk)) for row in rows))

    def fill(self, rows: Iterable[Row]) -> list[Row]:
        """The rows, each with its ``case_count``."""
        rows = list(rows)
        for row in rows:
            row.case_count = self.count(type(row), row.pk)
        return rows

    def open(self, rows: Iterable[Row]) -> list[Row]:
        """Those of the rows that readers find cases behind, each with its ``case_count``."""
        return [row for row in self.fill(rows) if row.case_count]

    def count(self, model: type[Model], key: int) -> int:
        members = self.sets.bitmaps.get(_name(model, key))
        return members.intersection_cardinality(self.visible) if members else 0

    def total(self, model: type[Model]) -> int:
        """How many categories, institutions … have published cases."""
        lead = f"{PREFIXES[model]}:"
        return sum(
            members.intersect(self.visible) for name, members in self.sets.bitmaps.items() if name.startswith(lead)
        )


def _name(model: type[Model], key: int) -> str:
    return f"{PREFIXES[model]}:{key}"
