"""A book as Markdown, for those who write on, and for machines."""

import re
from pathlib import Path

from cases.takeaway.book.body import case_nodes, colophon_nodes, glossary_nodes, part_nodes
from cases.takeaway.book.model import Book
from cases.takeaway.book.nodes import Node, is_address, plain_text

SPECIAL = re.compile(r"([\\`*_\[\]>|#~])")
ENTITY_LIKE = re.compile(r"&(?=#?\w+;)")
LIST_LIKE = re.compile(r"^(\s*\d*)([-+.)])(?=\s)")
MARKS = {"strong": "**", "em": "*", "del": "~~"}


def set_markdown(book: Book, *, media: Path, size: str) -> bytes:
    """The Markdown of a book. Pictures are named by their words: the file stands alone."""
    has_parts = book.has_parts
    nodes: list[Node] = []
    for part in book.parts:
        nodes += part_nodes(part) if has_parts else []
        for case in part.cases:
            nodes += case_nodes(case, level=2 if has_parts else 1)
    if not book.is_single:
        nodes += [*(glossary_nodes(book) if book.glossary else []), *colophon_nodes(book)]
    front = (
        f"# {inline([book.title])}\n\n{inline([book.subtitle])}\n\n{blocks(book.preface)}\n\n"
        if not book.is_single
        else ""
    )
    return re.sub(r"\n{3,}", "\n\n", front + blocks(nodes) + "\n").encode()


def blocks(nodes: list[Node | str]) -> str:
    """Blocks with an empty line between; text that stands alone is a paragraph."""
    return "\n\n".join(
        LIST_LIKE.sub(r"\1\\\2", inline([item])) if isinstance(item, str) else block(item) for item in nodes
    )


def block(item: Node) -> str:
    tag, children = item["tag"], item["children"]
    if tag[1:].isdigit():
        return f"{'#' * int(tag[1:])} {inline(children)}"
    if tag in ("ul", "ol"):
        first = item.get("start", 1)
        marks = [f"{first + place}." if tag == "ol" else "-" for place in range(len(children))]
        return "\n".join(indented(f"{mark} ", content(child)) for mark, child in zip(marks, children, strict=True))
    if tag == "table":
        return table(children)
    if tag == "blockquote":
        return "\n".join(f"> {line}" for line in content(item).splitlines())
    if tag == "pre":
        fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", item["text"])), default=0))
        return f"{fence}\n{item['text'].rstrip()}\n{fence}"
    if tag == "hr":
        return "---"
    if tag == "img":
        words = [item["caption"], f"图中：{item['alt']}" if item["caption"] != item["alt"] else ""]
        return f"〔图：{inline(['；'.join(filter(None, words))])}〕"
    return LIST_LIKE.sub(r"\1\\\2", inline(children if tag == "p" else [item]))


def content(item: Node) -> str:
    """What stands in a list's item or a quotation: blocks, or one line of text."""
    is_inline = all(isinstance(child, str) or child["tag"] in (*MARKS, "a", "code", "br") for child in item["children"])
    return inline(item["children"]) if is_inline else blocks(item["children"])


def indented(mark: str, text: str) -> str:
    first, *rest = text.splitlines() or [""]
    return "\n".join([mark + first, *(" " * len(mark) + line if line else "" for line in rest)])


def table(rows: list[Node]) -> str:
    """A table; one without a head (names and values) gets an empty one, since Markdown wants it."""
    cells = [[inline(cell["children"]) for cell in row["children"]] for row in rows]
    if rows and not all(cell["tag"] == "th" for cell in rows[0]["children"]):
        cells.insert(0, [""] * len(cells[0]))
    width = max((len(row) for row in cells), default=0)
    lines = [f"| {' | '.join([*row, *[''] * (width - len(row))])} |" for row in cells]
    return "\n".join([lines[0], f"|{' --- |' * width}", *lines[1:]]) if lines else ""


def inline(nodes: list[Node | str]) -> str:
    """One line; what Markdown would read as markup is escaped."""
    pieces = []
    for item in nodes:
        if isinstance(item, str):
            text = ENTITY_LIKE.sub("&amp;", item.replace("\n", " "))
            pieces.append(SPECIAL.sub(r"\\\1", text).replace("<", "&lt;"))
        elif item["tag"] in MARKS and plain_text([item]).strip():
            mark = MARKS[item["tag"]]
            pieces.append(f"{mark}{inline(item['children']).strip()}{mark}")
        elif item["tag"] == "code":
            pieces.append(f"`{item['text'].replace('`', '')}`")
        elif item["tag"] == "a" and is_address(item["href"]):
            pieces.append(f"[{inline(item['children'])}](<{re.sub('[<>]', '', item['href'])}>)")
        elif item["tag"] == "br":
            pieces.append("  ")
        else:
            pieces.append(inline(item["children"]))
    return "".join(pieces)
