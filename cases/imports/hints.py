"""The hints of our own Word template: 〔填：…〕 〔选：…〕 〔填写说明：…〕. Left standing, they are no text."""

import re

from cases.imports.docx.blocks import Block, Span, Table

HINT = re.compile(r"〔(?:填写说明|填|选)：[^〔〕]*〕")


def drop_hints(blocks: list[Block]) -> list[Block]:
    """The blocks without hints; a paragraph that held nothing else is gone."""
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
    whole = "".join(span.text for span in block.spans)
    for start, end in reversed([match.span() for match in HINT.finditer(whole)]):
        block.spans = _without(block.spans, start, end)


def _without(spans: list[Span], start: int, end: int) -> list[Span]:
    """The spans less the characters from ``start`` to ``end``; what stays keeps its dress."""
    kept, at = [], 0
    for span in spans:
        size = len(span.text)
        text = span.text[: max(0, start - at)] + span.text[max(0, end - at) :]
        if text.strip():
            kept.append(Span(text, span.bold, span.href))
        at += size
    return kept
