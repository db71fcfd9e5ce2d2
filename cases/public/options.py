"""What a list can be narrowed to, before counting, and by which addresses."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

from cases.models import FACETS, Category, Collection, Institution, InstitutionType, Term
from cases.models.places import PLACES
from cases.search.branches import families

FIRST_YEAR, LAST_YEAR = 1949, 2099


@dataclass(frozen=True)
class Option:
    """A value that could be offered, before counting; ``keys`` name the bitmaps of its cases."""

    slug: str
    label: str
    keys: tuple[str, ...]
    description: str = ""


PLACE_OPTIONS = [Option(slug, name, (f"region:{slug}",)) for slug, name in PLACES.items()]
PERIOD_OPTIONS = [Option(str(year), f"{year} 年", (f"period:{year}",)) for year in range(LAST_YEAR, FIRST_YEAR - 1, -1)]


def read_options(names_stamp: str) -> dict[str, list[Option]]:
    """Options by dimension; those with names are read once for each state of the names, where that is known."""
    collections = list(Collection.objects.values_list("pk", "slug", "title", "year"))
    of_year = defaultdict(list)
    for pk, _, _, year in collections:
        of_year[year].append(f"collection:{pk}")
    return {
        **(_named_options(names_stamp) if names_stamp else _named_options.__wrapped__("")),
        "collection": [Option(slug, f"《{title}》", (f"collection:{pk}",)) for pk, slug, title, _ in collections],
        "year": [Option(str(year), f"{year} 年", tuple(of_year[year])) for year in sorted(of_year, reverse=True)],
        "region": PLACE_OPTIONS,
        "period": PERIOD_OPTIONS,
    }


@lru_cache(maxsize=2)
def _named_options(names_stamp: str) -> dict[str, list[Option]]:
    rows = list(Institution.objects.values_list("pk", "slug", "short_name", "type", "parent"))
    institutions, of_all_below = [row[:4] for row in rows], families((row[0], row[4]) for row in rows)
    of_type = defaultdict(list)
    for pk, _, _, kind in institutions:
        of_type[kind].append(f"institution:{pk}")
    terms: dict[str, list[Option]] = {facet: [] for facet in FACETS}
    for pk, facet, slug, name, description in Term.objects.values_list("pk", "facet", "slug", "name", "description"):
        terms[facet].append(Option(slug, name, (f"term:{pk}",), description))
    return {
        "category": [Option(c.slug, c.name, (f"category:{c.pk}",)) for c in Category.objects.only("slug", "name")],
        "institution": [Option(slug, name, of_all_below[pk]) for pk, slug, name, _ in institutions],
        "type": [Option(value, label, tuple(of_type[value])) for value, label in InstitutionType.choices],
        **terms,
    }


def toggles(path: str, query: Mapping[str, list[str]], name: str) -> Callable[[str], str]:
    """What makes, of each value of ``name``, the address of the list with it added or taken away; always from its first page.

    A page has 250 of these: what does not change is encoded once.
    """
    values, names = query.get(name, []), [*query] if name in query else [*query, name]
    place = names.index(name)
    before, after = (
        urlencode({other: query[other] for other in others}, doseq=True)
        for others in (names[:place], names[place + 1 :])
    )

    def toggled(value: str) -> str:
        changed = [item for item in values if item != value] if value in values else [*values, value]
        encoded = "&".join(filter(None, (before, urlencode({name: changed}, doseq=True), after)))
        return f"{path}?{encoded}" if encoded else path

    return toggled
