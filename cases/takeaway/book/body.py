"""A case, and what stands before and behind the cases, as one tree of nodes: Word, EPUB and Markdown only write nodes.

Beside the tags of ``nodes`` there are ``h1`` and ``h2``, and ``img`` with ``file``, ``alt``, ``caption`` and ``wide``; ``class`` says
what a paragraph, list or table is.
"""

from collections.abc import Iterable, Sequence

from cases.takeaway.book.model import Book, BookCase, Part
from cases.takeaway.book.nodes import Node, image_node, node

OFFER_NOTE = "条件照原文，写的是当时；今天能不能办、怎样办，请问机构。"


def case_nodes(case: BookCase, *, level: int) -> list[Node]:
    """A case whose title is a heading of ``level``."""
    below = level + 1
    return [
        heading(level, case.title, id=f"case-{case.code}"),
        *(paragraph(text, kind) for text, kind in ((case.kicker, "kicker"), (case.second, "second")) if text),
        *([node("p", node("strong", "注"), f"　{case.remark}", **{"class": "remark"})] if case.remark else []),
        *lead_nodes(case),
        *(item for label, nodes in case.sections for item in section_nodes(label, nodes, below)),
        *advice_nodes(case, below),
        *offer_nodes(case, below),
        *(image_node(image) for image in case.images if not image["is_placed"]),
        *source_nodes(case, below),
    ]


def lead_nodes(case: BookCase) -> list[Node]:
    """Summary, headline figures and 要点."""
    nodes = [paragraph(case.summary, "summary")] if case.summary else []
    if case.headlines:
        items = [node("li", node("strong", row["value"]), f"　{row['label']}") for row in case.headlines]
        nodes.append(node("ul", *items, **{"class": "headlines"}))
    return [*nodes, bullets(case.highlights)] if case.highlights else nodes


def section_nodes(label: str, nodes: list[Node | str], level: int) -> list[Node | str]:
    """A part of the text below its heading of ``level``; its own headings begin one level lower."""
    return [heading(level, label), *(shifted(item, level - 2) for item in nodes)]


def advice_nodes(case: BookCase, level: int) -> list[Node]:
    """可以照着做的 and 编者注."""
    nodes = [heading(level, "可以照着做的")] if case.advice else []
    for label, texts in case.advice:
        nodes += [node("p", node("strong", label)), bullets(texts)]
    nodes += [heading(level, "编者注")] if case.notes else []
    return nodes + [node("p", node("strong", kind), f"　{text}") for kind, text in case.notes]


def offer_nodes(case: BookCase, level: int) -> list[Node]:
    if not case.offers:
        return []
    nodes = [heading(level, "文中的产品")]
    for name, terms in case.offers:
        nodes += [node("p", node("strong", name)), *([pairs(terms)] if terms else [])]
    return [*nodes, paragraph(OFFER_NOTE, "note")]


def source_nodes(case: BookCase, level: int) -> list[Node]:
    """Figures, facts, and how to cite the case."""
    rows = [(figure_label(row), row["value"], row["as_of"]) for row in case.figures]
    figures = [heading(level, "关键数据"), table(("数据", "数值", "时间"), rows)] if rows else []
    facts = [*case.facts, *([("提到的文件", "、".join(case.documents))] if case.documents else [])]
    address = node("p", "网址：", node("a", case.url, href=case.url))
    return [*figures, heading(level, "出处与引用"), pairs(facts), paragraph(case.citation, "citation"), address]


def part_nodes(part: Part) -> list[Node]:
    """The opener of a chapter."""
    title = f"{part.number}　{part.name}" if part.number else part.name
    slogans = [paragraph(line, "slogan") for line in part.slogan]
    return [heading(1, title), *slogans, *([paragraph(part.intro, "intro")] if part.intro else [])]


def glossary_nodes(book: Book) -> list[Node]:
    return [
        heading(1, "词语解释"),
        *(node("p", node("strong", term), f"　{definition}") for term, definition in book.glossary),
    ]


def colophon_nodes(book: Book) -> list[Node]:
    rows = [
        ("书名", book.title),
        ("内容", book.subtitle),
        ("编印", book.publisher),
        ("生成日期", book.date),
        ("说明", book.terms),
    ]
    return [heading(1, "关于这一本"), pairs(rows), node("p", "网址：", node("a", book.url, href=book.url))]


def heading(level: int, text: str, **values: str) -> Node:
    return node(f"h{level}", text, **values)


def paragraph(text: str, kind: str) -> Node:
    return node("p", text, **{"class": kind})


def bullets(texts: Iterable[str]) -> Node:
    return node("ul", *(node("li", text) for text in texts))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Node:
    return node(
        "table",
        node("tr", *(node("th", text) for text in head)),
        *(node("tr", *(node("td", text) for text in row)) for row in rows),
    )


def pairs(rows: Iterable[tuple[str, str]]) -> Node:
    """A table of names and values without a head."""
    cells = (node("tr", node("th", name), node("td", value)) for name, value in rows)
    return node("table", *cells, **{"class": "pairs"})


def figure_label(row: dict[str, str | bool]) -> str:
    notes = [row["note"], f"编者注：{row['editor_note']}" if row["editor_note"] else ""]
    return row["label"] + "".join(f"（{text}）" for text in notes if text)


def shifted(item: Node | str, by: int) -> Node | str:
    """A block of running text with its headings ``by`` levels lower."""
    if isinstance(item, str) or not item["tag"][1:].isdigit():
        return item
    return {**item, "tag": f"h{min(int(item['tag'][1:]) + by, 6)}"}
