"""Lines of a PDF as paragraphs: columns in their order, running heads and page numbers left out, lines joined."""

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from statistics import median, quantiles
from typing import BinaryIO

from pdfminer.pdfexceptions import PDFException
from pdfminer.psexceptions import PSException

from cases.word.document import WordFileError, refuse
from cases.word.docx import limits
from cases.word.docx.blocks import Block, Body, Cell, ImageRef, Paragraph, Span, Table
from cases.word.pdf.pages import WIDE, Images, Line, Page, Picture, body_size, read_pages
from cases.word.pdf.rules import Box

PAGE_NUMBER = re.compile(r"^[-—–·\s第共页/]*\d{1,4}[-—–·\s第共页/\d]*$|^[ivxlc]{1,6}$")
BULLET = re.compile(r"^[•●·▪■◆◇○➢✓\-–]\s*(?=\S)")
# Lines that begin a paragraph, however the one before ended: 一、（一）1. 第一，
BEGINS = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[、.．](?!\d)|[①-⑳]|第[一二三四五六七八九十]+[章节条])"
)
SPACED = re.compile("[\u4e00-\u9fff] [0-9A-Za-z]|[0-9A-Za-z] [\u4e00-\u9fff]")
EDGE_LINES = 2  # lines at the head and at the foot of a page that may be no text
LARGE = 1.12  # times the size of the text, of a heading
FEW = 6  # lines of a column
PADDING = 5.0  # points between a rule and the words of its cell


@dataclass
class PlacedTable:
    table: Table
    y: float
    x0: float


Piece = Line | Picture | PlacedTable


def read_body(file: BinaryIO) -> tuple[Body, Images]:
    """Read a PDF as what the reader of .docx yields, and its images by name; raise ``WordFileError``."""
    images, pages, count = Images(), [], 0
    try:
        for page in read_pages(file, images):
            pages.append(page)
            count += sum(len(line.text) for line in page.lines)
            if count > limits.TEXT:
                raise refuse("too-complex")
    except (WordFileError, MemoryError, RecursionError):
        raise
    except (PDFException, PSException, ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError, OSError, ArithmeticError) as error:  # fmt: skip
        raise refuse("pdf-corrupt") from error  # pdfminer trusts what a file says of itself
    if not pages:
        raise refuse("pdf-corrupt")
    if count < limits.PDF_LEAST_CHARACTERS * len(pages):
        raise refuse("pdf-scanned")
    skipped: Counter = Counter()
    margins = drop_margins(pages)
    skipped["headers"] = len(margins)
    skipped["pdf-images"] = images.unread
    is_body_bold = sum(line.is_bold for page in pages for line in page.lines) * 2 > sum(
        len(page.lines) for page in pages
    )
    if is_body_bold:
        for span in (span for page in pages for line in page.lines for span in line.spans):
            span.bold = False
    size = body_size(pages)
    pieces, gutter = [], 0.0
    for page in pages:
        tables = [take_table(page, rows, size) for rows in page.tables]
        # The last page may have one of the two columns alone.
        is_left_alone = all(line.x1 <= gutter for line in page.lines)
        gutter = find_gutter(page) or (gutter if is_left_alone else 0.0)
        pieces += in_order(page, gutter, [one for one in tables if one], skipped)
    return Body(blocks_of(pieces, size), {}, skipped, margins), images


def take_table(page: Page, rows: list[list[Box]], size: float) -> PlacedTable | None:
    """Take the lines that stand in the cells out of the page; None where there are none: a frame, or a drawing."""
    found: dict[int, list[Line]] = {}
    above: dict[int, Box] = {}  # by place: the cell that a continued one belongs to
    for row in rows:
        for box in row:
            place = round((box.x0 + box.x1) / 2)
            if not box.continued:
                above[place] = box
            owner = above.setdefault(place, box)
            inside = [line for line in page.lines if box.holds((line.x0 + line.x1) / 2, line.y)]
            found.setdefault(id(owner), []).extend(inside)
    taken = {id(line) for lines in found.values() for line in lines}
    if not taken:
        return None
    page.lines = [line for line in page.lines if id(line) not in taken]
    cells = [
        [
            Cell(blocks_of(found.get(id(box), []), size, (box.x0 + PADDING, box.x1 - PADDING)), continued=box.continued)
            for box in row
        ]
        for row in rows
    ]
    return PlacedTable(Table(cells), rows[0][0].y1, rows[0][0].x0)


def drop_margins(pages: list[Page]) -> tuple[str, ...]:
    """Take running heads, page numbers and images of every page out; return the words of the heads."""
    seen = Counter(mark for page in pages for mark in {_mark(line) for line in _edges(page)})
    shown = Counter(part for page in pages for part in {picture.part for picture in page.pictures})
    often = max(2, len(pages) // 3)
    dropped: dict[str, str] = {}
    for page in pages:
        heights = [line.y for line in page.lines]
        for line in _edges(page):
            # Alone on the first or the last line: elsewhere it may be a number of a table.
            is_outer = line.y in (min(heights), max(heights)) and heights.count(line.y) == 1
            is_number = is_outer and bool(PAGE_NUMBER.match(line.text.strip()))
            if is_number or seen[_mark(line)] >= often:
                page.lines.remove(line)
                if not is_number:
                    dropped.setdefault(_mark(line), line.text.strip())
        page.pictures = [picture for picture in page.pictures if len(pages) < 3 or shown[picture.part] < often]
    return tuple(dropped.values())[: limits.MARGINS]


def _edges(page: Page) -> list[Line]:
    """The lines at the head and foot of a page."""
    heights = sorted({line.y for line in page.lines})
    ends = {*heights[:EDGE_LINES], *heights[-EDGE_LINES:]}
    return [line for line in page.lines if line.y in ends]


def _mark(line: Line) -> str:
    """What is the same of a running head on every page: its words, and where it stands."""
    return f"{re.sub(r'[0-9 ]+', '0', line.text.strip())}@{line.y:.0f}"


def in_order(page: Page, gutter: float, tables: list[PlacedTable], skipped: Counter) -> list[Piece]:
    """Lines, images and tables as they are read: two columns one after the other, what goes across both between them."""
    pieces: list[Piece] = sorted([*page.lines, *page.pictures, *tables], key=lambda piece: (-piece.y, piece.x0))
    if not gutter:
        return _joined_rows(pieces, skipped)
    found, sides = [], {"left": [], "right": []}
    for piece in pieces:
        side = "left" if getattr(piece, "x1", piece.x0) <= gutter else "right" if piece.x0 >= gutter else ""
        if isinstance(piece, Line):
            piece.column = side
        if side:
            sides[side].append(piece)
        else:
            found += [*sides["left"], *sides["right"], piece]
            sides = {"left": [], "right": []}
    return [*found, *sides["left"], *sides["right"]]


def find_gutter(page: Page) -> float:
    """Find the empty strip between two columns; 0 where the page has one. Cells of a table do not fill their column."""
    best, most = 0.0, 0
    for percent in range(38, 63):
        x = page.width * percent / 100
        left = [line for line in page.lines if line.x1 <= x]
        right = [line for line in page.lines if line.x0 >= x]
        few = min(len(left), len(right))
        if few > max(most, FEW) and few * 2 > 0.6 * len(page.lines):
            widths = median(line.x1 - line.x0 for line in left), median(line.x1 - line.x0 for line in right)
            if min(widths) > 0.25 * page.width:
                best, most = x, few
    return best


def _joined_rows(pieces: list[Piece], skipped: Counter) -> list[Piece]:
    """Join the cells of a row to one line."""
    found: list[Piece] = []
    for piece in pieces:
        last = found[-1] if found else None
        if isinstance(piece, Line) and isinstance(last, Line) and abs(last.y - piece.y) < 0.35 * piece.size:
            last.spans += [Span("　"), *piece.spans]
            last.x1 = piece.x1
            skipped["pdf-rows"] += 1
        else:
            found.append(piece)
    return found


def blocks_of(pieces: list[Piece], size: float, cell: tuple[float, float] | None = None) -> list[Block]:
    """Join lines to paragraphs, within the edges of a ``cell`` if there is one; headings by their size, the larger the higher."""
    lines = [piece for piece in pieces if isinstance(piece, Line)]
    text = [line for line in lines if line.size < LARGE * size] or lines
    edges = {line.column: (line.x0, line.x1) for line in lines}
    edges |= {
        column: _edges_of([line for line in text if line.column == column]) for column in {line.column for line in text}
    }
    steps = [above.y - below.y for above, below in pairwise(lines) if 0 < above.y - below.y < 3 * size]
    pitch = median(steps) if steps else 1.5 * size
    large = sorted({line.size for line in lines if line.size >= LARGE * size}, reverse=True)
    edges |= {"": cell} if cell else {}
    found: list[Block] = []
    last: Line | None = None
    hanging = 0.0  # where the text of a list's item begins
    for piece in pieces:
        if isinstance(piece, Picture):
            found.append(Paragraph(images=[ImageRef(piece.part)]))
            last = None
            continue
        if isinstance(piece, PlacedTable):
            found.append(piece.table)
            last = None
            continue
        left, right = edges[piece.column]
        is_title = piece.size >= LARGE * size
        if last is not None and goes_on(last, piece, edges, pitch, hanging, is_title=is_title):
            join(found[-1], piece.spans)
        else:
            bullet = BULLET.match(piece.text)
            hanging = piece.x0 + 1.9 * piece.size if bullet else 0
            paragraph = Paragraph(piece.spans, size=round(2 * piece.size))
            if bullet:
                _cut(paragraph.spans, bullet.end())
                paragraph.listed = "bullet"
            elif is_title and len(piece.text) <= 60:
                paragraph.role, paragraph.level = "heading", min(1 + large.index(piece.size), 4)
            if is_centred(piece, left, right):
                paragraph.align = "center"
            found.append(paragraph)
        last = piece
    return found


def goes_on(
    last: Line, line: Line, edges: dict[str, tuple[float, float]], pitch: float, hanging: float, *, is_title: bool
) -> bool:
    """Tell whether ``line`` goes on with the paragraph that ``last`` is of."""
    is_other = abs(last.size - line.size) > 0.6 or last.is_bold != line.is_bold
    is_apart = last.column == line.column and last.y - line.y > 1.45 * max(pitch, 1.15 * line.size)
    if is_other or is_apart or BULLET.match(line.text) or BEGINS.match(line.text):
        return False
    left, right = edges[line.column]
    if is_title:
        return is_centred(line, left, right) == is_centred(last, *edges[last.column]) or last.x1 > right - 2 * line.size
    start = hanging if hanging and abs(line.x0 - hanging) < 1.2 * line.size else left
    is_full = last.x1 >= edges[last.column][1] - 2.2 * last.size
    return is_full and line.x0 <= start + line.size


def is_centred(line: Line, left: float, right: float) -> bool:
    is_inside = line.x0 > left + 1.5 * line.size and line.x1 < right - 1.5 * line.size
    return is_inside and abs((line.x0 + line.x1) - (left + right)) < 2 * line.size


def _edges_of(lines: list[Line]) -> tuple[float, float]:
    """Where the lines of a column begin and end, a few outliers aside."""
    if len(lines) < 4:
        return min(line.x0 for line in lines), max(line.x1 for line in lines)
    return quantiles((line.x0 for line in lines), n=20)[0], quantiles((line.x1 for line in lines), n=20)[-1]


def join(paragraph: Paragraph, spans: list[Span]) -> None:
    """Add a line to a paragraph: Chinese without a blank, Latin words with one, a hyphenated word whole."""
    before, after = paragraph.text[-1:], "".join(span.text for span in spans).lstrip()[:1]
    end = paragraph.spans[-1]
    end.text = end.text.rstrip()
    if before == "-" and after.islower():
        end.text = end.text[:-1]
    elif before and after and not (WIDE.match(before) or WIDE.match(after)):
        end.text += " "
    elif SPACED.search(f"{before} {after}") and SPACED.search(paragraph.text):
        end.text += " "  # as it sets numbers elsewhere: 2020 年
    paragraph.spans += spans


def _cut(spans: list[Span], length: int) -> None:
    """Take the first ``length`` characters away."""
    for span in spans:
        taken = min(length, len(span.text))
        span.text, length = span.text[taken:], length - taken
