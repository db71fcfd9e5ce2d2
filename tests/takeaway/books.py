"""Helpers of the tests on books: a book at once, and what a reader finds in its PDF."""

from io import BytesIO

from django.http import QueryDict
from pypdf import PdfReader

from cases.takeaway.book.contents import gather
from cases.takeaway.book.model import Book
from cases.takeaway.selection import select

SITE = "https://cases.example.org"


def book_of(kind: str, slug: str = "", query: str = "") -> Book:
    found = select(QueryDict(query), kind, slug)
    return gather(found.cases, subject=found.subject, title=found.title, path=found.path, site=SITE, notes=found.notes)


def read_pdf(data: bytes) -> PdfReader:
    return PdfReader(BytesIO(data))


def words_of(reader: PdfReader) -> str:
    """The text of all pages without white space: lines break where they may."""
    return "".join("".join(page.extract_text().split()) for page in reader.pages)
