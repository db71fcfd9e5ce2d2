"""The columns of the sheets that staff export, edit and bring back: one list for both directions."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "long", "choice", "terms", "whole", "number", "flag", "info"]

CASES = "案例"
FIGURES = "关键数据"
GUIDE = "说明"
CHOICES = "选项"
EXAMPLE = "示例"  # a row with this code is there to be looked at
NEW = "新"  # 新1, 新2 … name cases of the same file that have no code yet
UNTOLD = "〔太长，未导出〕"  # stands for a text that no cell can hold; read back, it changes nothing
YES, NO = "是", "否"


@dataclass(frozen=True)
class Column:
    """One column: ``name`` is the field, ``heading`` what stands on top; ``info`` is written and never read."""

    name: str
    heading: str
    kind: Kind = "text"
    width: int = 14
    help: str = ""


CASE_COLUMNS = (
    Column(
        "code",
        "编号",
        width=14,
        help="已有案例的编号，不改；新案例留空（要在“关键数据”里给它配数据，就写新1、新2……）。",
    ),
    Column("title", "题名", width=36, help="必填，最多 120 字。"),
    Column("subtitle", "一句话", width=30, help="最多 80 字。"),
    Column("collection", "案例集", "choice", 30, "必填，写书名或网址名。"),
    Column("category", "章节", "choice", 12, "必填，必须是这本案例集里有的一章。"),
    Column("institution", "机构", "choice", 18, "必填，写简称或全称。"),
    Column("order", "章内顺序", "whole", 10, "整数；新案例留空即排在本章最后。"),
    Column("summary", "摘要", "long", 40, "最多 200 字，60-120 字为宜。"),
    Column("background", "背景", "long", 50, "Markdown，最多 20000 字。"),
    Column("approach", "做法", "long", 50, "Markdown，最多 20000 字。"),
    Column("results", "成效", "long", 50, "Markdown，最多 20000 字。"),
    Column("period", "时间", width=20, help="最多 80 字。"),
    Column("regions", "地区", width=16, help="几个地区用顿号分开。"),
    Column("audience", "服务对象", "terms", 20, "标签名，几个用顿号分开。"),
    Column("need", "解决问题", "terms", 20, "标签名，几个用顿号分开。"),
    Column("instrument", "金融工具", "terms", 20, "标签名，几个用顿号分开。"),
    Column("priority", "五篇大文章", "terms", 14, "标签名，几个用顿号分开。"),
    Column("keyword", "关键词", "terms", 30, "标签名，几个用顿号分开；新的关键词请先在“标签”里加上。"),
    Column("source_pages", "出处页码", width=12, help="印刷本里的页码，例如 12-15。"),
    Column("status", "状态（不导入）", "info", 14, "只供查看：发布、归档在案例页上做。"),
)
FIGURE_COLUMNS = (
    Column("case", "案例编号", width=14, help="必填；本文件里的新案例写“案例”表里的新1、新2……"),
    Column("case_title", "题名（不导入）", "info", 30, "只供查看。"),
    Column("order", "顺序", "whole", 8, "这条数据在案例里的序号；留空即加在最后。"),
    Column("label", "说明", width=26, help="必填，最多 60 字。"),
    Column("value", "数值", width=22, help="必填，照原文写，含“超”“近”“约”，最多 60 字。"),
    Column("number", "数", "number", 14, "纯数字，最多 4 位小数；不是数就留空。"),
    Column("unit", "单位", width=10, help="有“数”就必须有单位。"),
    Column("as_of", "截至", width=18, help="照原文写，例如 2020 年 9 月末。"),
    Column("note", "注", "long", 34, "最多 200 字。"),
    Column("is_headline", "大字显示", "flag", 10, "是或否。"),
)
FACETS = tuple(column.name for column in CASE_COLUMNS if column.kind == "terms")
COLUMNS = {CASES: CASE_COLUMNS, FIGURES: FIGURE_COLUMNS}
EXAMPLES = {
    CASES: {
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
    FIGURES: {
        "case": EXAMPLE,
        "case_title": "这一行是示例，导入时跳过",
        "order": 1,
        "label": "累计放款",
        "value": "超 3200 亿元",
        "number": 3200,
        "unit": "亿元",
        "as_of": "2020 年 9 月末",
        "is_headline": YES,
    },
}
RULES = (
    "编号是案例的网址，从不改动。编号留空的行会建成新案例，一律是草稿。",
    "表里没有的列，原来的内容不动。列在、格子空着，就是把原来的内容清空。",
    "表里没有的案例和数据，原样不动。要删一条数据：留下案例编号和顺序，把这一行其余的格子清空。",
    "状态、发布时间不能用表格改；已发布的案例，只有能发布的人可以改。",
    "上传后先看到将有哪些变化，确认了才写入；有一处错误就一行也不写入。",
    "不要用公式：先“复制、选择性粘贴、数值”，再上传。",
    "存成 .xlsx 最稳妥；用 Excel 打开 CSV 会把 12-15 这样的页码变成日期。",
)


def joined(names: list[str]) -> str:
    """Names in one cell: with 、 between them, or one a line where a name has a separator inside."""
    return ("\n" if any(sign in name for name in names for sign in "、；;") else "、").join(names)
