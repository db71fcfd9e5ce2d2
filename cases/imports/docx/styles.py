"""Styles of a Word file: what a paragraph is by its style, through the styles it is based on."""

import re
from dataclasses import dataclass

from lxml import etree

from cases.imports.docx.xml import W, flag, value, whole

HEADING = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)
ROLES = {
    "title": "title",
    "标题": "title",
    "subtitle": "subtitle",
    "副标题": "subtitle",
    "caption": "caption",
    "题注": "caption",
    "placeholder text": "hint",
    "占位符文本": "hint",
    "toc heading": "toc",
    "table of figures": "toc",
}
MAX_CHAIN = 20


@dataclass
class Style:
    """What a style says, inherited values included; None and '' where nothing in the chain says it."""

    role: str = ""
    level: int = 0
    align: str = ""
    size: int = 0
    bold: bool | None = None
    hidden: bool | None = None
    number: tuple[str, int] | None = None


class Styles:
    """Styles by id, resolved once each; loops and missing parents are survived."""

    def __init__(self, root: etree._Element | None) -> None:
        self._elements: dict[str, etree._Element] = {}
        self._known: dict[str, Style] = {}
        self.default_paragraph = ""
        self.default_size = 21
        if root is None:
            return
        for element in root.iterchildren(f"{W}style"):
            style_id = element.get(f"{W}styleId", "")
            self._elements.setdefault(style_id, element)
            if element.get(f"{W}type") == "paragraph" and element.get(f"{W}default", "") in ("1", "true", "on"):
                self.default_paragraph = style_id
        self.default_size = whole(value(root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"), "sz"), 21)

    def get(self, style_id: str) -> Style:
        if style_id not in self._known:
            self._known[style_id] = self._resolve(style_id)
        return self._known[style_id]

    def _resolve(self, style_id: str) -> Style:
        style, seen = Style(), set()
        while style_id in self._elements and style_id not in seen and len(seen) < MAX_CHAIN:
            seen.add(style_id)
            element = self._elements[style_id]
            _inherit(style, element)
            style_id = value(element, "basedOn")
        return style


def _inherit(style: Style, element: etree._Element) -> None:
    """Fill what ``style`` does not say yet from ``element``."""
    paragraph, run = element.find(f"{W}pPr"), element.find(f"{W}rPr")
    if not style.role:
        style.role, style.level = _role(value(element, "name"), outline(paragraph))
    style.align = style.align or value(paragraph, "jc")
    style.size = style.size or whole(value(run, "sz"))
    if style.bold is None:
        style.bold = flag(run, "b")
    if style.hidden is None:
        style.hidden = flag(run, "vanish")
    if style.number is None:
        style.number = number_of(paragraph)


def _role(name: str, level: int) -> tuple[str, int]:
    name = name.strip().lower()
    heading = HEADING.fullmatch(name)
    if heading:
        return "heading", int(heading[1])
    if re.fullmatch(r"(?:toc|目录)\s*\d", name):
        return "toc", 0
    if name in ROLES:
        return ROLES[name], 0
    return ("heading", level) if level else ("", 0)


def outline(paragraph: etree._Element | None) -> int:
    """The outline level 1-9 of paragraph properties, 0 for body text."""
    level = whole(value(paragraph, "outlineLvl", "9"), 9) + 1
    return level if 1 <= level <= 9 else 0


def number_of(paragraph: etree._Element | None) -> tuple[str, int] | None:
    """(list id, level) of paragraph properties; None where they do not say."""
    numbering = None if paragraph is None else paragraph.find(f"{W}numPr")
    if numbering is None:
        return None
    return value(numbering, "numId", ""), min(max(whole(value(numbering, "ilvl")), 0), 8)
