"""Find cases by words: one query, ranked by where the words stand.

A plain engine on both databases: every word must stand somewhere (title, institution, terms, summary, figures, text); where
nothing has them all, cases that share at least half of the question's character pairs are found instead.
"""

import re
from dataclasses import dataclass

from django.db.models import Case as FirstOf
from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When

from cases.models import Case, KeyFigure
from cases.search.query import grams, normalise, words

HAN_LATIN = re.compile(r"(?<=[\u3400-\u9fff])(?=[a-z0-9])|(?<=[a-z0-9%])(?=[\u3400-\u9fff])")
WEIGHTED_FIELDS = (
    (10, ("title", "subtitle")),
    (8, ("institution__name", "institution__short_name", "institution__other_names")),
    (4, ("summary", "regions")),
    (1, ("background", "approach", "results", "code")),
)
TERM_WEIGHT, FIGURE_WEIGHT = 6, 3


@dataclass(frozen=True)
class Search:
    """A search text ready to be applied: ``strict`` asks for every word, otherwise for half of the pairs."""

    pieces: tuple[str, ...]
    strict: bool = True

    @classmethod
    def of(cls, text: str) -> "Search":
        return cls(tuple(piece for word in words(text) for piece in HAN_LATIN.split(word)))

    @classmethod
    def loose(cls, text: str) -> "Search":
        return cls(tuple(grams(text)), strict=False)

    def apply(self, cases: QuerySet) -> QuerySet:
        """``cases`` with an integer ``score``, those that match; no order is set."""
        if not self.pieces:
            return cases.none()
        scores = [_score(piece) for piece in self.pieces]
        cases = cases.annotate(**{f"hit{n}": score for n, score in enumerate(scores)})
        hits = [F(f"hit{n}") for n in range(len(scores))]
        total = sum(hits, Value(0))
        if self.strict:
            return cases.filter(**{f"hit{n}__gt": 0 for n in range(len(scores))}).annotate(score=total)
        matched = sum((FirstOf(When(**{f"hit{n}__gt": 0}, then=1), default=0) for n in range(len(scores))), Value(0))
        return cases.annotate(matched=matched, score=total).filter(matched__gte=(len(scores) + 1) // 2)


def choose(cases: QuerySet, text: str) -> Search | None:
    """The strict search where it finds anything in ``cases``, else the loose one; ``None`` for no text."""
    if not normalise(text):
        return None
    strict = Search.of(text)
    return strict if strict.apply(cases).exists() else Search.loose(text)


def _score(piece: str) -> FirstOf:
    """The weight of the best place where ``piece`` stands, 0 for none."""
    branches = [When(_any_contains(fields, piece), then=weight) for weight, fields in WEIGHTED_FIELDS[:2]]
    branches.append(When(Exists(_term(piece)), then=TERM_WEIGHT))
    branches.append(When(_any_contains(WEIGHTED_FIELDS[2][1], piece), then=WEIGHTED_FIELDS[2][0]))
    branches.append(When(Exists(_figure(piece)), then=FIGURE_WEIGHT))
    branches.append(When(_any_contains(WEIGHTED_FIELDS[3][1], piece), then=WEIGHTED_FIELDS[3][0]))
    return FirstOf(*branches, default=0, output_field=IntegerField())


def _any_contains(fields: tuple[str, ...], piece: str) -> Q:
    condition = Q()
    for field in fields:
        condition |= Q(**{f"{field}__icontains": piece})
    return condition


def _term(piece: str) -> QuerySet:
    return Case.terms.through.objects.filter(case=OuterRef("pk"), term__name__icontains=piece)


def _figure(piece: str) -> QuerySet:
    return KeyFigure.objects.filter(case=OuterRef("pk")).filter(_any_contains(("label", "value"), piece))
