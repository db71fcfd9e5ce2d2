"""The Word template for members: made to be filled in by hand and read back without a question."""

import re

from cases.imports.docx.blocks import Block, Paragraph, Span, Table
from cases.imports.markdown import plain

HINT = re.compile(r"〔(?:填写说明|填|选)：[^〔〕]*〕")


def drop_hints(blocks: list[Block]) -> list[Block]:
    """The text without the template's own hints, wherever they were left standing."""
    for block in blocks:
        _drop(block)
    return [block for block in blocks if isinstance(block, Table) or block.text or block.pictures]


def _drop(block: Block) -> None:
    if isinstance(block, Table):
        for row in block.rows:
            for cell in row:
                for inner in cell.blocks:
                    _drop(inner)
        return
    if "〔" not in block.text:
        return
    if HINT.search(plain(block)):
        text = HINT.sub("", "".join(span.text for span in block.spans))
        block.spans = [Span(text, block.is_bold)] if text.strip() else []


def _is_hint(paragraph: Paragraph) -> bool:
    return bool(HINT.fullmatch(plain(paragraph)))
