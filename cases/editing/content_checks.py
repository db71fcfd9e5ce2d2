"""What an editor would object to in a case. Reads only; the staff desk, publishing and the command share it."""

import re
from collections.abc import Iterable, Iterator

from django.urls import Resolver404, resolve

from cases.models.case import Case
from cases.models.dates import has_year
from cases.models.facets import FACETS
from cases.models.figure import SECTIONS, value_pattern
from cases.models.image import MISSING_ALT, keep_places, place_of, placed_numbers

SUMMARY_LIMIT = 120
TEXT_FIELDS = Case.labels(("title", "subtitle", "summary", *Case.SECTIONS))
PAIRS = ("《》", "“”", "（）")
HAN = "\u3400-\u9fff"
HALF_WIDTH = re.compile(rf"[{HAN}][,;:!?][{HAN}]")
CLOSE = re.compile(rf"\d[{HAN}]|[{HAN}]\d")
SPACED = re.compile(rf"\d [{HAN}]|[{HAN}] \d")
PLACE_LIKE = re.compile(r"〔\s*图\s*\d{1,4}\s*〕")
INTERNAL_LINK = re.compile(r"\]\((/[^)\s]*)\)")


def check_case(case: Case) -> list[str]:
    """List everything wrong with ``case``, in Chinese; empty when it may be published without a second thought."""
    return [*blocking_problems(case), *_style_problems(case), *_figure_problems(case)]


def blocking_problems(case: Case, *, terms: Iterable | None = None, figures: Iterable | None = None) -> list[str]:
    """List what a reader would miss: a case with any of these is not published.

    ``terms`` and ``figures`` stand in place of those stored.
    """
    terms = case.terms.all() if terms is None else terms
    figures = case.figures.all() if figures is None else list(figures)
    texts = {name: keep_places(getattr(case, name)) for name in ("summary", *Case.SECTIONS)}
    problems = [f"缺{TEXT_FIELDS[name]}。" for name, text in texts.items() if not text.strip()]
    images = list(case.images.all())
    for place, image in enumerate(images, 1):
        if image.alt.strip() in {"", MISSING_ALT}:
            problems.append(f"缺第 {place} 张图的替代文字{f'（{image.caption}）' if image.caption else ''}。")
    problems += _place_problems(case, {image.number for image in images})
    bare = (figure for figure in figures if figure.number is not None and not figure.unit)
    problems += [f"关键数据“{figure.label}”有数没有单位。" for figure in bare]
    false = (figure for figure in figures if not figure.number_agrees)
    problems += [f"关键数据“{figure.label}”的数和数值不一致：“{figure.value}”。" for figure in false]
    required = [facet for facet in FACETS.values() if facet.is_required]
    if not {facet.key for facet in required} & {term.facet for term in terms}:
        names = "、".join(facet.label for facet in required)
        problems.append(f"没有标签：{names}至少选一个，读者从这里找案例。")
    for name, label in TEXT_FIELDS.items():
        paths = INTERNAL_LINK.findall(getattr(case, name))
        problems += [f"{label}里的链接打不开：{path}" for path in paths if not _leads_somewhere(path)]
    return problems


def _place_problems(case: Case, known: set[int]) -> Iterator[str]:
    """Places in the text that show no image, or not where they stand; ``known`` are the numbers of the images."""
    seen = set()
    for name, label in TEXT_FIELDS.items():
        text, is_markdown = getattr(case, name), name in Case.SECTIONS
        for number in placed_numbers(text) if is_markdown else ():
            if number not in known:
                yield f"{label}里写了{place_of(number)}，可是没有编号 {number} 的图片：请加上这张图，或删去这一行。"
            elif number in seen:
                yield f"{place_of(number)}写了两次，读者只在第一处看到图：请删去{label}里的这一行。"
            seen.add(number)
        for mark in PLACE_LIKE.findall(keep_places(text) if is_markdown else text):
            advice = "要单独占一行，读者才看得到图" if is_markdown else "这里不放图，请移到背景、做法或成效里"
            yield f"{label}里的{mark}：{advice}。"


def _figure_problems(case: Case) -> Iterator[str]:
    """Figures that are no numbers or that the text does not bear out, then dates whose year a later reader cannot know."""
    text, figures = "\n".join(getattr(case, name) for name in SECTIONS), case.figures.all()
    for figure in figures:
        if figure.number is None:
            yield f"关键数据“{figure.label}”没有数；首创、获奖、日期等请放进“要点”。"
        elif not value_pattern(figure.value).search(text):
            yield f"关键数据“{figure.label}”的“{figure.value}”在正文里找不到。"
    if case.period and not has_year(case.period):
        yield f"时间“{case.period}”没有年份；原文没有印的，补在〔〕里。"
    for figure in figures:
        if figure.as_of and not has_year(figure.as_of):
            yield f"关键数据“{figure.label}”的日期“{figure.as_of}”没有年份；原文没有印的，补在〔〕里。"


def _style_problems(case: Case) -> Iterator[str]:
    length = len(re.sub(r"\s", "", case.summary))
    if length > SUMMARY_LIMIT:
        yield f"摘要有 {length} 字，超过 {SUMMARY_LIMIT} 字。"
    texts = {label: keep_places(getattr(case, name)) for name, label in TEXT_FIELDS.items()}
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


def _leads_somewhere(path: str) -> bool:
    """Say whether an address of ours has a page, and, for a case, one that readers see."""
    try:
        match = resolve(path.partition("?")[0].partition("#")[0])
    except Resolver404:
        return False
    if match.view_name == "cases:case-detail":
        return Case.objects.published().filter(code=match.kwargs["code"]).exists()
    return True
