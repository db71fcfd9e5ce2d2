"""Which part of the text is summary, background, approach and results."""

import re
from dataclasses import dataclass, field
from itertools import pairwise

from cases.imports.captions import Captions
from cases.imports.docx.blocks import Block, Paragraph, Span, Table
from cases.imports.markdown import NOTE, Writer, grid, plain
from cases.imports.words import RUN_IN, section_meant, section_named, strip_number

SECTION_NAMES = ("summary", "background", "approach", "results")
SECTION_WORDS = {"summary": "摘要", "background": "背景", "approach": "做法", "results": "成效"}
ENDS_SENTENCE = "。；;，,、！!？?…"
PIECE = re.compile(rf"(?P<mark>{NOTE.pattern})|\S")


@dataclass
class Marker:
    """A place where a section begins; ``rest`` of the line belongs to its text.

    ``is_meant``: the name stands among other words; not ``is_plain``: they name more than one section."""

    section: str
    words: str
    depth: int
    rest: list[Span] = field(default_factory=list)
    is_plain: bool = True
    is_run_in: bool = False
    is_meant: bool = False


def shown(paragraph: Paragraph) -> str:
    """The line as Word shows it, its automatic number included."""
    return f"{paragraph.label}{' ' if paragraph.label[-1:].isalnum() or paragraph.label[-1:] == '.' else ''}{plain(paragraph)}"


def depth_of(paragraph: Paragraph) -> int:
    return paragraph.level if paragraph.role == "heading" else strip_number(shown(paragraph)).rank


def is_heading(paragraph: Paragraph) -> bool:
    """A heading by style, or made by hand: short, bold or numbered 一、（一）, not a sentence."""
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
    """Ids of short lines numbered by hand (1. 开通绿色通道) that stand over a longer, unnumbered text; in a row they are a list."""
    found = set()
    for block, below in pairwise(blocks):
        if not isinstance(block, Paragraph) or not isinstance(below, Paragraph) or block.listed or block.role:
            continue
        text, under = plain(block), plain(below)
        named = strip_number(text).rank in (4, 5, 6) and len(text) <= 24 and text[-1] not in ENDS_SENTENCE + "：:"
        if named and len(under) > len(text) and not strip_number(under).rank and not below.listed:
            found.add(id(block))
    return found


def marker_of(paragraph: Paragraph) -> Marker | None:
    """The section this line opens, if its words are one of the known names; None otherwise."""
    text = shown(paragraph)
    if paragraph.listed == "bullet" or paragraph.role == "label" or not text:
        return None
    words = strip_number(text).words
    section = section_named(text) if len(text) <= 60 else ""
    if section:
        return Marker(section, words, depth_of(paragraph))
    run_in = RUN_IN.match(words)
    if run_in and not paragraph.listed:
        section = section_named(run_in["phrase"])
        return Marker(section, run_in["phrase"], depth_of(paragraph), _rest(paragraph, run_in["rest"]), is_run_in=True)
    return _bold_run_in(paragraph)


def _rest(paragraph: Paragraph, rest: str) -> list[Span]:
    """The end of the paragraph that reads ``rest``, with the marks of its notes. What stands before it is counted
    without blanks and marks, which ``plain`` leaves out."""
    whole = "".join(span.text for span in paragraph.spans)
    before, start = len("".join(NOTE.sub("", whole).split())) - len("".join(rest.split())), 0
    for piece in PIECE.finditer(whole):
        if before <= 0:
            break
        before, start = before - (piece["mark"] is None), piece.end()
    kept = []
    for span in paragraph.spans:
        if start < len(span.text):
            kept.append(Span(span.text[start:], span.bold, span.href))
        start = max(0, start - len(span.text))
    return kept


def _bold_run_in(paragraph: Paragraph) -> Marker | None:
    """**案例背景** followed by plain text in the same paragraph."""
    spans = [span for span in paragraph.spans if span.text.strip()]
    if len(spans) < 2 or not spans[0].bold or spans[1].bold or paragraph.listed:
        return None
    section = section_named(spans[0].text)
    if not section:
        return None
    return Marker(section, strip_number(spans[0].text.strip()).words, 0, spans[1:], is_run_in=True)


class Sorter:
    """Goes through the text once, writing each block into the section it belongs to."""

    def __init__(self, blocks: list[Block], notes: dict[str, str]) -> None:
        self._blocks = blocks
        self._markers = {id(block): marker_of(block) for block in blocks if isinstance(block, Paragraph)}
        self._tops = self._top_depths()
        self._numbered = numbered_headings(blocks)
        numbers: dict[str, int] = {}
        self.writers = {name: Writer(notes, numbers) for name in SECTION_NAMES}
        self.lines: dict[str, list[str]] = {name: [] for name in SECTION_NAMES}
        self.captions = Captions()
        self.unsure: list[str] = []
        self.understood: list[str] = []
        self.opened: list[str] = []
        self._current, self._depth = "", 0
        self._headings: list[int] = []
        self._seen: set[str] = set()
        self.default = "background" if self.has_markers else "approach"
        self.lead = 0

    @property
    def has_markers(self) -> bool:
        return any(self._markers.values()) or any(
            is_heading(block) and section_meant(strip_number(shown(block)).words)[0]
            for block in self._blocks
            if isinstance(block, Paragraph) and block.role != "title"
        )

    def _top_depths(self) -> dict[str, int]:
        tops: dict[str, int] = {}
        for marker in filter(None, self._markers.values()):
            tops[marker.section] = min(tops.get(marker.section, 99), marker.depth)
        return tops

    def sort(self) -> None:
        for block in self._blocks:
            if isinstance(block, Table):
                self._put_table(block)
            else:
                self._paragraph(block)

    @property
    def section(self) -> str:
        return self._current or self.default

    def _paragraph(self, block: Paragraph) -> None:
        marker = self._markers[id(block)] or self._meant(block)
        if marker and self._opens(marker):
            self._open(marker)
            if marker.rest:
                self._put(Paragraph(marker.rest, size=block.size, pictures=block.pictures))
            elif block.pictures:
                self._put(Paragraph(pictures=block.pictures))
        elif (is_heading(block) or id(block) in self._numbered) and not self._is_caption(block):
            self._heading(block)
        else:
            self._put(block)

    def _is_caption(self, block: Paragraph) -> bool:
        return self.captions.is_caption(block) and not block.role

    def _meant(self, block: Paragraph) -> Marker | None:
        """A heading that holds the name of a section among other words, at the rank of sections."""
        if not is_heading(block) or block.role == "title":
            return None
        depth = depth_of(block)
        if self._current and (not depth or (self._depth and depth > self._depth)):
            return None
        section, is_plain = section_meant(strip_number(shown(block)).words)
        return (
            Marker(section, strip_number(shown(block)).words, depth, is_plain=is_plain, is_meant=True)
            if section
            else None
        )

    def _opens(self, marker: Marker) -> bool:
        """Whether the marker ends the current section, rather than being a heading within it."""
        if not self._current:
            return True
        if marker.is_run_in:
            return marker.section != self._current and self.writers[marker.section].is_empty
        deeper = bool(self._depth and marker.depth > self._depth)
        if not deeper:
            return True
        if marker.section == self._current or self._tops.get(marker.section, 99) <= self._depth:
            return False
        self.unsure.append(f"“{marker.words}”是下一级的小标题，按意思放到了“{SECTION_WORDS[marker.section]}”，请核对。")
        return True

    def _open(self, marker: Marker) -> None:
        again = marker.section in self._seen
        self._seen.add(marker.section)
        self._current, self._depth = marker.section, marker.depth
        self._headings = []
        self.opened.append(squeezed_words(marker))
        if again and not marker.is_run_in:
            self.writers[marker.section].heading(marker.words)
            self.lines["summary"] += [marker.words] if marker.section == "summary" else []
        if marker.is_plain and marker.is_meant and not again:
            self.understood.append(f"小标题“{marker.words}”认作“{SECTION_WORDS[marker.section]}”。")
        if not marker.is_plain:
            self.unsure.append(f"小标题“{marker.words}”不止一个意思，放到了“{SECTION_WORDS[marker.section]}”，请核对。")

    def _heading(self, block: Paragraph) -> None:
        depth = depth_of(block) or 9
        while self._headings and self._headings[-1] >= depth:
            self._headings.pop()
        self._headings.append(depth)
        self.captions.text_met()
        self._count_lead(plain(block))
        if self.section == "summary":  # it is printed as lines, without headings
            self.lines["summary"].append(shown(block))
        self.writers[self.section].heading(shown(block), level=min(2 + len(self._headings), 5))
        self.captions.pictures(block.pictures, self.section)

    def _put(self, block: Paragraph) -> None:
        section = self.section
        if block.pictures:
            self.captions.pictures(block.pictures, section)
        if not block.text:
            return
        if self.captions.takes(block):
            return
        self.captions.text_met()
        self._count_lead(plain(block))
        self.lines[section].append(plain(block))
        self.writers[section].add(block)

    def _put_table(self, table: Table) -> None:
        self.captions.text_met()
        self._count_lead("表")
        rows = grid(table)
        self.lines[self.section].extend("，".join(filter(None, row)) for row in rows)
        self.writers[self.section].add(table)
        self.captions.pictures(pictures_in(table), self.section)

    def _count_lead(self, text: str) -> None:
        self.lead += 0 if self._current else len(text)


def squeezed_words(marker: Marker) -> str:
    return f"{marker.section}:{marker.words}"


def pictures_in(table: Table) -> list:
    """Pictures anywhere in a table, in order."""
    found = []
    for row in table.rows:
        for cell in row:
            for block in cell.blocks:
                found.extend(pictures_in(block) if isinstance(block, Table) else block.pictures)
    return found
