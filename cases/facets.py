"""Facets of a filtered list: every value with its live count and the link that switches it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

from django.http import QueryDict
from pyroaring import BitMap

from cases.filters import CaseFilter
from cases.models import Category, Collection, Facet, Institution, InstitutionType, Term
from cases.search.dimensions import count, sets_of
from cases.search.sets import Snapshot

SHOWN_AT_FIRST = 8
OFFERED_AT_MOST = 40  # long dimensions offer their most frequent values; search finds the others
LONG = ("institution", "keyword")
TERM_FACETS = tuple(Facet.values)


@dataclass(frozen=True)
class FacetValue:
    """One value: ``count`` is what the list would hold of it with the other dimensions as they are."""

    slug: str
    label: str
    count: int
    selected: bool
    toggle_url: str
    description: str = ""


@dataclass(frozen=True)
class FacetGroup:
    """One dimension with the values worth offering: those with cases, and those selected."""

    name: str
    label: str
    values: tuple[FacetValue, ...]

    @property
    def selected(self) -> tuple[FacetValue, ...]:
        return tuple(value for value in self.values if value.selected)

    @property
    def first(self) -> tuple[FacetValue, ...]:
        return self.values[:SHOWN_AT_FIRST]

    @property
    def rest(self) -> tuple[FacetValue, ...]:
        return self.values[SHOWN_AT_FIRST:]


@dataclass(frozen=True)
class Option:
    """A value that could be offered, before counting."""

    slug: str
    label: str
    sets: tuple[str, ...]
    description: str = ""


def _option(dimension: str, slug: str, label: str, pks: Iterable[int], description: str = "") -> Option:
    return Option(slug, label, sets_of(dimension, pks), description)


def toggle_url(path: str, data: QueryDict, name: str, value: str) -> str:
    """The list with ``value`` added to or taken from ``name``; always from its first page."""
    return _Links(path, data).toggling(name, value)


class _Links:
    """Links that switch one value: the query string is encoded once, since a page has hundreds of them."""

    def __init__(self, path: str, data: QueryDict) -> None:
        self.path = path
        self.values = {key: values for key, values in data.lists() if key != "page"}
        self.encoded = {key: [_encoded(key, value) for value in values] for key, values in self.values.items()}

    def toggling(self, name: str, value: str) -> str:
        old, encoded = self.values.get(name, []), self.encoded.get(name, [])
        kept = [part for item, part in zip(old, encoded, strict=True) if item != value]
        changed = {**self.encoded, name: kept if len(kept) < len(old) else [*encoded, _encoded(name, value)]}
        query = "&".join(part for parts in changed.values() for part in parts)
        return f"{self.path}?{query}" if query else self.path


def _encoded(name: str, value: str) -> str:
    return urlencode([(name, value)])


def build_facets(case_filter: CaseFilter, path: str, data: QueryDict) -> list[FacetGroup]:
    """All groups of a list at ``path``, in the order readers need them.

    Counting is by the sets of the search index, without queries but one for each dimension that has a selection (its
    own counts ignore it).
    """
    links, sets, narrowed = _Links(path, data), case_filter.sets, case_filter.narrowed
    options = {**_named_options(sets.names_stamp if sets.is_complete else ""), **_book_options()}
    groups = []
    for name in CaseFilter.DIMENSIONS:
        if name in case_filter.fixed:
            continue
        chosen = set(case_filter.selected(name))
        values = tuple(
            FacetValue(
                slug=option.slug,
                label=option.label,
                count=number,
                selected=option.slug in chosen,
                toggle_url=links.toggling(name, option.slug),
                description=option.description,
            )
            for option, number in _offered(options[name], chosen, sets, narrowed.get(name, narrowed[""]), name in LONG)
        )
        groups.append(FacetGroup(name, case_filter.filters[name].label, values))
    return [group for group in groups if group.values]


def labels_of(case_filter: CaseFilter) -> list[str]:
    """What the list is narrowed to, in words: “没有抵押”, 绿色金融, 缺抵押缺担保. No query where it is not."""
    words = [f"“{case_filter.text}”"] if case_filter.text else []
    chosen = {name: set(case_filter.selected(name)) for name in CaseFilter.DIMENSIONS}
    if not any(chosen.values()):
        return words
    options = {**_named_options(""), **_book_options()}
    return words + [option.label for name, slugs in chosen.items() for option in options[name] if option.slug in slugs]


def _offered(
    options: list[Option], chosen: set[str], sets: Snapshot, keys: BitMap, is_long: bool
) -> list[tuple[Option, int]]:
    """The options with cases among ``keys``, and those chosen, each with its count; of many the most frequent."""
    counted = ((option, count(sets, option.sets, keys)) for option in options)
    offered = [(option, number) for option, number in counted if number or option.slug in chosen]
    if is_long:
        return sorted(offered, key=lambda item: (item[0].slug not in chosen, -item[1]))[:OFFERED_AT_MOST]
    return offered


def _book_options() -> dict[str, list[Option]]:
    collections = list(Collection.objects.values_list("pk", "slug", "title", "year"))
    by_year = defaultdict(list)
    for pk, _, _, year in collections:
        by_year[year].append(pk)
    return {
        "collection": [_option("collection", slug, f"《{title}》", (pk,)) for pk, slug, title, _ in collections],
        "year": [_option("year", str(year), f"{year} 年", by_year[year]) for year in sorted(by_year, reverse=True)],
    }


def _named_options(names_stamp: str) -> dict[str, list[Option]]:
    """Options of what has names; read once for each state of the names, where that is known."""
    return _kept_options(names_stamp) if names_stamp else _read_options()


@lru_cache(maxsize=2)
def _kept_options(names_stamp: str) -> dict[str, list[Option]]:
    return _read_options()


def _read_options() -> dict[str, list[Option]]:
    institutions = list(Institution.objects.values_list("pk", "slug", "short_name", "type"))
    by_type = defaultdict(list)
    for pk, _, _, kind in institutions:
        by_type[kind].append(pk)
    return {
        "category": [_option("category", c.slug, c.name, (c.pk,)) for c in Category.objects.only("slug", "name")],
        "institution": [_option("institution", slug, name, (pk,)) for pk, slug, name, _ in institutions],
        "type": [_option("type", value, label, by_type[value]) for value, label in InstitutionType.choices],
        **_term_options(),
    }


def _term_options() -> dict[str, list[Option]]:
    options: dict[str, list[Option]] = {name: [] for name in TERM_FACETS}
    for pk, facet, slug, name, description in Term.objects.values_list("pk", "facet", "slug", "name", "description"):
        options[facet].append(_option(facet, slug, name, (pk,), description))
    return options
