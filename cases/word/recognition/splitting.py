"""A file with many cases: where each begins. A guess: nothing becomes a draft before somebody has seen the titles."""

import re
from collections import Counter
from dataclasses import dataclass

from cases.word.docx.blocks import Block, Paragraph
from cases.word.recognition.headings import (
    DATE_LINE,
    RUN_IN,
    SECTION_OF,
    SERIAL,
    is_institution,
    label_key,
    labelled,
    strip_number,
)
from cases.word.recognition.markdown import plain
from cases.word.recognition.markers import ENDS_SENTENCE, marker_of

MAX_CASES = 60
LEAD = 12  # blocks between the title of a case and the first name of a part
ENOUGH = 150  # characters of a case
CONTENTS = re.compile(r"^目[\s\u3000]*录$|(?:…|\.{3}|·{3}|-{3})[\s\u3000]*\d{1,4}$|\t\d{1,4}$")
LONG = 80  # characters of a line that may be a title
TITLE_LINES = 4
CHAPTER = re.compile(r"^第[一二三四五六七八九十百\d]{1,3}(?:章|篇章|部分|篇|类|辑|编)[\s\u3000、：:]*(?P<name>\S.*)$")


@dataclass(frozen=True)
class Piece:
    """One case of a file: its blocks, the chapter heading it stands under, and lines before the first that are no case."""

    blocks: list[Block]
    chapter: str = ""
    left: tuple[str, ...] = ()


def split_cases(blocks: list[Block]) -> list[Piece]:
    """Cut the text at the titles of its cases; one piece, the whole, where it tells only one."""
    starts = find_titles(blocks)
    if len(starts) < 2:
        return [Piece(blocks)]
    pieces, chapter, head, left = [], "", blocks[: starts[0]], ()
    if all(
        isinstance(block, Paragraph) and (len(plain(block)) <= LONG or CONTENTS.search(plain(block))) for block in head
    ):  # a title page
        left = tuple(plain(block) for block in head if plain(block) and not CHAPTER.match(plain(block)))
        head = [block for block in head if CHAPTER.match(plain(block))]
    for at, end in zip(starts, [*starts[1:], len(blocks)], strict=True):
        own, end = [], min(end, len(blocks))
        for block in [*head, *blocks[at:end]]:
            named = CHAPTER.match(plain(block)) if isinstance(block, Paragraph) and len(plain(block)) <= 30 else None
            if named:
                if own and block not in head:  # the heading of the next chapter stands at the end of this case
                    pieces.append(Piece(own, chapter, () if pieces else left))
                    own = []
                chapter = named["name"]
            else:
                own.append(block)
        head = []
        if own:
            pieces.append(Piece(own, chapter, () if pieces else left))
    return pieces


def find_titles(blocks: list[Block]) -> list[int]:
    """List where cases begin: at titles typed 案例一：, in the style Title, or over a name of a part that comes again."""
    lines = [plain(block) if isinstance(block, Paragraph) else "" for block in blocks]
    serial = [
        at for at, text in enumerate(lines) if SERIAL.match(text) and len(text) <= 80 and text[-1] not in ENDS_SENTENCE
    ]
    titled = [at for at, block in enumerate(blocks) if isinstance(block, Paragraph) and block.role == "title"]
    titled = [at for at in titled if at - 1 not in titled]
    by_label = [at for at, text in enumerate(lines) if [name for name, *_ in labelled(text)][:1] == ["title"]]
    named = {
        at: name for at, text in enumerate(lines) if text and not blocks[at].listed and (name := name_of_part(text))
    }
    counts = Counter(named.values())
    again = next((name for name, count in counts.items() if count == max(counts.values()) and count > 1), "")
    above = [title_above(blocks, lines, at, named) for at in sorted(named) if named[at] == again]
    above = [at for at in dict.fromkeys(above) if at is not None]
    for starts in (serial, titled, by_label, above, [] if named else signed_titles(blocks, lines)):
        lengths = [sum(map(len, lines[at:end])) for at, end in zip(starts, [*starts[1:], len(lines)], strict=False)]
        if len(starts) > 1 and min(lengths) >= ENOUGH and len(starts) <= MAX_CASES:
            return starts
    return []


def name_of_part(text: str) -> str:
    """Return the name of a part that a line is, or begins with (案例背景：近年来……); '' for none."""
    key = label_key(strip_number(text).words) if len(text) <= 20 else ""
    if key in SECTION_OF:
        return key
    run_in = RUN_IN.match(strip_number(text).words)
    return label_key(run_in["phrase"]) if run_in else ""


def signed_titles(blocks: list[Block], lines: list[str]) -> list[int]:
    """List the first lines of titles where cases name no parts: lines set short over a text, with the institution above or
    below them, or below the institution that signs the case before."""
    signs = [at for at, text in enumerate(lines) if is_institution(text.strip("（）()"))]
    first_text = next((at for at, text in enumerate(lines) if len(text) > LONG), len(lines))
    is_below = not any(at < first_text for at in signs)  # institutions sign their cases
    starts: list[int] = []
    if is_below and first_text < len(lines):
        starts.append(_top_of_title(blocks, lines, first_text))
    for at in signs:
        below = at + 1
        while below < len(lines) and DATE_LINE.match(lines[below]):
            below += 1
        top = below if is_below else _top_of_title(blocks, lines, at)
        has_title = top < at or (below < len(lines) and _is_title_line(blocks, lines, below))
        if has_title and (not starts or sum(map(len, lines[starts[-1] : top])) >= ENOUGH):
            starts.append(top)
    return starts


def _top_of_title(blocks: list[Block], lines: list[str], end: int) -> int:
    """Return where the title begins that ends above ``end``."""
    top = end
    while top > 0 and end - top < TITLE_LINES and _is_title_line(blocks, lines, top - 1):
        top -= 1
    return top


def _is_title_line(blocks: list[Block], lines: list[str], at: int) -> bool:
    text, block = lines[at], blocks[at]
    if not isinstance(block, Paragraph) or not 1 < len(text) <= LONG or block.listed or strip_number(text).rank:
        return False
    return (
        (text[-1] not in "。；;：:" or (text[-1] in "：:" and block.align == "center"))
        and not CONTENTS.search(text)
        and not CHAPTER.match(text)
        and not DATE_LINE.match(text)
        and not labelled(text)
        and not name_of_part(text)
    )


def _ends_before(block: Block, text: str) -> bool:
    """Tell a line that belongs to what stands before a case: of the contents, or the signature of another."""
    is_signature = isinstance(block, Paragraph) and block.align == "right"
    return bool(CONTENTS.search(text) or (is_signature and (is_institution(text) or DATE_LINE.match(text))))


def title_above(blocks: list[Block], lines: list[str], marker: int, named: dict[int, str]) -> int | None:
    """Find the title that stands over a part's name: the first of the lines set as one, else of the short lines."""
    reach = range(marker - 1, max(-1, marker - 1 - LEAD), -1)
    looks, short, near = [], [], True
    for at in reach:
        block, text = blocks[at], lines[at]
        if not isinstance(block, Paragraph) or at in named or marker_of(block):
            break
        if _ends_before(block, text):
            break
        is_line = 2 < len(text) <= LONG and text[-1] not in "。；;，！!？?："
        labels = [name for name, *_ in labelled(text)]
        is_front = is_institution(text) or bool(DATE_LINE.match(text)) or (bool(labels) and "title" not in labels)
        signed = at + 1 < len(lines) and is_institution(lines[at + 1])
        is_set = (
            signed
            or "title" in labels
            or block.role == "title"
            or block.align == "center"
            or (block.role == "heading" and block.level == 1)
        )
        goes_on = block.align == "center" and text[-1:] not in (
            "。",
            "；",
            ";",
        )  # the first of two lines may end in ：or ，
        if is_set and 2 < len(text) <= LONG and (is_line or goes_on) and not is_front and not CHAPTER.match(text):
            looks.append(at)
        elif looks and not is_front:
            break
        near = near and (is_line or is_front or not text)
        if near and is_line and not CHAPTER.match(text) and not strip_number(text).rank:
            short.append(at)
    start = min(looks or short, default=None)
    if start is None:  # a lead stands between the title of the first case and its first part
        tops = [at + 1 for at in reach if _ends_before(blocks[at], lines[at])] or [0] * (marker <= LEAD)
        return next((top for top in tops if _is_title_line(blocks, lines, top)), None)
    if (
        looks
        and start
        and is_institution(lines[start - 1])
        and blocks[start - 1].align == blocks[start].align == "center"
    ):
        return start - 1  # the bank is the first line of the title
    return start
