"""What is written into cells comes back as it was, and nothing in a cell calculates."""

import csv
import io
import zipfile
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import load_workbook

from cases.exports.sheet_columns import CASE_COLUMNS, CASES, FIGURE_COLUMNS, FIGURES, UNTOLD
from cases.exports.sheet_text import defuse, unmark
from cases.exports.sheets import csv_lines, template, workbook
from cases.imports.sheets import read_sheets

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
    return b"".join(workbook(cases, figures, words or {}))


def read_back(data: bytes, filename: str, sheet: str = CASES) -> list[dict]:
    return [row.values for row in read_sheets(data, filename).table(sheet).rows]


@pytest.mark.parametrize("text", NASTY)
def test_nasty_text_comes_back_from_both_formats(text):
    rows = [{"code": "a-0101", "title": text, "background": text}]
    for data, name in ((book(rows), "a.xlsx"), (b"".join(csv_lines(CASES, rows)), "a.csv")):
        (values,) = read_back(data, name)
        assert values["title"] == values["background"] == text.replace("\r", "\n")


@given(text=TEXT)
@example("\n")
def test_any_text_comes_back_from_csv(text):
    (values,) = read_back(b"".join(csv_lines(CASES, [{"code": "a", "title": text}])), "a.csv")
    assert values["title"] == text.replace("\r\n", "\n").replace("\r", "\n")


@given(texts=st.lists(TEXT, min_size=1, max_size=20))
def test_any_text_comes_back_from_xlsx(texts):
    rows = read_back(book([{"code": "a", "title": text} for text in texts]), "a.xlsx")
    assert [row["title"] for row in rows] == [text.replace("\r\n", "\n").replace("\r", "\n") for text in texts]


@given(text=TEXT)
def test_the_mark_comes_off_exactly(text):
    assert unmark(defuse(text)) == text


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_a_csv_begins_as_a_formula(text):
    data = b"".join(csv_lines(CASES, [{"code": text, "title": text}])).decode("utf-8-sig")
    cells = list(csv.reader(io.StringIO(data, newline="")))[1]
    assert [cell for cell in cells if cell.lstrip()[:1] in "=+-@＝" and cell] == []


def test_no_cell_of_a_workbook_is_a_formula_and_text_stays_text_when_edited():
    sheet = load_workbook(io.BytesIO(book([{"code": "a", "title": text} for text in FORMULAS])))[CASES]
    cells = [row[1] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.number_format for cell in cells} == {"@"}
    assert cells[0].quotePrefix
    assert not sheet["A2"].quotePrefix


def test_csv_opens_in_excel_as_chinese():
    assert b"".join(csv_lines(CASES, [])).startswith("\ufeff编号,题名".encode())


def test_numbers_are_numbers_and_lose_nothing():
    rows = [
        {"case": "a", "order": 1, "number": number}
        for number in (Decimal("27.7000"), Decimal("-3"), Decimal("1234567890.1234"))
    ]
    sheet = load_workbook(io.BytesIO(book([], rows)))[FIGURES]
    assert [sheet.cell(row, 6).value for row in (2, 3, 4)] == [27.7, -3, 1234567890.1234]
    for data, name in ((book([], rows), "a.xlsx"), (b"".join(csv_lines(FIGURES, rows)), "a.csv")):
        assert [row["number"] for row in read_back(data, name, FIGURES)] == ["27.7", "-3", "1234567890.1234"]


def test_text_that_no_cell_can_hold_is_not_cut_but_left_out():
    (values,) = read_back(book([{"code": "a", "background": "长" * 32_768}]), "a.xlsx")
    assert values["background"] == UNTOLD


def test_headings_are_those_of_the_columns_and_lists_offer_choices():
    sheets = load_workbook(io.BytesIO(book(words={"institution": ["甲", "=乙"], "need": ["缺抵押"]})))
    assert [cell.value for cell in sheets[CASES][1]] == [column.heading for column in CASE_COLUMNS]
    assert [cell.value for cell in sheets[FIGURES][1]] == [column.heading for column in FIGURE_COLUMNS]
    rules = {str(rule.sqref): rule.formula1 for rule in sheets[CASES].data_validations.dataValidation}
    assert rules == {"F2:F1048576": "'选项'!$A$2:$A$3", "O2:O1048576": "'选项'!$B$2:$B$2"}
    assert [cell.data_type for cell in sheets["选项"]["A"]] == ["s", "s", "s"]
    assert sheets["选项"].sheet_state == "hidden"
    assert sheets["说明"].max_row > 10


def test_template_has_an_example_that_is_not_imported():
    data = b"".join(template({"institution": ["甲"]}))
    assert load_workbook(io.BytesIO(data))[CASES]["F2"].value == "甲"
    assert [table.rows for table in read_sheets(data, "a.xlsx").tables] == [(), ()]


def test_rows_are_sent_before_the_last_is_read():
    read = 0

    def rows():
        nonlocal read
        for _ in range(3000):
            read += 1
            yield {"code": "a", "background": "".join(chr(0x4E00 + (read * 7 + n * 13) % 20_000) for n in range(500))}

    pieces = workbook(rows(), [], {})
    first = next(pieces)
    assert 0 < read < 3000
    assert zipfile.ZipFile(io.BytesIO(first + b"".join(pieces))).testzip() is None
