"""The plan of what a sheet would change, worked out against the database as it is now. Reads only; ``actions.confirm`` writes it."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import models

from cases.editing.gate import correction_problems
from cases.editing.permissions import may_edit
from cases.models import Case
from cases.sheets.columns import whole_number
from cases.sheets.edits import Change, Edit, Entry, RowEdit
from cases.sheets.layout import CASES, SHEETS, row_sheets
from cases.sheets.lookup import Lookup
from cases.sheets.sheet import NEW, TOO_LONG, RowSheet, Sheet
from cases.sheets.tables import Issue, SheetFile, SheetRow, Table

MAX_CHANGES = 500
BATCH = 500
NOT_YOURS = "{} 是“{}”，只有能审核发布的人可以改它。请从文件里去掉这一行，或者先在案例页上开修订稿"
PUBLIC = "{} 读者已经能看到，导入以后马上会变，所以和发布一样检查：{}"


@dataclass
class Plan:
    """``entries`` that change something, in the order of the file; with ``problems`` nothing may be written."""

    entries: list[Entry]
    same: int
    problems: list[Issue]
    notices: list[Issue]

    @property
    def new(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.item is None]

    @property
    def changed(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.item is not None]

    @property
    def digest(self) -> str:
        """Hash all that is shown: another one means that the file now does something else than was agreed to."""
        problems = [(p.sheet, p.row, p.letter, p.text) for p in self.problems]
        shown = [[entry.signature for entry in self.entries], problems]
        return hashlib.sha256(json.dumps(shown, ensure_ascii=False).encode()).hexdigest()


def make_plan(file: SheetFile, user: AbstractBaseUser) -> Plan:
    """Work out what ``file`` would change if ``user`` brought it in now.

    The queries are a few for each sheet of the file, whatever the number of rows.
    """
    return _Planner(file, user).plan()


def codes_in(file: SheetFile) -> list[str]:
    """List every code of a case the file names, sorted."""
    keys = {sheet.name: sheet.key for sheet in SHEETS.values()}
    rows = [(row.values, keys[table.sheet]) for table in file.tables for row in table.rows]
    codes = {values.get(name, "").strip() for values, key in rows for name in (key, "other")}
    return sorted(codes - {""})


def batches(items: list) -> Iterator[list]:
    """Split ``items`` into lists that fit the parameters of one query."""
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]


class _Planner:
    def __init__(self, file: SheetFile, user: AbstractBaseUser) -> None:
        self.file, self.user = file, user
        self.problems: list[Issue] = list(file.problems)
        self.entries: dict[str, Entry] = {}
        sheets = [sheet.prefetch for sheet in row_sheets() if file.table(sheet.name)]
        cases = CASES.export_queryset().prefetch_related(*sheets)
        self.cases = {case.code: case for codes in batches(codes_in(file)) for case in cases.filter(code__in=codes)}
        self.lookup = Lookup(self.cases)

    def plan(self) -> Plan:
        if table := self.file.table(CASES.name):
            count = Counter(row.values["code"].strip() for row in table.rows)
            for row in table.rows:
                if (code := row.values["code"].strip()) and count[code] > 1:
                    self._problem(table, row.number, "同一个编号出现了多次", CASES, "code")
            for row in table.rows:
                self._plan_case(table, row)
            self._find_duplicates()
        for sheet in row_sheets():
            if table := self.file.table(sheet.name):
                places = Counter(
                    (row.values["case"].strip(), row.values.get("order", "").strip()) for row in table.rows
                )
                for row in table.rows:
                    self._plan_row(sheet, table, row, places)
        entries = [entry for entry in self.entries.values() if not entry.is_empty]
        self._check_entries(entries)
        if len(entries) > MAX_CHANGES:
            text = f"一次最多改 {MAX_CHANGES} 篇，这里有 {len(entries)} 篇。请分成几个文件"
            self.problems.insert(0, Issue(CASES.name, 0, text))
        return Plan(entries, len(self.entries) - len(entries), self.problems, list(self.file.notices))

    def _check_entries(self, entries: list[Entry]) -> None:
        """Note which cases the user may not change, and which readers would see unfit to be published."""
        for entry in (entry for entry in entries if entry.item and not may_edit(self.user, entry.item)):
            edit = entry if entry.changes else entry.rows[0]
            self.problems.append(Issue(edit.sheet.name, edit.row, NOT_YOURS.format(entry.key, entry.status)))
        public = [entry for entry in entries if entry.is_public]
        models.prefetch_related_objects([entry.item for entry in public], "images")
        for entry in public:
            edit = entry if entry.changes else entry.rows[0]
            wrong = [*correction_problems(), *entry.blocking_problems]
            self.problems += [Issue(edit.sheet.name, edit.row, PUBLIC.format(entry.key, text)) for text in wrong]

    def _problem(self, table: Table, row: int, text: str, sheet: Sheet | None = None, name: str = "") -> None:
        """Note what is wrong with a row, or with its cell in the column ``name`` of ``sheet``."""
        place = (table.letters.get(name, ""), sheet.heading(name)) if sheet else ()
        self.problems.append(Issue(table.sheet, row, text, *place))

    def _plan_case(self, table: Table, row: SheetRow) -> None:
        code = row.values["code"].strip()
        case = self.cases.get(code)
        self.problems += row.problems
        if case is None and code and not code.startswith(NEW):
            self._problem(table, row.number, f"没有编号为“{code[:32]}”的案例；新案例请把编号留空", CASES, "code")
            return
        entry = Entry(CASES, case, row.number, key=code or f"第 {row.number} 行")
        self.entries.setdefault(entry.key, entry)
        self._read_cells(entry, table, row)
        if not {"collection", "category"} & entry.values.keys():
            return
        collection, category = (
            entry.values.get(name) or getattr(case, name, None) for name in ("collection", "category")
        )
        chapters = self.lookup.chapters.get(collection.pk, []) if collection else []
        if collection and category and category not in chapters:
            names = "、".join(chapter.name for chapter in chapters) or "一章也没有"
            text = f"《{collection.title}》里没有“{category.name}”这一章，有的是：{names}"
            self._problem(table, entry.row, text, CASES, "category")

    def _read_cells(self, edit: Edit, table: Table, row: SheetRow) -> None:
        """Note on ``edit`` what the cells of the row would change."""
        wrong = {problem.letter for problem in row.problems}
        for column in edit.sheet.content:
            text = row.values.get(column.name)
            if text is None and edit.item is None and column.name in edit.sheet.required:
                self._problem(table, row.number, f"{edit.sheet.new_item}要有“{column.heading}”，表里没有这一列")
            if text is None or table.letters[column.name] in wrong or text.strip() == TOO_LONG:
                continue
            old = column.get(edit.item) if edit.item else None
            try:
                new = column.read(text, old, edit.sheet.model, self.lookup)
            except ValidationError as error:
                self._problem(table, row.number, "；".join(error.messages), edit.sheet, column.name)
                continue
            says_nothing = new in (None, "", []) or new is False
            if new != old and not (edit.item is None and says_nothing):
                edit.values[column.name] = new
                edit.changes.append(Change(column.name, column.heading, column.show(old), column.show(new)))

    def _find_duplicates(self) -> None:
        """Note a new case with the title of another of its collection: most likely the same file once more."""
        new = [entry for entry in self.entries.values() if entry.item is None]
        new = [entry for entry in new if {"title", "collection"} <= entry.values.keys()]
        known: dict[tuple[int, str], str] = {}
        for titles in batches([entry.values["title"] for entry in new]):
            for case in Case.objects.filter(title__in=titles, revises=None).only("code", "title", "collection"):
                known[case.collection_id, case.title] = f"已有同名案例 {case.code}：要改它就填上编号"
        for entry in new:
            key = entry.values["collection"].pk, entry.values["title"]
            if key in known:
                self.problems.append(Issue(CASES.name, entry.row, f"{known[key]}；真是另一篇就换个题名"))
            known.setdefault(key, f"和第 {entry.row} 行同名")

    def _plan_row(self, sheet: RowSheet, table: Table, row: SheetRow, places: Counter) -> None:
        key, place = row.values["case"].strip(), row.values.get("order", "").strip()
        self.problems += row.problems
        if key in self.cases:
            self.entries.setdefault(key, Entry(CASES, self.cases[key], key=key))
        entry = self.entries.get(key)
        if not key:
            self._problem(table, row.number, f"不能空着：写明是哪篇案例的{sheet.noun}", sheet, "case")
        elif entry is None:
            self._problem(table, row.number, f"没有编号为“{key[:32]}”的案例", sheet, "case")
        elif place and places[key, place] > 1:
            self._problem(table, row.number, "这篇案例里有两行写了同一个顺序", sheet, "order")
        else:
            try:
                order = whole_number(place)
            except ValidationError as error:
                self._problem(table, row.number, error.message, sheet, "order")
            else:
                self._edit_row(entry, table, row, sheet, order)

    def _edit_row(self, entry: Entry, table: Table, row: SheetRow, sheet: RowSheet, order: int | None) -> None:
        known = {item.order: item for item in sheet.items(entry.item)} if entry.item else {}
        edit = RowEdit(sheet, known.get(order), row.number, order=order)
        texts = [row.values[column.name].strip() for column in sheet.content if column.name in row.values]
        if edit.item and len(texts) == len(sheet.content) and not any(texts) and not row.problems:
            edit.removed, edit.changes = True, [Change("", "", str(edit.item), "")]
        else:
            self._read_cells(edit, table, row)
            for name, text in sheet.check(edit.values, edit.item, entry.item):
                self._problem(table, row.number, text, sheet, name)
            taken = {place: sheet.identify(item, {}) for place, item in known.items() if item is not edit.item}
            for other in (other for other in entry.rows if other.sheet is sheet):  # as the rows above it leave them
                taken[other.order or -other.row] = None if other.removed else other.identity
            if edit.values.keys() & set(sheet.identity):
                for place in (place for place, identity in taken.items() if identity == edit.identity):
                    text = f"这篇案例已有这条{sheet.noun}，要改它就把顺序填成 {place}"
                    text = text if place > 0 else f"和第 {-place} 行是同一条{sheet.noun}"
                    self._problem(table, row.number, text, sheet, "order")
        if edit.removed or edit.values or (edit.item is None and not row.problems):
            entry.rows.append(edit)
