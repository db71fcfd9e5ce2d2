"""The report on a file: what was taken, what to look at, what was left out, each in one plain line."""

from collections import Counter
from collections.abc import Iterator

from cases.imports.document import FigureCandidate, Notice, Picture
from cases.imports.front import Front
from cases.imports.sections import SECTION_NAMES, SECTION_WORDS, Sorter

FIELD_WORDS = {
    "title": "题名",
    "subtitle": "一句话",
    "institution": "机构",
    "category": "类别",
    "period": "时间",
    "regions": "地区",
    **SECTION_WORDS,
}
LEFT = {
    "comments": "批注 {n} 条没有放进草稿。",
    "hidden": "设为隐藏的文字 {n} 处没有放进草稿。",
    "equations": "公式 {n} 处读不了，正文里标了“〔公式〕”，请自己补上。",
    "chart": "图表 {n} 个读不了，没有放进草稿。需要的话，请截成图片再传。",
    "smartart": "SmartArt 图示 {n} 个读不了，没有放进草稿。需要的话，请截成图片再传。",
    "objects": "嵌入的文件或对象 {n} 个没有放进草稿。",
    "chunks": "嵌入的其他文档 {n} 个没有放进草稿，请核对正文是否完整。",
    "far-pictures": "图片 {n} 张不在文件里（是网上的链接），没有去取。需要的话，请存成图片再传。",
    "templates": "文件挂了一个外部模板，没有去取。",
    "symbols": "特殊符号 {n} 个认不出来，没有放进草稿。",
}
UNSURE = {
    "changes": "文件里有修订 {n} 处，按全部接受处理：新增的留下，删去的不要。请核对。",
    "links": "文件里有网页链接 {n} 处，已保留，请看是否该公开。",
    "bad-links": "文件里有打不开或不安全的链接 {n} 处，只保留了文字。",
}
TAKEN = {"toc": "目录不是正文，已略去。", "headers": "页眉和页脚不是正文，已略去。"}
PICTURES_LEFT = {
    "vector": "矢量图（EMF、WMF、SVG）{n} 张读不了，没有放进草稿。需要的话，请截成 PNG 图片再传。",
    "broken": "图片 {n} 张是坏的，没有放进草稿。",
    "large": "图片 {n} 张太大，没有放进草稿。请缩小后再传。",
    "many": "图片太多，有 {n} 张没有放进草稿。请挑要用的再传。",
}


def notices_for(
    front: Front,
    sorter: Sorter,
    met: Counter,
    pictures: tuple[Picture, ...],
    left_pictures: Counter,
    figures: tuple[FigureCandidate, ...],
) -> tuple[Notice, ...]:
    """All notices: taken first, then unsure, then left; none twice."""
    lines = [
        *(("taken", text) for text in _taken(front, sorter, met, pictures, figures)),
        *(("unsure", text) for text in [*front.unsure, *_unsure(sorter, met), *sorter.unsure]),
        *(("left", text) for text in [*front.left, *_left(met, left_pictures)]),
    ]
    return tuple(Notice(level, text) for level, text in dict.fromkeys(lines))


def _taken(front: Front, sorter: Sorter, met: Counter, pictures: tuple, figures: tuple) -> Iterator[str]:
    names = [name for name in FIELD_WORDS if getattr(front, name, "") or not _is_empty(sorter, name)]
    yield f"已填好：{'、'.join(FIELD_WORDS[name] for name in names)}。"
    if pictures:
        captioned = sum(bool(picture.caption) for picture in pictures)
        yield f"取到图片 {len(pictures)} 张，其中 {captioned} 张有图注。"
    if figures:
        yield f"从正文里找到数据 {len(figures)} 条，供挑选。"
    yield from sorter.understood
    yield from (text for name, text in TAKEN.items() if met[name])


def _is_empty(sorter: Sorter, name: str) -> bool:
    return name not in SECTION_NAMES or sorter.writers[name].is_empty


def _unsure(sorter: Sorter, met: Counter) -> Iterator[str]:
    if not sorter.has_markers:
        yield "没有找到“背景”“做法”“成效”这样的小标题，正文都放在“做法”里，请自己分开。"
    elif sorter.lead:
        yield "第一个小标题前面还有一段文字，放到了“背景”的开头，请核对。"
    if sorter.has_markers:
        for name in SECTION_NAMES:
            if _is_empty(sorter, name):
                yield f"没有找到“{SECTION_WORDS[name]}”这一段。"
    repeated = [words for words, count in Counter(sorter.opened).items() if count > 1]
    if len(repeated) > 1:
        yield f"“{repeated[0].partition(':')[2]}”出现了不止一次，文件里可能有几篇案例，请核对。"
    merged = sum(writer.merged_tables for writer in sorter.writers.values())
    if merged:
        yield f"有 {merged} 个表格带合并单元格，已拆开：跨行的重复写，跨列的写在第一格。请核对。"
    yield from (text.format(n=met[name]) for name, text in UNSURE.items() if met[name])


def _left(met: Counter, left_pictures: Counter) -> Iterator[str]:
    yield from (text.format(n=met[name]) for name, text in LEFT.items() if met[name])
    yield from (text.format(n=left_pictures[name]) for name, text in PICTURES_LEFT.items() if left_pictures[name])
