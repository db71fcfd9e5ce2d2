"""Lines that open a part, or a heading within one: names of sections, headings made by style or by hand."""

import re
from dataclasses import dataclass, field
from itertools import pairwise

from cases.word.docx.blocks import Block, Paragraph, Span
from cases.word.recognition.headings import RUN_IN, section_named, strip_number
from cases.word.recognition.markdown import NOTE, plain

ENDS_SENTENCE = "。；;，,、！!？?…"
PIECE = re.compile(rf"(?P<mark>{NOTE.pattern})|\S")


@dataclass
class Marker:
    """A place where a section begins; ``rest`` of the line belongs to its text.

    ``is_meant``: the name stands among other words; not ``is_plain``: they name more than one section; ``is_topic``: they
    say more than the name, and stay in the text."""

    section: str
    words: str
    depth: int
    rest: list[Span] = field(default_factory=list)
    is_plain: bool = True
    is_run_in: bool = False
    is_meant: bool = False
    is_topic: bool = False


def shown(paragraph: Paragraph) -> str:
    """Return the line as Word shows it, its automatic number included."""
    return f"{paragraph.label}{' ' if paragraph.label[-1:].isalnum() or paragraph.label[-1:] == '.' else ''}{plain(paragraph)}"


def depth_of(paragraph: Paragraph) -> int:
    return paragraph.level if paragraph.role == "heading" else strip_number(shown(paragraph)).rank


def is_heading(paragraph: Paragraph) -> bool:
    """Tell a heading by style, or made by hand: short, bold or numbered 一、（一）, not a sentence."""
    text = plain(paragraph)
    if not text or paragraph.role in ("label", "caption"):
        return False
    if paragraph.role in ("heading", "title", "subtitle"):
        return len(text) <= 120
    if len(text) > 40 or text[-1] in ENDS_SENTENCE or "。" in text or paragraph.listed == "bullet":
        return False
    rank = strip_number(shown(paragraph)).rank
    return (paragraph.is_bold and len(text) <= 32 and text[-1] not in "：:") or 1 <= rank <= 3


def numbered_headings(blocks: list[Block]) -> set[int]:
    """Find short numbered lines (1. 开通绿色通道) over a longer, unnumbered text, by id; in a row they are a list."""
    found, above = set(), False
    for block, below in pairwise(blocks):
        is_item = isinstance(block, Paragraph) and not block.role and block.listed != "bullet"
        text = shown(block) if is_item else ""
        rank = strip_number(text).rank
        is_item = rank in (4, 5, 6) and len(text) <= 36 and text[-1] not in ENDS_SENTENCE + "：:"
        if is_item and not above and isinstance(below, Paragraph) and not below.listed:
            under = plain(below)
            if len(under) > len(text) and not 0 < strip_number(under).rank <= rank:
                found.add(id(block))
        above = is_item
    return found


def marker_of(paragraph: Paragraph) -> Marker | None:
    """Return the section this line opens, if its words are one of the known names; None otherwise."""
    text = shown(paragraph)
    if paragraph.listed == "bullet" or paragraph.role == "label" or not text:
        return None
    words = strip_number(text).words
    section = section_named(text) if len(text) <= 60 else ""
    if section:
        return Marker(section, words, depth_of(paragraph))
    if paragraph.listed:
        return None
    if run_in := RUN_IN.match(words):  # 案例背景：近年来……
        phrase, rest = run_in["phrase"], cut_rest(paragraph, run_in["rest"])
        return Marker(section_named(phrase), phrase, depth_of(paragraph), rest, is_run_in=True)
    spans = [span for span in paragraph.spans if span.text.strip()]
    if len(spans) > 1 and spans[0].bold and not spans[1].bold and section_named(spans[0].text):  # **案例背景** 近年来……
        name = spans[0].text
        return Marker(section_named(name), strip_number(name.strip()).words, 0, spans[1:], is_run_in=True)
    return None


def cut_rest(paragraph: Paragraph, rest: str, *, before: bool = False) -> list[Span]:
    """Cut out the end of the paragraph that reads ``rest``, with the marks of its notes; or what stands ``before`` it.

    What stands before it is counted without blanks and marks, which ``plain`` leaves out."""
    whole = "".join(span.text for span in paragraph.spans)
    left, start = len("".join(NOTE.sub("", whole).split())) - len("".join(rest.split())), 0
    for piece in PIECE.finditer(whole):
        if left <= 0:
            break
        left, start = left - (piece["mark"] is None), piece.end()
    kept = []
    for span in paragraph.spans:
        text = span.text[:start] if before else span.text[start:]
        if text:
            kept.append(Span(text, span.bold, span.href))
        start = max(0, start - len(span.text))
    return kept
