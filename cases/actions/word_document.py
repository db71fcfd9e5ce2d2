"""What was read from a Word file, made fit for the tables: lengths, characters, numbers. Nothing is cut in silence."""

from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal

from cases.imports.document import SECTION_NAMES, FigureCandidate, Notice, WordDocument
from cases.models import Case, KeyFigure
from cases.search.analysis import clean

TEXTS = ("title", "subtitle", *SECTION_NAMES, "period", "regions")
MAX_SECTION = 60_000
MAX_FIGURES = 120
MAX_NUMBER = Decimal(10) ** 15


def values_of(document: WordDocument) -> tuple[dict[str, str], list[dict]]:
    """Text for each field of the case, and notices about what had to be shortened."""
    values, notices = {}, []
    for name in TEXTS:
        field = Case._meta.get_field(name)
        text, limit = clean(getattr(document, name)).strip(), _limit(name)
        if name in ("title", "subtitle", "period", "regions"):
            text = " ".join(text.split())
        if len(text) > limit:
            notices.append(notice("unsure", f"{field.verbose_name}太长，只取了前 {limit} 字；全文是 {len(text)} 字。"))
        values[name] = text[:limit]
    if not values["title"]:
        values["title"] = clean(document.filename).rpartition(".")[0].strip()[:120] or "未命名的来稿"
        notices.append(notice("unsure", "没有找到题名，先用了文件名，请改成案例的题名。"))
    return values, notices


def figures_of(document: WordDocument) -> tuple[list[dict], list[dict]]:
    """Candidates as the report keeps them, and a notice where there are too many to look at."""
    figures = [_figure(candidate) for candidate in document.figures[:MAX_FIGURES]]
    left = len(document.figures) - len(figures)
    return figures, [notice("left", f"数据太多，后面 {left} 个没有列出。")] if left else []


def notices_of(document: WordDocument) -> list[dict]:
    return [notice(one.level, one.text) for one in document.notices]


def notice(level: str, text: str) -> dict[str, str]:
    """A line of the report, as it is stored."""
    return asdict(Notice(level=level, text=clean(text)[:500]))


def _limit(name: str) -> int:
    return MAX_SECTION if name in SECTION_NAMES else Case._meta.get_field(name).max_length


def _figure(candidate: FigureCandidate) -> dict:
    texts = dict(_short_texts(candidate))
    number = candidate.number if texts["unit"] and _fits(candidate.number) else None
    return {
        **texts,
        "number": None if number is None else format(number, "f"),
        "kind": candidate.kind,
        "section": candidate.section,
        "sentence": clean(candidate.sentence).strip()[:500],
        "taken": False,
    }


def _short_texts(candidate: FigureCandidate) -> Iterator[tuple[str, str]]:
    for name in ("label", "value", "unit", "as_of"):
        limit = KeyFigure._meta.get_field(name).max_length
        yield name, " ".join(clean(getattr(candidate, name)).split())[:limit]


def _fits(number: Decimal | None) -> bool:
    return number is not None and number.is_finite() and abs(number) < MAX_NUMBER and round(number, 4) == number
