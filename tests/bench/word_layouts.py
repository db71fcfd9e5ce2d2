"""The dresses in which members send one text: styles, bold, numbers by hand, forms, none at all; and books of many."""

from collections.abc import Callable

from docx import Document
from docx.document import Document as Written
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from tests.bench.word_texts import PARTS, TOPIC, Line, Text

COUNT = "一二三四五六七八九十"
NAMES = {
    "plain": {"summary": "案例简介", "background": "案例背景", "approach": "主要做法", "results": "取得成效"},
    "project": {"summary": "项目概况", "background": "项目背景", "approach": "项目实施情况", "results": "取得成效"},
    "problem": {"summary": "内容提要", "background": "面临的问题", "approach": "创新举措", "results": "实施效果"},
    "mixed": {
        "summary": "摘要",
        "background": "背景与挑战",
        "approach": "解决方案及创新点",
        "results": "经济效益和社会效益",
    },
    "loose": {
        "summary": "案例综述",
        "background": "为什么要做这件事",
        "approach": "我们是这样做的",
        "results": "带来了哪些变化",
    },
}


def centred(document: Written, text: str, *, size: int = 0, bold: bool = False) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(text)
    run.bold = bold or None
    if size:
        run.font.size = Pt(size)


def in_two(title: str) -> list[str]:
    middle = len(title) // 2
    cuts = [at + 1 for at, sign in enumerate(title[:-1]) if sign in "，、 —！" and title[at + 1] not in "—"]
    cut = min(cuts, key=lambda at: abs(at - middle), default=middle)
    return [title[:cut].strip(), title[cut:].strip()]


def paragraphs(document: Written, lines: list[Line], *, bold: bool = False, style: str = "") -> None:
    for line in lines:
        if line.is_heading and style:
            document.add_heading(line.text, 2)
        else:
            document.add_paragraph().add_run(line.text).bold = (bold and line.is_heading) or None


def by_part(text: Text, names: dict[str, str], heading: Callable[[int, str], None], body: Callable) -> None:
    """Write the parts that the text has in their order, each below its name."""
    for at, part in enumerate(part for part in PARTS if text.of(part)):
        heading(at, names[part])
        body(text.of(part))


def styled(document: Written, text: Text) -> None:
    document.add_paragraph(text.title, style="Title")
    document.add_paragraph(f"申报单位：{text.institution}")
    by_part(text, NAMES["plain"], lambda _, name: document.add_heading(name, 1), lambda own: paragraphs(document, own))


def bold(document: Written, text: Text) -> None:
    for line in in_two(text.title):
        centred(document, line, size=18, bold=True)
    centred(document, text.institution)

    def heading(_: int, name: str) -> None:
        document.add_paragraph().add_run(name).bold = True

    by_part(text, NAMES["project"], heading, lambda own: paragraphs(document, own))


def numbered(document: Written, text: Text) -> None:
    centred(document, text.title)
    by_part(
        text,
        NAMES["problem"],
        lambda at, name: document.add_paragraph(f"{COUNT[at]}、{name}"),
        lambda own: paragraphs(document, own),
    )
    document.add_paragraph(text.institution).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    document.add_paragraph("2021 年 3 月 5 日").alignment = WD_ALIGN_PARAGRAPH.RIGHT


def form(document: Written, text: Text) -> None:
    centred(document, "普惠金融案例申报表")
    table = document.add_table(rows=0, cols=2)

    def row(label: str, value: str) -> None:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = label, value

    row("案例名称", text.title)
    row("申报单位（盖章）", text.institution)
    row("申报类别", f"☑{text.category}  □其他")
    row("联系人", "某某")
    for part in PARTS:
        row(NAMES["mixed"][part], "\n".join(line.text for line in text.of(part)))


def run_in(document: Written, text: Text) -> None:
    document.sections[0].header.paragraphs[0].text = text.institution
    document.add_paragraph().add_run(text.title).bold = True
    for part in PARTS:
        for at, line in enumerate(text.of(part)):
            document.add_paragraph(f"{NAMES['plain'][part]}：{line.text}" if at == 0 else line.text)


def ended(document: Written, text: Text) -> None:
    """Results in three parts with names of their own, the first items of what was done under 创新点."""
    document.add_heading(text.title, 1)
    document.add_paragraph(f"报送单位：{text.institution}")
    done, gained = text.of("approach"), text.of("results")
    named = [
        ("项目简介", text.of("summary")),
        ("一、项目背景", text.of("background")),
        ("二、创新点", done[:1]),
        ("三、主要做法", done[1:]),
        ("四、取得成效", gained[:1]),
        ("五、社会效益", gained[1:2]),
        ("六、经验启示", gained[2:]),
    ]
    for name, own in named:
        if own:
            document.add_heading(name, 2)
            paragraphs(document, own)


def topics(document: Written, text: Text) -> None:
    """Below 案例简介 numbered topics in the text's own words, nothing named but the results at the end."""
    for line in in_two(text.title):
        centred(document, line)
    centred(document, text.institution)
    document.add_paragraph("案例简介")
    paragraphs(document, text.of("summary"))
    paragraphs(document, text.of("background"))
    for at, line in enumerate(text.of("approach"), 1):
        head, _, rest = line.text.partition("：")
        is_topic = rest and len(head) < 20
        document.add_paragraph(f"{at}. {head if is_topic else '把服务送到客户身边'}")
        document.add_paragraph(rest if is_topic else line.text)
    document.add_paragraph(f"{len(text.of('approach')) + 1}. 社会反响良好")
    paragraphs(document, text.of("results"))


def flat(document: Written, text: Text) -> None:
    """No heading at all."""
    document.add_paragraph(text.title)
    paragraphs(document, text.lines)
    document.add_paragraph(f"（{text.institution}）")


def loose(document: Written, text: Text) -> None:
    """Headings that ask and tell, in nobody's words but the author's."""
    document.add_paragraph(text.title, style="Title")
    document.add_paragraph(f"供稿：{text.institution}")
    by_part(text, NAMES["loose"], lambda _, name: document.add_heading(name, 1), lambda own: paragraphs(document, own))


def scanned(document: Written, text: Text) -> None:
    """Every line of the page a paragraph, as from a scan or a PDF."""
    for line in in_two(text.title):
        centred(document, line, bold=True)
    centred(document, text.institution)
    for at, part in enumerate(part for part in PARTS if text.of(part)):
        document.add_paragraph(f"{COUNT[at]}、{NAMES['plain'][part]}")
        for line in text.of(part):
            indented = f"　　{line.text}"
            for start in range(0, len(indented), 30):
                document.add_paragraph(indented[start : start + 30])


def letter(document: Written, text: Text) -> None:
    """Behind a covering letter, the parts in a table of one column with their names in it."""
    for line in ("某某协会：", "现将我行案例报送贵会，请审阅。", text.institution, "2021年3月5日", "附件：案例材料"):
        document.add_paragraph(line)
    centred(document, text.title, size=20)
    for at, part in enumerate(part for part in PARTS if text.of(part)):
        document.add_paragraph(f"（{COUNT[at]}）{NAMES['mixed'][part]}")
        paragraphs(document, text.of(part))


def last_unnamed(document: Written, text: Text) -> None:
    """Background and what was done are named; what came of it ends the text without a name."""
    document.add_paragraph(text.title, style="Title")
    document.add_paragraph(f"单位：{text.institution}")
    paragraphs(document, text.of("summary"))
    for name, own in (
        ("一、背景", text.of("background")),
        ("二、主要做法", [*text.of("approach"), *text.of("results")]),
    ):
        document.add_heading(name, 1)
        paragraphs(document, own)


FIXTURE_LAYOUTS: dict[str, Callable[[Written, Text], None]] = {
    "styled": styled,
    "bold": bold,
    "numbered": numbered,
    "form": form,
    "run-in": run_in,
    "ended": ended,
    "topics": topics,
    "flat": flat,
    "loose": loose,
    "scanned": scanned,
    "letter": letter,
    "last unnamed": last_unnamed,
}


def printed(document: Written, text: Text) -> None:
    for line in text.title_lines:
        centred(document, line)
    centred(document, text.institution)
    paragraphs(document, text.lines)


def printed_bold(document: Written, text: Text) -> None:
    document.add_paragraph(text.title)
    paragraphs(document, text.lines, bold=True)
    document.add_paragraph(text.institution).alignment = WD_ALIGN_PARAGRAPH.RIGHT


def printed_styled(document: Written, text: Text) -> None:
    document.sections[0].header.paragraphs[0].text = text.institution
    document.add_paragraph(text.title, style="Title")
    paragraphs(document, text.lines, style="heading")


def printed_han(document: Written, text: Text) -> None:
    """Topics by 一、 二、, 案例简介 in brackets at the head of its text."""
    document.add_paragraph(f"案例名称：{text.title}")
    document.add_paragraph(f"申报单位：{text.institution}")
    count, is_brief = 0, False
    for line in text.lines:
        words = line.text
        if line.is_heading and words == "案例简介":
            is_brief = True
            continue
        if line.is_heading:
            words = f"{COUNT[count % 10]}、{TOPIC.sub('', words)}"
            count += 1
        document.add_paragraph(f"【案例简介】{words}" if is_brief else words)
        is_brief = False


def printed_flat(document: Written, text: Text) -> None:
    """Without any of its headings."""
    for line in text.title_lines:
        centred(document, line, bold=True)
    document.add_paragraph(f"（{text.institution}）")
    paragraphs(document, [line for line in text.lines if not line.is_heading])


BOOK_LAYOUTS: dict[str, Callable[[Written, Text], None]] = {
    "printed": printed,
    "printed, bold": printed_bold,
    "printed, styled": printed_styled,
    "printed, 一、": printed_han,
    "printed, flat": printed_flat,
}
HELD_OUT = {"loose", "letter", "last unnamed", "run-in", "printed, 一、", "printed, bold"}


def written(
    write: Callable[[Written, Text], None], texts: list[Text], *, breaks: bool = False, front: bool = False
) -> Written:
    """One document of the texts, one after the other; ``breaks``: each on a page of its own; ``front``: a title page,
    contents and a running header before them."""
    document = Document()
    if front:
        centred(document, "某某协会优秀案例集")
        document.sections[0].header.paragraphs[0].text = "优秀案例集"
        document.add_paragraph("目 录")
        for at, text in enumerate(texts, 1):
            document.add_paragraph(f"{text.title}……{at * 3}")
    for at, text in enumerate(texts):
        if breaks and (at or front):
            document.add_page_break()
        write(document, text)
    return document
