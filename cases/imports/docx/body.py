"""The body of a Word file as blocks: paragraphs with what they are, tables with their merged cells."""

import re
from collections import Counter

from lxml import etree

from cases.imports.docx import limits
from cases.imports.docx.blocks import Block, Body, Cell, Paragraph, Table
from cases.imports.docx.inline import DROPPED_FIELDS, InlineReader, shows_hint, visible_branch
from cases.imports.docx.numbering import Numbering
from cases.imports.docx.package import Package
from cases.imports.docx.sniff import refuse
from cases.imports.docx.styles import Style, Styles, number_of, outline
from cases.imports.docx.xml import MC, TOO_COMPLEX, W, flag, value, whole

CONTAINERS = {f"{W}{name}" for name in ("sdtContent", "customXml", "ins", "moveTo", "body", "txbxContent")}
CENTRED = {"center", "centre", "distribute"}
NUMBERED_HEADING = re.compile(r"[第章节部分篇]|[〇一二三四五六七八九十]")


def read_body(package: Package) -> Body:
    """All blocks of the main part, in order, with its foot- and endnotes; raises ``WordFileError``."""
    reader = BodyReader(package, DROPPED_FIELDS)
    body = reader.read()
    if reader.inline.in_dropped_field:  # a contents list that never ends would swallow the text
        body = BodyReader(package, set()).read()
    return body


class BodyReader:
    def __init__(self, package: Package, dropped: set[str]) -> None:
        self._package = package
        relationships = package.relationships(package.main)
        near = {item.kind: item.part for item in relationships.values() if not item.external}
        self._near = {kind: part for kind, part in near.items() if package.has(part)}
        self._styles = Styles(self._part("styles"))
        self._numbering = Numbering(self._part("numbering"))
        self._met = Counter()
        self._met["templates"] = sum(
            item.external for item in relationships.values() if item.kind == "attachedTemplate"
        )
        self.inline = InlineReader(relationships, self._styles, self._met, dropped)
        self._paragraphs = self._cells = self._text = 0
        self._carried: Paragraph | None = None

    def _part(self, kind: str) -> etree._Element | None:
        return self._package.xml(self._near[kind]) if kind in self._near else None

    def read(self) -> Body:
        root = self._package.xml(self._package.main)
        bodies = list(root.iterchildren(f"{W}body"))
        if not bodies:
            raise refuse("corrupt")
        self._met["headers"] = next(root.iter(f"{W}headerReference", f"{W}footerReference"), None) is not None
        blocks = self._blocks(bodies[0], 0)
        if self._carried is not None:
            blocks.append(self._carried)
        notes = {**self._notes("footnotes", "f"), **self._notes("endnotes", "e")}
        return Body(blocks, notes, self._met)

    def _notes(self, kind: str, mark: str) -> dict[str, str]:
        root, notes = self._part(kind), {}
        if root is None:
            return notes
        for note in root.iterchildren(f"{W}footnote", f"{W}endnote"):
            if note.get(f"{W}type", "normal") == "normal":
                paragraphs = [block.text for block in self._blocks(note, 0) if isinstance(block, Paragraph)]
                notes[f"{mark}{whole(note.get(f'{W}id'), -1)}"] = " ".join(filter(None, paragraphs))
        return notes

    def _blocks(self, parent: etree._Element, depth: int) -> list[Block]:
        found: list[Block] = []
        for element in parent.iterchildren():
            self._block(element, depth, found)
        return found

    def _block(self, element: etree._Element, depth: int, found: list[Block]) -> None:
        tag = element.tag
        if tag == f"{W}p":
            found.extend(self._paragraph(element, depth))
        elif tag == f"{W}tbl":
            found.extend(self._table(element, depth))
        elif tag == f"{W}sdt":
            self._control(element, depth, found)
        elif tag in CONTAINERS:
            self._met["changes"] += tag in (f"{W}ins", f"{W}moveTo")
            found.extend(self._blocks(element, depth))
        elif tag in (f"{W}del", f"{W}moveFrom"):
            self._met["changes"] += 1
        elif tag == f"{MC}AlternateContent":
            found.extend(self._blocks(visible_branch(element), depth))
        elif tag == f"{W}altChunk":
            self._met["chunks"] += 1

    def _control(self, element: etree._Element, depth: int, found: list[Block]) -> None:
        """A content control: its content, unless it is the contents list or still shows its hint."""
        properties = element.find(f"{W}sdtPr")
        gallery = "" if properties is None else value(properties.find(f"{W}docPartObj"), "docPartGallery")
        if gallery == "Table of Contents":
            self._met["toc"] += 1
            return
        if shows_hint(element, self._styles):
            return
        for content in element.iterchildren(f"{W}sdtContent"):
            found.extend(self._blocks(content, depth))

    def _paragraph(self, element: etree._Element, depth: int) -> list[Block]:
        self._paragraphs += 1
        if self._paragraphs > limits.PARAGRAPHS:
            raise refuse("too-complex", TOO_COMPLEX)
        properties = element.find(f"{W}pPr")
        style = self._styles.get(value(properties, "pStyle") or self._styles.default_paragraph)
        was_dropped = self.inline.in_dropped_field
        paragraph = self._carried or Paragraph()
        self._carried = None
        self.inline.fill(paragraph, element, style)
        self._describe(paragraph, properties, style)
        self._text += sum(len(span.text) for span in paragraph.spans)
        if self._text > limits.TEXT:
            raise refuse("too-complex", TOO_COMPLEX)
        boxed = self._boxes(depth)
        mark = None if properties is None else properties.find(f"{W}rPr")
        if mark is not None and mark.find(f"{W}del") is not None:
            self._carried = paragraph  # the mark is deleted: the next paragraph goes on here
            return boxed
        if paragraph.role == "toc" or (was_dropped and not paragraph.text and not paragraph.pictures):
            self._met["toc"] += 1
            return boxed
        return [paragraph, *boxed]

    def _boxes(self, depth: int) -> list[Block]:
        waiting, self.inline.boxes = self.inline.boxes, []
        found: list[Block] = []
        for box in waiting if depth < limits.TABLE_DEPTH else ():
            for block in self._blocks(box, depth + 1):
                if isinstance(block, Paragraph):
                    block.boxed = True
                found.append(block)
        return found

    def _describe(self, paragraph: Paragraph, properties: etree._Element | None, style: Style) -> None:
        """Role, level, alignment and number from the paragraph's own properties, else from its style."""
        own = outline(properties)
        paragraph.role, paragraph.level = (style.role, style.level) if style.role or not own else ("heading", own)
        align = value(properties, "jc") or style.align
        paragraph.align = "center" if align in CENTRED else "right" if align in ("right", "end") else ""
        paragraph.size = paragraph.size or style.size or self._styles.default_size
        number = self._number(properties, style)
        if number is None or not (paragraph.text or paragraph.pictures) or flag(properties, "vanish"):
            return
        label = self._numbering.label(*number)
        if label is not None:
            paragraph.label, paragraph.ordinal, paragraph.depth = label.text, label.ordinal, label.depth
            heading = label.kind == "chinese" or (label.kind == "number" and NUMBERED_HEADING.search(label.text))
            paragraph.listed = "" if heading or paragraph.role == "heading" else label.kind

    def _number(self, properties: etree._Element | None, style: Style) -> tuple[str, int] | None:
        own = number_of(properties)
        if own is None:
            own = style.number
        elif not own[0] and style.number:
            own = (style.number[0], own[1])
        return own if own and own[0] not in ("", "0") else None

    def _table(self, element: etree._Element, depth: int) -> list[Block]:
        if depth >= limits.TABLE_DEPTH:
            raise refuse("too-complex", TOO_COMPLEX)
        table = Table()
        for row in self._flattened(element, f"{W}tr"):
            properties = row.find(f"{W}trPr")
            if properties is not None and properties.find(f"{W}del") is not None:
                self._met["changes"] += 1
                continue
            table.rows.append([self._cell(cell, depth) for cell in self._flattened(row, f"{W}tc")])
        return [table] if any(table.rows) else []

    def _flattened(self, parent: etree._Element, wanted: str) -> list[etree._Element]:
        """Rows or cells, also those inside content controls."""
        found = []
        for child in parent.iterchildren():
            if child.tag == wanted:
                found.append(child)
            elif child.tag == f"{W}sdt" or child.tag in CONTAINERS:
                found.extend(self._flattened(child, wanted))
        return found

    def _cell(self, element: etree._Element, depth: int) -> Cell:
        self._cells += 1
        if self._cells > limits.CELLS:
            raise refuse("too-complex", TOO_COMPLEX)
        properties = element.find(f"{W}tcPr")
        merged = None if properties is None else properties.find(f"{W}vMerge")
        continued = merged is not None and merged.get(f"{W}val", "continue") == "continue"
        columns = min(max(whole(value(properties, "gridSpan", "1"), 1), 1), 60)
        return Cell(self._blocks(element, depth + 1), columns, continued)
