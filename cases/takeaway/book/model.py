"""A book as plain values: what every format sets."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from cases.takeaway.book.nodes import Node


@dataclass
class BookCase:
    """A case as a book sets it. ``headlines`` and ``figures`` are rows of label, value, date, note, editor's note.

    ``images`` are all of the case; one that ``is_placed`` stands as a node in a section, the others behind the text.
    """

    code: str
    title: str
    second: str
    kicker: str
    summary: str
    headlines: list[dict[str, str | bool]]
    highlights: list[str]
    sections: list[tuple[str, list[Node | str]]]
    advice: list[tuple[str, list[str]]]
    notes: list[tuple[str, str]]
    offers: list[tuple[str, list[tuple[str, str]]]]
    images: list[dict[str, str | bool]]
    figures: list[dict[str, str | bool]]
    facts: list[tuple[str, str]]
    citation: str
    url: str
    institution: str
    products: list[str]
    documents: list[str]
    remark: str = ""  # a reader's own, on a shelf


@dataclass
class Part:
    """A chapter: ``number`` 壹, 贰 … or empty; ``mark`` the character of its theme, ``drawing`` its drawn mark as SVG (or empty),
    ``hue`` degrees or 0."""

    name: str
    number: str = ""
    mark: str = ""
    slogan: list[str] = field(default_factory=list)
    intro: str = ""
    drawing: str = ""
    hue: int = 0
    cases: list[BookCase] = field(default_factory=list)


@dataclass
class Book:
    """``institutions`` and ``products`` map names to the codes of their cases, ``glossary`` terms to definitions."""

    title: str
    subtitle: str
    publisher: str
    date: str
    url: str
    preface: list[Node | str]
    parts: list[Part]
    glossary: list[tuple[str, str]]
    institutions: list[tuple[str, list[str]]]
    products: list[tuple[str, list[str]]]
    terms: str

    @property
    def is_single(self) -> bool:
        """Whether it is one case, which needs no cover and no contents."""
        return [len(part.cases) for part in self.parts] == [1]

    @property
    def has_parts(self) -> bool:
        """Whether cases stand in chapters with names."""
        return not self.is_single and any(part.name for part in self.parts)

    @property
    def cases(self) -> Iterable[BookCase]:
        return (case for part in self.parts for case in part.cases)
