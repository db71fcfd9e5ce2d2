"""What stands inside a paragraph: runs, links, fields, images, notes; changes are taken as accepted."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from lxml import etree

from cases.word.document import refuse
from cases.word.docx.blocks import ImageRef, Paragraph, Span, Style
from cases.word.docx.limits import RUNS
from cases.word.docx.xml import MC, A, M, R, Relationship, V, W, flag, value, whole

INSIDE = {f"{W}{name}" for name in ("ins", "moveTo", "smartTag", "sdtContent", "customXml", "dir", "bdo", "rubyBase")}
CHANGES = {f"{W}{name}" for name in ("ins", "moveTo", "del", "moveFrom")}
THROUGH = {f"{W}sdt", f"{W}ruby"}
BREAKS = {f"{W}br": "\n", f"{W}cr": "\n", f"{W}tab": "\t", f"{W}ptab": "\t", f"{W}noBreakHyphen": "-"}
NOTES = {f"{W}footnoteReference": "f", f"{W}endnoteReference": "e"}
DROPPED_FIELDS = {"TOC", "PAGE", "NUMPAGES", "SECTIONPAGES", "INDEX", "TC", "XE", "TA", "TOA"}
MATH_STYLE = {"rPr", "sty", "ctrlPr", "oMathParaPr", "jc", "nor", "lit", "scr"}
CHARTS = {"chart": "chart", "relIds": "smartart", "chartspace": "chart"}
INVISIBLE = re.compile(
    r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffc\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
)
GENERIC_ALT = re.compile(
    r"^(?:图片|图像|图形|图表|文本框|矩形|组合|picture|image|graphic|img|rectangle|shape|pic)?[\s\d_.:-]*$"
    r"|自动生成|automatically generated|[\\/]\S*\.\w{3,4}$|^\S+\.(?:png|jpe?g|gif|bmp|tiff?|webp|emf|wmf)$|^[0-9a-f]{16,}",
    re.IGNORECASE,
)
# Characters of symbol fonts, which mean something only in that font: the code in hexadecimal, then what it shows.
WINGDINGS = (
    "28☎ 2A✉ 4A☺ 6C● 6D❍ 6E■ 6F□ 71❑ 72❒ 74◆ 75◆ 76❖ 77◆ 9F• A7▪ A8□ AB★ B0○ D8➢ DF← E0→ E1↑ E2↓ E8➔ FA■ "
    "FB✗ FC✓ FD☒ FE☑"
)
SYMBOL = "B7• A3≤ B3≥ B1± B4× B8÷ B9≠ BB≈ AE→ B0°"
FONTS = {
    font: {int(sign[:2], 16): sign[2:] for sign in signs.split()}
    for font, signs in (("wingdings", WINGDINGS), ("symbol", SYMBOL), ("wingdings 2", "50✓ 52☑ A3□ 30☐"))
}


@dataclass
class Field:
    """A field while it is read: its instruction, then its result, which is shown or not."""

    instruction: str = ""
    in_result: bool = False
    dropped: bool = False
    href: str = ""


def safe_href(address: str) -> str:
    """Return ``address`` if it is a plain http(s) one, ready to stand in Markdown; otherwise ''."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or len(address) > 500:
        return ""
    return quote(address.strip(), safe=":/?#@!$&*+,;=%-._~")


class InlineReader:
    """Fills paragraphs. One for a part: fields may run over many paragraphs, so their state lives here."""

    def __init__(
        self,
        relationships: dict[str, Relationship],
        style_of: Callable[[str], Style],
        skipped: Counter,
        dropped: set[str],
    ) -> None:
        self._relationships = relationships
        self._style_of = style_of
        self.skipped = skipped
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
        self.skipped["changes"] += tag in CHANGES
        if tag == f"{W}r":
            self._run(element, paragraph, style, href)
        elif tag == f"{W}sdt" and is_placeholder(element, self._style_of):
            return
        elif tag in INSIDE or tag in THROUGH:
            self._children(element, paragraph, style, href)
        elif tag == f"{W}hyperlink":
            relation = self._relationships.get(element.get(f"{R}id", ""))
            is_link = relation is not None and relation.external
            self._children(element, paragraph, style, self._counted(relation.target) if is_link else "")
        elif tag == f"{W}fldSimple":
            if _field_name(element.get(f"{W}instr", "")) not in self._dropped:
                self._children(element, paragraph, style, href)
        elif tag == f"{MC}AlternateContent":
            self._children(visible_branch(element), paragraph, style, href)
        elif tag in (f"{M}oMath", f"{M}oMathPara"):
            # A formula on one line is taken as text; anything with fractions, roots or indices is none.
            parts = [part for part in element.iter(etree.Element) if part is not element and part.tag.startswith(M)]
            simple = all(
                part.tag in (f"{M}r", f"{M}t", f"{M}oMath") or etree.QName(part).localname in MATH_STYLE
                for part in parts
            )
            text = "".join(part.text or "" for part in element.iter(f"{M}t"))
            if not simple or not text.strip():
                self.skipped["equations"] += 1
                text = "〔公式〕"
            self._text(paragraph, text, (False, 0, ""))

    def _counted(self, address: str) -> str:
        href = safe_href(address)
        self.skipped["links" if href else "bad-links"] += 1
        return href

    def _run(self, run: etree._Element, paragraph: Paragraph, style: Style, href: str) -> None:
        self._runs += 1
        if self._runs > RUNS:
            raise refuse("too-complex")
        properties = run.find(f"{W}rPr")
        own = self._style_of(value(properties, "rStyle"))
        if _first(flag(properties, "vanish"), own.hidden, style.hidden):
            self.skipped["hidden"] += any((text.text or "").strip() for text in run.iterchildren(f"{W}t"))
            for child in run.iterchildren(f"{W}fldChar", f"{W}instrText"):  # a field may begin or end in it
                self._field(child)
            return
        if properties is not None and properties.find(f"{W}del") is not None:
            return
        bold = bool(_first(flag(properties, "b"), own.bold, style.bold))
        size = whole(value(properties, "sz")) or own.size or style.size
        for child in run.iterchildren():
            self._content(child, paragraph, style, (bold, size, href))

    def _content(self, element: etree._Element, paragraph: Paragraph, style: Style, text_format: tuple) -> None:
        tag = element.tag
        if tag in (f"{W}t", f"{W}sym"):
            self._text(
                paragraph, (element.text or "") if tag == f"{W}t" else symbol(element, self.skipped), text_format
            )
        elif tag in BREAKS:
            self._text(paragraph, BREAKS[tag], text_format)
        elif tag in (f"{W}fldChar", f"{W}instrText"):
            self._field(element)
        elif tag in NOTES:
            self._text(paragraph, f"\ue000{NOTES[tag]}{whole(element.get(f'{W}id'), -1)}\ue001", text_format)
        elif tag == f"{W}commentReference":
            self.skipped["comments"] += 1
        elif tag == f"{MC}AlternateContent":
            for child in visible_branch(element).iterchildren():
                self._content(child, paragraph, style, text_format)
        elif tag in (f"{W}drawing", f"{W}pict", f"{W}object"):
            self._drawing(element, paragraph)
        elif tag in THROUGH or tag in INSIDE or tag == f"{W}r":
            self._inline(element, paragraph, style, text_format[2])

    def _text(self, paragraph: Paragraph, text: str, text_format: tuple) -> None:
        if self.in_dropped_field or any(not field.in_result for field in self._fields):
            return
        if text[:1] != "\ue000":
            text = INVISIBLE.sub("", re.sub("[\ue000-\ue003]", "", text).replace("\u2028", "\n"))
        bold, size, href = text_format
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
            field = self._fields[-1]
            name = _field_name(field.instruction)
            field.in_result, field.dropped = True, name in self._dropped
            self.skipped["toc"] += name == "TOC"
            if address := re.search(r'HYPERLINK\s+"([^"]+)"', field.instruction):
                field.href = self._counted(address[1])
        elif kind == "end" and self._fields:
            self._fields.pop()

    @property
    def in_dropped_field(self) -> bool:
        return any(field.dropped for field in self._fields)

    def _drawing(self, element: etree._Element, paragraph: Paragraph) -> None:
        alt = ""
        for part in _visible(element):
            name = etree.QName(part).localname
            if name == "docPr":
                alt = part.get("descr") or part.get("title") or ""
            elif part.tag == f"{V}shape":
                alt = part.get("alt") or alt
            elif part.tag == f"{A}blip":
                self._image(part.get(f"{R}embed") or "", part.get(f"{R}link") or "", alt, paragraph)
            elif part.tag == f"{V}imagedata":
                self._image(
                    part.get(f"{R}id") or part.get(f"{R}pict") or "", part.get(f"{R}href") or "", alt, paragraph
                )
            elif part.tag == f"{V}textpath" and part.get("string"):
                self._text(paragraph, part.get("string", ""), (False, 0, ""))
            elif part.tag == f"{W}txbxContent":
                self.boxes.append(part)
            elif name in CHARTS:
                self.skipped[CHARTS[name]] += 1
            elif name == "OLEObject":
                self.skipped["objects"] += 1

    def _image(self, embedded: str, linked: str, alt: str, paragraph: Paragraph) -> None:
        relation = self._relationships.get(embedded)
        if relation is None or relation.external or relation.kind != "image":
            self.skipped["far-images"] += 1
            return
        alt = INVISIBLE.sub("", " ".join(alt.split()))
        paragraph.images.append(ImageRef(relation.part, "" if GENERIC_ALT.search(alt) else alt[:160]))


def _visible(element: etree._Element) -> list[etree._Element]:
    """List the parts of a drawing in order: one branch of each alternative, no further than a text box."""
    found, waiting = [], [element]
    while waiting:
        part = waiting.pop()
        found.append(part)
        if part.tag == f"{MC}AlternateContent":
            waiting.append(visible_branch(part))
        elif part.tag != f"{W}txbxContent":
            waiting.extend(child for child in reversed(part) if isinstance(child.tag, str))
    return found


def is_placeholder(control: etree._Element, style_of: Callable[[str], Style]) -> bool:
    """Tell whether a content control still shows its own hint: it says so, and its words have the style of a hint.

    The mark alone is not believed: some editors leave it on when the control is filled in."""
    properties = control.find(f"{W}sdtPr")
    if properties is None or not flag(properties, "showingPlcHdr"):
        return False
    runs = [run for run in control.iter(f"{W}r") if run.find(f"{W}t") is not None]
    return all(style_of(value(run.find(f"{W}rPr"), "rStyle")).role == "hint" for run in runs)


def visible_branch(element: etree._Element) -> etree._Element:
    """Choose the branch of an alternative that has something we read."""
    branches = [*element.iterchildren(f"{MC}Choice"), *element.iterchildren(f"{MC}Fallback")]
    for branch in branches:
        if (
            next(branch.iter(f"{W}txbxContent", f"{A}blip", f"{V}imagedata", f"{W}t", "{*}chart", "{*}relIds"), None)
            is not None
        ):
            return branch
    return branches[0] if branches else etree.Element("nothing")


def _field_name(instruction: str) -> str:
    words = instruction.split()
    return words[0].upper() if words else ""


def _first(*values: bool | None) -> bool | None:
    return next((value for value in values if value is not None), None)


def symbol(element: etree._Element, skipped: Counter) -> str:
    """Return the character of a ``w:sym``; '' (counted as ``symbols``) for one that is not known."""
    try:
        code = int(element.get(f"{W}char", ""), 16)
    except ValueError:
        return ""
    font = element.get(f"{W}font", "").lower()
    if font in FONTS:
        found = FONTS[font].get(code & 0xFF, "")
    else:
        found = chr(code) if 0x20 <= code < 0xD800 or 0xF900 <= code <= 0x1FFFF else ""
    skipped["symbols"] += not found
    return found
