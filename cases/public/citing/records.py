"""A case, or one figure of it, as a CSL-JSON item."""

import re
from datetime import date

from django.utils import timezone

from cases.models import Case, KeyFigure
from cases.models.base import BOOK

SITE = "普惠金融案例库"
Reference = dict[str, object]
NOT_TEXT = re.compile(r"[\x00-\x1f\x7f\ufffe\uffff\s]+")


def reference(case: Case, *, address: str, accessed: date, figure: KeyFigure | None = None) -> Reference:
    """The case at ``address`` (absolute) as a CSL-JSON item; with ``figure``, the place where that stands on the page.

    A case of a printed book is a chapter by its institution. Of press reports and official material the text is a
    digest by this site and nobody else's: a web page, the only kind that has a date of access.
    """
    book = case.collection
    item: Reference = {"id": case.code, "language": "zh-CN", "title": plain(case.title)}
    if book.kind == BOOK:
        item |= {
            "type": "chapter",
            "author": [{"literal": plain(case.institution.name)}],
            "container-title": plain(book.title),
            "publisher": plain(book.publisher),
            "publisher-place": plain(book.place),
            "issued": {"date-parts": [[book.year]]},
            "page": pages(case.source_pages),
        }
    else:
        item |= {
            "type": "webpage",
            "author": [{"literal": SITE}],
            "issued": parts(timezone.localdate(case.published_at) if case.published_at else accessed),
            "accessed": parts(accessed),
            "note": f"据《{plain(book.title)}》，{plain(book.publisher)}，{book.published_on or book.year}",
        }
    item["URL"] = address
    if figure is not None:
        item["id"] = f"{case.code}-figure-{figure.order}"
        item["URL"] = f"{address}#figure-{figure.order}"
        item["note"] = statement(figure)
    return {name: value for name, value in item.items() if value}


def author(item: Reference) -> str:
    return item["author"][0]["literal"]


def described(item: Reference, case: Case) -> Reference:
    """``item`` with what files for programs hold besides: summary and terms (which the caller has prefetched)."""
    return item | {"abstract": plain(case.summary), "keyword": ", ".join(keywords(case))}


def statement(figure: KeyFigure) -> str:
    """What a figure says, in the words of the case: the sentence, or label and value where no sentence holds it."""
    said = f"{figure.label}：{figure.value}" + (f"（{figure.as_of}）" if figure.as_of else "")
    return plain(f"“{figure.sentence}”（{said}）" if figure.sentence else said)


def keywords(case: Case) -> list[str]:
    """Names of the chapter and of the terms, none with a comma: programs split at it."""
    return [plain(name).replace(",", "，") for name in (case.category.name, *(term.name for term in case.terms.all()))]


def pages(text: str) -> str:
    """Printed pages as styles want them: 12-15 with a hyphen, several ranges with commas."""
    text = re.sub(r"\s*(?:[-‐–—―~～至]|--)+\s*", "-", text.strip().removeprefix("第").removesuffix("页"))
    return re.sub(r"\s*[,，、;；]\s*", ", ", text.strip())


def plain(text: str) -> str:
    """``text`` on one line, without control characters."""
    return NOT_TEXT.sub(" ", text).strip()


def parts(day: date) -> dict[str, list[list[int]]]:
    return {"date-parts": [[day.year, day.month, day.day]]}
