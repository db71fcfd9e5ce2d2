"""The Word template for members: made to be filled in by hand and read back without a question."""

import copy
from collections.abc import Sequence
from io import BytesIO

from docx import Document
from docx.document import Document as DocxDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from cases.word.docx.inline import INVISIBLE

SONG, HEI = "宋体", "黑体"
GREY = RGBColor(0x66, 0x66, 0x66)
MAX_CHOICES = 500
GUIDE = (
    "〔填写说明：这份模板填好后可以直接上传，系统按小标题读取。请保留各个小标题；"
    "像这样的灰色说明不用删，不会进正文。图片插在正文里，下一行写“图 1 ……”，说明图上是什么。〕"
)
FIELDS = (
    ("案例题名", "〔填：案例的题名，含副题，不超过 120 字〕"),
    ("一句话", "〔填：用平常话说清案例讲的是什么，不超过 80 字〕"),
    ("申报单位", ""),
    ("案例类别", ""),
    ("实施时间", "〔填：例如 2020 年 2 月至 9 月〕"),
    ("实施地区", "〔填：用顿号分开，例如 深圳、湖北武汉〕"),
)
SECTIONS = (
    ("一、案例摘要", "〔填：60-120 字，读者读到这里就能停：谁、遇到什么、做了什么、结果怎样〕"),
    ("二、案例背景", "〔填：谁遇到了什么困难，当时的情况〕"),
    ("三、主要做法", "〔填：做了什么，写明产品、合作方和地点。分几点写时，每点用（一）（二）作小标题〕"),
    ("四、取得成效", "〔填：结果和数字，每个数字写明截至哪天，例如“截至 2020 年 9 月末，累计放款 3200 万元”〕"),
)


HIGHLIGHTS = ("五、要点", "〔选填：首创、获奖等不是数字的事，一行一条，每条不超过 120 字〕")
ADVICE = ("六、可以照着做的", "〔选填：别处要照着做，用得上的话。一行一条，每条不超过 200 字；没有的空着〕")
ADVICE_ROWS = (
    ("适合谁", "〔选填：什么样的机构、客户、地方适合这样做〕"),
    ("需要什么", "〔选填：数据、授权、合作方、系统〕"),
    ("怎么做", "〔选填：一步一行〕"),
    ("谁担风险", "〔选填：出了风险由谁承担，各担多少〕"),
    ("难点与教训", "〔选填：卡在哪里，怎么解决的〕"),
    ("原文没有说的", "〔选填：照着做要知道、这里没有写的，例如利率、成本〕"),
)
PRODUCTS = ("七、产品", "〔选填：客户能申请的产品，一行一个；文件里没有写的空着〕")
PRODUCT_COLUMNS = ("产品名称", "适用对象", "额度", "期限", "利率", "条件")
PRODUCT_ROWS = 3


def build_template(institutions: Sequence[str], categories: Sequence[str]) -> bytes:
    """Build a .docx with a form for the fields and a heading for each part; the names are offered as lists to choose from."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.8)
    section.top_margin = section.bottom_margin = Cm(2.5)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = "普惠金融案例来稿模板", "", ""
    properties.language = "zh-CN"
    _set_fonts(document)
    document.sections[0].header.paragraphs[0].text = "普惠金融案例来稿模板"
    _hint(document.add_paragraph(), GUIDE)
    choices = {"申报单位": institutions, "案例类别": categories}
    _form(document, FIELDS, choices)
    for heading, hint in (*SECTIONS, HIGHLIGHTS, ADVICE):
        document.add_heading(heading, 1)
        _hint(document.add_paragraph(), hint)
    _form(document, ADVICE_ROWS, {})
    document.add_heading(PRODUCTS[0], 1)
    _hint(document.add_paragraph(), PRODUCTS[1])
    table: Table = document.add_table(rows=1 + PRODUCT_ROWS, cols=len(PRODUCT_COLUMNS))
    table.style = "Table Grid"
    for cell, label in zip(table.rows[0].cells, PRODUCT_COLUMNS, strict=True):
        cell.paragraphs[0].add_run(label).bold = True
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _form(document: DocxDocument, rows: Sequence[tuple[str, str]], choices: dict[str, Sequence[str]]) -> None:
    """Add a table with a label beside each box, which holds a hint or a list to choose from."""
    table: Table = document.add_table(rows=0, cols=2)
    table.style = "Table Grid"
    table.autofit = False
    for label, hint in rows:
        left, right = table.add_row().cells
        left.width, right.width = Cm(3.2), Cm(12.2)
        run = left.paragraphs[0].add_run(label)
        run.bold = True
        left.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
        if label in choices:
            _choice(right, label, choices[label])
        else:
            _hint(right.paragraphs[0], hint)


def _set_fonts(document: DocxDocument) -> None:
    """Chinese characters take their face from w:eastAsia alone; without it Word falls back on what the machine has."""
    for name, face, size in (("Normal", SONG, 12), ("Heading 1", HEI, 15), ("Header", SONG, 9)):
        style = document.styles[name]
        style.font.name, style.font.size = "Times New Roman", Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), face)
    heading = document.styles["Heading 1"]
    heading.font.color.rgb, heading.font.bold = RGBColor(0, 0, 0), True
    heading.paragraph_format.space_before, heading.paragraph_format.space_after = Pt(18), Pt(6)
    normal = document.styles["Normal"].paragraph_format
    normal.line_spacing, normal.space_after = 1.5, Pt(4)


def _hint(paragraph: Paragraph, text: str) -> None:
    run = paragraph.add_run(text)
    run.font.color.rgb, run.font.size = GREY, Pt(10.5)


def _choice(cell: _Cell, label: str, names: Sequence[str]) -> None:
    """Add a box to choose from or to write in (w:comboBox), showing a hint until it is used."""
    shown = f"〔选：点这里，从列表里选{label}；列表里没有的，直接写〕"
    control = parse_xml(
        f"<w:sdt {nsdecls('w')}><w:sdtPr><w:showingPlcHdr/><w:comboBox/></w:sdtPr><w:sdtContent/></w:sdt>"
    )
    properties, content = control
    alias = OxmlElement("w:alias")
    alias.set(qn("w:val"), label)
    properties.insert(0, alias)
    box = properties[-1]
    # Each name on one line without control characters; Word refuses a list with an empty or doubled entry.
    cleaned = (INVISIBLE.sub("", " ".join(name.split()))[:120] for name in names)
    for name in list(dict.fromkeys(filter(None, cleaned)))[:MAX_CHOICES]:
        item = OxmlElement("w:listItem")
        item.set(qn("w:displayText"), name)
        item.set(qn("w:value"), name)
        box.append(item)
    paragraph = cell.paragraphs[0]
    _hint(paragraph, shown)
    run = paragraph.runs[0]._r  # python-docx has no public way to put a content control around a run
    content.append(copy.deepcopy(run))
    paragraph._p.replace(run, control)
