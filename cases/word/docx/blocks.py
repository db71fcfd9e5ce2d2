"""A Word text as blocks: what the body reader yields and the case reader understands."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Style:
    """A style, inherited values included; None and '' where nothing in the chain says it."""

    role: str = ""
    level: int = 0
    align: str = ""
    size: int = 0
    bold: bool | None = None
    hidden: bool | None = None
    number: tuple[str, int] | None = None


@dataclass
class Span:
    """A stretch of text in one format; ``href`` is a checked http(s) address. May hold line breaks."""

    text: str
    bold: bool = False
    href: str = ""


@dataclass(frozen=True)
class ImageRef:
    """An image of the package: ``part`` is its name there."""

    part: str
    alt: str = ""


@dataclass
class Paragraph:
    """``role``: title, subtitle, heading, caption, toc or ''. ``label`` is the automatic number as Word shows it;
    ``listed`` is bullet or number for what is a list rather than a numbered heading. ``size`` in half-points."""

    spans: list[Span] = field(default_factory=list)
    role: str = ""
    level: int = 0
    align: str = ""
    size: int = 0
    label: str = ""
    listed: str = ""
    ordinal: int = 0
    depth: int = 0
    boxed: bool = False
    images: list[ImageRef] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans).strip()

    @property
    def is_bold(self) -> bool:
        written = [span for span in self.spans if span.text.strip()]
        return bool(written) and all(span.bold for span in written)


@dataclass
class Cell:
    """``columns`` it covers; ``continued`` when it goes on from the row above."""

    blocks: list["Paragraph | Table"] = field(default_factory=list)
    columns: int = 1
    continued: bool = False


@dataclass
class Table:
    rows: list[list[Cell]] = field(default_factory=list)


Block = Paragraph | Table


@dataclass
class Body:
    """The whole text, the notes under it by their mark, how often each kind of thing was skipped, and the lines of
    headers and footers, which are no text but may name who wrote it."""

    blocks: list[Block]
    notes: dict[str, str]
    skipped: Counter
    margins: tuple[str, ...] = ()
