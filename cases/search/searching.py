"""One search: a query read, its words looked up, hits narrowed, ordered and explained."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pyroaring import BitMap

from cases.models import Category, Collection, Institution, NameKind, SearchDocument, SearchName
from cases.search.analysis import compact, fold, runs
from cases.search.lookup import Lookup, Unit
from cases.search.query import Query, parse
from cases.search.ranking import WEIGHTS, Ranking, levels
from cases.search.sets import Snapshot

MINIMUM_MATCH = 0.5
SENTENCE, ENOUGH = 4, 5  # words of a query taken for a sentence; cases that are enough for it
VERIFIED = 1000  # phrases are checked against the text of up to so many cases
CHUNK = 200


@dataclass
class Hits:
    """What a query found: ``keys`` as a bitmap, ordered by ``page``.

    ``is_relaxed`` says that no case holds every word and the hits hold most of them. ``missing`` are words no case
    holds, ``corrections`` pairs of (typed, taken for), ``unknown`` values of prefixes that name nothing.
    """

    query: Query
    keys: BitMap
    units: list[Unit]
    ranking: Ranking
    sets: Snapshot
    is_relaxed: bool = False
    unknown: list[str] = field(default_factory=list)

    def page(self, keys: BitMap, start: int, stop: int) -> list[int]:
        """Primary keys at places ``start`` to ``stop`` of ``keys`` (hits, or some of them) by relevance."""
        if not self.ranking.units:
            return list(keys)[start:stop]
        return self.ranking.page(keys, start, stop)

    @property
    def patterns(self) -> list[str]:
        """Folded texts to mark in what is shown, the longest first."""
        found = {pattern for unit in self.units if unit.body for pattern in unit.patterns}
        return sorted(found, key=lambda pattern: (-len(pattern), pattern))

    @property
    def missing(self) -> list[str]:
        return [unit.surface for unit in self.units if not unit.body and not unit.part]

    @property
    def corrections(self) -> list[tuple[str, str]]:
        return [(unit.surface, unit.corrected) for unit in self.units if unit.corrected]


def search(text: str) -> Hits:
    """Published cases for what a reader typed; any string is a valid query."""
    query, lookup = parse(text), Lookup()
    units = lookup.units(query.words)
    phrases = [phrase for phrase in map(lookup.phrase, query.phrases) if phrase]
    base, unknown = _base(query, lookup)
    excluded = _excluded(query, lookup)
    base -= excluded
    for phrase in phrases:
        base &= _verified(phrase, base)
    keys, is_relaxed = _matching(units, base)
    if not units and not phrases and not query.has_prefix and not excluded:
        keys = BitMap()
    ranking = Ranking([*units, *phrases], _runs(query))
    return Hits(query, keys, [*units, *phrases], ranking, lookup.sets, is_relaxed, unknown)


def _base(query: Query, lookup: Lookup) -> tuple[BitMap, list[str]]:
    """The cases the prefixes leave, and the prefixes that name nothing."""
    base, unknown = lookup.visible.copy(), []
    for label, values, resolve in (
        ("机构", query.institutions, _institution_sets),
        ("章节", query.categories, _category_sets),
        ("年", query.years, _year_sets),
    ):
        if values:
            keys = {value: resolve(value) for value in values}
            unknown += [f"{label}:{value}" for value in values if not keys[value]]
            base &= lookup.sets.members(*(key for found in keys.values() for key in found))
    return base, unknown


def _institution_sets(value: str) -> list[str]:
    found = SearchName.objects.filter(kind=NameKind.INSTITUTION, text__contains=fold(value))
    owners = set(found.values_list("owner", flat=True))
    owners |= set(_branches(owners))
    return [f"institution:{owner}" for owner in owners]


def _branches(owners: set[int]) -> list[int]:
    return list(Institution.objects.filter(parent__in=owners).values_list("pk", flat=True))


def _category_sets(value: str) -> list[str]:
    return [f"category:{pk}" for pk in Category.objects.filter(name__contains=fold(value)).values_list("pk", flat=True)]


def _year_sets(value: str) -> list[str]:
    digits = fold(value).removesuffix("年")
    if not (digits.isascii() and digits.isdigit() and len(digits) == 4):
        return []
    return [f"collection:{pk}" for pk in Collection.objects.filter(year=int(digits)).values_list("pk", flat=True)]


def _excluded(query: Query, lookup: Lookup) -> BitMap:
    excluded = BitMap()
    for text in query.excluded:
        parts = runs(fold(text))
        if parts:
            excluded |= BitMap.intersection(*(lookup.word("body", part) for part in parts))
    return excluded


def _matching(units: Sequence[Unit], base: BitMap) -> tuple[BitMap, bool]:
    """Cases that hold every word; failing that, those that hold at least half of what the words weigh.

    A whole sentence is seldom all in one case: where few hold all its words, those that hold half are taken in.
    """
    whole = [unit for unit in units if not unit.part]
    if not whole:
        return base, False
    strict = base & BitMap.intersection(*(unit.body for unit in whole))
    if strict and (len(strict) >= ENOUGH or len(whole) < SENTENCE):
        return strict, False
    reached = levels(units, head=False)
    needed = max(1, round(sum(unit.weight for unit in units if unit.body) * MINIMUM_MATCH))
    most = base & reached[min(needed, len(reached) - 1)] if len(reached) > 1 else BitMap()
    return strict | most, not strict


def _verified(phrase: Unit, base: BitMap) -> BitMap:
    """The cases that hold the phrase as it stands, not only its pairs of characters."""
    candidates = phrase.body & base
    if len(candidates) > VERIFIED:
        return candidates
    pattern, keys, kept = next(iter(phrase.patterns)), list(candidates), BitMap()
    for start in range(0, len(keys), CHUNK):
        for document in SearchDocument.objects.filter(pk__in=keys[start : start + CHUNK]).only("pk", *WEIGHTS):
            if any(pattern in getattr(document, name) for name in WEIGHTS):
                kept.add(document.pk)
    return kept


def _runs(query: Query) -> list[str]:
    """What was typed in one piece, to favour cases where it stands in one piece."""
    return [run for run in (compact(fold(word)) for word in query.words) if len(run) > 2]
