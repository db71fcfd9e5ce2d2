"""The workbook around the rows: headings, widths, styles, drop-down lists, and the sheet that explains."""

from collections.abc import Mapping, Sequence
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from cases.exports.sheet_columns import CASES, CHOICES, COLUMNS, GUIDE, NO, RULES, YES, Column
from cases.exports.sheet_text import escape

Words = Mapping[str, Sequence[str]]
LAST_ROW = 1_048_576
TOP = Alignment(vertical="top", wrap_text=True)
LOOKS = {
    "text": {"alignment": TOP, "number_format": "@"},
    "number": {"alignment": Alignment(vertical="top")},
    "head": {"font": Font(bold=True), "fill": PatternFill("solid", fgColor="E8E3D6"), "number_format": "@"},
    "example": {"font": Font(color="808080", italic=True), "alignment": TOP, "number_format": "@"},
}


def skeleton(words: Words) -> tuple[bytes, dict[str, int]]:
    """A workbook with headings and no rows, and the numbers its styles have in the file.

    Styles are named ``text``, ``number``, ``head``, ``example``; with ``=`` behind the name, the cell tells Excel
    that its text is text though it looks like a formula. ``words`` are offered in drop-down lists, by column name.
    """
    book = Workbook()
    book.remove(book.active)
    sheets = {name: book.create_sheet(name) for name in (*COLUMNS, GUIDE, CHOICES)}
    styles = _styles(sheets[CHOICES])
    for name, columns in COLUMNS.items():
        sheet = sheets[name]
        sheet.freeze_panes = "C2" if name == CASES else "B2"
        _append(sheet, [column.heading for column in columns], "head")
        for index, column in enumerate(columns, 1):
            sheet.column_dimensions[get_column_letter(index)].width = column.width
    _write_guide(sheets[GUIDE])
    _write_choices(sheets, {**words, "is_headline": (YES, NO)})
    out = BytesIO()
    book.save(out)
    return out.getvalue(), styles


def _styles(sheet: Worksheet) -> dict[str, int]:
    numbers = {}
    for name, look in LOOKS.items():
        for quoted in (False, True):
            cell = sheet.cell(1, 1)
            _dress(cell, look)
            cell.quotePrefix = quoted
            numbers[name + "=" * quoted] = cell.style_id
    cell._style = type(cell._style)()
    return numbers


def _dress(cell, look: Mapping) -> None:
    cell._style = type(cell._style)()
    for attribute, value in look.items():
        setattr(cell, attribute, value)


def _append(sheet: Worksheet, texts: Sequence[str | None], style: str) -> None:
    row = sheet.max_row + 1 if sheet["A1"].value is not None else 1
    for index, text in enumerate(texts, 1):
        if text:
            cell = sheet.cell(row, index)
            cell.value = escape(text)
            cell.data_type = "s"  # a term named "=1+1" is a name
            _dress(cell, LOOKS[style])


def _write_guide(sheet: Worksheet) -> None:
    for letter, width in zip("ABC", (12, 18, 90), strict=True):
        sheet.column_dimensions[letter].width = width
    _append(sheet, ("怎么用", None, None), "head")
    for number, rule in enumerate(RULES, 1):
        _append(sheet, (str(number), None, rule), "text")
    _append(sheet, ("表", "列", "怎么填"), "head")
    for name, columns in COLUMNS.items():
        for column in columns:
            _append(sheet, (name, column.heading, column.help), "text")


def _write_choices(sheets: Mapping[str, Worksheet], words: Words) -> None:
    sheet = sheets[CHOICES]
    sheet.sheet_state = "hidden"
    offered = [(name, column) for name in COLUMNS for column in COLUMNS[name] if words.get(column.name)]
    for index, (name, column) in enumerate(offered, 1):
        letter = get_column_letter(index)
        for row, text in enumerate((column.heading, *words[column.name]), 1):
            cell = sheet.cell(row, index)
            cell.value = escape(text)
            cell.data_type = "s"
        _offer(sheets[name], name, column, f"'{CHOICES}'!${letter}$2:${letter}${len(words[column.name]) + 1}")


def _offer(sheet: Worksheet, name: str, column: Column, source: str) -> None:
    letter = get_column_letter(COLUMNS[name].index(column) + 1)
    # Several terms may stand in one cell, and a slug is as good as a name: the list offers, it does not forbid.
    rule = DataValidation(type="list", formula1=source, allow_blank=True, showErrorMessage=False)
    rule.add(f"{letter}2:{letter}{LAST_ROW}")
    sheet.add_data_validation(rule)
