"""Values read from a Word file, made fit for the tables: lengths, characters, numbers. Nothing is cut in silence."""

import re
from dataclasses import asdict, dataclass
from decimal import Decimal

from cases.models import AdviceKind, Case, KeyFigure
from cases.search.analysis import clean
from cases.word.document import PRODUCT_LIMITS, ROW_LIMITS, SECTION_NAMES, Notice, WordDocument
from cases.word.recognition.flow import tells_plight

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
LINES = ("title", "subtitle", "period", "regions")
TEXTS = ("title", "subtitle", *SECTION_NAMES, "period", "regions")
SENTENCE_END = re.compile(r"[。！？；\n]")
MAX_FIGURES = 120
MAX_NUMBER = Decimal(10) ** 15


@dataclass(frozen=True)
class FigurePick:
    """A candidate to take, as the clerk left it; ``number`` only with a ``unit``."""

    label: str
    value: str
    number: Decimal | None = None
    unit: str = ""
    as_of: str = ""
    is_headline: bool = False
    number_to: Decimal | None = None


@dataclass(frozen=True)
class ImageWords:
    """Words of an image: its caption, and the text for those who cannot see it (empty: still missing)."""

    caption: str
    alt: str


def values_of(document: WordDocument) -> tuple[dict[str, str], list[dict]]:
    """Return text for each field of the case, and notices about what had to be shortened."""
    values, notices, rests = {}, [], dict.fromkeys(SECTION_NAMES, "")
    for name in TEXTS:
        field = Case._meta.get_field(name)
        text, limit = clean(getattr(document, name)).strip(), field.max_length
        if name in LINES:
            text = " ".join(text.split())
        elif name in SECTION_NAMES:
            # A draft that holds more than its box takes can never be saved: what does not fit goes on in the next part, and
            # of a summary in the part it speaks of, where there is a background already.
            text = f"{rests[name]}\n\n{text}".strip()
            fitting = text if len(text) <= limit or name == SECTION_NAMES[-1] else _whole_sentences(text, limit)
            if rest := text[len(fitting) :].strip():
                is_done = name == "summary" and document.background and not tells_plight(rest)
                into = SECTION_NAMES[SECTION_NAMES.index(name) + (2 if is_done else 1)]
                rests[into] = f"{rests[into]}\n\n{rest}".strip()
                part = Case._meta.get_field(into).verbose_name
                said = (
                    f"{field.verbose_name}超过 {limit} 字，前 {len(fitting)} 字留在这里，其余接在“{part}”开头，请核对。"
                )
                notices.append(notice("unsure", said))
            text = fitting.strip()
        if len(text) > limit:
            notices.append(notice("unsure", f"{field.verbose_name}太长，只取了前 {limit} 字；全文是 {len(text)} 字。"))
        values[name] = text[:limit]
    if not values["title"]:
        values["title"] = clean(document.filename).rpartition(".")[0].strip()[:120] or "未命名的来稿"
        notices.append(notice("unsure", "没有找到题名，先用了文件名，请改成案例的题名。"))
    return values, notices


def _whole_sentences(text: str, limit: int) -> str:
    """Return as many whole sentences or lines of ``text`` as ``limit`` characters hold; a first one too long is cut."""
    ends = [match.end() for match in SENTENCE_END.finditer(text, 0, limit)]
    return text[: ends[-1] if ends else limit]


def rows_of(document: WordDocument) -> dict[str, list]:
    """Return the rows of the case as the import keeps them: ``highlights``, ``advice`` (kind, text) and ``products``."""

    def line(text: str) -> str:
        return " ".join(clean(text).split())

    return {
        "highlights": [line(text)[: ROW_LIMITS["highlights"]] for text in document.highlights],
        "advice": [
            (kind, line(text)[: ROW_LIMITS["advice"]]) for kind, text in document.advice if kind in AdviceKind.values
        ],
        "products": [
            {name: line(text)[: PRODUCT_LIMITS[name]] for name, text in asdict(product).items()}
            for product in document.products
        ],
    }


def figures_of(document: WordDocument) -> tuple[list[dict], list[dict]]:
    """Return candidates as the report keeps them, and a notice where there are too many to look at."""
    figures = []
    for candidate in document.figures[:MAX_FIGURES]:
        texts = {
            name: " ".join(clean(getattr(candidate, name)).split())[: KeyFigure._meta.get_field(name).max_length]
            for name in ("label", "value", "unit", "as_of")
        }
        numbers = [
            format(number, "f")
            if number is not None and number.is_finite() and abs(number) < MAX_NUMBER and round(number, 4) == number
            else None
            for number in (candidate.number, candidate.number_to)
        ]
        figures.append(
            {
                **texts,
                "number": numbers[0] if texts["unit"] else None,
                "number_to": numbers[1] if texts["unit"] and numbers[0] else None,
                "kind": candidate.kind,
                "section": candidate.section,
                "sentence": clean(candidate.sentence).strip()[:500],
                "taken": False,
            }
        )
    left = len(document.figures) - len(figures)
    return figures, [notice("left", f"数据太多，后面 {left} 个没有列出。")] if left else []


def notice(level: str, text: str) -> dict[str, str]:
    """Return a line of the report, as it is stored."""
    return asdict(Notice(level=level, text=clean(text)[:500]))


def plain_name(filename: str) -> str:
    """Return a file's name without folders, control and direction characters; never empty, at most 200 characters."""
    name = CONTROL.sub("", clean(filename.replace("\\", "/").rpartition("/")[2])).strip()
    stem, dot, extension = name.rpartition(".")
    name = f"{stem[: 199 - len(extension)]}.{extension}" if dot and len(extension) < 20 else name[:200]
    return name or "未命名.docx"
