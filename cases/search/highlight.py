"""What was found, marked in the text: safe HTML, on the original characters."""

import re
from collections.abc import Sequence
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from cases.search.analysis import HAN, fold, sentences, strip_markdown

SNIPPET = 96
LEAD_IN = 20
MAX_TEXT = 20_000
GAP = " ?"
SIDES = re.compile(rf"(?<=[{HAN}])(?=[^{HAN}])|(?<=[^{HAN}])(?=[{HAN}])")


def mark(text: str, patterns: Sequence[str]) -> SafeString:
    """``text`` escaped, with every pattern (folded, the longest first) in ``<mark>``."""
    return _marked(text, spans(text, patterns))


def snippets(text: str, patterns: Sequence[str], count: int = 2) -> list[SafeString]:
    """The ``count`` sentences of a Markdown text that hold most of the patterns, in their order, shortened."""
    expression = _expression(tuple(patterns))
    if expression is None:
        return []
    found = []
    whole = sentences(strip_markdown(text[:MAX_TEXT]))
    for place, (sentence, folded) in enumerate(zip(whole, _folded(whole), strict=True)):
        hits = {match.group() for match in expression.finditer(folded)}
        if hits:
            found.append((-sum(map(len, hits)), place, sentence))
    best = sorted(sorted(found)[:count], key=lambda item: item[1])
    return [_shortened(sentence, patterns) for _, _, sentence in best]


def spans(text: str, patterns: Sequence[str]) -> list[tuple[int, int]]:
    """(start, end) in ``text`` of every place a pattern stands, without overlap."""
    expression = _expression(tuple(patterns))
    if expression is None:
        return []
    folded, places = _with_places(text)
    return [(places[m.start()], places[m.end()]) for m in expression.finditer(folded) if m.end() > m.start()]


@lru_cache(maxsize=64)
def _expression(patterns: tuple[str, ...]) -> re.Pattern[str] | None:
    """One expression for all patterns; between Han and other characters a space may stand, as typography sets it."""
    longer = [pattern for pattern in patterns if len(pattern) > 1]
    told = [GAP.join(map(re.escape, SIDES.split(pattern))) for pattern in (longer or patterns) if pattern]
    return re.compile("|".join(told)) if told else None


def _folded(whole: list[str]) -> list[str]:
    """Each of the sentences folded; in one piece, which is many times faster."""
    folded = fold("\n".join(whole)).split("\n")
    return folded if len(folded) == len(whole) else [fold(sentence) for sentence in whole]


def _with_places(text: str) -> tuple[str, Sequence[int]]:
    """``text`` folded, and for each place in it the place in ``text``."""
    folded = fold(text)
    if len(folded) == len(text):
        return folded, range(len(text) + 1)
    pieces, places = [], []
    for place, character in enumerate(text):
        piece = fold(character)
        pieces.append(piece)
        places += [place] * len(piece)
    return "".join(pieces), [*places, len(text)]


def _shortened(sentence: str, patterns: Sequence[str]) -> SafeString:
    found = spans(sentence, patterns)
    start = max(0, found[0][0] - LEAD_IN) if found and len(sentence) > SNIPPET else 0
    shown = sentence[start : start + SNIPPET]
    before = "…" if start else ""
    after = "…" if start + SNIPPET < len(sentence) else ""
    return mark_safe(before + mark(shown, patterns) + after)  # noqa: S308 -- mark escapes


def _marked(text: str, found: list[tuple[int, int]]) -> SafeString:
    parts, last = [], 0
    for start, end in found:
        parts += [escape(text[last:start]), "<mark>", escape(text[start:end]), "</mark>"]
        last = end
    parts.append(escape(text[last:]))
    return mark_safe("".join(parts))  # noqa: S308 -- every piece of text is escaped above
