"""What stands inside a paragraph: runs, links, fields, pictures, notes; changes are taken as accepted."""

import re
from collections import Counter
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from lxml import etree

from cases.imports.docx.blocks import Paragraph, PictureRef, Span
from cases.imports.docx.limits import RUNS
from cases.imports.docx.package import Relationship
from cases.imports.docx.sniff import refuse
from cases.imports.docx.styles import Style, Styles
from cases.imports.docx.symbols import symbol
from cases.imports.docx.xml import MC, TOO_COMPLEX, A, M, R, V, W, flag, value, whole

INSIDE = {f"{W}{name}" for name in ("ins", "moveTo", "smartTag", "sdtContent", "customXml", "dir", "bdo", "rubyBase")}
THROUGH = {f"{W}sdt", f"{W}ruby"}
BREAKS = {f"{W}br": "\n", f"{W}cr": "\n", f"{W}tab": "\t", f"{W}ptab": "\t", f"{W}noBreakHyphen": "-"}
NOTES = {f"{W}footnoteReference": "f", f"{W}endnoteReference": "e"}
DROPPED_FIELDS = {"TOC", "PAGE", "NUMPAGES", "SECTIONPAGES", "INDEX", "TC", "XE", "TA", "TOA"}
CHARTS = {"chart": "chart", "relIds": "smartart", "chartspace": "chart"}
UNSEEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffc\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
DULL_ALT = re.compile(
    r"^(?:图片|图像|图形|图表|文本框|矩形|组合|picture|image|graphic|img|rectangle|shape|pic)?[\s\d_.:-]*$"
    r"|自动生成|automatically generated|[\\/]\S*\.\w{3,4}$|^\S+\.(?:png|jpe?g|gif|bmp|tiff?|webp|emf|wmf)$|^[0-9a-f]{16,}",
    re.IGNORECASE,
)


@dataclass
class Field:
    """A field while it is read: its instruction, then its result, which is shown or not."""

    instruction: str = ""
    in_result: bool = False
    dropped: bool = False
    href: str = ""


def safe_href(address: str) -> str:
    """``address`` if it is a plain http(s) one, ready to stand in Markdown; otherwise ''."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or len(address) > 500:
        return ""
    return quote(address.strip(), safe=":/?#@!$&*+,;=%-._~")


class InlineReader:
    """Fills paragraphs. One for a part: fields may run over many paragraphs, so their state lives here."""

    def __init__(self, relationships: dict[str, Relationship], styles: Styles, met: Counter, dropped: set[str]) -> None:
        self._relationships = relationships
        self._styles = styles
        self.met = met
        self.boxes: list[etree._Element] = []
        self._fields: list[Field] = []
        self._dropped = dropped
        self._runs = 0

    def fill(self, paragraph: Paragraph, element: etree._Element, style: Style) -> None:
        self._children(element, paragraph, style, "")
        self._fields = [field for field in self._fields if field.in_result]  # an instruction ends with its paragraph

    def _children(self, element: etree._Element, paragraph: Paragraph, style: Style, href: str) -> None:
        for child in element.iterchildren():
            self._inline(child, paragraph, style, href)

    def _inline(self, element: etree._Element, paragraph: Paragraph, style: Style, href: str) -> None:
        tag = element.tag
        if tag == f"{W}r":
            self._run(element, paragraph, style, href)
        elif tag == f"{W}sdt" and shows_hint(element, self._styles):
            return
        elif tag in INSIDE or tag in THROUGH:
            self.met["changes"] += tag in (f"{W}ins", f"{W}moveTo")
            self._children(element, paragraph, style, href)
        elif tag in (f"{W}del", f"{W}moveFrom"):
            self.met["changes"] += 1
        elif tag == f"{W}hyperlink":
            self._children(element, paragraph, style, self._link(element.get(f"{R}id", "")))
        elif tag == f"{W}fldSimple":
            if _field_name(element.get(f"{W}instr", "")) not in self._dropped:
                self._children(element, paragraph, style, href)
        elif tag == f"{MC}AlternateContent":
            self._children(visible_branch(element), paragraph, style, href)
        elif tag in (f"{M}oMath", f"{M}oMathPara"):
            self._equation(element, paragraph)

    def _link(self, relation_id: str) -> str:
        relation = self._relationships.get(relation_id)
        if relation is None or not relation.external:
            return ""
        return self._counted(relation.target)

    def _counted(self, address: str) -> str:
        href = safe_href(address)
        self.met["links" if href else "bad-links"] += 1
        return href

    def _run(self, run: etree._Element, paragraph: Paragraph, style: Style, href: str) -> None:
        self._runs += 1
        if self._runs > RUNS:
            raise refuse("too-complex", TOO_COMPLEX)
        properties = run.find(f"{W}rPr")
        own = self._styles.get(value(properties, "rStyle"))
        if _first(flag(properties, "vanish"), own.hidden, style.hidden):
            self.met["hidden"] += any((text.text or "").strip() for text in run.iterchildren(f"{W}t"))
            self._skim(run)
            return
        if properties is not None and properties.find(f"{W}del") is not None:
            return
        bold = bool(_first(flag(properties, "b"), own.bold, style.bold))
        size = whole(value(properties, "sz")) or own.size or style.size
        for child in run.iterchildren():
            self._content(child, paragraph, style, (bold, size, href))

    def _skim(self, run: etree._Element) -> None:
        """A hidden run is not read, but a field may begin or end in it."""
        for child in run.iterchildren(f"{W}fldChar", f"{W}instrText"):
            self._field(child)

    def _content(self, element: etree._Element, paragraph: Paragraph, style: Style, dress: tuple) -> None:
        tag = element.tag
        if tag in (f"{W}t", f"{W}sym"):
            self._text(paragraph, (element.text or "") if tag == f"{W}t" else symbol(element, self.met), dress)
        elif tag in BREAKS:
            self._text(paragraph, BREAKS[tag], dress)
        elif tag in (f"{W}fldChar", f"{W}instrText"):
            self._field(element)
        elif tag in NOTES:
            self._text(paragraph, f"\ue000{NOTES[tag]}{whole(element.get(f'{W}id'), -1)}\ue001", dress)
        elif tag == f"{W}commentReference":
            self.met["comments"] += 1
        elif tag == f"{MC}AlternateContent":
            for child in visible_branch(element).iterchildren():
                self._content(child, paragraph, style, dress)
        elif tag in (f"{W}drawing", f"{W}pict", f"{W}object"):
            self._drawing(element, paragraph)
        elif tag in THROUGH or tag in INSIDE or tag == f"{W}r":
            self._inline(element, paragraph, style, dress[2])

    def _text(self, paragraph: Paragraph, text: str, dress: tuple) -> None:
        if self.in_dropped_field or any(not field.in_result for field in self._fields):
            return
        if text[:1] != "\ue000":
            text = UNSEEN.sub("", text.replace("\ue000", "").replace("\ue001", "").replace("\u2028", "\n"))
        bold, size, href = dress
        if not href and self._fields:
            href = next((field.href for field in self._fields if field.href), "")
        if text.strip():
            paragraph.size = max(paragraph.size, size)
        last = paragraph.spans[-1] if paragraph.spans else None
        if last is not None and (last.bold, last.href) == (bold, href):
            last.text += text
        elif text:
            paragraph.spans.append(Span(text, bold, href))

    def _field(self, element: etree._Element) -> None:
        if element.tag == f"{W}instrText":
            if self._fields and len(self._fields[-1].instruction) < 2000:
                self._fields[-1].instruction += element.text or ""
            return
        kind = element.get(f"{W}fldCharType", "")
        if kind == "begin" and len(self._fields) < 50:
            self._fields.append(Field())
        elif kind == "separate" and self._fields:
            self._begin_result(self._fields[-1])
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _begin_result(self, field: Field) -> None:
        name = _field_name(field.instruction)
        field.in_result, field.dropped = True, name in self._dropped
        self.met["toc"] += name == "TOC"
        address = re.search(r'HYPERLINK\s+"([^"]+)"', field.instruction)
        if address:
            field.href = self._counted(address[1])

    @property
    def in_dropped_field(self) -> bool:
        return any(field.dropped for field in self._fields)

    def _equation(self, element: etree._Element, paragraph: Paragraph) -> None:
        """A formula on one line is text; anything with fractions, roots or indices is not."""
        simple = all(
            part.tag in (f"{M}r", f"{M}t", f"{M}oMath") or not part.tag.startswith(M) or _dress(part)
            for part in element.iter(etree.Element)
            if part is not element
        )
        text = "".join(part.text or "" for part in element.iter(f"{M}t"))
        if not simple or not text.strip():
            self.met["equations"] += 1
            text = "〔公式〕"
        self._text(paragraph, text, (False, 0, ""))

    def _drawing(self, element: etree._Element, paragraph: Paragraph) -> None:
        alt = ""
        for part in _visible(element):
            name = etree.QName(part).localname
            if name == "docPr":
                alt = part.get("descr") or part.get("title") or ""
            elif part.tag == f"{V}shape":
                alt = part.get("alt") or alt
            elif part.tag == f"{A}blip":
                self._picture(part.get(f"{R}embed") or "", part.get(f"{R}link") or "", alt, paragraph)
            elif part.tag == f"{V}imagedata":
                self._picture(
                    part.get(f"{R}id") or part.get(f"{R}pict") or "", part.get(f"{R}href") or "", alt, paragraph
                )
            elif part.tag == f"{V}textpath" and part.get("string"):
                self._text(paragraph, part.get("string", ""), (False, 0, ""))
            elif part.tag == f"{W}txbxContent":
                self.boxes.append(part)
            elif name in CHARTS:
                self.met[CHARTS[name]] += 1
            elif name == "OLEObject":
                self.met["objects"] += 1

    def _picture(self, embedded: str, linked: str, alt: str, paragraph: Paragraph) -> None:
        relation = self._relationships.get(embedded)
        if relation is None or relation.external or relation.kind != "image":
            self.met["far-pictures"] += 1
            return
        alt = UNSEEN.sub("", " ".join(alt.split()))
        paragraph.pictures.append(PictureRef(relation.part, "" if DULL_ALT.search(alt) else alt[:160]))


def _visible(element: etree._Element) -> list[etree._Element]:
    """The parts of a drawing in order: one branch of each alternative, no further than a text box."""
    found, waiting = [], [element]
    while waiting:
        part = waiting.pop()
        found.append(part)
        if part.tag == f"{MC}AlternateContent":
            waiting.append(visible_branch(part))
        elif part.tag != f"{W}txbxContent":
            waiting.extend(child for child in reversed(part) if isinstance(child.tag, str))
    return found


def shows_hint(control: etree._Element, styles: Styles) -> bool:
    """Whether a content control still shows its own hint: it says so, and its words are dressed as a hint. (The
    mark alone is not believed: some editors leave it on when the control is filled in.)"""
    properties = control.find(f"{W}sdtPr")
    if properties is None or not flag(properties, "showingPlcHdr"):
        return False
    runs = [run for run in control.iter(f"{W}r") if run.find(f"{W}t") is not None]
    return all(styles.get(value(run.find(f"{W}rPr"), "rStyle")).role == "hint" for run in runs)


def visible_branch(element: etree._Element) -> etree._Element:
    """The branch of an alternative that has something we read."""
    branches = [*element.iterchildren(f"{MC}Choice"), *element.iterchildren(f"{MC}Fallback")]
    for branch in branches:
        if (
            next(branch.iter(f"{W}txbxContent", f"{A}blip", f"{V}imagedata", f"{W}t", "{*}chart", "{*}relIds"), None)
            is not None
        ):
            return branch
    return branches[0] if branches else etree.Element("nothing")


def _dress(part: etree._Element) -> bool:
    return etree.QName(part).localname in ("rPr", "sty", "ctrlPr", "oMathParaPr", "jc", "nor", "lit", "scr")


def _field_name(instruction: str) -> str:
    words = instruction.split()
    return words[0].upper() if words else ""


def _first(*values: bool | None) -> bool | None:
    return next((value for value in values if value is not None), None)
