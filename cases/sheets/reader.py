"""An .xlsx file as tables: what stands in which row and column, and what cannot be taken."""

import difflib
import unicodedata

from openpyxl.utils import get_column_letter

from cases.sheets.columns import Column
from cases.sheets.layout import SHEETS
from cases.sheets.sandbox import read_guarded
from cases.sheets.sheet import EXAMPLE, Sheet
from cases.sheets.tables import Issue, SheetFile, SheetRow, Table
from cases.sheets.xlsx import MAX_BYTES, TOO_BIG, Cell, Grid, SheetFileError


def read_sheets(data: bytes, filename: str) -> SheetFile:
    """Read an .xlsx file. Raise ``SheetFileError`` where there is nothing to go on with."""
    if len(data) > MAX_BYTES:
        raise SheetFileError("too-big", TOO_BIG)
    grids, names = read_guarded(data, filename, tuple(SHEETS))
    if not grids:
        wanted = "”或“".join(SHEETS)
        raise SheetFileError("no-sheet", f"文件里没有叫“{wanted}”的表，只有：{'、'.join(names[:10])}。")
    readers = [_TableReader(grid) for grid in grids if grid.rows]
    if not readers:
        raise SheetFileError("empty", "文件里没有内容。")
    return SheetFile(
        tuple(reader.table for reader in readers),
        tuple(problem for reader in readers for problem in reader.problems),
        tuple(notice for reader in readers for notice in reader.notices),
    )


class _TableReader:
    """Reads one sheet into ``table``; ``problems`` stop the import, ``notices`` do not."""

    def __init__(self, grid: Grid) -> None:
        self.sheet: Sheet = SHEETS[grid.name]
        self.problems: list[Issue] = []
        self.notices: list[Issue] = []
        (head_row, heads), *body = grid.rows
        self.places = self._find_columns(head_row, heads)
        letters = {column.name: get_column_letter(index + 1) for column, index in self.places.items()}
        if self.sheet.key not in letters:
            text = f"缺“{self.sheet.heading(self.sheet.key)}”一列，分不清每一行是哪篇案例"
            self.problems.append(Issue(grid.name, head_row, text))
            letters, body = {}, []
        rows = [self._read_row(number, cells) for number, cells in body]
        self.table = Table(grid.name, letters, tuple(row for row in rows if row is not None))

    def _find_columns(self, row: int, heads: list[Cell]) -> dict[Column, int]:
        """Find where each known column stands; note what is unknown, misspelt or there twice."""
        by_heading = {_fold_heading(column.heading): column for column in self.sheet.columns}
        places: dict[Column, int] = {}
        for index, cell in enumerate(heads):
            text, at = _fold_heading(cell.text), (get_column_letter(index + 1), cell.text)
            column = by_heading.get(text)
            if column is not None and column not in places:
                places[column] = index
            elif column is not None:
                self.problems.append(Issue(self.sheet.name, row, "这一列出现了两次", *at))
            elif near := text and difflib.get_close_matches(text, by_heading, 1, 0.6):
                message = f"不认识列名“{cell.text}”，是不是“{near[0]}”？"
                self.problems.append(Issue(self.sheet.name, row, message, *at))
            elif text:
                self.notices.append(Issue(self.sheet.name, row, "不认识这一列，没有导入", *at))
        return places

    def _read_row(self, number: int, cells: list[Cell]) -> SheetRow | None:
        """Read one row, None for the example and for rows with nothing in the known columns."""
        values, problems, notices = {}, [], []
        for column, index in self.places.items():
            if not column.is_read:
                continue
            cell = cells[index] if index < len(cells) else Cell()
            values[column.name] = cell.text
            at = (get_column_letter(index + 1), column.heading)
            if cell.problem:
                problems.append(Issue(self.sheet.name, number, cell.problem, *at))
            if cell.notice:
                notices.append(Issue(self.sheet.name, number, cell.notice, *at))
        is_blank = not problems and not any(text.strip() for text in values.values())
        if is_blank or values[self.sheet.key].strip() == EXAMPLE:
            return None
        self.notices += notices
        return SheetRow(number, values, tuple(problems))


def _fold_heading(text: str) -> str:
    """Fold a heading as people retype it: half or full width, with blanks, with a line break."""
    folded = unicodedata.normalize("NFKC", text).translate({ord("("): "（", ord(")"): "）", ord("*"): None})
    return "".join(folded.split())
