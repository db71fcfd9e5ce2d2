"""The cells of one file as text: from a workbook or from CSV, the same rows."""

import csv
import io
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from cases.exports.sheet_text import unescape, unmark
from cases.imports.sheet_files import SAVE_AS, SheetFileError

MAX_ROWS = 20_000
MAX_COLUMNS = 80
MAX_CELL = 40_000
MAX_TEXT = 40 * 1024 * 1024
FIELD_LIMIT = 4 * MAX_CELL
FORMULA = "formula"  # a problem that the saved result may solve
UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")  # no database keeps these
DELIMITERS = ",\t;"


@dataclass
class Cell:
    """One cell: its text as a person sees it, or in ``problem`` why it cannot be taken; ``notice`` is worth a look."""

    text: str = ""
    problem: str = ""
    notice: str = ""


@dataclass
class Grid:
    """The rows of one sheet: row numbers as the program shows them, and their cells (empty rows left out)."""

    name: str
    rows: list[tuple[int, list[Cell]]]


def xlsx_grids(data: bytes, wanted: tuple[str, ...]) -> tuple[list[Grid], list[str]]:
    """The sheets of these names, and the names of all sheets."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl remarks on parts it does not keep; nothing here writes back
            return _read_book(data, wanted)
    except SheetFileError:
        raise
    except Exception as error:  # a broken workbook can raise anything in openpyxl; none of it is the clerk's affair
        raise SheetFileError("corrupt", f"文件已损坏，打不开。{SAVE_AS}") from error


def _read_book(data: bytes, wanted: tuple[str, ...]) -> tuple[list[Grid], list[str]]:
    book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    try:
        sheets = {sheet.title.strip(): sheet for sheet in book.worksheets}
        grids = [Grid(name, _sheet_rows(name, sheets[name])) for name in wanted if name in sheets]
    finally:
        book.close()
    formulas = {grid.name for grid in grids if any(_is_formula(cell) for _, cells in grid.rows for cell in cells)}
    if formulas:
        _fill_in_results(data, [grid for grid in grids if grid.name in formulas])
    return grids, list(sheets)


def _sheet_rows(name: str, sheet) -> list[tuple[int, list[Cell]]]:
    rows, budget, width = [], MAX_TEXT, MAX_COLUMNS
    for number, cells in enumerate(sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS), 1):
        row = [_cell(cell) for cell in cells[:width]]
        while row and not (row[-1].text or row[-1].problem):
            row.pop()
        if not row:
            continue
        if number > MAX_ROWS:
            raise SheetFileError("too-many-rows", f"“{name}”表太长，最多 {MAX_ROWS} 行。请分成几个文件。")
        budget -= sum(len(cell.text) for cell in row)
        if budget < 0:
            raise SheetFileError("too-big", f"“{name}”表里的文字太多。请分成几个文件。")
        width = min(width, len(row)) if not rows else width  # what stands right of the headings belongs to no column
        rows.append((number, row))
    return rows


def _is_formula(cell: Cell) -> bool:
    return cell.problem == FORMULA


def _cell(cell) -> Cell:
    if cell.value is None:
        return Cell()
    if cell.data_type == "f":
        return Cell(problem=FORMULA)
    return _shown(cell)


def _shown(cell) -> Cell:
    """What a person sees in the cell, as far as it can be told without guessing."""
    value = cell.value
    if cell.data_type == "e":
        return Cell(problem=f"这一格是错误值 {value}")
    if isinstance(value, bool):
        return Cell("是" if value else "否")
    if isinstance(value, datetime | date | time | timedelta):
        return Cell(problem=f"这一格被存成了日期或时间（{value}），请把格式改成“文本”，照原样重写")
    if isinstance(value, int | float):
        number = Decimal(f"{value:.15g}")  # 27.700000000000003 is how a spreadsheet keeps 27.7
        if "%" in (cell.number_format or ""):
            return Cell(f"{(number * 100).normalize():f}%")
        return Cell(f"{number.normalize():f}")
    return _text(unescape(str(value)))


def _fill_in_results(data: bytes, grids: list[Grid]) -> None:
    """Give formula cells the result the program saved beside the formula, and say so; without one, a problem."""
    book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False, data_only=True)
    try:
        sheets = {sheet.title.strip(): sheet for sheet in book.worksheets}
        for grid in grids:
            rows = dict(grid.rows)
            found = enumerate(sheets[grid.name].iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS), 1)
            for number, results in found:
                for index, cell in enumerate(rows.get(number, [])):
                    if _is_formula(cell):
                        rows[number][index] = _result(results[index])
    finally:
        book.close()


def _result(cell) -> Cell:
    if cell.value is None:
        return Cell(problem="这一格是公式，没有算好的结果。请“复制、选择性粘贴、数值”后再上传")
    shown = _shown(cell)
    return shown if shown.problem else Cell(shown.text, notice=f"这一格是公式，取的是它的结果“{shown.text[:40]}”")


def csv_grid(data: bytes) -> list[tuple[int, list[Cell]]]:
    """The rows of a CSV file: UTF-8, UTF-16 or GB 18030 (what a Chinese Excel saves), comma, tab or semicolon."""
    text = _decode(data)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows, limit = [], csv.field_size_limit(FIELD_LIMIT)
    try:
        for number, values in _numbered(reader):
            if any(values):
                rows.append((number, [_csv_cell(value) for value in values[:MAX_COLUMNS]]))
    except csv.Error as error:
        raise SheetFileError("corrupt", f"CSV 第 {reader.line_num} 行附近读不懂，多半是引号不成对。") from error
    finally:
        csv.field_size_limit(limit)
    return rows


def _numbered(reader) -> Iterator[tuple[int, list[str]]]:
    """Rows by the number a spreadsheet shows: a text of several lines stays one row."""
    for number, values in enumerate(reader, 1):
        if number > MAX_ROWS:
            raise SheetFileError("too-many-rows", f"CSV 太长，最多 {MAX_ROWS} 行。请分成几个文件。")
        yield number, values


def _csv_cell(value: str) -> Cell:
    return _text(unmark(value))


def _text(text: str) -> Cell:
    if len(text) > MAX_CELL:
        return Cell(problem=f"这一格超过 {MAX_CELL} 字")
    found = UNKEEPABLE.search(text)
    if found:
        return Cell(problem=f"这一格有不能保存的字符（U+{ord(found.group()):04X}），请删掉")
    return Cell(text)


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ("utf-16",)
    elif b"\x00" in data[:4096]:
        raise SheetFileError("unknown", "这不是 CSV 文件。请上传 .xlsx 或 .csv。")
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SheetFileError("encoding", "CSV 的编码认不出。请存成“CSV UTF-8”，或者存成 .xlsx。")


def _delimiter(text: str) -> str:
    head = text.split("\n", 1)[0]
    return max(DELIMITERS, key=head.count)


def letter(index: int) -> str:
    """The letter a spreadsheet shows over the column with this index, from 0."""
    return get_column_letter(index + 1)
