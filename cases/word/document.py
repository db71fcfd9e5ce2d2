"""What a Word file says, as plain values: the contract between the reader of files and the staff desk."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from cases.editing.renditions import CheckedImage

SECTION_NAMES = ("summary", "background", "approach", "results")
# Characters that the tables hold; what is longer stays in the text.
ROW_LIMITS = {"highlights": 120, "advice": 200}
PRODUCT_LIMITS = {"name": 60, "audience": 200, "amount": 200, "term": 120, "rate": 200, "conditions": 400}


SAVE_AS = "请用 Word 或 WPS 打开，另存为“Word 文档（.docx）”后再上传。"

MESSAGES = {
    "empty": "这个文件是空的，没有内容。请找到写好的 Word 文件再上传。",
    "doc": f"这是旧格式的 Word 文件（.doc），这里读不了。{SAVE_AS}",
    "wps": f"这是 WPS 自己的格式（.wps），这里读不了。{SAVE_AS}",
    "pdf-scanned": "这个 PDF 是扫描件或图片，里面没有能选中的文字。请上传写稿时的 Word 文件；没有的，先用文字识别（OCR）转成 Word，对过文字再上传。",
    "pdf-encrypted": "这个 PDF 设了打开密码，读不了。请去掉密码，保存后再上传。",
    "pdf-corrupt": "这个 PDF 是坏的或者没有传完整。请打开看看，重新导出后再上传；有 Word 文件的，请传 Word 文件。",
    "rtf": f"这是 RTF 文件，这里读不了。{SAVE_AS}",
    "html": f"这是网页文件，不是 Word 文件。{SAVE_AS}",
    "odt": f"这是 ODT 文件，这里读不了。{SAVE_AS}",
    "word-xml": f"这是 XML 格式的 Word 文件，这里读不了。{SAVE_AS}",
    "encrypted": "这个文件设了打开密码，读不了。请在 Word 里去掉密码，保存后再上传。",
    "corrupt": "这个文件是坏的或者没有传完整。请在 Word 里打开看看，重新保存后再上传。",
    "too-complex": "这个文件的结构太复杂或太长，没有读完。请把正文复制到新的 Word 文件里，或拆成几份，再上传。",
    "too-slow": "这个文件读了很久也没有读完，已经停下。请把正文复制到新的 Word 文件里，或拆成几份，再上传。",
    "zip-bomb": "这个文件展开后大得不正常，为安全起见没有读。如果它是正常的稿子，请把内容复制到新的 Word 文件里再上传。",
}


class WordFileError(ValueError):
    """A file that cannot be taken: ``code`` for programs (``encrypted``, ``zip-bomb``, …), the message in Chinese."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def refuse(code: str, message: str = "") -> WordFileError:
    """Make the error for ``code``, with the usual message of that code unless another is given."""
    return WordFileError(code, message or MESSAGES[code])


def not_word(what: str) -> WordFileError:
    return WordFileError("not-word", f"这是{what}，不是 Word 文件。请上传 Word 文件（.docx）。")


@dataclass(frozen=True)
class WordImage:
    """An image of the file: ``section`` is where it stands; ``caption`` is guessed, ``alt`` only if the file has one.
    ``number`` is what its place in the text goes by (〔图 1〕): the one printed under it, where it is free.

    ``data`` are the bytes as found, which never leave the reading process; ``encoded`` is the image decoded and encoded
    anew, or None where it cannot be taken, and ``problem`` says why.
    """

    name: str
    section: str
    caption: str = ""
    alt: str = ""
    data: bytes = b""
    encoded: "CheckedImage | None" = None
    problem: str = ""
    number: int = 0


@dataclass(frozen=True)
class FigureCandidate:
    """A figure found in a sentence, offered to the clerk: never taken unasked.

    ``value`` as written (超 3200 亿元); ``number`` and ``unit`` where it is a number, ``number_to`` where it is a range;
    ``kind`` says what it looks like.
    """

    label: str
    value: str
    sentence: str
    section: str
    kind: Literal["amount", "count", "rate", "date"]
    number: Decimal | None = None
    unit: str = ""
    as_of: str = ""
    number_to: Decimal | None = None


@dataclass(frozen=True)
class ProductTerms:
    """What a file says of one product, as written; empty where it is silent. ``PRODUCT_LIMITS`` hold."""

    name: str
    audience: str = ""
    amount: str = ""
    term: str = ""
    rate: str = ""
    conditions: str = ""


@dataclass(frozen=True)
class Notice:
    """One line of the report: ``taken`` as is, ``unsure`` (look at it), ``left`` out of the draft."""

    level: Literal["taken", "unsure", "left"]
    text: str


@dataclass(frozen=True)
class WordDocument:
    """A case as a member's Word file tells it; sections are Markdown, empty where the file has none.

    ``institution`` and ``category`` are the words of the file, not yet matched; ``digest`` is the SHA-256 of its bytes.
    ``advice`` are (kind, text), each kind one of ``AdviceKind``. ``mentions`` are lines outside the text that may name the
    institution or the chapter (headers, letterheads, the file's name), the surest first. ``others`` are further cases of
    the same file, with a ``digest`` of their own.
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
    images: tuple[WordImage, ...] = ()
    figures: tuple[FigureCandidate, ...] = ()
    highlights: tuple[str, ...] = ()
    advice: tuple[tuple[str, str], ...] = ()
    products: tuple[ProductTerms, ...] = ()
    mentions: tuple[str, ...] = ()
    others: tuple["WordDocument", ...] = ()
    notices: tuple[Notice, ...] = field(default=())
