"""A book as PDF, set by typst: A4 or the size of a phone, tagged (PDF/UA-1), fonts embedded."""

import json
import logging
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path

import pylopdf_fonts_zh_cn
import segno
import typst

from cases.takeaway.book.model import Book

log = logging.getLogger(__name__)
TEMPLATE = Path(__file__).with_name("book.typ")
FONTS = [str(pylopdf_fonts_zh_cn.serif_path().parent)]  # Noto Serif SC and Noto Sans SC, OFL 1.1


def set_pdf(book: Book, *, media: Path, size: str = "a4") -> bytes:
    """The PDF of a book; ``size`` is ``a4`` or ``phone``, ``media`` the folder of its pictures.

    0.3 s for a case, 2 s for 65. typst reads the book as JSON from a folder of its own and sees no other file.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_project(book, folder, media=media, size=size)
        options = {"root": name, "font_paths": FONTS, "ignore_system_fonts": True}
        try:
            return typst.compile(str(folder / "book.typ"), pdf_standards=["ua-1"], **options)
        except typst.TypstError as error:
            # A character that no font has: still tagged, but not to the letter of PDF/UA-1.
            log.warning("takeaway: %s is no PDF/UA-1: %s", book.url, error)
            return typst.compile(str(folder / "book.typ"), **options)


def write_project(book: Book, folder: Path, *, media: Path, size: str) -> None:
    """Write what typst reads: the template, the book as JSON, its pictures and the QR code of its address."""
    shutil.copy(TEMPLATE, folder / "book.typ")
    segno.make(book.url, error="m").save(folder / "address.svg", border=0)
    values = asdict(book)
    values |= {"size": size, "single": book.is_single, "made": [int(part) for part in book.date.split("-")]}
    values["files"] = {}  # names in the folder
    for number, picture in enumerate((picture for case in book.cases for picture in case.images), 1):
        source = media / picture["file"]
        values["files"][picture["file"]] = f"{number}{source.suffix}"
        shutil.copy(source, folder / values["files"][picture["file"]])
    (folder / "book.json").write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")
