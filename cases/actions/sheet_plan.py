"""What a sheet would change, worked out against the database as it is now. Reads only; ``sheet_import`` writes it."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import AbstractBaseUser

from cases.actions.sheet_figures import FigurePlan, plan_figures
from cases.actions.sheet_lookup import Lookup, SheetValueError
from cases.actions.sheet_values import same_text, text_value, whole_value
from cases.actions.workflow import may_edit
from cases.exports.sheet_columns import CASE_COLUMNS, CASES, FIGURES, NEW, UNTOLD, Column, joined
from cases.imports.sheets import Remark, SheetFile, SheetRow, Table
from cases.models import Case, Term

MAX_CHANGES = 500
HEADINGS = {column.name: column.heading for column in CASE_COLUMNS}
REQUIRED = ("title", "collection", "category", "institution")


@dataclass(frozen=True)
class Change:
    """One field that would change, in words."""

    name: str
    label: str
    before: str
    after: str


@dataclass
class Entry:
    """One case the file speaks of: ``case`` is None for a new one; ``values`` and ``terms`` hold only what changes."""

    case: Case | None
    key: str
    row: int = 0
    values: dict[str, Any] = field(default_factory=dict)
    terms: dict[str, list[Term]] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    figures: list[FigurePlan] = field(default_factory=list)

    @property
    def title(self) -> str:
        return self.values.get("title") or (self.case.title if self.case else "")

    @property
    def status(self) -> str:
        return self.case.get_status_display() if self.case else "草稿"

    @property
    def is_empty(self) -> bool:
        return self.case is not None and not self.changes and not self.figures


@dataclass
class Plan:
    """``entries`` that change something, in the order of the file; with ``problems`` nothing may be written."""

    entries: list[Entry]
    same: int
    problems: list[Remark]
    notices: list[Remark]

    @property
    def new(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.case is None]

    @property
    def changed(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.case is not None]

    @property
    def digest(self) -> str:
        """Of all that is shown: another one means that the file now does something else than was agreed to."""
        told = [
            (
                entry.key,
                entry.row,
                entry.status,
                [(c.name, c.before, c.after) for c in entry.changes],
                [f.told for f in entry.figures],
            )
            for entry in self.entries
        ]
        problems = [(p.sheet, p.row, p.letter, p.text) for p in self.problems]
        return hashlib.sha256(json.dumps([told, problems], ensure_ascii=False).encode()).hexdigest()


def make_plan(file: SheetFile, user: AbstractBaseUser) -> Plan:
    """What ``file`` would change if ``user`` brought it in now. Eight queries, whatever the size."""
    return _Planner(file, user).plan()


class _Planner:
    def __init__(self, file: SheetFile, user: AbstractBaseUser) -> None:
        self.file, self.user = file, user
        self.lookup = Lookup()
        self.problems: list[Remark] = list(file.problems)
        self.notices: list[Remark] = list(file.notices)
        self.entries: dict[str, Entry] = {}
        self.cases = self._cases()

    def plan(self) -> Plan:
        cases, figures = self.file.table(CASES), self.file.table(FIGURES)
        if cases:
            self._twice(cases, "code", "同一个编号出现了多次")
            for row in cases.rows:
                self._case_row(cases, row)
            self._twins()
        if figures:
            plan_figures(figures, self._entry_of, self.problems)
        for entry in self.entries.values():
            self._check_permission(entry)
        told = [entry for entry in self.entries.values() if not entry.is_empty]
        if len(told) > MAX_CHANGES:
            self.problems.insert(
                0, Remark(CASES, 0, f"一次最多改 {MAX_CHANGES} 篇，这里有 {len(told)} 篇。请分成几个文件")
            )
        return Plan(told, len(self.entries) - len(told), self.problems, self.notices)

    def _cases(self) -> dict[str, Case]:
        tables = ((self.file.table(CASES), "code"), (self.file.table(FIGURES), "case"))
        codes = {row.values[key].strip() for table, key in tables if table for row in table.rows}
        codes = sorted(code for code in codes if code)
        rows: dict[str, Case] = {}
        for start in range(0, len(codes), 500):
            batch = Case.objects.for_export().filter(code__in=codes[start : start + 500])
            rows |= {case.code: case for case in batch}
        return rows

    def _twice(self, table: Table, key: str, text: str) -> None:
        count = Counter(row.values[key].strip() for row in table.rows)
        for row in table.rows:
            code = row.values[key].strip()
            if code and count[code] > 1:
                self.problems.append(Remark(table.sheet, row.number, text, table.letters[key], HEADINGS[key]))

    def _case_row(self, table: Table, row: SheetRow) -> None:
        code = row.values["code"].strip()
        is_new = not code or code.startswith(NEW)
        case = self.cases.get(code)
        self.problems += row.problems
        if case is None and not is_new:
            text = f"没有编号为“{code[:32]}”的案例；新案例请把编号留空"
            self.problems.append(Remark(CASES, row.number, text, table.letters["code"], HEADINGS["code"]))
            return
        entry = Entry(case, code or f"第 {row.number} 行", row.number)
        self.entries.setdefault(entry.key, entry)
        wrong = {problem.letter for problem in row.problems}
        for column in CASE_COLUMNS:
            if column.name in row.values and column.kind != "info" and column.name != "code":
                if table.letters[column.name] not in wrong:
                    self._cell(entry, column, row.values[column.name], table)
            elif case is None and column.name in REQUIRED:
                self.problems.append(Remark(CASES, row.number, f"新案例要有“{column.heading}”，表里没有这一列"))
        self._check_chapter(entry, table)

    def _cell(self, entry: Entry, column: Column, text: str, table: Table) -> None:
        if text.strip() == UNTOLD:
            return
        try:
            if column.kind == "terms":
                self._terms(entry, column.name, text)
            elif column.kind == "choice":
                self._reference(entry, column.name, text)
            elif column.kind == "whole":
                self._order(entry, column.name, text)
            else:
                self._text(entry, column.name, text)
        except SheetValueError as error:
            self.problems.append(Remark(CASES, entry.row, str(error), table.letters[column.name], column.heading))

    def _text(self, entry: Entry, name: str, text: str) -> None:
        old = getattr(entry.case, name) if entry.case else ""
        if entry.case and same_text(old, text):
            return
        value = text_value(Case._meta.get_field(name), text)
        if value or entry.case:
            entry.values[name] = value
            entry.changes.append(Change(name, HEADINGS[name], old, value))

    def _order(self, entry: Entry, name: str, text: str) -> None:
        value, old = whole_value(text), entry.case.order if entry.case else None
        if value is not None and value != old:
            entry.values[name] = value
            entry.changes.append(Change(name, HEADINGS[name], "" if old is None else str(old), str(value)))

    def _reference(self, entry: Entry, name: str, text: str) -> None:
        if not text.strip():
            raise SheetValueError("不能空着")
        value, old = self.lookup.find(name, text.strip()), getattr(entry.case, name) if entry.case else None
        if value != old:
            entry.values[name] = value
            entry.changes.append(Change(name, HEADINGS[name], str(old or ""), str(value)))

    def _terms(self, entry: Entry, facet: str, text: str) -> None:
        terms, problems = self.lookup.find_terms(facet, text)
        if problems:
            raise SheetValueError("；".join(problems))
        old = [term for term in entry.case.terms.all() if term.facet == facet] if entry.case else []
        if {term.pk for term in terms} != {term.pk for term in old}:
            old.sort(key=lambda term: (term.order, term.slug))
            entry.terms[facet] = terms
            names = joined([term.name for term in old]), joined([term.name for term in terms])
            entry.changes.append(Change(facet, HEADINGS[facet], *names))

    def _check_chapter(self, entry: Entry, table: Table) -> None:
        """A case stands in a chapter its collection has."""
        if not {"collection", "category"} & entry.values.keys():
            return
        book = entry.values.get("collection") or (entry.case and entry.case.collection)
        theme = entry.values.get("category") or (entry.case and entry.case.category)
        chapters = self.lookup.chapters.get(book.pk, []) if book else []
        if book and theme and theme not in chapters:
            names = "、".join(chapter.name for chapter in chapters) or "一章也没有"
            place = (table.letters.get("category", ""), HEADINGS["category"])
            self.problems.append(
                Remark(CASES, entry.row, f"《{book.title}》里没有“{theme.name}”这一章，有的是：{names}", *place)
            )

    def _twins(self) -> None:
        """A new case with the title of one there is, in the same collection, is most likely the same file once more."""
        new = [
            entry
            for entry in self.entries.values()
            if entry.case is None and {"title", "collection"} <= entry.values.keys()
        ]
        seen: dict[tuple[int, str], str] = {}
        titles = [entry.values["title"] for entry in new]
        for case in _with_titles(titles):
            seen[case.collection_id, case.title] = f"已有同名案例 {case.code}：要改它就填上编号"
        for entry in new:
            key = entry.values["collection"].pk, entry.values["title"]
            if key in seen:
                self.problems.append(Remark(CASES, entry.row, f"{seen[key]}；真是另一篇就换个题名"))
            seen.setdefault(key, f"和第 {entry.row} 行同名")

    def _entry_of(self, key: str) -> Entry | None:
        """The entry a figure belongs to, made for a case that only the figures speak of."""
        if key not in self.entries and key in self.cases:
            self.entries[key] = Entry(self.cases[key], key)
        return self.entries.get(key)

    def _check_permission(self, entry: Entry) -> None:
        if entry.case is None or entry.is_empty or may_edit(self.user, entry.case):
            return
        sheet, row = (CASES, entry.row) if entry.changes else (FIGURES, entry.figures[0].row)
        text = f"{entry.case.code} 是“{entry.status}”，只有能审核发布的人可以改它。请从文件里去掉这一行，或者先在案例页上开修订稿"
        self.problems.append(Remark(sheet, row, text))


def _with_titles(titles: list[str]) -> Iterable[Case]:
    for start in range(0, len(titles), 500):
        yield from Case.objects.filter(title__in=titles[start : start + 500], revises=None).only(
            "code", "title", "collection"
        )
