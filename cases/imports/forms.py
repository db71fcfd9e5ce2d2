"""Tables that are not tables: forms with a label beside each text, frames, pictures set side by side."""

import re

from cases.imports.docx.blocks import Block, Cell, Paragraph, Span, Table
from cases.imports.markdown import lines_of, plain
from cases.imports.words import SECTION_OF, label_named, section_named, squeezed, strip_number

CAPTION = re.compile(
    r"^(?:图片?|照片|附图|Figure|Fig\.)\s*[\d一二三四五六七八九十]*(?:[-—.]\d+)?\s*[：:.、．]?\s*(?=\S)", re.IGNORECASE
)
MAX_CAPTION = 90


def unfold(blocks: list[Block]) -> list[Block]:
    """Blocks with one line a paragraph; forms and frames taken apart, real tables kept."""
    found: list[Block] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            found.extend(_lines(block))
        elif _is_form(block):
            found.extend(_form(block))
        elif _is_frame(block):
            found.extend(unfold([inner for row in block.rows for cell in row for inner in cell.blocks]))
        elif _is_gallery(block):
            found.extend(_gallery(block))
        else:
            found.append(block)
    return found


def _lines(paragraph: Paragraph) -> list[Block]:
    if paragraph.role in ("title", "heading", "subtitle"):
        return [paragraph]
    return list(lines_of(paragraph))


def text_of(cell: Cell) -> str:
    return " ".join(plain(block) for block in cell.blocks if isinstance(block, Paragraph)).strip()


def _has_pictures(cell: Cell) -> bool:
    return any(isinstance(block, Paragraph) and block.pictures for block in cell.blocks)


def _is_label(cell: Cell) -> bool:
    text = text_of(cell)
    return bool(text) and len(text) <= 60 and bool(section_named(text) or label_named(text))


def _is_form(table: Table) -> bool:
    """Labels each followed by something that is not one: a header row 时间 | 地点 | 金额 is not enough."""
    labels = 0
    for row in table.rows:
        marks = [_is_label(cell) for cell in row]
        if len(row) == 1 and marks[0] and section_named(text_of(row[0])) and len(table.rows) > 1:
            return True
        for cell, is_label, is_next in zip(row, marks, marks[1:], strict=False):
            if is_label and not is_next:
                if squeezed(strip_number(text_of(cell)).words) in SECTION_OF and cell is row[0] and len(row) <= 3:
                    return True
                labels += 1
    return labels >= 2


def _is_frame(table: Table) -> bool:
    return all(len(row) <= 1 for row in table.rows)


def _is_gallery(table: Table) -> bool:
    cells = [cell for row in table.rows for cell in row]
    if not any(_has_pictures(cell) for cell in cells):
        return False
    texts = [text_of(cell) for cell in cells]
    return all(len(text) <= MAX_CAPTION for text in texts) and sum(map(bool, texts)) <= sum(map(_has_pictures, cells))


def _gallery(table: Table) -> list[Block]:
    """Column by column, so that a caption follows its picture; every line of it is a caption."""
    found: list[Block] = []
    for column in range(max(len(row) for row in table.rows)):
        for row in table.rows:
            if column < len(row):
                found.extend(unfold(row[column].blocks))
    for block in found:
        if isinstance(block, Paragraph) and block.text and not block.pictures:
            block.role = "caption"
    return found


def _form(table: Table) -> list[Block]:
    found: list[Block] = []
    for row in table.rows:
        _form_row(row, found)
    return found


def _form_row(row: list[Cell], found: list[Block]) -> None:
    label = ""
    for index, cell in enumerate(row):
        text = text_of(cell)
        if _is_label(cell):
            label = _begin(text, found)
        elif label:
            found.append(_label_line(label, text))
            label = ""
        elif index == 0 and len(row) > 1 and 0 < len(text) <= 16 and not cell.continued:
            _unknown(text, row[1], found)
        elif not (index == 1 and _is_answered(row)):
            found.extend(unfold(cell.blocks))


def _begin(text: str, found: list[Block]) -> str:
    """Open a section, or return the label whose value comes next."""
    if label_named(text):
        return squeezed(strip_number(text).words)
    found.append(Paragraph([Span(squeezed(strip_number(text).words))], role="heading", level=1))
    return ""


def _label_line(label: str, text: str) -> Paragraph:
    return Paragraph([Span(f"{label}：{text}")], role="label")


def _is_answered(row: list[Cell]) -> bool:
    """Whether the second cell has been taken as the short value of an unknown label."""
    first, second = text_of(row[0]), text_of(row[1])
    return 0 < len(first) <= 16 and not _is_label(row[0]) and not row[0].continued and len(second) <= 40


def _unknown(text: str, value: Cell, found: list[Block]) -> None:
    """A label nobody told us: a heading over a long text, a line of its own with a short one."""
    if len(text_of(value)) > 40:
        found.append(Paragraph([Span(text)], role="heading", level=2))
    else:
        found.append(Paragraph([Span(f"{text}：{text_of(value)}")]))
