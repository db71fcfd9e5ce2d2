"""Files as staff and others hand them in: read, or refused in words."""

import io
import subprocess
import sys
import zipfile
from datetime import date

import pytest
from openpyxl import Workbook

from cases.background.child import ENVIRONMENT
from cases.sheets import sandbox
from cases.sheets import xlsx as sheet_files
from cases.sheets.reader import read_sheets
from cases.sheets.tables import SheetFile
from cases.sheets.xlsx import SheetFileError

HEAD = ["编号", "题名", "数"]


def xlsx(*rows, title="案例", **more_sheets) -> bytes:
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    for name, lines in more_sheets.items():
        sheet = book.create_sheet(name)
        for row in lines:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """The package with one part replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.namelist():
            if part != name:
                target.writestr(part, source.read(part))
        target.writestr(name, content)
    return out.getvalue()


def package(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name in names:
            target.writestr(name, b"<a/>")
    return out.getvalue()


def refusal(data: bytes, filename: str = "a.xlsx") -> tuple[str, str]:
    with pytest.raises(SheetFileError) as error:
        read_sheets(data, filename)
    return error.value.code, str(error.value)


def cases(data: bytes, filename: str = "a.xlsx") -> list:
    return list(read_sheets(data, filename).table("案例").rows)


BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'
OUTSIDE = b'<?xml version="1.0" encoding="UTF-16"?>\n<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'.decode().encode(
    "utf-16"
)


@pytest.mark.parametrize(
    ("data", "filename", "code", "words"),
    [
        (b"", "a.xlsx", "empty", "文件是空的"),
        (b"  \n", "a.csv", "empty", "文件是空的"),
        (sheet_files.OLE + b"\0" * 600, "a.xls", "xls", "另存为"),
        (sheet_files.OLE + b"\0" * 600 + sheet_files.ENCRYPTED, "a.xlsx", "encrypted", "有密码"),
        (package("xl/workbook.xml", "xl/vbaProject.bin"), "a.xlsm", "macro", "宏"),
        (package("xl/workbook.bin"), "a.xlsb", "xlsb", ".xlsb"),
        (package("mimetype", "content.xml"), "a.ods", "ods", ".ods"),
        (package("Index/Document.iwa"), "a.numbers", "numbers", "Numbers"),
        (package("word/document.xml"), "a.xlsx", "word", "Word"),
        (package("readme.txt"), "a.xlsx", "unknown", "认不出"),
        (b"PK\x03\x04 broken", "a.xlsx", "corrupt", "已损坏"),
        (xlsx(HEAD, ["a"])[:-900], "a.xlsx", "corrupt", "已损坏"),
        (package("xl/workbook.xml"), "a.xlsx", "corrupt", "已损坏"),
        (b"not a workbook", "a.xlsx", "corrupt", "已损坏"),
        (b"%PDF-1.7", "a.pdf", "unknown", "认不出"),
        ("编号,题名\n1,2".encode(), "a.csv", "csv", "CSV 只供查看和统计，不能导回来"),
        ("编号\t题名\n1\t2".encode("gb18030"), "a.txt", "csv", "请导出 Excel（.xlsx）"),
        (xlsx(HEAD, ["a"], title="Sheet1"), "a.xlsx", "no-sheet", "只有：Sheet1"),
        (xlsx(), "a.xlsx", "empty", "没有内容"),
        (with_part(xlsx(HEAD), "xl/worksheets/sheet1.xml", BOMB), "a.xlsx", "entities", "不该有的声明"),
        (with_part(xlsx(HEAD), "xl/theme/theme1.xml", OUTSIDE), "a.xlsx", "entities", "不该有的声明"),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else value,  # a package holds the hour it was made
)
def test_what_cannot_be_taken_is_refused_saying_what_to_do(data, filename, code, words):
    assert refusal(data, filename)[0] == code
    assert words in refusal(data, filename)[1]


def test_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    data = with_part(xlsx(HEAD), "xl/worksheets/sheet1.xml", b"<worksheet>" + b" " * 130_000_000)
    assert len(data) < 1_000_000
    assert refusal(data)[0] == "zip-bomb"


def test_file_beyond_the_limit_is_refused(monkeypatch):
    monkeypatch.setattr("cases.sheets.reader.MAX_BYTES", 100)
    assert refusal(xlsx(HEAD))[0] == "too-big"


def test_sheet_of_too_many_rows_is_refused(monkeypatch):
    monkeypatch.setattr(sheet_files, "MAX_ROWS", 3)
    with pytest.raises(SheetFileError) as error:
        sheet_files.read_grids(xlsx(HEAD, *[["a"]] * 3), ("案例",))
    assert error.value.code == "too-many-rows"


def styles(count: int) -> bytes:
    """A workbook whose styles are small in the file and huge in the reader."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return with_part(
        xlsx(HEAD, ["a"]),
        "xl/styles.xml",
        f'<styleSheet xmlns="{main}"><cellXfs>{"<xf/>" * count}</cellXfs></styleSheet>'.encode(),
    )


def test_five_million_styles_are_refused_unread():
    data = styles(5_000_000)
    assert len(data) < 60_000
    assert refusal(data)[0] == "too-complex"


@pytest.mark.parametrize("limit", ["SECONDS = 1", "MEMORY = 150 * s.child.MB"])
def test_what_takes_long_or_grows_large_ends_with_its_own_process(monkeypatch, limit):
    program = f"import cases.sheets.sandbox as s; s.{limit}; s.main()"
    monkeypatch.setattr(sandbox, "COMMAND", [sys.executable, "-c", program])
    assert refusal(styles(500_000))[0] == "too-complex"


def test_the_process_that_reads_loads_no_models_and_knows_no_secret():
    program = "import sys, os, cases.sheets.sandbox; print('django' in sys.modules, sorted(os.environ))"
    told = subprocess.run([sys.executable, "-c", program], env=ENVIRONMENT, capture_output=True, text=True, check=True)
    assert told.stdout.startswith("False")
    assert "SECRET" not in told.stdout


def test_a_cell_in_the_last_row_and_column_costs_nothing():
    data = xlsx(HEAD, ["a"])
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        sheet = source.read("xl/worksheets/sheet1.xml")
    far = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    assert len(cases(with_part(data, "xl/worksheets/sheet1.xml", sheet.replace(b"</sheetData>", far)))) == 1


def test_row_numbers_are_those_the_program_shows():
    assert [row.number for row in cases(xlsx(HEAD, ["a"], [], ["b"]))] == [2, 4]
    assert [row.number for row in cases(xlsx(HEAD, ["a", "两\n行"], ["b"]))] == [2, 3]


def test_cells_are_read_as_a_person_sees_them():
    book = Workbook()
    book.active.title = "案例"
    book.active.append(["编号", "题名", "一句话", "时间", "地区"])
    book.active.append(["a", 2019, 27.700000000000003, 0.457, True])
    book.active["D2"].number_format = "0.0%"
    out = io.BytesIO()
    book.save(out)
    (row,) = cases(out.getvalue())
    assert list(row.values.values()) == ["a", "2019", "27.7", "45.7%", "是"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (date(2020, 3, 5), "存成了日期"),
        ("=1+1", "公式，没有算好的结果"),
        ("#REF!", "错误值 #REF!"),
        ("_x0000_", "不能保存的字符（U+0000）"),
    ],
)
def test_cell_that_cannot_be_taken_is_named(value, words):
    (row,) = cases(xlsx(["编号", "", "题名"], ["a", "", value]))
    (problem,) = row.problems
    assert (problem.sheet, problem.row, problem.letter, problem.heading) == ("案例", 2, "C", "题名")
    assert words in problem.text


def test_result_saved_beside_a_formula_is_taken_and_told():
    data = xlsx(["编号", "题名"], ["a", "=1+1"])
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        sheet = source.read("xl/worksheets/sheet1.xml")
    assert b"<v></v>" in sheet or b"<v />" in sheet or b"<v/>" in sheet
    for empty in (b"<v></v>", b"<v />", b"<v/>"):
        sheet = sheet.replace(empty, b"<v>2</v>")
    file = read_sheets(with_part(data, "xl/worksheets/sheet1.xml", sheet), "a.xlsx")
    assert file.table("案例").rows[0].values["title"] == "2"
    assert [(notice.row, notice.letter) for notice in file.notices] == [(2, "B")]
    assert "公式" in file.notices[0].text


def test_columns_may_stand_in_any_order_and_be_retyped():
    (row,) = cases(xlsx(["状态（不导入）", "题名 ", "编号", "五篇\n大文章"], ["草稿", "甲", "a", "绿色"]))
    assert row.values == {"title": "甲", "code": "a", "priority": "绿色"}


def test_column_nobody_knows_is_told_and_a_misspelt_one_stops_the_import():
    file = read_sheets(xlsx(["编号", "经办人", "金融工俱", "题名", "题名"], ["a", "b", "c", "d", "e"]), "a.xlsx")
    assert [(item.letter, item.text) for item in file.notices] == [("B", "不认识这一列，没有导入")]
    assert [item.letter for item in file.problems] == ["C", "E"]
    assert "是不是“金融工具”" in file.problems[0].text


def test_sheet_without_codes_cannot_say_which_case_is_meant():
    file = read_sheets(xlsx(["题名"], ["甲"]), "a.xlsx")
    assert "缺“编号”一列" in file.problems[0].text
    assert file.table("案例").rows == ()


def test_rows_without_anything_in_known_columns_are_passed_over():
    assert cases(xlsx(["编号", "题名", "状态（不导入）"], ["", " ", "草稿"], ["示例", "甲", ""])) == []


def test_both_sheets_are_read_and_kept_as_json():
    file = read_sheets(xlsx(["编号"], ["a"], 关键数据=[["案例编号", "顺序"], ["a", 1]]), "a.xlsx")
    assert file.table("关键数据").rows[0].values == {"case": "a", "order": "1"}
    assert SheetFile.from_json(file.as_json()) == file
