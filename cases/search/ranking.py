"""The order of hits: bitmaps narrow any number of them to a few hundred, and only those are read and scored.

Reading every hit is what makes engines slow on 100,000 cases; here that number is bounded by ``CANDIDATES``.
"""

from collections.abc import Iterable, Iterator, Sequence

from pyroaring import BitMap

from cases.models import SearchDocument
from cases.search.lookup import Unit

CANDIDATES = 120
WEIGHTS = {"title": 10.0, "names": 8.0, "terms": 7.0, "lead": 4.0, "plain": 3.0, "figures": 2.0, "body": 1.5}
RUN_WEIGHTS = {"title": 8.0, "names": 4.0, "terms": 6.0, "lead": 4.0, "body": 2.0}
SATURATION = 1.5
HEAD_FACTOR = 2


def levels(units: Sequence[Unit], *, head: bool) -> list[BitMap]:
    """``levels[n]`` holds the cases whose matched words weigh at least ``n``; a word in the head weighs more.

    Bitmaps throughout, so the work does not grow with the number of hits, only with the number of words.
    """
    found: list[BitMap] = [BitMap()]
    for unit in units:
        steps = [(unit.body, unit.weight)]
        if head:
            steps.append((unit.head, unit.weight * HEAD_FACTOR))
        for members, weight in steps:
            found = _with(found, members, weight)
    return found


def _with(found: list[BitMap], members: BitMap, weight: int) -> list[BitMap]:
    grown = [level.copy() for level in found] + [BitMap() for _ in range(weight)]
    for level in range(1, len(grown)):
        reached = level - weight
        gained = members if reached <= 0 else found[reached] & members if reached < len(found) else BitMap()
        grown[level] |= gained
    return grown


class Ranking:
    """Hits in order of relevance, worked out as far as a page needs."""

    def __init__(self, units: Sequence[Unit], runs: Iterable[str]) -> None:
        self.units = [unit for unit in units if unit.body]
        self.runs = tuple(runs)
        self._levels = levels(self.units, head=True)

    def page(self, hits: BitMap, start: int, stop: int) -> list[int]:
        """Primary keys of the hits at places ``start`` to ``stop``."""
        best = self._best(hits)
        page = best[start:stop]
        if len(page) < stop - start and len(best) < len(hits):
            page += _slice(self._rest(hits - BitMap(best)), max(0, start - len(best)), stop - len(best))
        return page

    def scores(self, keys: Iterable[int]) -> dict[int, float]:
        rows = SearchDocument.objects.filter(pk__in=list(keys)).values_list("pk", *WEIGHTS)
        return {key: self._score(dict(zip(WEIGHTS, texts, strict=True))) for key, *texts in rows}

    def _best(self, hits: BitMap) -> list[int]:
        """The candidates, scored and sorted; of equals, the one entered first."""
        scored = self.scores(_slice(self._rest(hits), 0, CANDIDATES))
        return sorted(scored, key=lambda key: (-round(scored[key], 6), key))

    def _rest(self, hits: BitMap) -> Iterator[BitMap]:
        """Hits by falling level, those of one level together."""
        left = hits.copy()
        for level in reversed(self._levels[1:]):
            together = left & level
            if together:
                yield together
                left -= together
        yield left

    def _score(self, texts: dict[str, str]) -> float:
        total = sum(unit.idf * _match(unit, texts) for unit in self.units)
        together = sum(len(run) * RUN_WEIGHTS[name] for run in self.runs for name in RUN_WEIGHTS if run in texts[name])
        return total + together


def _match(unit: Unit, texts: dict[str, str]) -> float:
    """In each field the best of the word's patterns counts, the more often it stands there the less each time."""
    total = 0.0
    for name, weight in WEIGHTS.items():
        text, best = texts[name], 0.0
        for pattern, worth in unit.patterns.items():
            if times := text.count(pattern):
                best = max(best, worth * times / (times + SATURATION))
        total += weight * best
    return total * (1 + SATURATION)


def _slice(groups: Iterable[BitMap], start: int, stop: int) -> list[int]:
    """The keys at places ``start`` to ``stop`` of the groups put one after another."""
    keys: list[int] = []
    for group in groups:
        if len(keys) >= stop:
            break
        keys += group[: stop - len(keys)] if len(group) > stop - len(keys) else group
    return keys[start:stop]
