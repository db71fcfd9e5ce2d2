"""The picture of a page that messengers show beside its address: title, one figure, mark of the theme, QR code."""

import json
import shutil
import tempfile
from pathlib import Path

import segno
import typst

from cases.takeaway.book.model import Book
from cases.takeaway.book.pdf import FONTS

TEMPLATE = Path(__file__).with_name("card.typ")


def set_card(book: Book, *, media: Path, size: str) -> bytes:
    """A PNG of 1200 × 630 pixels for Open Graph, of the first case of a book. A fifth of a second."""
    part = book.parts[0]
    case = part.cases[0]
    figure = case.headlines[0] if case.headlines else {"value": "", "label": ""}
    values = {
        "title": case.title,
        "kicker": case.kicker,
        "summary": case.summary,
        "figure": {"value": figure["value"], "label": figure["label"]},
        "mark": part.mark,
        "hue": part.hue,
        "source": case.institution,
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(TEMPLATE, folder / "card.typ")
        segno.make(book.url, error="m").save(folder / "address.svg", border=0)
        (folder / "card.json").write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")
        return typst.compile(
            str(folder / "card.typ"), root=name, font_paths=FONTS, ignore_system_fonts=True, format="png", ppi=72.0
        )
