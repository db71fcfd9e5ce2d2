"""Parts that become rows of their own: 要点, 可以照着做的, 产品. What does not fit a row stays in the text, where it stood."""

import re
from collections import Counter
from dataclasses import dataclass, field

from cases.word.document import PRODUCT_LIMITS, ROW_LIMITS, ProductTerms
from cases.word.docx.blocks import Block, Cell, Paragraph, Table
from cases.word.recognition.headings import ADVICE_OF, PART_OF, PRODUCT_COLUMNS, SECTION_OF, label_key, strip_number
from cases.word.recognition.markdown import NOTE, plain
from cases.word.recognition.markers import depth_of, is_heading, marker_of, shown

ITEM_NUMBER = re.compile(
    r"^(?:[（(][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[、.．)）](?!\d)|[①-⑳]|[一二三四五六七八九十]{1,3}、|[•·●◆■▲★*-](?=\D))[\s\u3000]*"
)
LABELLED = re.compile(rf"^(?P<label>{'|'.join(sorted(ADVICE_OF, key=len, reverse=True))})\s*[：:]\s*(?P<rest>.*)$")
MAX_ROWS = 100  # of one kind; what comes after stays in the text
NO_DEPTH = 9  # of a heading made by hand without a number


@dataclass
class Content:
    """The rows found, ``advice`` as (kind, text), and in words what was left in the text."""

    highlights: list[str] = field(default_factory=list)
    advice: list[tuple[str, str]] = field(default_factory=list)
    products: list[ProductTerms] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)

    def add(self, kind: str, texts: list[str]) -> bool:
        """Add rows of ``kind`` (highlights, or a kind of advice); False, and none, where one of them does not fit."""
        rows = self.highlights if kind == "highlights" else self.advice
        limit = ROW_LIMITS["highlights" if kind == "highlights" else "advice"]
        if kind not in ("highlights", *ADVICE_OF.values()) or len(rows) + len(texts) > MAX_ROWS:
            return False
        if any(len(text) > limit for text in texts):
            return False
        rows += texts if kind == "highlights" else [(kind, text) for text in texts]
        return True


def take_content(blocks: list[Block], content: Content) -> list[Block]:
    """Take the parts with rows of their own out of ``blocks``; return what stays in the text."""
    markers = [(block, marker) for block in blocks if isinstance(block, Paragraph) and (marker := marker_of(block))]
    top = min((marker.depth or NO_DEPTH for _, marker in markers), default=NO_DEPTH)
    sections = Counter(marker.section for _, marker in markers)
    rest, at = [], 0
    while at < len(blocks):
        block, end = blocks[at], at + 1
        kind = _part_named(block, top)
        if not kind:
            rest.append(block)
            at = end
            continue
        depth = depth_of(block) or NO_DEPTH
        while end < len(blocks) and not _part_named(blocks[end], top) and not _ends(blocks[end], depth):
            end += 1
        part, section = blocks[at + 1 : end], SECTION_OF.get(_key(block), "")
        # 创新点 or 经验启示 is a section too: rows only as a list, beside a section of that kind that has its text.
        if section and not (sections[section] > 1 and len(part) > 1 and all(map(_is_item, part))):
            left = part
        else:
            left = _take_part(kind, part, content)
        # An image at the end of the file, below the last part, needs no heading of that part.
        has_words = any(isinstance(one, Table) or plain(one) for one in left)
        rest += [block, *left] if has_words else left
        if has_words and not section:
            content.unsure.append(f"“{plain(block)}”里有 {len(left)} 处不能单独成行，留在了正文里，请核对。")
        at = end
    return rest


def _key(block: Paragraph) -> str:
    return label_key(strip_number(shown(block)).words)


def _part_named(block: Block, top: int) -> str:
    """Return the kind of rows a heading opens (highlights, guide, products or a kind of advice); '' for none."""
    if not isinstance(block, Paragraph) or block.role == "title" or not is_heading(block):
        return ""
    return PART_OF.get(_key(block), "") if (depth_of(block) or NO_DEPTH) <= top else ""


def _ends(block: Block, depth: int) -> bool:
    if not isinstance(block, Paragraph):
        return False
    return marker_of(block) is not None or (is_heading(block) and (depth_of(block) or NO_DEPTH) <= depth)


def _is_item(block: Block) -> bool:
    is_line = isinstance(block, Paragraph) and _is_plain(block) and len(plain(block)) <= ROW_LIMITS["highlights"]
    return is_line and bool(block.listed or block.label or ITEM_NUMBER.match(plain(block)))


def _is_plain(block: Block) -> bool:
    """Tell whether the words are all there is: no image, note, link or table would be lost."""
    if isinstance(block, Table) or block.images:
        return False
    return not any(span.href or NOTE.search(span.text) for span in block.spans)


def _take_part(kind: str, part: list[Block], content: Content) -> list[Block]:
    """Take the rows of one part; return what is none, each below the label it stood under."""
    left: list[Block] = []
    label: Paragraph | None = None
    for block in part:
        if isinstance(block, Table):
            is_taken = _take_products(block, content) or _take_advice_table(block, content)
        elif kind not in ("highlights", "products") and _key(block) in ADVICE_OF:
            kind, label = ADVICE_OF[_key(block)], block
            continue
        else:
            text, row_kind = ITEM_NUMBER.sub("", plain(block)), kind
            if kind not in ("highlights", "products") and (named := LABELLED.match(text)):
                kind = row_kind = ADVICE_OF[named["label"]]
                text, label = named["rest"], None
            is_taken = _is_plain(block) and (not text or content.add(row_kind, [text]))
        if not is_taken:
            left += [block] if label is None or label in left else [label, block]
    return left


def _texts(cell: Cell) -> list[str] | None:
    """List the lines of a cell; None where it holds more than plain words."""
    if not all(map(_is_plain, cell.blocks)) or cell.continued or cell.columns > 1:
        return None
    lines = [line.strip(" \t\u3000") for block in cell.blocks for line in block.text.split("\n")]
    return [line for line in lines if line]


def _take_advice_table(table: Table, content: Content) -> bool:
    """Take a table with a label beside each text, wholly or not at all."""
    found = Content(advice=list(content.advice))
    for row in table.rows:
        cells = [_texts(cell) for cell in row]
        if len(cells) != 2 or None in cells:
            return False
        kind = ADVICE_OF.get(label_key("".join(cells[0])), "")
        if not kind or not found.add(kind, [ITEM_NUMBER.sub("", text) for text in cells[1]]):
            return False
    content.advice = found.advice
    return True


def _take_products(table: Table, content: Content) -> bool:
    """Take a table with a product in each row below its headings, wholly or not at all."""
    rows = [[_texts(cell) for cell in row] for row in table.rows]
    if not rows or any(cell is None for row in rows for cell in row):
        return False
    heads = [PRODUCT_COLUMNS.get(label_key("".join(cell)), "") for cell in rows[0]]
    if "name" not in heads or "" in heads or len(set(heads)) < max(2, len(heads)):
        return False
    found = []
    for row in rows[1:]:
        values = dict(zip(heads, ("；".join(cell) for cell in row), strict=False))
        fits = len(row) <= len(heads) and all(len(text) <= PRODUCT_LIMITS[name] for name, text in values.items())
        if any(values.values()) and not (values["name"] and fits):
            return False
        found += [ProductTerms(**values)] if values["name"] else []
    if len(content.products) + len(found) > MAX_ROWS:
        return False
    content.products += found
    return True
