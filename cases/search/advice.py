"""What to tell a reader whose words found nothing, or not all."""

from dataclasses import dataclass

from django.db.models import Q

from cases.models import NameKind, SearchName
from cases.search.analysis import fold, is_han, pairs, runs
from cases.search.searching import Hits, search

MOST_DROPS = 4
MOST_NAMES = 6


@dataclass(frozen=True)
class Advice:
    """``drops`` are (query without one word, that word, how many cases it finds); ``names`` are names alike."""

    missing: list[str]
    unknown: list[str]
    corrections: list[tuple[str, str]]
    drops: list[tuple[str, str, int]]
    names: list[str]
    is_relaxed: bool
    was_cut: bool
    has_words: bool


def advise(hits: Hits) -> Advice:
    """Words that found nothing are named always; what to drop and names alike only where nothing was found."""
    helpless = not hits.keys
    return Advice(
        missing=hits.missing,
        unknown=hits.unknown,
        corrections=hits.corrections,
        drops=_drops(hits) if helpless else [],
        names=_names_like(hits) if helpless else [],
        is_relaxed=hits.is_relaxed and not helpless,
        was_cut=hits.query.was_cut,
        has_words=bool(hits.units or hits.keys) or hits.query.has_prefix,
    )


def _drops(hits: Hits) -> list[tuple[str, str, int]]:
    """The query without each of its words, where that finds something."""
    words = hits.query.text.split()
    if not 1 < len(words) <= MOST_DROPS * 2:
        return []
    found = []
    for place, word in enumerate(words):
        rest = " ".join(words[:place] + words[place + 1 :])
        count = len(search(rest).keys)
        if count:
            found.append((rest, word, count))
    return sorted(found, key=lambda item: -item[2])[:MOST_DROPS]


def _names_like(hits: Hits) -> list[str]:
    """Names that share two neighbouring characters with what found nothing."""
    parts = {pair for word in hits.query.words for run in runs(fold(word)) if is_han(run) for pair in pairs(run)}
    alike = Q()
    for part in sorted(parts)[:20]:
        alike |= Q(text__contains=part)
    if not parts or not any(len(part) > 1 for part in parts):
        return []
    names = SearchName.objects.filter(alike).exclude(kind=NameKind.WORD).order_by("kind", "text")
    return list(dict.fromkeys(names.values_list("label", flat=True)[: MOST_NAMES * 3]))[:MOST_NAMES]
