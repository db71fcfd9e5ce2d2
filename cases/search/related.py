"""Related cases, worked out when a case is written, each with the reason a reader is told."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Count
from pyroaring import BitMap

from cases.models import Case, Facet, RelatedCase, SearchDocument, Term
from cases.search import analysis, lexicon, sets
from cases.search.documents import Content

KEPT = 8
SHOWN = 4  # a list that falls below this is worked out again
POOL = 150
REFILLED = 50
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
    snapshot = sets.snapshot()
    published = snapshot.members(sets.PUBLISHED)
    bereft: set[int] = set()
    for document, neighbours in _worked_out(keys, snapshot):
        if document.pk in published:
            _offer(document.pk, neighbours)
        else:
            bereft |= set(beside([document.pk]))
            RelatedCase.objects.filter(other=document.pk).delete()
    refill(bereft)


def beside(keys: Iterable[int]) -> list[int]:
    """The cases in whose lists any of ``keys`` stands; to be asked before these are deleted, for ``refill``."""
    return list(RelatedCase.objects.filter(other__in=list(keys)).values_list("case", flat=True).distinct())


def refill(keys: Iterable[int]) -> None:
    """Work out again, for up to ``REFILLED`` of these cases, the lists that lost too many neighbours."""
    left = Case.objects.filter(pk__in=list(keys)).annotate(n=Count("related_cases")).filter(n__lt=SHOWN)
    short = list(left.order_by("pk").values_list("pk", flat=True)[:REFILLED])
    if short:
        for _ in _worked_out(short, sets.snapshot()):
            pass


def _worked_out(keys: Iterable[int], snapshot: sets.Snapshot) -> Iterator[tuple[SearchDocument, list[Neighbour]]]:
    """Write the list of each of these cases anew."""
    documents = list(SearchDocument.objects.filter(pk__in=list(keys)).only("pk", "sets", "signature"))
    terms = _terms({key for document in documents for key in document.sets.split()})
    for document in documents:
        neighbours = _neighbours(document, snapshot, terms)
        RelatedCase.objects.filter(case=document.pk).delete()
        RelatedCase.objects.bulk_create(_row(document.pk, place, n) for place, n in enumerate(neighbours))
        yield document, neighbours


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


def _neighbours(document: SearchDocument, snapshot: sets.Snapshot, terms: dict[str, Term]) -> list[Neighbour]:
    own = set(document.sets.split())
    total = max(1, len(snapshot.members(sets.PUBLISHED)))
    worth = {
        key: RARITY[terms[key].facet] * math.log(1 + total / (1 + len(snapshot.members(key))))
        for key in own
        if key in terms
    }
    marks = set(document.signature.split())
    pool = _pool(document.pk, own, worth, snapshot)
    found = []
    for other in SearchDocument.objects.filter(pk__in=pool).only("pk", "sets", "signature"):
        theirs = set(other.sets.split())
        shared = sorted((key for key in own & theirs if key in worth), key=lambda key: (-worth[key], terms[key].pk))
        common = marks & set(other.signature.split())
        same = any(key.startswith("institution:") for key in own & theirs)
        score = sum(worth[key] for key in shared) + LIKENESS * len(common) / SIGNATURE + SAME_INSTITUTION * same
        found.append(Neighbour(other.pk, round(score, 4), _reason([terms[key] for key in shared], same)))
    found.sort(key=lambda neighbour: (-neighbour.score, neighbour.key))
    return found[:KEPT]


def _pool(key: int, own: set[str], worth: dict[str, float], snapshot: sets.Snapshot) -> list[int]:
    """Published cases that share the rarest terms, then the institution: at most ``POOL``."""
    published = snapshot.members(sets.PUBLISHED)
    pool: list[int] = []
    seen = BitMap([key])
    institutions = sorted(name for name in own if name.startswith("institution:"))
    for name in [*sorted(worth, key=lambda name: (-worth[name], name)), *institutions]:
        fresh = (snapshot.members(name) & published) - seen
        pool += fresh[: POOL - len(pool)]
        seen |= fresh
        if len(pool) >= POOL:
            break
    return pool


def _reason(shared: list[Term], same_institution: bool) -> str:
    """What the two have in common, at most two things, the most telling first; the institution last.

    >>> 都写到微粒贷和微业贷；同一家机构
    >>> 难处同为缺抵押缺担保；同为知识产权融资
    """
    told = [term for term in shared if term.facet in WORDING][:TOLD]
    parts = []
    for facet in dict.fromkeys(term.facet for term in told):
        parts.append(WORDING[facet] + "和".join(term.name for term in told if term.facet == facet))
    if same_institution:
        parts.append("同一家机构")
    return "；".join(parts) or "内容相近"


def _terms(keys: Iterable[str]) -> dict[str, Term]:
    numbers = [int(key.removeprefix("term:")) for key in keys if key.startswith("term:")]
    return {f"term:{term.pk}": term for term in Term.objects.filter(pk__in=numbers)}
