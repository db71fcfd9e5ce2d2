"""What a search adds to a list of cases: the words marked, sentences that hold them, advice."""

from collections.abc import Iterable

from cases.models import Case
from cases.search.highlight import mark, snippets
from cases.search.searching import Hits

SECTIONS = ("background", "approach", "results")


def mark_found(cases: Iterable[Case], hits: Hits) -> None:
    """Give each case ``found``: its title, subtitle and summary marked, and sentences of its text with the words."""
    patterns = hits.patterns
    for case in cases:
        text = "\n".join(getattr(case, name) for name in SECTIONS)
        case.found = {
            "title": mark(case.title, patterns),
            "subtitle": mark(case.subtitle, patterns),
            "summary": mark(case.summary, patterns),
            "snippets": snippets(text, patterns),
        }
