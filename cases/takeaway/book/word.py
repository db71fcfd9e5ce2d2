"""A book as Word: styles for headings, so that its outline and contents work; tables, pictures with captions."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from docx import Document
from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from PIL import Image

from cases.takeaway.book.body import case_nodes, colophon_nodes, glossary_nodes, part_nodes
from cases.takeaway.book.model import Book
from cases.takeaway.book.nodes import Node, is_address

SONG, HEI, LATIN = "宋体", "黑体", "Times New Roman"
INK, MUTE = RGBColor(0x1F, 0x24, 0x2B), RGBColor(0x5B, 0x61, 0x69)
SIZES = {"Title": 26, "Subtitle": 13, "Heading 1": 20, "Heading 2": 16, "Heading 3": 13, "Heading 4": 11.5}
WIDTH = Cm(15.5)


def set_word(book: Book, *, media: Path, size: str) -> bytes:
    """The .docx of a book; ``media`` is the folder of its pictures. Word fills the contents in when it opens the file."""
    document = begun(book)
    writer = Writer(document, media)
    if not book.is_single:
        document.add_paragraph(book.title, "Title")
        document.add_paragraph(f"{book.subtitle}\n{book.publisher}　{book.date}", "Subtitle")
        if book.preface:
            writer.write([{"tag": "h1", "children": ["前言"]}, *book.preface])
        document.add_paragraph("目录", "TOC Heading")
        contents(document, titles_of(book))
    for part in book.parts:
        if book.has_parts:
            writer.write(part_nodes(part))
        for case in part.cases:
            writer.write(case_nodes(case, level=2 if book.has_parts else 1))
    if not book.is_single:
        writer.write(glossary_nodes(book) if book.glossary else [])
        writer.write(colophon_nodes(book))
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def titles_of(book: Book) -> list[str]:
    """Chapters and cases, as the contents list them."""
    titles = ["前言"] if book.preface else []
    for part in book.parts:
        titles += [f"{part.number}　{part.name}".strip()] if book.has_parts else []
        titles += [case.title for case in part.cases]
    return [*titles, *(["词语解释"] if book.glossary else []), "关于这一本"]


def begun(book: Book) -> WordDocument:
    """An empty A4 document with Chinese styles, the title at the head and page numbers at the foot of each page."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.75)
    properties = document.core_properties
    properties.title, properties.author, properties.language = book.title, book.publisher, "zh-CN"
    properties.comments = book.url
    for style in document.styles:
        if style.type == 1 and (style.name == "Normal" or style.name in SIZES or style.name == "TOC Heading"):
            is_heading = style.name != "Normal"
            style.font.name, style.font.color.rgb = LATIN, INK
            style.font.size = Pt(SIZES.get(style.name, 11 if not is_heading else 20))
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                fonts.attrib.pop(qn(f"w:{theme}"), None)
            fonts.set(qn("w:eastAsia"), HEI if is_heading else SONG)
            style.font.italic = False
    document.styles["Normal"].paragraph_format.line_spacing = 1.35
    set_language(document)
    if not book.is_single:
        for name in ("Heading 1", *(["Heading 2"] if book.has_parts else [])):
            document.styles[name].paragraph_format.page_break_before = True
    spacing = document.styles["Table Grid"].element.get_or_add_pPr().get_or_add_spacing()
    spacing.before, spacing.after, spacing.line = Pt(2), Pt(2), Pt(15)
    update = OxmlElement("w:updateFields")
    update.set(qn("w:val"), "true")
    document.settings.element.append(update)
    section.header.paragraphs[0].text = book.title
    field(section.footer.paragraphs[0], "PAGE", "1")
    return document


def set_language(document: WordDocument) -> None:
    """Say that the text is Chinese: punctuation is set by it."""
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "zh-CN")
    document.styles["Normal"].element.get_or_add_rPr().append(language)


def contents(document: WordDocument, titles: list[str]) -> None:
    """The contents: a field that Word makes anew with page numbers, holding the titles until then."""
    first, last = titles[0], titles[-1] if len(titles) > 1 else ""
    field(document.add_paragraph(style="No Spacing"), r'TOC \o "1-2" \h \z \u', first, is_open=True)
    for title in titles[1:-1]:
        document.add_paragraph(title, "No Spacing")
    mark(document.add_paragraph(last, "No Spacing"), "end")


def field(paragraph: Paragraph, instruction: str, shown: str, *, is_open: bool = False) -> None:
    """Add a field that Word works out, ``shown`` until then; one left open ends in a later paragraph."""
    mark(paragraph, "begin")
    code = OxmlElement("w:instrText")
    code.set(qn("xml:space"), "preserve")
    code.text = instruction
    paragraph.add_run()._r.append(code)
    mark(paragraph, "separate")
    paragraph.add_run(shown)
    if not is_open:
        mark(paragraph, "end")


def mark(paragraph: Paragraph, kind: str) -> None:
    """Add the ``begin``, ``separate`` or ``end`` of a field."""
    char = OxmlElement("w:fldChar")
    char.set(qn("w:fldCharType"), kind)
    paragraph.add_run()._r.append(char)


class Writer:
    """Writes nodes to the end of a document."""

    def __init__(self, document: WordDocument, media: Path) -> None:
        self.document, self.media = document, media
        self.writers: dict[str, Callable[[Node, str | None], None]] = {
            "ul": self._ul,
            "ol": self._ol,
            "blockquote": self._blockquote,
            "pre": self._pre,
            "hr": self._hr,
            "table": self._table,
            "img": self._img,
        }
        # python-docx looks through all styles for each paragraph: half of the time a book takes.
        self.styles = {style.name: style.style_id for style in document.styles}

    def paragraph(self, text: str = "", style: str | None = None) -> Paragraph:
        added = self.document.add_paragraph(text)
        if style:
            added._p.style = self.styles[style]
        return added

    def write(self, nodes: list[Node | str], style: str | None = None) -> None:
        """``style`` is that of paragraphs without one of their own: those of a list or quotation."""
        for item in nodes:
            if isinstance(item, str):
                self.paragraph(item, style)
            else:
                self.writers.get(item["tag"], self._block)(item, style)

    def _block(self, item: Node, style: str | None) -> None:
        if item["tag"][1:].isdigit():
            self._inline(self.paragraph(style=f"Heading {item['tag'][1:]}"), item["children"])
            return
        paragraph = self.paragraph(style=style)
        self._inline(paragraph, item["children"])
        if item.get("class") in ("kicker", "second", "note", "citation"):
            for run in paragraph.runs:
                run.font.color.rgb, run.font.size = MUTE, Pt(9.5)

    def _ul(self, item: Node, style: str | None) -> None:
        for child in item["children"]:
            self._item(child, "List Bullet 2" if style else "List Bullet", "")

    def _ol(self, item: Node, style: str | None) -> None:
        # Numbers as text: Word's own would run on from list to list.
        for number, child in enumerate(item["children"], item["start"]):
            self._item(child, "List Continue", f"{number}. ")

    def _item(self, item: Node, style: str, mark: str) -> None:
        blocks = [
            child
            for child in item["children"]
            if isinstance(child, dict) and child["tag"] in ("p", "ul", "ol", "table")
        ]
        texts = [child for child in item["children"] if child not in blocks]
        paragraph = self.paragraph(mark, style)
        if not texts and blocks and blocks[0]["tag"] == "p":
            texts = blocks.pop(0)["children"]
        self._inline(paragraph, texts)
        self.write(blocks, style)

    def _blockquote(self, item: Node, style: str | None) -> None:
        self.write(item["children"], "Quote")

    def _pre(self, item: Node, style: str | None) -> None:
        self.paragraph(item["text"].rstrip(), "Quote")

    def _hr(self, item: Node, style: str | None) -> None:
        self.paragraph("＊　＊　＊")

    def _table(self, item: Node, style: str | None) -> None:
        rows = item["children"]
        table = self.document.add_table(len(rows), max(len(row["children"]) for row in rows))
        table._tbl.tblPr.style = self.styles["Table Grid"]
        narrow = item.get("class") == "pairs"
        if narrow:
            table.autofit = False
            table.columns[0].width, table.columns[1].width = Cm(3), WIDTH - Cm(3)
        for line, row in zip(table._tbl.tr_lst, rows, strict=True):
            for place, (cell, source) in enumerate(zip(line.tc_lst, row["children"], strict=False)):
                self._inline(Paragraph(cell.p_lst[0], table), source["children"], is_strong=source["tag"] == "th")
                if narrow:
                    cell.width = WIDTH - Cm(3) if place else Cm(3)
        self.paragraph()

    def _img(self, item: Node, style: str | None) -> None:
        path = self.media / item["file"]
        with Image.open(path) as image:
            image = image if image.format in ("JPEG", "PNG", "GIF") else image.convert("RGB")
            width = min(WIDTH, Cm(image.width / 40))
        shape = self.document.add_picture(str(path), width=width)
        shape._inline.docPr.set("descr", item["alt"])
        if item["caption"]:
            self.paragraph(item["caption"], "Caption")

    def _inline(
        self, paragraph: Paragraph, nodes: list[Node | str], *, is_strong: bool = False, is_em: bool = False
    ) -> None:
        for item in nodes:
            if isinstance(item, str):
                run = paragraph.add_run(item)
                run.bold, run.italic = is_strong or None, is_em or None
            elif item["tag"] == "br":
                paragraph.add_run().add_break()
            elif item["tag"] in ("code", "pre"):
                paragraph.add_run(item["text"])
            elif item["tag"] == "a" and is_address(item["href"]):
                before = len(paragraph._p)
                self._inline(paragraph, item["children"], is_strong=is_strong, is_em=is_em)
                link = OxmlElement("w:hyperlink")
                link.set(
                    qn("r:id"), paragraph.part.relate_to(item["href"], RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
                )
                for run in list(paragraph._p)[before:]:
                    link.append(run)
                paragraph._p.append(link)
            else:
                self._inline(
                    paragraph,
                    item["children"],
                    is_strong=is_strong or item["tag"] == "strong",
                    is_em=is_em or item["tag"] == "em",
                )
