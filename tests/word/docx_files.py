"""Word files as members write them, made with python-docx: for tests of reading and of the staff desk."""

from io import BytesIO

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from tests.image_files import picture_bytes
from tests.word.docx_raw import image_bytes

TITLE = "金融活水润小微——甲银行深圳分行“小店贷”服务个体工商户"
SUMMARY = "甲银行深圳分行推出“小店贷”，两天放款，帮 1200 户小店渡过难关。"
BACKGROUND = "疫情期间，小店订单减少，缺少抵押物，难以从银行借到钱。"
APPROACH = "分行与市场监管部门合作，用经营数据代替抵押物。"
RESULTS = "截至 2020 年 9 月末，累计放款 3.2 亿元，惠及 1200 户，利率低至 3.85%。"


def saved(document) -> bytes:
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def styled_case(*, title: str = TITLE, institution: str = "甲银行深圳分行", category: str = "服务小微") -> bytes:
    """Styles as Word offers them, every field given: nothing to ask about."""
    document = Document()
    document.add_paragraph(title, style="Title")
    document.add_paragraph(f"申报单位：{institution}")
    document.add_paragraph(f"案例类别：{category}")
    for heading, text in zip(("案例摘要", "案例背景", "主要做法", "取得成效"), _texts(), strict=True):
        document.add_heading(heading, 1)
        document.add_paragraph(text)
    return saved(document)


def plain_case(
    headings: tuple[str, ...] = ("一、案例摘要", "二、案例背景", "三、主要做法", "四、取得成效"), *, bold=False
) -> bytes:
    """No style at all: a centred title and headings typed by hand."""
    document = Document()
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = title.add_run(TITLE)
    run.bold, run.font.size = True, Pt(22)
    line = document.add_paragraph("甲银行深圳分行")
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for heading, text in zip(headings, _texts(), strict=True):
        document.add_paragraph().add_run(heading).bold = bold
        document.add_paragraph(text)
    return saved(document)


def form_case(rows: list[tuple[str, ...]] | None = None, *, name: str = "普惠金融案例申报表") -> bytes:
    """The two-column form Chinese offices love."""
    document = Document()
    document.add_paragraph(name).alignment = WD_ALIGN_PARAGRAPH.CENTER
    rows = rows or [
        ("案例名称", TITLE),
        ("申报单位（盖章）", "甲银行深圳分行"),
        ("申 报 类 别", "服务小微"),
        ("联系人及电话", "张三 13800000000"),
        ("案例简介\n（200字以内）", SUMMARY),
        ("案例背景", BACKGROUND),
        ("主要做法", APPROACH),
        ("取得成效", RESULTS),
    ]
    width = max(map(len, rows))
    table = document.add_table(rows=0, cols=width)
    for row in rows:
        cells = table.add_row().cells
        for cell, text in zip(cells, row, strict=False):
            cell.text = text
    return saved(document)


def run_in_case(marks: tuple[str, ...] = ("【案例背景】", "主要做法：", "三、取得成效：")) -> bytes:
    """Names of sections at the head of their paragraphs."""
    document = Document()
    document.add_paragraph(TITLE, style="Title")
    for mark, text in zip(marks, (BACKGROUND, APPROACH, RESULTS), strict=True):
        document.add_paragraph(mark + text)
    return saved(document)


def flat_case() -> bytes:
    """A text without any heading."""
    document = Document()
    document.add_paragraph(TITLE)
    for text in (BACKGROUND, APPROACH, RESULTS):
        document.add_paragraph(text * 3)
    return saved(document)


def picture_case(captions: tuple[str, ...] = ("图 1 柜员下乡", "图 2 小店开张"), *, kind: str = "PNG") -> bytes:
    """A picture of its own colour with each caption, in the approach."""
    document = Document()
    document.add_paragraph(TITLE, style="Title")
    document.add_heading("主要做法", 1)
    document.add_paragraph(APPROACH)
    for colour, caption in zip(("red", "green", "blue", "black"), captions, strict=False):
        document.add_picture(BytesIO(image_bytes(kind, colour=colour)))
        document.add_paragraph(caption)
    return saved(document)


def full_case() -> bytes:
    """Every field, a table and two photographs large enough for each size to be made of them."""
    document = Document()
    document.add_paragraph(TITLE, style="Title")
    document.add_paragraph("申报单位：甲银行深圳分行")
    for heading, text in zip(("案例摘要", "案例背景", "主要做法", "取得成效"), _texts(), strict=True):
        document.add_heading(heading, 1)
        document.add_paragraph(text)
    table = document.add_table(rows=0, cols=2)
    for row in (("年份", "放款"), ("2019", "1 亿元"), ("2020", "3.2 亿元")):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    for seed in (1, 2):
        document.add_picture(BytesIO(picture_bytes(size=(1800, 1200), seed=seed)))
        document.add_paragraph(f"图 {seed} 小店开张")
    return saved(document)


def _texts() -> tuple[str, ...]:
    return SUMMARY, BACKGROUND, APPROACH, RESULTS
