"""A file with many cases: where each begins. A guess: nothing becomes a draft before somebody has seen the titles."""

import re
from collections import Counter
from dataclasses import dataclass

from cases.word.docx.blocks import Block, Paragraph
from cases.word.recognition.headings import (
    DATE_LINE,
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
    if all(isinstance(block, Paragraph) and len(plain(block)) <= 80 for block in head):  # a title page
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
    named = {
        at: label_key(strip_number(text).words)
        for at, text in enumerate(lines)
        if text and len(text) <= 20 and label_key(strip_number(text).words) in SECTION_OF and not blocks[at].listed
    }
    counts = Counter(named.values())
    again = next((name for name, count in counts.items() if count == max(counts.values()) and count > 1), "")
    above = [title_above(blocks, lines, at, named) for at in sorted(named) if named[at] == again]
    for starts in (serial, titled, [at for at in dict.fromkeys(above) if at is not None]):
        lengths = [sum(map(len, lines[at:end])) for at, end in zip(starts, [*starts[1:], len(lines)], strict=False)]
        if len(starts) > 1 and min(lengths) >= ENOUGH and len(starts) <= MAX_CASES:
            return starts
    return []


def title_above(blocks: list[Block], lines: list[str], marker: int, named: dict[int, str]) -> int | None:
    """Find the title that stands over a part's name: the first of the lines set as one, else of the short lines."""
    reach = range(marker - 1, max(-1, marker - 1 - LEAD), -1)
    looks, short, near = [], [], True
    for at in reach:
        block, text = blocks[at], lines[at]
        if not isinstance(block, Paragraph) or at in named or marker_of(block):
            break
        is_line = 2 < len(text) <= 80 and text[-1] not in "。；;，！!？?："
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
        if is_line and is_set and not is_front and not CHAPTER.match(text):
            looks.append(at)
        elif looks and not is_front:
            break
        near = near and (is_line or is_front or not text)
        if near and is_line and not CHAPTER.match(text) and not strip_number(text).rank:
            short.append(at)
    start = min(looks or short, default=None)
    if (
        looks
        and start
        and is_institution(lines[start - 1])
        and blocks[start - 1].align == blocks[start].align == "center"
    ):
        return start - 1  # the bank is the first line of the title
    return start
