"""What a Word file says, as plain values: the contract between the reader of files and the staff desk."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

SECTION_NAMES = ("summary", "background", "approach", "results")


class WordFileError(ValueError):
    """A file that cannot be taken: ``code`` for programs (``encrypted``, ``zip-bomb``, …), the message in Chinese."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Picture:
    """A picture as it stood in the file: ``section`` is where; ``caption`` is guessed, ``alt`` only if the file has one."""

    name: str
    data: bytes
    section: str
    caption: str = ""
    alt: str = ""


@dataclass(frozen=True)
class FigureCandidate:
    """A figure found in a sentence, offered to the clerk: never taken unasked.

    ``value`` as written (超 3200 亿元); ``number`` and ``unit`` where it is a number; ``kind`` says what it looks like.
    """

    label: str
    value: str
    sentence: str
    section: str
    kind: Literal["amount", "count", "rate", "date"]
    number: Decimal | None = None
    unit: str = ""
    as_of: str = ""


@dataclass(frozen=True)
class Notice:
    """One line of the report: ``taken`` as is, ``unsure`` (look at it), ``left`` out of the draft."""

    level: Literal["taken", "unsure", "left"]
    text: str


@dataclass(frozen=True)
class WordDocument:
    """A case as a member's Word file tells it; sections are Markdown, empty where the file has none.

    ``institution`` and ``category`` are the words of the file, not yet matched; ``digest`` is the SHA-256 of its bytes.
    """

    filename: str
    digest: str
    title: str
    subtitle: str = ""
    institution: str = ""
    category: str = ""
    summary: str = ""
    background: str = ""
    approach: str = ""
    results: str = ""
    period: str = ""
    regions: str = ""
    pictures: tuple[Picture, ...] = ()
    figures: tuple[FigureCandidate, ...] = ()
    notices: tuple[Notice, ...] = field(default=())
