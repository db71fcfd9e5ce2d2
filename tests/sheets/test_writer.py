"""What is written into cells comes back as it was, and nothing in a cell calculates."""

import csv
import io
import weakref
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import load_workbook

from cases.sheets.escaping import MARK, escape_formula
from cases.sheets.layout import CASES, FIGURES, SHEETS
from cases.sheets.reader import read_sheets
from cases.sheets.sheet import TOO_LONG, Sheet
from cases.sheets.writer import PIECE, csv_pieces, template, workbook

FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    " =1",
    "'=1",
    "''=1",
    '=HYPERLINK("http://x")',
    "=cmd|' /C calc'!A0",
]
NASTY = [*FORMULAS, "'", "'a", "''", "多行\n文字", "末尾空格 ", "　全角　", "😀", "a\tb", "#N/A", "TRUE", "1e5", "007", "3-5", "&<>\"]]>", "_x0041_", "a_x000D_b", "\x01", "\ufffe", "x" * 32_000]  # fmt: skip
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=200)


def book(cases=(), figures=(), words=None) -> bytes:
    return b"".join(workbook({CASES.name: cases, FIGURES.name: figures}, words or {}))


def read_back(data: bytes, sheet: Sheet = CASES) -> list[dict]:
    return [row.values for row in read_sheets(data, "a.xlsx").table(sheet.name).rows]


def csv_back(sheet: Sheet, rows) -> list[dict]:
    """What a program reads in the CSV, by column name."""
    text = b"".join(csv_pieces(sheet, rows)).decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text, newline="")))
    assert lines[0] == [column.heading for column in sheet.columns]
    names = [column.name for column in sheet.columns]
    return [dict(zip(names, line, strict=True)) for line in lines[1:]]


def one_newline(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize("text", NASTY)
def test_nasty_text_comes_back_from_a_workbook_and_is_all_in_the_csv(text):
    rows = [{"code": "a-0101", "title": text, "background": text}]
    (values,) = read_back(book(rows))
    assert values["title"] == values["background"] == text.replace("\r", "\n")
    (values,) = csv_back(CASES, rows)
    assert values["title"] == values["background"] == escape_formula(text.replace("\r", "\n"))


@given(text=TEXT)
@example("\n")
def test_any_text_is_in_the_csv_with_a_mark_before_it_at_most(text):
    (values,) = csv_back(CASES, [{"code": "a", "title": text}])
    assert values["title"] in (one_newline(text), MARK + one_newline(text))


@given(texts=st.lists(TEXT, min_size=1, max_size=20))
def test_any_text_comes_back_from_xlsx(texts):
    rows = read_back(book([{"code": "a", "title": text} for text in texts]))
    assert [row["title"] for row in rows] == [one_newline(text) for text in texts]


@given(text=TEXT)
def test_the_mark_is_one_sign_and_nothing_else_changes(text):
    assert escape_formula(text) in (text, MARK + text)


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_a_csv_begins_as_a_formula(text):
    data = b"".join(csv_pieces(CASES, [{"code": text, "title": text}])).decode("utf-8-sig")
    cells = list(csv.reader(io.StringIO(data, newline="")))[1]
    assert [cell for cell in cells if cell.lstrip()[:1] in "=+-@＝" and cell] == []


def test_no_cell_of_a_workbook_is_a_formula_and_text_stays_text_when_edited():
    sheet = load_workbook(io.BytesIO(book([{"code": "a", "title": text} for text in FORMULAS])))[CASES.name]
    cells = [row[1] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.number_format for cell in cells} == {"@"}
    assert cells[0].quotePrefix
    assert not sheet["A2"].quotePrefix


def test_csv_opens_in_excel_as_chinese():
    assert b"".join(csv_pieces(CASES, [])).startswith("\ufeff编号,题名".encode())


def test_numbers_are_numbers_and_lose_nothing():
    rows = [
        {"case": "a", "order": 1, "number": number}
        for number in (Decimal("27.7000"), Decimal("-3"), Decimal("1234567890.1234"))
    ]
    sheet = load_workbook(io.BytesIO(book([], rows)))[FIGURES.name]
    assert [sheet.cell(row, 6).value for row in (2, 3, 4)] == [27.7, -3, 1234567890.1234]
    for back in (read_back(book([], rows), FIGURES), csv_back(FIGURES, rows)):
        assert [row["number"] for row in back] == ["27.7", "-3", "1234567890.1234"]


def test_text_that_no_cell_can_hold_is_not_cut_but_left_out():
    (values,) = read_back(book([{"code": "a", "background": "长" * 32_768}]))
    assert values["background"] == TOO_LONG


def test_headings_are_those_of_the_columns_and_lists_offer_choices():
    sheets = load_workbook(io.BytesIO(book(words={"institution": ["甲", "=乙"], "need": ["缺抵押"]})))
    assert [cell.value for cell in sheets[CASES.name][1]] == [column.heading for column in CASES.columns]
    assert [cell.value for cell in sheets[FIGURES.name][1]] == [column.heading for column in FIGURES.columns]
    rules = {str(rule.sqref): rule.formula1 for rule in sheets[CASES.name].data_validations.dataValidation}
    assert rules == {"F2:F1048576": "'选项'!$A$2:$A$3", "O2:O1048576": "'选项'!$B$2:$B$2"}
    assert [cell.data_type for cell in sheets["选项"]["A"][:3]] == ["s", "s", "s"]
    assert sheets["选项"].sheet_state == "hidden"
    assert sheets["说明"].max_row > 10


def test_template_has_an_example_that_is_not_imported():
    data = b"".join(template({"institution": ["甲"]}))
    assert load_workbook(io.BytesIO(data))[CASES.name]["F2"].value == "甲"
    assert [table.rows for table in read_sheets(data, "a.xlsx").tables] == [()] * len(SHEETS)


class Row(dict):
    """A row that can be watched: a plain dict takes no weak reference."""

    __hash__ = object.__hash__


@pytest.mark.parametrize("write", [lambda rows: book(rows), lambda rows: b"".join(csv_pieces(CASES, rows))])
def test_memory_does_not_grow_with_the_rows(write):
    alive, most = weakref.WeakSet(), 0

    def rows():
        nonlocal most
        for number in range(300):
            row = Row(code="a", background=f"{number}" * 50)
            alive.add(row)
            most = max(most, len(alive))
            yield row

    write(rows())
    assert most <= 3


def test_csv_is_sent_before_the_last_row_is_read():
    rows = iter([{"code": "a", "background": "长" * PIECE}, {"code": "b"}])
    pieces = csv_pieces(CASES, rows)
    next(pieces)
    assert next(rows) == {"code": "b"}
