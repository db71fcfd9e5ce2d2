"""Layout taken for text: forms with a label beside each text, frames, images set side by side, hints of our own template."""

import re

from cases.word.docx.blocks import Block, Cell, Paragraph, Span, Table
from cases.word.recognition.headings import (
    PART_OF,
    SECTION_OF,
    classify_heading,
    is_institution,
    label_key,
    label_named,
    section_named,
    strip_number,
    topic_of,
)
from cases.word.recognition.markdown import lines_of, plain

CAPTION = re.compile(
    r"^(?:图片?|照片|附图|Figure|Fig\.)\s*[\d一二三四五六七八九十]*(?:[-—.]\d+)?\s*[：:.、．]?\s*(?=\S)", re.IGNORECASE
)
HINT = re.compile(r"〔(?:填写说明|选填|填|选)：[^〔〕]*〕")
MAX_CAPTION = 90
MAX_LABEL = 16  # characters of a label we do not know
MAX_VALUE = 40  # a longer text beside it is no value but a part of the text


def flatten(blocks: list[Block]) -> list[Block]:
    """Return blocks with one line a paragraph; forms and frames taken apart, real tables kept."""
    found: list[Block] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            is_whole = block.role in ("heading", "subtitle") or (
                block.role == "title" and not any(map(is_institution, block.text.split("\n")))
            )
            found += [block] if is_whole else lines_of(block)
            continue
        cells = [cell for row in block.rows for cell in row]
        texts = [text for text in map(_text_of, cells) if text]
        images = sum(any(isinstance(inner, Paragraph) and inner.images for inner in cell.blocks) for cell in cells)
        if _is_form(block):
            for row in block.rows:
                found += _form_row(row)
        elif all(len(row) <= 1 for row in block.rows):  # a frame
            found += flatten([inner for cell in cells for inner in cell.blocks])
        elif images and len(texts) <= images and all(len(text) <= MAX_CAPTION for text in texts):
            # Images set side by side. Column by column, so that a caption follows its image; every line of it is a caption.
            width = max(len(row) for row in block.rows)
            cells = [row[column] for column in range(width) for row in block.rows if column < len(row)]
            for inner in (inner for cell in cells for inner in flatten(cell.blocks)):
                if isinstance(inner, Paragraph) and inner.text and not inner.images:
                    inner.role = "caption"
                found.append(inner)
        else:
            found.append(block)
    return found


def drop_hints(blocks: list[Block]) -> list[Block]:
    """Take out the hints of our Word template that were left standing; a paragraph that held nothing else is gone."""
    for block in blocks:
        if isinstance(block, Table):
            for row in block.rows:
                for cell in row:
                    drop_hints(cell.blocks)
            continue
        whole = "".join(span.text for span in block.spans)
        for hint in reversed(list(HINT.finditer(whole))):
            kept, at = [], 0
            for span in block.spans:
                text = span.text[: max(0, hint.start() - at)] + span.text[max(0, hint.end() - at) :]
                if text.strip():
                    kept.append(Span(text, span.bold, span.href))
                at += len(span.text)
            block.spans = kept
    return [block for block in blocks if isinstance(block, Table) or block.text or block.images]


def _text_of(cell: Cell) -> str:
    return " ".join(plain(block) for block in cell.blocks if isinstance(block, Paragraph)).strip()


def _is_label(cell: Cell) -> bool:
    text = _text_of(cell)
    return bool(text) and len(text) <= 60 and bool(section_named(text) or label_named(text))


def _is_form(table: Table) -> bool:
    """Tell labels each followed by something that is not one: a header row 时间 | 地点 | 金额 is not enough."""
    labels = 0
    for row in table.rows:
        marks = [_is_label(cell) for cell in row]
        if len(row) == 1 and marks[0] and section_named(_text_of(row[0])) and len(table.rows) > 1:
            return True
        for cell, is_label, is_next in zip(row, marks, marks[1:], strict=False):
            if is_label and not is_next:
                if label_key(strip_number(_text_of(cell)).words) in SECTION_OF and cell is row[0] and len(row) <= 3:
                    return True
                labels += 1
    return labels >= 2


def _form_row(row: list[Cell]) -> list[Block]:
    """Read one row of a form: names of sections become headings, labels with their values lines of their own."""
    found: list[Block] = []
    label, is_answered = "", False
    for index, cell in enumerate(row):
        text = _text_of(cell)
        if _is_label(cell):
            key, is_field = label_key(strip_number(text).words), bool(label_named(text))
            label = key if is_field else ""
            if not is_field:
                found.append(Paragraph([Span(key)], role="heading", level=1))
        elif label:
            found.append(Paragraph([Span(f"{label}：{text}")], role="label"))
            label = ""
        elif index == 0 and len(row) > 1 and 0 < len(text) <= MAX_LABEL and not cell.continued:
            # A label we do not know: a heading over a long text, a line of its own with a short one.
            value = _text_of(row[1])
            if label_key(strip_number(text).words) in PART_OF:  # its text becomes rows, as below a heading
                found.append(Paragraph([Span(text)], role="heading", level=1))
                continue
            is_answered = len(value) <= MAX_VALUE
            if is_answered:
                found.append(Paragraph([Span(f"{text}：{value}")]))
            else:
                words = strip_number(text).words
                names_part = classify_heading(words)[0] or topic_of(words)
                found.append(Paragraph([Span(text)], role="heading", level=1 if names_part else 2))
        elif not (index == 1 and is_answered):
            found += flatten(cell.blocks)
    return found
