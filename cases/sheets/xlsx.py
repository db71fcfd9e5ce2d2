"""An .xlsx file as the texts of its cells: refused in words before any of it is parsed, or read as a person sees it."""

import io
import re
import warnings
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import IO
from xml.parsers import expat

from openpyxl import load_workbook

from cases.sheets.escaping import unescape

MAX_BYTES = 20 * 1024 * 1024
TOO_BIG = f"文件太大，最多 {MAX_BYTES // 1024 // 1024} MB。请分成几个文件。"
TOO_COMPLEX = "这个文件太复杂，读不了。请把要改的内容复制到一个新的工作簿（只贴数值），再上传。"
MAX_UNPACKED = 120 * 1024 * 1024
MAX_STYLES = 3 * 1024 * 1024  # each of a few bytes becomes an object of a few hundred
MAX_PARTS = 500
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
SAVE_AS = "请在 Excel 或 WPS 里“另存为”Excel 工作簿（.xlsx），再上传。"
UNKNOWN = "认不出这种文件。请上传 .xlsx。"
OTHERS = (
    ("xl/vbaProject.bin", "macro", f"这个文件带宏（.xlsm），没有打开。{SAVE_AS}"),
    ("xl/workbook.bin", "xlsb", f"这是 .xlsb 文件。{SAVE_AS}"),
    ("Index/Document.iwa", "numbers", "这是苹果 Numbers 文件。请在 Numbers 里“导出为”Excel（.xlsx），再上传。"),
    ("Index.zip", "numbers", "这是苹果 Numbers 文件。请在 Numbers 里“导出为”Excel（.xlsx），再上传。"),
    ("content.xml", "ods", f"这是 .ods 文件。{SAVE_AS}"),
    ("word/document.xml", "word", "这是 Word 文件，不是表格。"),
)
MAX_ROWS = 20_000
MAX_COLUMNS = 80
MAX_CELL = 40_000
MAX_TEXT = 40 * 1024 * 1024
FORMULA = "formula"  # a problem that the saved result may solve
UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")  # no database keeps these


class SheetFileError(ValueError):
    """A file that cannot be taken: ``code`` for programs, the message in Chinese."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


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


def check_file(data: bytes, filename: str) -> None:
    """Raise ``SheetFileError`` for all but a plain workbook that unpacks to a bearable size and declares no entities."""
    if len(data) > MAX_BYTES:
        raise SheetFileError("too-big", TOO_BIG)
    if not data.strip():
        raise SheetFileError("empty", "文件是空的。")
    if data.startswith(OLE):
        if ENCRYPTED in data:
            raise SheetFileError("encrypted", "文件有密码，打不开。请去掉密码再上传。")
        raise SheetFileError("xls", f"这是旧的 .xls 文件。{SAVE_AS}")
    if not data.startswith(b"PK"):
        if filename.lower().endswith((".xlsx", ".xlsm", ".xls", ".ods", ".numbers")):
            raise SheetFileError("corrupt", f"文件已损坏，或者不是 Excel 文件。{SAVE_AS}")
        if filename.lower().endswith((".csv", ".txt", ".tsv")):
            raise SheetFileError("csv", "CSV 只供查看和统计，不能导回来。要改内容，请导出 Excel（.xlsx），改好再上传。")
        raise SheetFileError("unknown", UNKNOWN)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _check_package(package)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, expat.ExpatError) as error:
        raise SheetFileError("corrupt", f"文件已损坏，打不开。{SAVE_AS}") from error


def _check_package(package: zipfile.ZipFile) -> None:
    names = set(package.namelist())
    for part, code, message in OTHERS:
        if part in names:
            raise SheetFileError(code, message)
    if "xl/workbook.xml" not in names:
        raise SheetFileError("unknown", UNKNOWN)
    # zipfile reads no more of a part than is declared here, so the declaration can be trusted.
    if len(names) > MAX_PARTS or sum(part.file_size for part in package.infolist()) > MAX_UNPACKED:
        raise SheetFileError("zip-bomb", "文件解开后太大，没有打开。请分成几个文件。")
    if "xl/styles.xml" in names and package.getinfo("xl/styles.xml").file_size > MAX_STYLES:
        raise SheetFileError("too-complex", TOO_COMPLEX)
    if any(part.flag_bits & 1 for part in package.infolist()):
        raise SheetFileError("encrypted", "文件有密码，打不开。请去掉密码再上传。")
    for name in sorted(names):
        if name.endswith((".xml", ".rels")):
            with package.open(name) as part:
                _refuse_doctype(part)


def _refuse_doctype(part: IO[bytes]) -> None:
    """Read up to the root element; a DTD is where entity bombs and references to other files live, no workbook has one."""

    def refuse(*_args: object) -> None:
        raise SheetFileError("entities", "文件里有不该有的声明（DTD），没有打开。")

    def stop(*_args: object) -> None:
        raise StopIteration

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler, parser.StartElementHandler = refuse, stop
    with suppress(StopIteration):
        while piece := part.read(4096):
            parser.Parse(piece)


def read_grids(data: bytes, wanted: tuple[str, ...]) -> tuple[list[Grid], list[str]]:
    """Read the sheets of these names; return them and the names of all sheets. Raise ``SheetFileError``."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl remarks on parts it does not keep; nothing here writes back
            sheets = _open(data)
            grids = [Grid(name, _sheet_rows(sheets[name])) for name in wanted if name in sheets]
            for grid in grids:
                if any(cell.problem == FORMULA for _, cells in grid.rows for cell in cells):
                    _fill_in_results(grid, _open(data, data_only=True)[grid.name])
            return grids, list(sheets)
    except (SheetFileError, MemoryError, RecursionError):
        raise
    except Exception as error:  # a broken workbook can raise anything in openpyxl; none of it is the clerk's affair
        raise SheetFileError("corrupt", f"文件已损坏，打不开。{SAVE_AS}") from error


def _open(data: bytes, **options) -> dict:
    book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False, **options)
    return {sheet.title.strip(): sheet for sheet in book.worksheets}


def _sheet_rows(sheet) -> list[tuple[int, list[Cell]]]:
    rows, budget, width, name = [], MAX_TEXT, MAX_COLUMNS, sheet.title.strip()
    for number, cells in enumerate(sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS), 1):
        row = [Cell(problem=FORMULA) if cell.data_type == "f" else _read_cell(cell) for cell in cells[:width]]
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


def _read_cell(cell) -> Cell:
    """Read what a person sees in the cell, as far as it can be told without guessing."""
    value = cell.value
    if value is None:
        return Cell()
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
    text = unescape(str(value))
    if len(text) > MAX_CELL:
        return Cell(problem=f"这一格超过 {MAX_CELL} 字")
    if found := UNKEEPABLE.search(text):
        return Cell(problem=f"这一格有不能保存的字符（U+{ord(found.group()):04X}），请删掉")
    return Cell(text)


def _fill_in_results(grid: Grid, sheet) -> None:
    """Give formula cells the result the program saved beside the formula, and say so; without one, a problem."""
    rows = dict(grid.rows)
    for number, results in enumerate(sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=MAX_COLUMNS), 1):
        for index, cell in enumerate(rows.get(number, [])):
            if cell.problem != FORMULA:
                continue
            result = _read_cell(results[index])
            if results[index].value is None:
                result.problem = "这一格是公式，没有算好的结果。请“复制、选择性粘贴、数值”后再上传"
            elif not result.problem:
                result.notice = f"这一格是公式，取的是它的结果“{result.text[:40]}”"
            rows[number][index] = result
