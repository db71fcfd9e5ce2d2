"""Styles of a Word file: what a paragraph is by its style, through the styles it is based on."""

import re

from lxml import etree

from cases.word.docx.blocks import Style
from cases.word.docx.xml import W, flag, value, whole

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
        """Return the style, with what it inherits through those it is based on."""
        if style_id in self._known:
            return self._known[style_id]
        style = self._known[style_id] = Style()
        seen: set[str] = set()
        while style_id in self._elements and style_id not in seen and len(seen) < MAX_CHAIN:
            seen.add(style_id)
            element = self._elements[style_id]
            paragraph, run = element.find(f"{W}pPr"), element.find(f"{W}rPr")
            if not style.role:  # by the name of the style, else by its outline level
                name, level = value(element, "name").strip().lower(), outline(paragraph)
                if heading := HEADING.fullmatch(name):
                    style.role, style.level = "heading", int(heading[1])
                elif re.fullmatch(r"(?:toc|目录)\s*\d", name):
                    style.role = "toc"
                elif name in ROLES:
                    style.role = ROLES[name]
                elif level:
                    style.role, style.level = "heading", level
            style.align = style.align or value(paragraph, "jc")
            style.size = style.size or whole(value(run, "sz"))
            style.bold = flag(run, "b") if style.bold is None else style.bold
            style.hidden = flag(run, "vanish") if style.hidden is None else style.hidden
            style.number = number_of(paragraph) if style.number is None else style.number
            style_id = value(element, "basedOn")
        return style


def outline(paragraph: etree._Element | None) -> int:
    """Return the outline level 1-9 of paragraph properties, 0 for body text."""
    level = whole(value(paragraph, "outlineLvl", "9"), 9) + 1
    return level if 1 <= level <= 9 else 0


def number_of(paragraph: etree._Element | None) -> tuple[str, int] | None:
    """Return (list id, level) of paragraph properties; None where they do not say."""
    numbering = None if paragraph is None else paragraph.find(f"{W}numPr")
    if numbering is None:
        return None
    return value(numbering, "numId", ""), min(max(whole(value(numbering, "ilvl")), 0), 8)
