"""Which part of the text is summary, background, approach and results."""

import re
from dataclasses import dataclass, field
from itertools import pairwise

from cases.word.docx.blocks import Block, Paragraph, Span, Table
from cases.word.recognition.headings import RUN_IN, classify_heading, section_named, strip_number
from cases.word.recognition.images import Captions, is_caption
from cases.word.recognition.markdown import NOTE, MarkdownWriter, grid, plain

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
    """Find short lines numbered by hand (1. 开通绿色通道) over a longer, unnumbered text, by id; in a row they are a list."""
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
        phrase, rest = run_in["phrase"], _rest(paragraph, run_in["rest"])
        return Marker(section_named(phrase), phrase, depth_of(paragraph), rest, is_run_in=True)
    spans = [span for span in paragraph.spans if span.text.strip()]
    if len(spans) > 1 and spans[0].bold and not spans[1].bold and section_named(spans[0].text):  # **案例背景** 近年来……
        name = spans[0].text
        return Marker(section_named(name), strip_number(name.strip()).words, 0, spans[1:], is_run_in=True)
    return None


def _rest(paragraph: Paragraph, rest: str) -> list[Span]:
    """Cut out the end of the paragraph that reads ``rest``, with the marks of its notes.

    What stands before it is counted without blanks and marks, which ``plain`` leaves out."""
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


class SectionClassifier:
    """Goes through the text once, writing each block into the section it belongs to."""

    def __init__(self, blocks: list[Block], notes: dict[str, str]) -> None:
        self._blocks = blocks
        self._markers = {id(block): marker_of(block) for block in blocks if isinstance(block, Paragraph)}
        self._tops: dict[str, int] = {}  # the highest rank at which each section is named
        for marker in filter(None, self._markers.values()):
            self._tops[marker.section] = min(self._tops.get(marker.section, 99), marker.depth)
        self._numbered = numbered_headings(blocks)
        numbers: dict[str, int] = {}
        self.writers = {name: MarkdownWriter(notes, numbers) for name in SECTION_NAMES}
        self.lines: dict[str, list[str]] = {name: [] for name in SECTION_NAMES}
        self.captions = Captions()
        self.unsure: list[str] = []
        self.understood: list[str] = []
        self.opened: list[str] = []
        self._current, self._depth = "", 0
        self._headings: list[int] = []
        self.has_markers = any(self._markers.values()) or any(
            is_heading(block) and classify_heading(strip_number(shown(block)).words)[0]
            for block in blocks
            if isinstance(block, Paragraph) and block.role != "title"
        )
        self.default = "background" if self.has_markers else "approach"
        self.lead = 0

    @property
    def section(self) -> str:
        return self._current or self.default

    def classify(self) -> None:
        """Put every block into its section."""
        for block in self._blocks:
            if isinstance(block, Table):
                self._put_text("表", block)
                rows = grid(block)
                self.lines[self.section].extend("，".join(filter(None, row)) for row in rows)
                self.captions.add_images(images_in(block), self.section)
                continue
            marker = self._markers[id(block)] or self._classify_heading(block)
            if marker and self._opens(marker):
                self._open(marker)
                rest = Paragraph(marker.rest, size=block.size) if marker.rest else Paragraph()
                rest.images = block.images
                self._put(rest)
            elif (is_heading(block) or id(block) in self._numbered) and (block.role or not is_caption(block)):
                depth = depth_of(block) or 9
                if self._current == "summary" and "approach" not in self._tops:
                    # A summary has no headings: the first one after it, whatever it says, begins what was done.
                    self._open(Marker("approach", strip_number(shown(block)).words, self._depth))
                    self.unsure.append(f"“{plain(block)}”接在摘要后面，从这里起放到了“做法”，请核对。")
                self._headings = [*(other for other in self._headings if other < depth), depth]
                self._put_text(plain(block))
                if self.section == "summary":  # it is printed as lines, without headings
                    self.lines["summary"].append(shown(block))
                self.writers[self.section].heading(shown(block), level=min(2 + len(self._headings), 5))
                self.captions.add_images(block.images, self.section)
            else:
                self._put(block)

    def _classify_heading(self, block: Paragraph) -> Marker | None:
        """Return the section of a heading that holds its name among other words, at the rank of sections."""
        if not is_heading(block) or block.role == "title":
            return None
        depth, words = depth_of(block), strip_number(shown(block)).words
        if self._current and (not depth or (self._depth and depth > self._depth)):
            return None
        section, is_plain = classify_heading(words)
        return Marker(section, words, depth, is_plain=is_plain, is_meant=True) if section else None

    def _opens(self, marker: Marker) -> bool:
        """Tell whether the marker ends the current section, rather than being a heading within it."""
        if not self._current:
            return True
        if marker.is_run_in:
            return marker.section != self._current and self.writers[marker.section].is_empty
        if not self._depth or marker.depth <= self._depth:
            return True
        if marker.section == self._current or self._tops.get(marker.section, 99) <= self._depth:
            return False
        self.unsure.append(f"“{marker.words}”是下一级的小标题，按意思放到了“{SECTION_WORDS[marker.section]}”，请核对。")
        return True

    def _open(self, marker: Marker) -> None:
        is_again = any(name.startswith(f"{marker.section}:") for name in self.opened)
        self._current, self._depth = marker.section, marker.depth
        self._headings = []
        self.opened.append(f"{marker.section}:{marker.words}")
        if is_again and not marker.is_run_in:
            self.writers[marker.section].heading(marker.words)
            self.lines["summary"] += [marker.words] if marker.section == "summary" else []
        if marker.is_plain and marker.is_meant and not is_again:
            self.understood.append(f"小标题“{marker.words}”认作“{SECTION_WORDS[marker.section]}”。")
        if not marker.is_plain:
            self.unsure.append(f"小标题“{marker.words}”不止一个意思，放到了“{SECTION_WORDS[marker.section]}”，请核对。")

    def _put(self, block: Paragraph) -> None:
        self.captions.add_images(block.images, self.section)
        if block.text and not self.captions.attach(block):
            self._put_text(plain(block), block)
            self.lines[self.section].append(plain(block))

    def _put_text(self, text: str, block: Block | None = None) -> None:
        """Note that ``text`` comes: no caption of the images before it, and lead where no section is open yet."""
        self.captions.reset()
        self.lead += 0 if self._current else len(text)
        if block is not None:
            self.writers[self.section].add(block)


def images_in(table: Table) -> list:
    """List the images anywhere in a table, in order."""
    found = []
    for row in table.rows:
        for cell in row:
            for block in cell.blocks:
                found.extend(images_in(block) if isinstance(block, Table) else block.images)
    return found
