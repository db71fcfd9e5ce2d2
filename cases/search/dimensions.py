"""Which sets stand behind a filter value: category=green -> category:9."""

from collections.abc import Iterable

from pyroaring import BitMap

from cases.models import Category, Collection, Facet, Institution, Term
from cases.search.sets import Snapshot

QUERIES = {
    "category": ("category", lambda values: Category.objects.filter(slug__in=values)),
    "institution": ("institution", lambda values: Institution.objects.filter(slug__in=values)),
    "type": ("institution", lambda values: Institution.objects.filter(type__in=values)),
    "collection": ("collection", lambda values: Collection.objects.filter(slug__in=values)),
    "year": ("collection", lambda values: Collection.objects.filter(year__in=values)),
}
SET_OF = {"type": "institution", "year": "collection", **dict.fromkeys(Facet.values, "term")}


def members(sets: Snapshot, dimension: str, values: list[str]) -> BitMap:
    """The cases that have any of the values of one dimension."""
    if dimension in QUERIES:
        prefix, query = QUERIES[dimension]
        found = query(values)
    else:
        prefix, found = "term", Term.objects.filter(facet=dimension, slug__in=values)
    return sets.members(*(f"{prefix}:{pk}" for pk in found.values_list("pk", flat=True)))


def narrow(sets: Snapshot, found: BitMap, chosen: dict[str, list[str]]) -> dict[str, BitMap]:
    """The cases ``found`` with each of the ``chosen`` dimensions left open in turn, and under "" with none open."""
    limits = {name: members(sets, name, values) for name, values in chosen.items() if values}
    narrowed = {}
    for skipped in ("", *limits):
        keys = found.copy()
        for name, limit in limits.items():
            if name != skipped:
                keys &= limit
        narrowed[skipped] = keys
    return narrowed


def sets_of(dimension: str, pks: Iterable[int]) -> tuple[str, ...]:
    """The keys of the sets of the values with these primary keys: category, (9,) -> category:9."""
    prefix = SET_OF.get(dimension, dimension)
    return tuple(f"{prefix}:{pk}" for pk in pks)


def count(sets: Snapshot, names: Iterable[str], keys: BitMap) -> int:
    """How many of ``keys`` are in the sets of these names, which have no case in common."""
    bitmaps = sets.bitmaps
    return sum([keys.intersection_cardinality(bitmaps[name]) for name in names if name in bitmaps])
