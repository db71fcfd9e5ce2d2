"""Cases and their rows as a workbook, to be edited by hand and read again by ``cases.sheets.reader``, or as CSV.

Memory does not grow with the number of cases: openpyxl writes the workbook row by row into temporary files, CSV is made while
it is sent.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import zip_longest
from tempfile import TemporaryFile
from types import SimpleNamespace
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from cases.sheets.escaping import MARK, TRIGGERS, escape, escape_formula, one_newline
from cases.sheets.layout import SHEETS
from cases.sheets.sheet import TOO_LONG, Sheet

Row = Mapping[str, Any]
Words = Mapping[str, Sequence[str]]
CONTENT_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
BOM = "\ufeff"
GUIDE, CHOICES = "说明", "选项"
CELL_LIMIT = 32_767
PIECE = 256 * 1024
LAST_ROW = 1_048_576
RULES = (
    "编号是案例的网址，从不改动。编号留空的行会建成新案例，一律是草稿。",
    "表里没有的列，原来的内容不动。列在、格子空着，就是把原来的内容清空。",
    "表里没有的案例和数据，原样不动。要删一条数据（要点、产品条件等也一样）：留下案例编号和顺序，把这一行其余的格子清空。",
    "状态、发布时间不能用表格改；已发布的案例，只有能发布的人可以改。",
    "上传后先看到将有哪些变化，确认了才写入；有一处错误就一行也不写入。",
    "不要用公式：先“复制、选择性粘贴、数值”，再上传。",
    "改好以后存成 .xlsx 再上传。CSV 只供查看和统计，不能导回来。",
)
TOP = Alignment(vertical="top", wrap_text=True)
STYLES = {
    "text": {"alignment": TOP, "number_format": "@"},
    "number": {"alignment": Alignment(vertical="top")},
    "head": {"font": Font(bold=True), "fill": PatternFill("solid", fgColor="E8E3D6"), "number_format": "@"},
    "example": {"font": Font(color="808080", italic=True), "alignment": TOP, "number_format": "@"},
}


def csv_pieces(sheet: Sheet, rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield the CSV of one sheet in pieces worth sending: UTF-8 with a BOM, so that Excel shows Chinese; nothing calculates."""

    def cell(value: Any) -> str:
        if isinstance(value, Decimal):
            return f"{value.normalize():f}"
        return "" if value is None else escape_formula(one_newline(value)) if isinstance(value, str) else str(value)

    write = csv.writer(SimpleNamespace(write=lambda line: line)).writerow  # hands each line back instead of keeping it
    lines, size = [BOM + write([column.heading for column in sheet.columns])], 0
    for row in rows:
        lines.append(write(map(cell, (row.get(column.name) for column in sheet.columns))))
        size += len(lines[-1])
        if size > PIECE:
            yield "".join(lines).encode()
            lines, size = [], 0
    yield "".join(lines).encode()


def workbook(rows: Mapping[str, Iterable[Row]], words: Words, *, style: str = "text") -> Iterator[bytes]:
    """Write an xlsx file with the ``rows`` of each sheet, by its name; yield it in pieces.

    ``words`` are offered in drop-down lists, by column name.
    """
    writer = _WorkbookWriter()
    for sheet in SHEETS.values():
        writer.write_sheet(sheet, rows.get(sheet.name, ()), words, style)
    writer.write_guide()
    writer.write_choices()
    with TemporaryFile() as file:
        writer.book.save(file)
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def template(words: Words) -> Iterator[bytes]:
    """Write a workbook without cases: headings, lists to choose from, and one grey row a sheet that is not imported."""
    first = {name: values[0] for name, values in words.items() if values}
    return workbook({name: [first | sheet.example] for name, sheet in SHEETS.items()}, words, style="example")


class _WorkbookWriter:
    """Fills the sheets of one workbook, which openpyxl wants one after the other."""

    def __init__(self) -> None:
        self.book = Workbook(write_only=True)
        self.sheets = {name: self.book.create_sheet(name) for name in (*SHEETS, GUIDE, CHOICES)}
        self.choices: list[tuple[str, ...]] = []  # a heading and the words below it, for each column with a list
        # One cell for each style, written again and again: setting a style is slow. A quoted cell tells Excel that its
        # text is text though it looks like a formula.
        self.cells = {
            (style, quoted): WriteOnlyCell(self.sheets[CHOICES]) for style in STYLES for quoted in (False, True)
        }
        for (style, quoted), cell in self.cells.items():
            for attribute, value in STYLES[style].items():
                setattr(cell, attribute, value)
            cell.quotePrefix = quoted

    def append(self, name: str, style: str, values: Iterable[Any]) -> None:
        """Add one row to the sheet ``name``; a string is never calculated, whatever it looks like."""

        def cells() -> Iterator[Cell | None]:
            for value in values:
                if value in (None, ""):
                    yield None
                elif isinstance(value, str):
                    text = escape(one_newline(value))
                    text = text if len(text) <= CELL_LIMIT else TOO_LONG
                    cell = self.cells[style, text[0] in TRIGGERS or text[0] == MARK]
                    cell.value, cell.data_type = text, "s"
                    yield cell
                else:
                    cell = self.cells["number" if style == "text" else style, False]
                    cell.value, cell.data_type = value, "n"
                    yield cell

        self.sheets[name].append(cells())

    def write_sheet(self, sheet: Sheet, rows: Iterable[Row], words: Words, style: str) -> None:
        """Write headings, drop-down lists and ``rows``."""
        page = self.sheets[sheet.name]
        page.freeze_panes = sheet.freeze
        for index, column in enumerate(sheet.columns, 1):
            letter = get_column_letter(index)
            page.column_dimensions[letter].width = column.width
            if offered := column.choices or words.get(column.name):
                self.choices.append((column.heading, *offered))
                source = get_column_letter(len(self.choices))
                # Several terms may stand in one cell, and a slug is as good as a name: the list offers, it does not forbid.
                rule = DataValidation(
                    type="list",
                    formula1=f"'{CHOICES}'!${source}$2:${source}${len(offered) + 1}",
                    allow_blank=True,
                    showErrorMessage=False,
                )
                rule.add(f"{letter}2:{letter}{LAST_ROW}")
                page.data_validations.append(rule)
        self.append(sheet.name, "head", [column.heading for column in sheet.columns])
        for number, row in enumerate(rows, 2):
            if sheet.row_height:
                page.row_dimensions[number].height = sheet.row_height
            self.append(sheet.name, style, [row.get(column.name) for column in sheet.columns])
            page.row_dimensions.pop(number, None)  # written: memory must not grow with the rows

    def write_guide(self) -> None:
        """Write the rules and the help of each column."""
        for letter, width in zip("ABC", (12, 18, 90), strict=True):
            self.sheets[GUIDE].column_dimensions[letter].width = width
        self.append(GUIDE, "head", ["怎么用"])
        for number, rule in enumerate(RULES, 1):
            self.append(GUIDE, "text", [str(number), None, rule])
        self.append(GUIDE, "head", ["表", "列", "怎么填"])
        for sheet in SHEETS.values():
            for column in sheet.columns:
                self.append(GUIDE, "text", [sheet.name, column.heading, column.help])

    def write_choices(self) -> None:
        """Write the words of the drop-down lists, on a hidden sheet."""
        self.sheets[CHOICES].sheet_state = "hidden"
        for row in zip_longest(*self.choices):
            self.append(CHOICES, "text", row)
