"""A parent holds the cases of its branches, and of theirs."""

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from django.apps import apps

Families = dict[int, tuple[str, ...]]


def read_families(names_stamp: str) -> Families:
    """``families`` of every institution: read once for each state of the names where that is known, else 1 query."""
    return _read(names_stamp) if names_stamp else _read.__wrapped__("")


@lru_cache(maxsize=2)
def _read(names_stamp: str) -> Families:
    institutions = apps.get_model("cases", "Institution").objects
    return families(institutions.order_by("pk").values_list("pk", "parent"))


def families(rows: Iterable[tuple[int, int | None]]) -> Families:
    """By primary key: the keys of the bitmaps with the cases of an institution and of all below it. ``rows`` are keys of
    institutions and of their parents."""
    below, every = defaultdict(list), []
    for key, parent in rows:
        every.append(key)
        below[parent].append(key)
    found = {}
    for key in every:
        family = [key]
        for member in family:  # grows as it is walked; an institution is never below itself
            family += [branch for branch in below[member] if branch not in family]
        found[key] = tuple(f"institution:{member}" for member in family)
    return found
