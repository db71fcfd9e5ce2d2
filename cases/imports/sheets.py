"""A workbook or CSV file as rows of named texts: what stands in which row and column, and what cannot be taken."""

import difflib
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from cases.exports.sheet_columns import CASES, COLUMNS, EXAMPLE, FIGURES, Column
from cases.imports.sheet_cells import Cell, Grid, csv_grid, letter, xlsx_grids
from cases.imports.sheet_files import SheetFileError, kind_of

KEYS = {CASES: "code", FIGURES: "case"}


@dataclass(frozen=True)
class Remark:
    """Something about one place of the file; ``row`` 0 is the sheet itself, ``letter`` "" the whole row."""

    sheet: str
    row: int
    text: str
    letter: str = ""
    heading: str = ""


@dataclass(frozen=True)
class SheetRow:
    """One row: texts by column name, only of columns the sheet has; ``problems`` block it."""

    number: int
    values: dict[str, str]
    problems: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class Table:
    """One sheet: ``letters`` says where each column stands."""

    sheet: str
    letters: dict[str, str]
    rows: tuple[SheetRow, ...] = ()


@dataclass(frozen=True)
class SheetFile:
    """A file read: its tables, problems of whole sheets, and notices that stop nothing."""

    tables: tuple[Table, ...]
    problems: tuple[Remark, ...] = ()
    notices: tuple[Remark, ...] = field(default=())

    def table(self, sheet: str) -> Table | None:
        return next((table for table in self.tables if table.sheet == sheet), None)

    def as_json(self) -> dict:
        """As plain values; ``from_json`` undoes it."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict) -> "SheetFile":
        tables = tuple(
            Table(
                t["sheet"],
                t["letters"],
                tuple(SheetRow(r["number"], r["values"], _remarks(r["problems"])) for r in t["rows"]),
            )
            for t in data["tables"]
        )
        return cls(tables, _remarks(data["problems"]), _remarks(data["notices"]))


def _remarks(items: list[dict]) -> tuple[Remark, ...]:
    return tuple(Remark(**item) for item in items)


def read_sheets(data: bytes, filename: str) -> SheetFile:
    """Read an .xlsx or .csv file. Raises ``SheetFileError`` where there is nothing to go on with."""
    if kind_of(data, filename) == "xlsx":
        grids, names = xlsx_grids(data, tuple(COLUMNS))
        if not grids:
            found = "、".join(names[:10])
            raise SheetFileError("no-sheet", f"文件里没有叫“{CASES}”或“{FIGURES}”的表，只有：{found}。")
    else:
        rows = csv_grid(data)
        grids = [Grid(_sheet_of(rows), rows)]
    tables, problems, notices = [], [], []
    for grid in grids:
        if grid.rows:
            tables.append(_table(grid, problems, notices))
    if not tables:
        raise SheetFileError("empty", "文件里没有内容。")
    return SheetFile(tuple(tables), tuple(problems), tuple(notices))


def _sheet_of(rows: list[tuple[int, list[Cell]]]) -> str:
    headings = {_heading(cell.text) for cell in rows[0][1]} if rows else set()
    for sheet, columns in COLUMNS.items():
        key = next(column for column in columns if column.name == KEYS[sheet])
        if key.heading in headings:
            return sheet
    raise SheetFileError("headings", "第一行要写列名：案例表里有“编号”，关键数据表里有“案例编号”。可先下载模板。")


def _table(grid: Grid, problems: list[Remark], notices: list[Remark]) -> Table:
    (head_row, heads), *body = grid.rows
    places = _places(grid.name, head_row, heads, problems, notices)
    columns = {column.name: column for column in COLUMNS[grid.name]}
    if KEYS[grid.name] not in places:
        problems.append(
            Remark(grid.name, head_row, f"缺“{columns[KEYS[grid.name]].heading}”一列，分不清每一行是哪篇案例")
        )
        return Table(grid.name, {})
    rows = []
    for number, cells in body:
        row, said = _row(grid.name, number, cells, places, columns)
        if row is not None:
            rows.append(row)
            notices += said
    return Table(grid.name, {name: letter(index) for name, index in places.items()}, tuple(rows))


def _places(
    sheet: str, row: int, heads: Sequence[Cell], problems: list[Remark], notices: list[Remark]
) -> dict[str, int]:
    """Where each known column stands; says what is unknown, misspelt or there twice."""
    by_heading = {_heading(column.heading): column for column in COLUMNS[sheet]}
    places: dict[str, int] = {}
    for index, cell in enumerate(heads):
        text = _heading(cell.text)
        column = by_heading.get(text)
        if not text:
            continue
        if column is None:
            near = difflib.get_close_matches(text, by_heading, 1, 0.6)
            if near:
                problems.append(
                    Remark(sheet, row, f"不认识列名“{cell.text}”，是不是“{near[0]}”？", letter(index), cell.text)
                )
            else:
                notices.append(Remark(sheet, row, "不认识这一列，没有导入", letter(index), cell.text))
        elif column.name in places:
            problems.append(Remark(sheet, row, "这一列出现了两次", letter(index), cell.text))
        else:
            places[column.name] = index
    return places


def _row(
    sheet: str, number: int, cells: Sequence[Cell], places: dict[str, int], columns: dict[str, Column]
) -> tuple[SheetRow | None, list[Remark]]:
    """One row, None for the example and for rows with nothing in the known columns; and what is worth a notice."""
    values, problems, notices = {}, [], []
    for name, index in places.items():
        if columns[name].kind == "info":
            continue
        cell = cells[index] if index < len(cells) else Cell()
        values[name] = cell.text
        place = (letter(index), columns[name].heading)
        if cell.problem:
            problems.append(Remark(sheet, number, cell.problem, *place))
        if cell.notice:
            notices.append(Remark(sheet, number, cell.notice, *place))
    if values.get(KEYS[sheet], "").strip() == EXAMPLE or not (
        problems or any(text.strip() for text in values.values())
    ):
        return None, []
    return SheetRow(number, values, tuple(problems)), notices


def _heading(text: str) -> str:
    """A heading as people retype it: half or full width, with blanks, with a line break."""
    folded = unicodedata.normalize("NFKC", text).translate({ord("("): "（", ord(")"): "）", ord("*"): None})
    return "".join(folded.split())
