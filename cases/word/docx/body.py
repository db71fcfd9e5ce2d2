"""The body of a Word file as blocks: paragraphs with what they are, tables with their merged cells."""

import re
from collections import Counter

from lxml import etree

from cases.word.document import refuse
from cases.word.docx import limits
from cases.word.docx.blocks import Block, Body, Cell, Paragraph, Style, Table
from cases.word.docx.inline import CHANGES, DROPPED_FIELDS, InlineReader, is_placeholder, visible_branch
from cases.word.docx.numbering import Numbering
from cases.word.docx.package import Package
from cases.word.docx.styles import Styles, number_of, outline
from cases.word.docx.xml import MC, W, flag, value, whole

CONTAINERS = {f"{W}{name}" for name in ("sdtContent", "customXml", "ins", "moveTo", "body", "txbxContent")}
CENTRED = {"center", "centre", "distribute"}
NUMBERED_HEADING = re.compile(r"[第章节部分篇]|[〇一二三四五六七八九十]")


def read_body(package: Package) -> Body:
    """Read all blocks of the main part, in order, with its foot- and endnotes; raise ``WordFileError``."""
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
        self._margins = [item.part for item in relationships.values() if item.kind in ("header", "footer")]
        self._near = {kind: part for kind, part in near.items() if package.has(part)}
        self._styles = Styles(self._part("styles"))
        self._numbering = Numbering(self._part("numbering"))
        self._skipped = Counter()
        self._skipped["templates"] = sum(
            item.external for item in relationships.values() if item.kind == "attachedTemplate"
        )
        self.inline = InlineReader(relationships, self._styles.get, self._skipped, dropped)
        self._paragraphs = self._cells = self._text = 0
        self._carried: Paragraph | None = None

    def _part(self, kind: str) -> etree._Element | None:
        return self._package.xml(self._near[kind]) if kind in self._near else None

    def read(self) -> Body:
        root = self._package.xml(self._package.main)
        bodies = list(root.iterchildren(f"{W}body"))
        if not bodies:
            raise refuse("corrupt")
        self._skipped["headers"] = next(root.iter(f"{W}headerReference", f"{W}footerReference"), None) is not None
        blocks = self._blocks(bodies[0], 0)
        if self._carried is not None:
            blocks.append(self._carried)
        notes = {**self._notes("footnotes", "f"), **self._notes("endnotes", "e")}
        lines: dict[str, None] = {}
        for part in filter(self._package.has, self._margins[: limits.MARGINS]):
            for paragraph in self._package.xml(part).iter(f"{W}p"):
                text = "".join(piece.text or "" for piece in paragraph.iter(f"{W}t")).strip()
                lines |= {text[:200]: None} if text and len(lines) < limits.MARGINS else {}
        return Body(blocks, notes, self._skipped, tuple(lines))

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
            tag = element.tag
            self._skipped["changes"] += tag in CHANGES
            self._skipped["chunks"] += tag == f"{W}altChunk"
            if tag == f"{W}p":
                found += self._paragraph(element, depth)
            elif tag == f"{W}tbl":
                found += self._table(element, depth)
            elif tag == f"{W}sdt":
                # A content control: its content, unless it is the contents list or still shows its hint.
                properties = element.find(f"{W}sdtPr")
                gallery = "" if properties is None else value(properties.find(f"{W}docPartObj"), "docPartGallery")
                if gallery == "Table of Contents":
                    self._skipped["toc"] += 1
                elif not is_placeholder(element, self._styles.get):
                    for content in element.iterchildren(f"{W}sdtContent"):
                        found += self._blocks(content, depth)
            elif tag in CONTAINERS:
                found += self._blocks(element, depth)
            elif tag == f"{MC}AlternateContent":
                found += self._blocks(visible_branch(element), depth)
        return found

    def _paragraph(self, element: etree._Element, depth: int) -> list[Block]:
        self._paragraphs += 1
        if self._paragraphs > limits.PARAGRAPHS:
            raise refuse("too-complex")
        properties = element.find(f"{W}pPr")
        style = self._styles.get(value(properties, "pStyle") or self._styles.default_paragraph)
        was_dropped = self.inline.in_dropped_field
        paragraph = self._carried or Paragraph()
        self._carried = None
        self.inline.fill(paragraph, element, style)
        self._describe(paragraph, properties, style)
        self._text += sum(len(span.text) for span in paragraph.spans)
        if self._text > limits.TEXT:
            raise refuse("too-complex")
        waiting, self.inline.boxes = self.inline.boxes, []
        boxed: list[Block] = []
        for block in (block for box in waiting if depth < limits.TABLE_DEPTH for block in self._blocks(box, depth + 1)):
            if isinstance(block, Paragraph):
                block.boxed = True
            boxed.append(block)
        mark = None if properties is None else properties.find(f"{W}rPr")
        if mark is not None and mark.find(f"{W}del") is not None:
            self._carried = paragraph  # the mark is deleted: the next paragraph goes on here
            return boxed
        if paragraph.role == "toc" or (was_dropped and not paragraph.text and not paragraph.images):
            self._skipped["toc"] += 1
            return boxed
        return [paragraph, *boxed]

    def _describe(self, paragraph: Paragraph, properties: etree._Element | None, style: Style) -> None:
        """Set role, level, alignment and number from the paragraph's own properties, else from its style."""
        own = outline(properties)
        paragraph.role, paragraph.level = (style.role, style.level) if style.role or not own else ("heading", own)
        align = value(properties, "jc") or style.align
        paragraph.align = "center" if align in CENTRED else "right" if align in ("right", "end") else ""
        paragraph.size = paragraph.size or style.size or self._styles.default_size
        number = number_of(properties)
        if number is None:
            number = style.number
        elif not number[0] and style.number:
            number = (style.number[0], number[1])
        is_counted = number is not None and number[0] not in ("", "0")
        if not is_counted or not (paragraph.text or paragraph.images) or flag(properties, "vanish"):
            return
        label = self._numbering.label(*number)
        if label is not None:
            paragraph.label, paragraph.ordinal, paragraph.depth = label.text, label.ordinal, label.depth
            heading = label.kind == "chinese" or (label.kind == "number" and NUMBERED_HEADING.search(label.text))
            paragraph.listed = "" if heading or paragraph.role == "heading" else label.kind

    def _table(self, element: etree._Element, depth: int) -> list[Block]:
        if depth >= limits.TABLE_DEPTH:
            raise refuse("too-complex")
        table = Table()
        for row in self._flattened(element, f"{W}tr"):
            properties = row.find(f"{W}trPr")
            if properties is not None and properties.find(f"{W}del") is not None:
                self._skipped["changes"] += 1
                continue
            table.rows.append([])
            for cell in self._flattened(row, f"{W}tc"):
                self._cells += 1
                if self._cells > limits.CELLS:
                    raise refuse("too-complex")
                properties = cell.find(f"{W}tcPr")
                merged = None if properties is None else properties.find(f"{W}vMerge")
                continued = merged is not None and merged.get(f"{W}val", "continue") == "continue"
                columns = min(max(whole(value(properties, "gridSpan", "1"), 1), 1), 60)
                table.rows[-1].append(Cell(self._blocks(cell, depth + 1), columns, continued))
        return [table] if any(table.rows) else []

    def _flattened(self, parent: etree._Element, wanted: str) -> list[etree._Element]:
        """List rows or cells, also those inside content controls."""
        found = []
        for child in parent.iterchildren():
            if child.tag == wanted:
                found.append(child)
            elif child.tag == f"{W}sdt" or child.tag in CONTAINERS:
                found.extend(self._flattened(child, wanted))
        return found
