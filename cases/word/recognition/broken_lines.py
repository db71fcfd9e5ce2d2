"""Paragraphs cut at the end of every printed line, as scanning and copying from a PDF leave them: put together again."""

from cases.word.docx.blocks import Block, Paragraph
from cases.word.recognition.headings import labelled, section_named, strip_number
from cases.word.recognition.markdown import plain
from cases.word.recognition.markers import ENDS_SENTENCE, marker_of

FEWEST = 6  # lines without an end from which on it is no accident
SHARE = 0.4  # of the lines of full width
NARROWEST = 12  # characters of a line of a column
ENDS_TEXT = ENDS_SENTENCE.replace("，", "").replace(",", "").replace("、", "") + "：:”）"
INDENT = ("\u3000", "  ", "\t")


def join_lines(blocks: list[Block]) -> list[Block]:
    """Join the lines of one paragraph where most lines of full width end in the middle of a sentence."""
    lengths = sorted(len(plain(block)) for block in blocks if _is_running(block))
    if len(lengths) < 2 * FEWEST:
        return blocks
    width = lengths[len(lengths) * 3 // 4] - 2
    full = [block for block in blocks if _is_running(block) and width <= len(plain(block)) <= width + 5]
    cut = sum(plain(block)[-1] not in ENDS_TEXT for block in full)
    if width < NARROWEST or cut < FEWEST or cut < SHARE * len(full) or lengths[-1] > 2 * width:
        return blocks
    is_indented = sum(_text(block).startswith(INDENT) for block in blocks if _is_running(block)) > 1
    joined: list[Block] = []
    last = 0  # length of the line before
    for block in blocks:
        before = joined[-1] if joined else None
        goes_on = (
            _is_running(block)
            and isinstance(before, Paragraph)
            and _is_running(before)
            and width <= last <= width + 5
            and (plain(before)[-1] not in ENDS_TEXT or is_indented)
            and not _begins(block)
            and marker_of(before) is None
        )
        last = len(plain(block)) if isinstance(block, Paragraph) else 0
        if goes_on:
            before.spans += block.spans
        else:
            joined.append(block)
    return joined


def _is_running(block: Block) -> bool:
    return (
        isinstance(block, Paragraph)
        and not (block.role or block.listed or block.label or block.align or block.images or block.is_bold)
        and bool(plain(block))
    )


def _text(block: Paragraph) -> str:
    return "".join(span.text for span in block.spans)


def _begins(block: Paragraph) -> bool:
    """Tell whether a line opens a paragraph: indented, numbered, a label or the name of a part."""
    text = plain(block)
    numbered = strip_number(text).rank and not text[:1].isdigit()
    return bool(
        _text(block).startswith(INDENT) or numbered or labelled(text) or section_named(text) or marker_of(block)
    )
