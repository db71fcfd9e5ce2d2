"""Related cases, worked out when a case is written, each with the reason a reader is told."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count
from pyroaring import BitMap

from cases.models import FACETS, Case, RelatedCase, SearchDocument, Term
from cases.search import lexicon
from cases.search.bitmaps import PUBLISHED, current, lock, within

LISTED = 8
SHOWN = 4  # a list that falls below this is worked out again
RECOMPUTED = 50
POOL = 150
BATCH = 200
MAX_KNOWN = 200_000  # texts of cases held at once while relating many: about 60 MB
SAME_INSTITUTION = 1.0
LIKENESS = 8.0
REASONS = 2


@dataclass(frozen=True)
class Neighbour:
    key: int
    score: float
    reason: str


def relate(keys: Iterable[int]) -> None:
    """Work out the neighbours of these cases, and let each stand among the neighbours of those it is nearest to."""
    keys, affected = list(keys), set()
    index = SimilarityIndex() if keys else None
    for key in keys:
        neighbours = index.neighbours(key)
        RelatedCase.objects.filter(case=key).delete()
        RelatedCase.objects.bulk_create(_rows(key, neighbours))
        if key in index.published:
            _insert_reciprocal(key, neighbours)
        else:
            affected |= set(cases_listing([key]))
            RelatedCase.objects.filter(other=key).delete()
    recompute(affected)


def cases_listing(keys: Iterable[int]) -> list[int]:
    """The cases in whose lists any of ``keys`` stands; to be asked before these are deleted, for ``recompute``."""
    return list(RelatedCase.objects.filter(other__in=list(keys)).values_list("case", flat=True).distinct())


def recompute(keys: Iterable[int]) -> None:
    """Work out again, for up to ``RECOMPUTED`` of these cases, the lists that lost too many neighbours."""
    left = Case.objects.filter(pk__in=list(keys)).annotate(n=Count("related_cases")).filter(n__lt=SHOWN)
    short = list(left.order_by("pk").values_list("pk", flat=True)[:RECOMPUTED])
    index = SimilarityIndex() if short else None
    for key in short:
        neighbours = index.neighbours(key)
        RelatedCase.objects.filter(case=key).delete()
        RelatedCase.objects.bulk_create(_rows(key, neighbours))


def rebuild(keys: Iterable[int], on_case: Callable[[int], object] = lambda n: None) -> None:
    """Work out the neighbours of many cases from the finished index, a transaction for each ``BATCH``."""
    index, keys = SimilarityIndex(), list(keys)
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        rows = [row for key in batch for row in _rows(key, index.neighbours(key))]
        with transaction.atomic():
            lock()
            RelatedCase.objects.filter(case__in=batch).delete()
            # One may have been deleted since it was read.
            there = set(
                within(Case.objects.order_by(), {k for r in rows for k in (r.case_id, r.other_id)}).values_list(
                    "pk", flat=True
                )
            )
            RelatedCase.objects.bulk_create(row for row in rows if {row.case_id, row.other_id} <= there)
        on_case(len(batch))


def unrelated() -> list[int]:
    """Keys of indexed cases without neighbours."""
    with_some = RelatedCase.objects.values("case")
    return list(SearchDocument.objects.exclude(pk__in=with_some).values_list("pk", flat=True))


def _rows(case: int, neighbours: list[Neighbour]) -> list[RelatedCase]:
    return [
        RelatedCase(case_id=case, other_id=found.key, rank=place, score=found.score, reason=found.reason)
        for place, found in enumerate(neighbours)
    ]


def _insert_reciprocal(key: int, neighbours: list[Neighbour]) -> None:
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
        for place, row in enumerate(own[:LISTED]):
            row.rank = place
        fresh += own[:LISTED]
        dropped += [row.pk for row in own[LISTED:] if row.pk]
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


class SimilarityIndex:
    """What is needed to tell how alike cases are; read once, and each case when first asked for."""

    def __init__(self) -> None:
        self.state = current()
        self.published = self.state.matching(PUBLISHED)
        self.terms: dict[str, tuple[str, str]] = {}  # facet and name
        self._known: dict[int, tuple[str, str]] = {}

    def neighbours(self, key: int) -> list[Neighbour]:
        """The ``LISTED`` cases most like this one, best first."""
        own, marks = (set(text.split()) for text in self._texts([key]).get(key, ("", "")))
        # What sharing each of its terms counts: rare ones most.
        missing = [name for name in own if name.startswith("term:") and name not in self.terms]
        if missing:
            rows = Term.objects.filter(pk__in=[name.removeprefix("term:") for name in missing])
            self.terms |= {f"term:{pk}": (facet, name) for pk, facet, name in rows.values_list("pk", "facet", "name")}
        bitmaps, total = self.state.facet_bitmaps, max(1, len(self.published))
        worth = {
            name: FACETS[self.terms[name][0]].weight * math.log(1 + total / (1 + len(bitmaps.get(name, ()))))
            for name in own
            if name in self.terms
        }
        found = []
        for other, texts in self._texts(self._pool(key, own, worth)).items():
            theirs, signature = (text.split() for text in texts)
            shared = sorted(
                (name for name in theirs if name in worth),
                key=lambda name: (-worth[name], int(name.removeprefix("term:"))),
            )
            same = any(name in own for name in theirs if name.startswith("institution:"))
            likeness = LIKENESS * len(marks.intersection(signature)) / lexicon.SIGNATURE
            score = sum(worth[name] for name in theirs if name in worth) + likeness + SAME_INSTITUTION * same
            found.append((-round(score, 4), other, shared, same))
        return [
            Neighbour(other, -score, self._reason(shared, same))
            for score, other, shared, same in sorted(found)[:LISTED]
        ]

    def _pool(self, key: int, own: set[str], worth: dict[str, float]) -> list[int]:
        """Published cases that share the rarest terms, then the institution: at most ``POOL``."""
        pool: list[int] = []
        seen = BitMap([key])
        institutions = sorted(name for name in own if name.startswith("institution:"))
        for name in [*sorted(worth, key=lambda name: (-worth[name], name)), *institutions]:
            fresh = (self.state.matching(name) & self.published) - seen
            pool += fresh[: POOL - len(pool)]
            seen |= fresh
            if len(pool) >= POOL:
                break
        return pool

    def _texts(self, keys: Iterable[int]) -> dict[int, tuple[str, str]]:
        """(keys of bitmaps, signature) of these cases."""
        missing = [key for key in keys if key not in self._known]
        if len(self._known) > MAX_KNOWN:
            self._known.clear()
            missing = list(keys)
        rows = (
            SearchDocument.objects.filter(pk__in=missing).values_list("pk", "bitmap_keys", "signature")
            if missing
            else ()
        )
        self._known.update({pk: (own, signature) for pk, own, signature in rows})
        return {key: self._known[key] for key in keys if key in self._known}

    def _reason(self, shared: list[str], same_institution: bool) -> str:
        """What two cases have in common, at most two things, the most telling first; the institution last.

        >>> 都写到微粒贷和微业贷；同一家机构
        >>> 难处同为缺抵押缺担保；同为知识产权融资
        """
        reasons = [term for term in map(self.terms.__getitem__, shared) if FACETS[term[0]].reason][:REASONS]
        parts = []
        for facet in dict.fromkeys(facet for facet, _ in reasons):
            parts.append(FACETS[facet].reason + "和".join(name for own, name in reasons if own == facet))
        if same_institution:
            parts.append("同一家机构")
        return "；".join(parts) or "内容相近"
