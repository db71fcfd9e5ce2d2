"""Cases and their figures as a workbook or as CSV, to be edited by hand and read again by ``cases.imports.sheets``.

Both are made while they are sent: memory does not grow with the number of cases.
"""

import csv
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from io import BytesIO, RawIOBase
from typing import Any

from openpyxl.utils import get_column_letter

from cases.exports.sheet_columns import CASES, COLUMNS, EXAMPLES, FACETS, FIGURES, NO, UNTOLD, YES, Column, joined
from cases.exports.sheet_skeleton import Words, skeleton
from cases.exports.sheet_text import CELL_LIMIT, MARK, TRIGGERS, defuse, escape, one_newline

Row = Mapping[str, Any]
BOM = "\ufeff"
CONTENT_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
PARTS = {"xl/worksheets/sheet1.xml": CASES, "xl/worksheets/sheet2.xml": FIGURES}
END = b"</sheetData>"
DIMENSION = re.compile(rb"<dimension [^>]*/>")
XML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
LETTERED: dict[str, list[tuple[str, Column]]] = {
    sheet: [(get_column_letter(index), column) for index, column in enumerate(columns, 1)]
    for sheet, columns in COLUMNS.items()
}
COMPRESSION = 4
CHUNK = 64 * 1024


def case_row(case: Any) -> dict[str, Any]:
    """A case, its collection, category, institution and terms at hand, by column name."""
    row = {
        column.name: getattr(case, column.name) for column in COLUMNS[CASES] if column.kind in ("text", "long", "whole")
    }
    row |= {"collection": case.collection.title, "category": case.category.name}
    row |= {"institution": case.institution.short_name, "status": case.get_status_display()}
    terms = sorted(case.terms.all(), key=lambda term: (term.order, term.slug))
    return row | {facet: joined([term.name for term in terms if term.facet == facet]) for facet in FACETS}


def figure_rows(case: Any) -> list[dict[str, Any]]:
    """The figures of a case in their order, by column name."""
    figures = sorted(case.figures.all(), key=lambda figure: figure.order)
    return [
        {name: getattr(figure, name) for name in ("order", "label", "value", "number", "unit", "as_of", "note")}
        | {"case": case.code, "case_title": case.title, "is_headline": YES if figure.is_headline else NO}
        for figure in figures
    ]


def csv_lines(sheet: str, rows: Iterable[Row]) -> Iterator[bytes]:
    """The CSV of one sheet, line by line: UTF-8 with a BOM, so that Excel shows Chinese; nothing in it calculates."""
    columns = COLUMNS[sheet]
    write = csv.writer(_Echo()).writerow
    yield (BOM + write([column.heading for column in columns])).encode()
    for row in rows:
        yield write([_csv_value(row.get(column.name)) for column in columns]).encode()


def workbook(cases: Iterable[Row], figures: Iterable[Row], words: Words, *, style: str = "text") -> Iterator[bytes]:
    """An xlsx file, piece by piece; all of ``cases`` is read before ``figures``."""
    empty, styles = skeleton(words)
    rows = {CASES: cases, FIGURES: figures}
    out = _Pipe()
    with (
        zipfile.ZipFile(BytesIO(empty)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION) as target,
    ):
        for name in source.namelist():
            sheet = PARTS.get(name)
            if sheet is None:
                target.writestr(name, source.read(name))
                continue
            head, _, tail = DIMENSION.sub(b"", source.read(name)).partition(END)
            with target.open(name, "w", force_zip64=True) as part:
                part.write(head)
                for number, row in enumerate(rows[sheet], 2):
                    part.write(_xml_row(sheet, number, row, styles, style))
                    if out.size > CHUNK:
                        yield out.take()
                part.write(END + tail)
        yield out.take()
    yield out.take()


def template(words: Words) -> Iterator[bytes]:
    """A workbook without cases: headings, lists to choose from, and one grey row that is not imported."""
    first = {name: values[0] for name, values in words.items() if values}
    cases, figures = (first | EXAMPLES[sheet] for sheet in (CASES, FIGURES))
    return workbook([cases], [figures], words, style="example")


class _Echo:
    """A file whose ``write`` hands the text back: ``csv`` formats, the response sends."""

    def write(self, text: str) -> str:
        return text


class _Pipe(RawIOBase):
    """A file that cannot go back: what was written is taken away as it comes."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:
        self.pieces.append(bytes(data))
        self.size += len(data)
        return len(data)

    def take(self) -> bytes:
        data, self.pieces, self.size = b"".join(self.pieces), [], 0
        return data


def _csv_value(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return defuse(one_newline(value))
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _xml_row(sheet: str, number: int, row: Row, styles: Mapping[str, int], style: str) -> bytes:
    cells = (
        _xml_cell(f"{letter}{number}", row.get(column.name), styles, style)
        for letter, column in LETTERED[sheet]
        if row.get(column.name) not in (None, "")
    )
    height = ' ht="60" customHeight="1"' if sheet == CASES else ""
    return f'<row r="{number}"{height}>{"".join(cells)}</row>'.encode()


def _xml_cell(place: str, value: Any, styles: Mapping[str, int], style: str) -> str:
    if not isinstance(value, str):
        number = f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
        return f'<c r="{place}" s="{styles["number" if style == "text" else style]}"><v>{number}</v></c>'
    text = escape(one_newline(value))
    if len(text) > CELL_LIMIT:
        text = UNTOLD
    # A string cell is never calculated; the "=" styles keep it a string when someone edits it.
    look = styles[style + "=" * (text[0] in TRIGGERS or text[0] == MARK)]
    return f'<c r="{place}" s="{look}" t="inlineStr"><is><t xml:space="preserve">{text.translate(XML)}</t></is></c>'
