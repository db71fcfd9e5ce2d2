"""The picture of a page that messengers show beside its address: title, one figure, mark of the theme, QR code."""

import json
import shutil
import tempfile
from pathlib import Path

import segno
import typst

from cases.takeaway.book.model import Book, Part
from cases.takeaway.book.pdf import FONTS

TEMPLATE = Path(__file__).with_name("card.typ")
LINES = 2  # titles of a list's first cases


def set_card(book: Book, *, media: Path, size: str) -> bytes:
    """A PNG of a case, or of a list of cases: 1200 × 630 pixels for Open Graph, or 1200 × 1200 (``size`` = square).
    A fifth of a second."""
    part = book.parts[0]
    case = part.cases[0]
    if book.is_single:
        figure = case.headlines[0] if case.headlines else {"value": "", "label": ""}
        figure = {name: figure[name] for name in ("value", "label")}
        words = {"title": case.title, "kicker": case.kicker, "summary": case.summary, "source": case.institution}
    else:
        figure = {"value": "", "label": ""}
        titles = "\n".join(case.title for case in [case for part in book.parts for case in part.cases][:LINES])
        words = {"title": book.title, "kicker": book.subtitle, "summary": titles, "source": ""}
    # The mark of one theme: a book of several bears none.
    theme = part if book.is_single or not part.name else Part(name="")
    look = {"mark": theme.mark, "drawing": theme.drawing, "hue": theme.hue}
    values = {**words, **look, "figure": figure, "size": size}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(TEMPLATE, folder / "card.typ")
        segno.make(book.url, error="m").save(folder / "address.svg", border=0)
        (folder / "card.json").write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")
        return typst.compile(
            str(folder / "card.typ"), root=name, font_paths=FONTS, ignore_system_fonts=True, format="png", ppi=72.0
        )
