"""The pages of a PDF as lines and images, each with its place."""

import contextlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from statistics import median
from typing import BinaryIO

from pdfminer.converter import PDFPageAggregator
from pdfminer.layout import LTChar, LTContainer, LTCurve, LTImage
from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError, PDFPasswordIncorrect
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from PIL import Image

from cases.word.document import refuse
from cases.word.docx import limits
from cases.word.docx.blocks import Span
from cases.word.pdf.rules import Box, Rules, find_tables

BOLD = re.compile("bold|black|heavy|hei", re.IGNORECASE)
RADICALS = re.compile("[\u2e80-\u2fdf]")  # how some programs write the characters that look like them
SYMBOLS = str.maketrans(dict.fromkeys("\uf06c\uf06e\uf075\uf076\uf0a7\uf0b7\uf0d8\uf0fc", "•"))
UNKNOWN = re.compile(r"\(cid:\d+\)|[\x00-\x1f\x7f\ue000-\uf8ff\ufffd]")
WIDE = re.compile("[\u2e80-\u9fff\uff00-\uffef\u3000-\u303f]")
CELL_GAP = 1.5  # widths of a character: wider, and what follows is another column or cell
WORD_GAP = 0.2
MODES = {1: "L", 3: "RGB"}


@dataclass
class Line:
    """A piece of a line without wide gaps; ``x0``, ``x1`` and ``y`` (its baseline, upwards) in points."""

    spans: list[Span]
    x0: float
    x1: float
    y: float
    size: float
    column: str = ""

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)

    @property
    def is_bold(self) -> bool:
        return all(span.bold for span in self.spans if span.text.strip())


@dataclass
class Picture:
    """An image on a page, as its name among the PDF's parts."""

    part: str
    y: float
    x0: float = 0


@dataclass
class Page:
    width: float
    lines: list[Line] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    tables: list[list[list[Box]]] = field(default_factory=list)


class Images:
    """The images of a PDF by name, read like the parts of a .docx; ``unread`` counts those in forms we do not take."""

    def __init__(self) -> None:
        self._data: dict[str, bytes] = {}
        self.unread = 0

    def has(self, part: str) -> bool:
        return bool(self._data.get(part))

    def read(self, part: str, limit: int) -> bytes:
        """Return the bytes of an image, none where there are more than ``limit``, which nobody can decode."""
        data = self._data[part]
        return data if len(data) <= limit else b""

    def add(self, image: LTImage) -> str:
        """Keep an image once, however often it is shown; return its name, '' where it cannot be taken."""
        part = f"{image.stream.objid or id(image.stream)}"
        if part not in self._data:
            self._data[part] = b""
            if sum(map(len, self._data.values())) < limits.IMAGES_BYTES:
                with contextlib.suppress(Exception):  # decoders stumble over whatever a file says of itself
                    self._data[part] = _encoded(image)
            self.unread += not self._data[part]
        return part if self._data[part] else ""


def _encoded(image: LTImage) -> bytes:
    """A JPEG as it stands, plain pixels as PNG; nothing else."""
    names = [str(getattr(name, "name", name)) for name, _ in image.stream.get_filters()]
    if names[-1:] == ["DCTDecode"] and len(names) == 1:
        return image.stream.get_rawdata() or b""
    width, height = image.srcsize
    if image.bits != 8 or "JPXDecode" in names or width * height > limits.PIXELS // 4:
        return b""
    data = image.stream.get_data()
    mode = MODES.get(len(data) // (width * height), "") if len(data) % (width * height) == 0 else ""
    if not mode:
        return b""
    out = BytesIO()
    Image.frombytes(mode, (width, height), data).save(out, "PNG")
    return out.getvalue()


class Device(PDFPageAggregator):
    """Gathers what stands on a page, and gives up where that is more than any page holds."""

    def begin_page(self, page: PDFPage, ctm: tuple) -> None:
        self.left = limits.PDF_PAGE_CHARACTERS
        super().begin_page(page, ctm)

    def render_char(self, *args, **options) -> float:
        self.left -= 1
        if self.left < 0:
            raise refuse("too-complex")
        return super().render_char(*args, **options)


def read_pages(file: BinaryIO, images: Images) -> Iterator[Page]:
    """Yield the pages; their images go into ``images``. Raise ``WordFileError`` for what cannot be taken."""
    try:
        document = PDFDocument(PDFParser(file))
    except (PDFPasswordIncorrect, PDFEncryptionError) as error:
        raise refuse("pdf-encrypted") from error
    manager = PDFResourceManager()
    device = Device(manager, laparams=None)
    interpreter = PDFPageInterpreter(manager, device)
    for number, page in enumerate(PDFPage.create_pages(document)):
        if number >= limits.PDF_PAGES:
            raise refuse("too-complex")
        interpreter.process_page(page)
        found = device.get_result()
        chars, pictures, rules = [], [], Rules()
        for item in _leaves(found):
            if isinstance(item, LTChar):
                if item.upright and item.get_text():
                    chars.append(item)
            elif isinstance(item, LTCurve):
                rules.add(item.x0, item.y0, item.x1, item.y1)
            elif part := images.add(item):
                pictures.append(Picture(part, item.y0, item.x0))
        yield Page(found.width, lines_of(chars, rules), pictures, find_tables(rules))


def _leaves(container: LTContainer) -> Iterator[LTChar | LTImage | LTCurve]:
    for item in container:
        if isinstance(item, LTChar | LTImage | LTCurve):
            yield item
        elif isinstance(item, LTContainer):
            yield from _leaves(item)


def lines_of(chars: list[LTChar], rules: Rules) -> list[Line]:
    """Gather characters into lines from the top down, pieces apart where a gap is wide or a rule stands."""
    rows: list[list[LTChar]] = []
    for char in sorted(chars, key=lambda char: (-char.matrix[5], char.x0)):
        if rows and abs(rows[-1][0].matrix[5] - char.matrix[5]) <= 0.35 * max(char.size, rows[-1][0].size):
            rows[-1].append(char)
        else:
            rows.append([char])
    return [line for row in rows for line in _pieces(sorted(row, key=lambda char: char.x0), rules)]


def _pieces(row: list[LTChar], rules: Rules) -> list[Line]:
    lines: list[Line] = []
    last = None
    for char in row:
        text = RADICALS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), char.get_text().translate(SYMBOLS))
        text = UNKNOWN.sub("", text.replace("\xa0", " "))
        if text == "\u3000" and char.width < 0.7 * char.size:
            text = " "  # of a font that has one sign for both
        if not text or (not text.strip() and last is None):
            continue
        if last and last.get_text() == char.get_text() and abs(last.x0 - char.x0) < 0.15 * char.size:
            continue  # drawn twice to look bold
        gap = char.x0 - last.x1 if last else 0
        is_bold = bool(BOLD.search(char.fontname))
        is_cell = gap > CELL_GAP * char.size or (gap > 0 and last and rules.part(last.x1, char.x0, char.matrix[5]))
        if last is None or (text.strip() and is_cell):
            lines.append(Line([Span("", is_bold)], char.x0, char.x1, char.matrix[5], 0))
        line = lines[-1]
        before = line.text[-1:]
        is_word = before.strip() and text.strip() and not (WIDE.match(before) or WIDE.match(text))
        if is_word and gap > WORD_GAP * char.size:
            text = f" {text}"
        if line.spans[-1].bold != is_bold and text.strip():
            line.spans.append(Span("", is_bold))
        line.spans[-1].text += text
        if text.strip():
            line.x1, last = max(line.x1, char.x1), char
            line.size = max(line.size, round(char.size * 2) / 2)
    return [line for line in lines if line.text.strip()]


def body_size(pages: list[Page]) -> float:
    """The size of most characters."""
    sizes = [line.size for page in pages for line in page.lines for _ in range(len(line.text) // 4 + 1)]
    return median(sizes) if sizes else 0
