"""Facets of a filtered list: every value with its live count and the link that switches it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.http import QueryDict
from pyroaring import BitMap

from cases.filters import CaseFilter
from cases.models import Case, Category, Collection, Facet, Institution, InstitutionType, Term
from cases.search.dimensions import count, sets_of

SHOWN_AT_FIRST = 8
OFFERED_AT_MOST = 40  # long dimensions offer their most frequent values; search finds the others
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
    pks: tuple[int, ...]
    sets: tuple[str, ...]
    description: str = ""


def _option(dimension: str, slug: str, label: str, pks: Iterable[int], description: str = "") -> Option:
    pks = tuple(pks)
    return Option(slug, label, pks, sets_of(dimension, pks), description)


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

    Counting takes one query for each of term, category, institution and collection, and one more for each
    dimension that has a selection (its own counts ignore it); a search counts without queries.
    """
    links, hits = _Links(path, data), case_filter.hits
    counts = _Counts(case_filter) if hits is None else _HitCounts(case_filter)
    options = {**(_named_options("") if hits is None else _named_options(hits.sets.names_stamp)), **_book_options()}
    groups = []
    for name in CaseFilter.DIMENSIONS:
        if name in case_filter.fixed:
            continue
        chosen = set(case_filter.selected(name))
        values = tuple(
            FacetValue(
                slug=option.slug,
                label=option.label,
                count=count,
                selected=option.slug in chosen,
                toggle_url=links.toggling(name, option.slug),
                description=option.description,
            )
            for option, count in _offered(name, options[name], chosen, counts)
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


def _offered(name: str, options: list[Option], chosen: set[str], counts) -> list[tuple[Option, int]]:
    """The options with cases, and those chosen, each with its count; of long dimensions the most frequent."""
    counted = ((option, counts.of(name, option)) for option in options)
    offered = [(option, count) for option, count in counted if count or option.slug in chosen]
    if name in ("institution", "keyword"):
        return sorted(offered, key=lambda item: (item[0].slug not in chosen, -item[1]))[:OFFERED_AT_MOST]
    return offered


class _Counts:
    """Case counts by primary key of category, institution, collection or term, fetched when first needed."""

    COLUMN = {
        "category": "category_id",
        "institution": "institution_id",
        "type": "institution_id",
        "collection": "collection_id",
        "year": "collection_id",
    }

    def __init__(self, case_filter: CaseFilter) -> None:
        self.case_filter = case_filter
        self.fetched: dict[tuple[str, str], dict[int, int]] = {}

    def of(self, name: str, option: Option) -> int:
        counted = self._counted(name)
        return sum(counted.get(pk, 0) for pk in option.pks)

    def _counted(self, name: str) -> dict[int, int]:
        column = self.COLUMN.get(name, "terms")
        open_dimension = name if self.case_filter.selected(name) else ""
        key = (column, open_dimension)
        if key not in self.fetched:
            self.fetched[key] = _count_by(self.case_filter.without(open_dimension), column)
        return self.fetched[key]


class _HitCounts:
    """Case counts of a search: bitmaps, no queries."""

    def __init__(self, case_filter: CaseFilter) -> None:
        self.sets = case_filter.hits.sets
        self.narrowed = case_filter.narrowed if case_filter.form.is_valid() else {"": BitMap()}

    def of(self, name: str, option: Option) -> int:
        return count(self.sets, option.sets, self.narrowed.get(name, self.narrowed[""]))


def _count_by(cases: QuerySet, column: str) -> dict[int, int]:
    if column == "terms":
        through = Case.terms.through.objects.filter(case_id__in=cases.order_by().values("pk"))
        return dict(through.values_list("term_id").annotate(n=Count("id")).order_by())
    return dict(cases.order_by().values_list(column).annotate(n=Count("pk")).order_by())


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
