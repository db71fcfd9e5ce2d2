"""What an editor would object to in a case. Reads only; the staff desk, publishing and the command share it."""

import re
from collections.abc import Iterator

from django.urls import Resolver404, resolve

from cases.models import Case, Facet
from cases.models.image import MISSING_ALT

SUMMARY_LIMIT = 120
REQUIRED_FACETS = (Facet.AUDIENCE, Facet.NEED, Facet.INSTRUMENT, Facet.KEYWORD)
TEXT_FIELDS = {
    "title": "题名",
    "subtitle": "一句话",
    "summary": "摘要",
    "background": "背景",
    "approach": "做法",
    "results": "成效",
}
PAIRS = ("《》", "“”", "（）")
HAN = "\u3400-\u9fff"
HALF_WIDTH = re.compile(rf"[{HAN}][,;:!?][{HAN}]")
CLOSE = re.compile(rf"\d[{HAN}]|[{HAN}]\d")
SPACED = re.compile(rf"\d [{HAN}]|[{HAN}] \d")
INTERNAL_LINK = re.compile(r"\]\((/[^)\s]*)\)")


def check_case(case: Case) -> list[str]:
    """Everything wrong with ``case``, in Chinese; empty when it may be published without a second thought."""
    return [*blocking_problems(case), *_lengths(case), *_typography(case)]


def blocking_problems(case: Case) -> list[str]:
    """What a reader would miss: a case with any of these is not published."""
    return [*_missing(case), *_pictures(case), *_figures(case), *_facets(case), *_links(case)]


def _missing(case: Case) -> Iterator[str]:
    for name in ("summary", "background", "approach", "results"):
        if not getattr(case, name).strip():
            yield f"缺{TEXT_FIELDS[name]}。"


def _lengths(case: Case) -> Iterator[str]:
    length = len(re.sub(r"\s", "", case.summary))
    if length > SUMMARY_LIMIT:
        yield f"摘要有 {length} 字，超过 {SUMMARY_LIMIT} 字。"


def _pictures(case: Case) -> Iterator[str]:
    for place, image in enumerate(case.images.all(), 1):
        if image.alt.strip() in {"", MISSING_ALT}:
            yield f"缺第 {place} 张图的替代文字{f'（{image.caption}）' if image.caption else ''}。"


def _figures(case: Case) -> Iterator[str]:
    figures = list(case.figures.all())
    if not figures:
        yield "没有关键数据。"
    for figure in figures:
        if figure.number is not None and not figure.unit:
            yield f"关键数据“{figure.label}”有数没有单位。"


def _facets(case: Case) -> Iterator[str]:
    present = {term.facet for term in case.terms.all()}
    for facet in REQUIRED_FACETS:
        if facet not in present:
            yield f"标签“{facet.label}”一个也没有选。"


def _typography(case: Case) -> Iterator[str]:
    texts = {label: getattr(case, name) for name, label in TEXT_FIELDS.items()}
    for label, text in texts.items():
        for pair in PAIRS:
            if text.count(pair[0]) != text.count(pair[1]):
                yield f"{label}里的{pair}不成对。"
        found = HALF_WIDTH.search(text)
        if found:
            yield f"{label}里汉字之间用了半角标点：“{found.group()}”。"
    whole = "\n".join(texts.values())
    if CLOSE.search(whole) and SPACED.search(whole):
        yield f"数字与汉字之间的空格不一致：有的空，有的不空（如“{CLOSE.search(whole).group()}”）。"


def _links(case: Case) -> Iterator[str]:
    for name, label in TEXT_FIELDS.items():
        for path in INTERNAL_LINK.findall(getattr(case, name)):
            if not _leads_somewhere(path):
                yield f"{label}里的链接打不开：{path}"


def _leads_somewhere(path: str) -> bool:
    try:
        match = resolve(path.partition("?")[0].partition("#")[0])
    except Resolver404:
        return False
    if match.view_name == "cases:case-detail":
        return Case.objects.published().filter(code=match.kwargs["code"]).exists()
    return True
