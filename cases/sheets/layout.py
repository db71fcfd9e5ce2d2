"""The sheets of the workbook: the one place that says which sheets there are and which columns each has.

Export, template, guide, reader and plan follow ``SHEETS``: a new field of a case or of one of its rows is one line here, a
new model of rows one ``RowSheet``.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from cases.models import (
    FACETS,
    Advice,
    AdviceKind,
    Case,
    CaseLink,
    EditorNote,
    Highlight,
    KeyFigure,
    NoteKind,
    Offer,
    Step,
    StepKind,
)
from cases.sheets.columns import (
    YES,
    Amount,
    Choice,
    Documents,
    Flag,
    Info,
    Key,
    Number,
    Reference,
    Terms,
    Text,
    Whole,
)
from cases.sheets.sheet import EXAMPLE, RowSheet, Sheet, row_sheet


def _check_number(values: Mapping[str, Any], figure: KeyFigure | None, _case: Case | None) -> Iterator[tuple[str, str]]:
    names = ("number", "number_to", "unit", "value")
    number, end, unit, value = (values.get(name, getattr(figure, name, None)) for name in names)
    if values.keys() & set(names):
        if number is not None and not unit:
            yield "unit", "有“数”就必须有单位"
        if end is not None and (number is None or end <= number):
            yield "number_to", "“到”只在区间时填，要比“数”大"
        elif not KeyFigure(value=value or "", number=number, number_to=end).number_agrees:
            yield "number", f"和数值“{value}”不一致"


def _check_link(values: Mapping[str, Any], _link: CaseLink | None, case: Case | None) -> Iterator[tuple[str, str]]:
    other = values.get("other")
    if case and other == case:
        yield "other", "要写另一篇，不能写它自己"
    elif case and other and any(link.other == case for link in other.links.all()):
        yield "other", f"{other.code} 那边已经写了这一对"


CASES = Sheet(
    name="案例",
    slug="cases",
    model=Case,
    key="code",
    noun="案例",
    columns=(
        Key(
            "code",
            "编号",
            14,
            "已有案例的编号，不改；新案例留空（要在“关键数据”里给它配数据，就写新1、新2……）。",
            lambda case: case.code,
        ),
        Text("title", "题名", 36, "必填，最多 120 字。"),
        Text("subtitle", "一句话", 30, "最多 80 字。"),
        Reference("collection", "案例集", 30, "必填，写书名或网址名。", "title"),
        Reference("category", "章节", 12, "必填，必须是这本案例集里有的一章。"),
        Reference("institution", "机构", 18, "必填，写简称或全称。", "short_name"),
        Whole("order", "章内顺序", 10, "整数；新案例留空即排在本章最后。"),
        Text("summary", "摘要", 40, "最多 200 字，60-120 字为宜。"),
        Text("background", "背景", 50, "Markdown，最多 20000 字。"),
        Text("approach", "做法", 50, "Markdown，最多 20000 字。"),
        Text("results", "成效", 50, "Markdown，最多 20000 字。"),
        Text("period", "时间", 20, "最多 80 字。"),
        Text("regions", "地区", 16, "几个地区用顿号分开。"),
        *(Terms(facet.key, facet.label, facet.sheet_width, facet.sheet_help) for facet in FACETS.values()),
        Documents("documents", "提到的文件", 30, "全称写在《》里，用顿号分开；要先在“文件”里有。"),
        Text("source_pages", "出处页码", 12, "印刷本里的页码，例如 12-15。"),
        Info(
            "status",
            "状态（不导入）",
            14,
            "只供查看：发布、归档在案例页上做。",
            lambda case: case.get_status_display(),
        ),
    ),
    required=("title", "collection", "category", "institution"),
    example={
        "code": EXAMPLE,
        "title": "这一行是示例，导入时跳过",
        "subtitle": "凭每天的流水，三天借到钱",
        "summary": "谁遇到了什么困难，机构做了什么，结果怎样。",
        "background": "谁、什么时候、卡在哪里。",
        "approach": "**第一步**：写明产品、合作方和地点。",
        "results": "- 截至 2020 年 9 月，写明数字和日期。",
        "period": "2019 年 8 月至 2020 年 9 月",
        "regions": "深圳、惠州",
        "source_pages": "12-15",
    },
    freeze="C2",
    row_height=60,
)
FIGURES = row_sheet(
    "关键数据",
    KeyFigure,
    "figures",
    "数据",
    Text("label", "说明", 26, "必填，最多 60 字。"),
    Text("value", "数值", 22, "必填，照原文写，含“超”“近”“约”，最多 60 字。"),
    Number("number", "数", 14, "纯数字，最多 4 位小数；不是数就留空。"),
    Number("number_to", "到", 14, "只在区间时填：5～8 天，“数”填 5，“到”填 8。"),
    Text("unit", "单位", 10, "有“数”就必须有单位。"),
    Text("as_of", "截至", 18, "照原文写，例如 2020 年 9 月末。"),
    Text("note", "注", 34, "原文里的话，最多 200 字。"),
    Text("editor_note", "编者注", 34, "我们的话，例如“疑为误印”，最多 200 字。"),
    Flag("is_headline", "大字显示", 10, "是或否。"),
    required=("label", "value"),
    example={
        "label": "累计放款",
        "value": "超 3200 亿元",
        "number": 3200,
        "unit": "亿元",
        "as_of": "2020 年 9 月末",
        "is_headline": YES,
    },
    identity=("label", "value"),
    check=_check_number,
)
HIGHLIGHTS = row_sheet(
    "要点",
    Highlight,
    "highlights",
    "要点",
    Text("text", "要点", 50, "必填，最多 120 字：首创、获奖、日期等，不是数字。"),
    Text("as_of", "时间", 18, "照原文写，带年份。"),
    required=("text",),
    example={"text": "全国首单", "as_of": "2020 年 3 月"},
    identity=("text",),
)
ADVICE = row_sheet(
    "可以照着做的",
    Advice,
    "advice",
    "建议",
    Choice("kind", "类别", 16, f"必填：{'、'.join(AdviceKind.labels)}。", tuple(AdviceKind.choices)),
    Text("text", "内容", 70, "必填，最多 200 字，只写来源说的。"),
    required=("kind", "text"),
    example={"kind": AdviceKind.SUITS.label, "text": "有稳定流水、没有抵押的小店"},
    identity=("kind", "text"),
)
NOTES = row_sheet(
    "编者注",
    EditorNote,
    "editornotes",
    "编者注",
    Choice("kind", "类别", 16, f"必填：{'、'.join(NoteKind.labels)}。", tuple(NoteKind.choices)),
    Text("text", "编者注", 70, "必填，最多 400 字，我们的话。"),
    required=("kind", "text"),
    example={"kind": NoteKind.MISPRINT.label, "text": "两处金额不一，疑为误印"},
    identity=("kind", "text"),
)
OFFERS = row_sheet(
    "产品条件",
    Offer,
    "offers",
    "产品条件",
    Reference("product", "产品", 30, "必填，写“机构 产品名”；要先在“产品”里有。", ""),
    Text("audience", "适用对象", 30, "最多 200 字。"),
    Text("amount", "额度", 26, "照原文写，最多 200 字。"),
    Amount("max_amount", "单户最高（元）", 16, "一户最多能贷多少，折成元；原文没有就留空。"),
    Text("term", "期限", 18, "照原文写，最多 120 字。"),
    Text("rate", "利率与费用", 24, "照原文写，最多 200 字。"),
    Text("conditions", "条件与办理", 40, "最多 400 字。"),
    Text("as_of", "时间", 18, "照原文写，带年份。"),
    required=("product",),
    example={"product": "某银行 某某贷", "amount": "最高 300 万元", "max_amount": 3_000_000, "term": "一年"},
    identity=("product",),
    related="product__institution",
)
LINKS = row_sheet(
    "同一件事的案例",
    CaseLink,
    "links",
    "关联",
    Reference("other", "另一篇", 14, "必填，另一篇案例的编号；一对只写一次。", "code"),
    Text("reason", "原因", 50, "必填，最多 120 字，例如：同一家企业、同一笔贷款。"),
    required=("other", "reason"),
    example={"other": "sz2020-0103", "reason": "同一个产品"},
    identity=("other",),
    check=_check_link,
    related="other",
)
STEPS = row_sheet(
    "路径与经过",
    Step,
    "steps",
    "一步",
    Choice("kind", "类别", 14, f"必填：{'、'.join(StepKind.labels)}。", tuple(StepKind.choices)),
    Text("as_of", "时间", 18, "经过要写，照原文，带年份。"),
    Text("source", "从谁", 20, "路径要写，最多 40 字。"),
    Text("text", "做什么", 40, "必填，最多 80 字，只写来源说的。"),
    Text("amount", "多少、多久", 24, "最多 60 字，照原文。"),
    Text("target", "到谁", 20, "路径要写，最多 40 字。"),
    required=("kind", "text"),
    example={
        "kind": StepKind.PATH.label,
        "source": "某开发银行",
        "text": "转贷款",
        "amount": "20 亿元",
        "target": "某民营银行",
    },
    identity=("kind", "as_of", "source", "target", "text"),
)
SHEETS: dict[str, Sheet] = {
    sheet.name: sheet for sheet in (CASES, FIGURES, HIGHLIGHTS, STEPS, ADVICE, NOTES, OFFERS, LINKS)
}


def row_sheets() -> list[RowSheet]:
    """List the sheets of rows, in their order in the workbook."""
    return [sheet for sheet in SHEETS.values() if isinstance(sheet, RowSheet)]
