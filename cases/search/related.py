"""Related cases, worked out when a case is written, each with the reason a reader is told."""

import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count
from pyroaring import BitMap

from cases.models import Case, Facet, RelatedCase, SearchDocument, Term
from cases.search import analysis, lexicon, sets
from cases.search.documents import Content

KEPT = 8
SHOWN = 4  # a list that falls below this is worked out again
REFILLED = 50
POOL = 150
BATCH = 200
CHUNK = 500
KNOWN = 200_000  # texts of cases held at once while relating many: about 60 MB
SIGNATURE = 40
RARITY = {Facet.KEYWORD: 2.5, Facet.INSTRUMENT: 1.2, Facet.NEED: 1.2, Facet.AUDIENCE: 0.7, Facet.PRIORITY: 0.3}
SAME_INSTITUTION = 1.0
LIKENESS = 8.0
TOLD = 2
WORDING = {
    Facet.KEYWORD: "都写到",
    Facet.INSTRUMENT: "同为",
    Facet.NEED: "难处同为",
    Facet.AUDIENCE: "都服务",
}


@dataclass(frozen=True)
class Neighbour:
    key: int
    score: float
    reason: str


def signature(content: Content) -> str:
    """The pairs of characters that mark a text, most frequent first, for likeness without reading it again."""
    text = "\n".join((content.title, content.lead, content.body))
    counted: Counter[str] = Counter()
    for run in analysis.runs(text):
        counted.update(analysis.pairs(run) if analysis.is_han(run) else [run])
    told = [(pair, n) for pair, n in counted.items() if n > 1 and len(pair) > 1 and pair not in lexicon.EVERYWHERE]
    told.sort(key=lambda item: (-item[1], item[0]))
    return " ".join(pair for pair, _ in told[:SIGNATURE] if pair not in lexicon.STOP_WORDS)


def relate(keys: Iterable[int]) -> None:
    """Work out the neighbours of these cases, and let each stand among the neighbours of those it is nearest to."""
    library, bereft = Library(), set()
    for key in list(keys):
        neighbours = _write_list(key, library)
        if key in library.published:
            _offer(key, neighbours)
        else:
            bereft |= set(beside([key]))
            RelatedCase.objects.filter(other=key).delete()
    refill(bereft)


def beside(keys: Iterable[int]) -> list[int]:
    """The cases in whose lists any of ``keys`` stands; to be asked before these are deleted, for ``refill``."""
    return list(RelatedCase.objects.filter(other__in=list(keys)).values_list("case", flat=True).distinct())


def refill(keys: Iterable[int]) -> None:
    """Work out again, for up to ``REFILLED`` of these cases, the lists that lost too many neighbours."""
    left = Case.objects.filter(pk__in=list(keys)).annotate(n=Count("related_cases")).filter(n__lt=SHOWN)
    short = list(left.order_by("pk").values_list("pk", flat=True)[:REFILLED])
    if short:
        library = Library()
        for key in short:
            _write_list(key, library)


def relate_afresh(keys: Iterable[int], on_case: Callable[[int], object] = lambda n: None) -> None:
    """Work out the neighbours of many cases from the finished index, a transaction for each ``BATCH``."""
    library, keys = Library(), list(keys)
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        rows = [_row(key, place, n) for key in batch for place, n in enumerate(library.neighbours(key))]
        with transaction.atomic():
            sets.lock()
            RelatedCase.objects.filter(case__in=batch).delete()
            there = _existing({key for row in rows for key in (row.case_id, row.other_id)})
            RelatedCase.objects.bulk_create(row for row in rows if {row.case_id, row.other_id} <= there)
        on_case(len(batch))


def _existing(keys: set[int]) -> set[int]:
    """Which of these cases are there still: one may have been deleted since it was read."""
    ordered = sorted(keys)
    parts = (ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK))
    return {key for part in parts for key in Case.objects.filter(pk__in=part).values_list("pk", flat=True)}


def unrelated() -> list[int]:
    """Keys of indexed cases without neighbours."""
    with_some = RelatedCase.objects.values("case")
    return list(SearchDocument.objects.exclude(pk__in=with_some).values_list("pk", flat=True))


def _write_list(key: int, library: "Library") -> list[Neighbour]:
    """Put the present neighbours of a case in place of the former."""
    neighbours = library.neighbours(key)
    RelatedCase.objects.filter(case=key).delete()
    RelatedCase.objects.bulk_create(_row(key, place, n) for place, n in enumerate(neighbours))
    return neighbours


def _row(case: int, place: int, neighbour: Neighbour) -> RelatedCase:
    return RelatedCase(case_id=case, other_id=neighbour.key, rank=place, score=neighbour.score, reason=neighbour.reason)


def _offer(key: int, neighbours: list[Neighbour]) -> None:
    """Likeness is mutual: put ``key`` where it beats the weakest of a neighbour's own list."""
    mutual = {neighbour.key: neighbour for neighbour in neighbours}
    RelatedCase.objects.filter(other=key).exclude(case__in=mutual).delete()
    rows: dict[int, list[RelatedCase]] = {other: [] for other in mutual}
    for row in RelatedCase.objects.filter(case__in=mutual).exclude(other=key):
        rows[row.case_id].append(row)
    fresh, dropped = [], []
    for other, neighbour in mutual.items():
        own = [*rows[other], RelatedCase(case_id=other, other_id=key, score=neighbour.score, reason=neighbour.reason)]
        own.sort(key=lambda row: (-row.score, row.other_id))
        for place, row in enumerate(own[:KEPT]):
            row.rank = place
        fresh += own[:KEPT]
        dropped += [row.pk for row in own[KEPT:] if row.pk]
    RelatedCase.objects.filter(pk__in=dropped).delete()
    for row in fresh:
        row.pk = None
    RelatedCase.objects.bulk_create(
        fresh,
        update_conflicts=True,
        unique_fields=["case", "other"],
        update_fields=["rank", "score", "reason"],
        batch_size=200,
    )


class Library:
    """What is needed to tell how alike cases are; read once, and each case when first asked for."""

    def __init__(self) -> None:
        self.sets = sets.snapshot()
        self.published = self.sets.members(sets.PUBLISHED)
        self.terms: dict[str, tuple[str, str]] = {}  # facet and name
        self._known: dict[int, tuple[str, str]] = {}

    def neighbours(self, key: int) -> list[Neighbour]:
        """The ``KEPT`` cases most like this one, best first."""
        own, marks = (set(text.split()) for text in self._texts([key]).get(key, ("", "")))
        worth = self._worth(own)
        found = []
        for other, texts in self._texts(self._pool(key, own, worth)).items():
            theirs, signature = (text.split() for text in texts)
            shared = [name for name in theirs if name in worth]
            same = any(name in own for name in theirs if name.startswith("institution:"))
            likeness = LIKENESS * len(marks.intersection(signature)) / SIGNATURE
            score = sum(worth[name] for name in shared) + likeness + SAME_INSTITUTION * same
            found.append((-round(score, 4), other, shared, same))
        return [
            Neighbour(other, -score, self._reason(sorted(shared, key=lambda name: (-worth[name], _number(name))), same))
            for score, other, shared, same in sorted(found)[:KEPT]
        ]

    def _worth(self, own: set[str]) -> dict[str, float]:
        """The terms of a case and what sharing each of them counts: rare ones most."""
        bitmaps = self.sets.bitmaps
        missing = [name for name in own if name.startswith("term:") and name not in self.terms]
        if missing:
            rows = Term.objects.filter(pk__in=[name.removeprefix("term:") for name in missing])
            self.terms |= {f"term:{pk}": (facet, name) for pk, facet, name in rows.values_list("pk", "facet", "name")}
        total = max(1, len(self.published))
        return {
            name: RARITY[self.terms[name][0]] * math.log(1 + total / (1 + len(bitmaps.get(name, ()))))
            for name in own
            if name in self.terms
        }

    def _pool(self, key: int, own: set[str], worth: dict[str, float]) -> list[int]:
        """Published cases that share the rarest terms, then the institution: at most ``POOL``."""
        pool: list[int] = []
        seen = BitMap([key])
        institutions = sorted(name for name in own if name.startswith("institution:"))
        for name in [*sorted(worth, key=lambda name: (-worth[name], name)), *institutions]:
            fresh = (self.sets.members(name) & self.published) - seen
            pool += fresh[: POOL - len(pool)]
            seen |= fresh
            if len(pool) >= POOL:
                break
        return pool

    def _texts(self, keys: Iterable[int]) -> dict[int, tuple[str, str]]:
        """(sets, signature) of these cases."""
        missing = [key for key in keys if key not in self._known]
        if len(self._known) > KNOWN:
            self._known.clear()
            missing = list(keys)
        rows = SearchDocument.objects.filter(pk__in=missing).values_list("pk", "sets", "signature") if missing else ()
        self._known.update({pk: (own, signature) for pk, own, signature in rows})
        return {key: self._known[key] for key in keys if key in self._known}

    def _reason(self, shared: list[str], same_institution: bool) -> str:
        """What two cases have in common, at most two things, the most telling first; the institution last.

        >>> 都写到微粒贷和微业贷；同一家机构
        >>> 难处同为缺抵押缺担保；同为知识产权融资
        """
        told = [term for term in map(self.terms.__getitem__, shared) if term[0] in WORDING][:TOLD]
        parts = []
        for facet in dict.fromkeys(facet for facet, _ in told):
            parts.append(WORDING[facet] + "和".join(name for own, name in told if own == facet))
        if same_institution:
            parts.append("同一家机构")
        return "；".join(parts) or "内容相近"


def _number(name: str) -> int:
    """The primary key in the name of a set: term:12 -> 12."""
    return int(name.partition(":")[2])
