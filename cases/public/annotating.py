"""Marks in a case's rendered text: terms of the glossary at their first mention, figures where they stand.

Works on the HTML of ``rendering``, whose tags nh3 has made well-formed; only text between tags is touched, never that
of headings, links or code.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from django.urls import reverse
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe

from cases.models import GlossaryEntry, KeyFigure
from cases.models.figure import value_pattern
from cases.public.languages import wording

TAG = re.compile(r"(<[^>]*>)")
NAME = re.compile(r"</?\s*([a-z0-9]+)", re.I)
UNTOUCHED = {"a", "code", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "th"}
Entry = tuple[int, str, str, str]  # primary key, term, other names, definition


def annotate(
    texts: Sequence[tuple[str, str]], figures: Iterable[KeyFigure], mentions: "Mentions | None" = None
) -> dict[str, SafeString]:
    """The HTML of each (section, HTML) with glossary terms linked and figures anchored as ``#at-<order>``. 1 query,
    none where ``mentions`` are given; these then hold what was mentioned."""
    mentions = mentions or read_mentions()
    figures = list(figures)
    return {
        name: mark_safe(_annotated(html, mentions, [figure for figure in figures if figure.section == name]))  # noqa: S308 -- only our own tags are added to what nh3 made safe
        for name, html in texts
    }


class Mentions:
    """Links glossary terms, each at its first mention in the texts of one page."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self.pattern, self.entries = _lookup(entries)
        self.seen: dict[int, tuple[str, str]] = {}  # (as written, definition), in the order of mention
        self.url = reverse("cases:glossary")

    def link(self, text: str) -> str:
        def replacement(match: re.Match) -> str:
            key, term, definition = self.entries[match[0]]
            if key in self.seen:
                return match[0]
            definition = wording("glossaryentry", term, "definition", definition)
            self.seen[key] = (match[0], definition)
            return (
                f'<a class="gloss" href="{self.url}#term-{key}" title="{conditional_escape(definition)}">{match[0]}</a>'
            )

        return self.pattern.sub(replacement, text) if self.pattern else text


def read_mentions() -> Mentions:
    entries = GlossaryEntry.objects.order_by("pk").values_list("pk", "term", "other_names", "definition")
    return Mentions(tuple(entries))


@lru_cache(maxsize=4)
def _lookup(entries: tuple[Entry, ...]) -> tuple[re.Pattern | None, dict[str, tuple[int, str, str]]]:
    """One pattern of every name, the longest first, and what each stands for."""
    names: dict[str, tuple[int, str, str]] = {}
    for key, term, other_names, definition in entries:
        for name in (term, *other_names.splitlines()):
            if len(name.strip()) > 1:
                names.setdefault(escape(name.strip()), (key, term, definition))
    if not names:
        return None, {}
    longest_first = sorted(names, key=len, reverse=True)
    # A Latin name is a word of its own: "ABN", not the middle of another.
    bounded = [
        rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])" if name.isascii() else re.escape(name)
        for name in longest_first
    ]
    return re.compile("|".join(bounded)), names


def _annotated(html: str, mentions: Mentions, figures: list[KeyFigure]) -> str:
    waiting = {figure.order: value_pattern(escape(figure.value)) for figure in figures}
    pieces, closed = TAG.split(html), 0
    for place, piece in enumerate(pieces):
        if piece.startswith("<"):
            name = NAME.match(piece)
            if name and name[1].lower() in UNTOUCHED:
                closed += -1 if piece.startswith("</") else 1
        elif not closed and piece.strip():
            pieces[place] = _marked(piece, mentions, waiting)
    return "".join(pieces)


def _marked(text: str, mentions: Mentions, waiting: dict[int, re.Pattern]) -> str:
    """``text`` with an anchor around each figure that waits for its place, and terms linked outside of these."""
    found = sorted((*match.span(), order) for order, pattern in waiting.items() if (match := pattern.search(text)))
    pieces, done = [], 0
    for start, end, order in found:
        if start >= done:
            waiting.pop(order)
            pieces += [
                mentions.link(text[done:start]),
                f'<span class="figure-here" id="at-{order}">{text[start:end]}</span>',
            ]
            done = end
    return "".join([*pieces, mentions.link(text[done:])])
