"""What the sheet of figures would change: each row is one figure, known by its case and its place there."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from cases.actions.sheet_lookup import SheetValueError
from cases.actions.sheet_values import flag_value, number_value, same_text, text_value, whole_value
from cases.exports.sheet_columns import FIGURE_COLUMNS, FIGURES, NO, UNTOLD, YES, Column
from cases.imports.sheets import Remark, SheetRow, Table
from cases.models import Case, KeyFigure

COLUMNS = {column.name: column for column in FIGURE_COLUMNS}
CONTENT = ("label", "value", "number", "unit", "as_of", "note", "is_headline")


@dataclass
class FigurePlan:
    """One figure: ``figure`` is None for a new one, ``removed`` takes it away; ``values`` holds only what changes.

    ``changes`` are (heading, before, after) in words.
    """

    row: int
    figure: KeyFigure | None
    order: int | None
    values: dict[str, Any] = field(default_factory=dict)
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    removed: bool = False

    @property
    def told(self) -> tuple:
        return (self.row, self.figure.pk if self.figure else None, self.order, self.removed, self.changes)

    @property
    def name(self) -> str:
        return self.values.get("label") or (self.figure.label if self.figure else "")


class Owner(Protocol):
    """What figures are added to: an entry of the plan."""

    case: Case | None
    figures: list[FigurePlan]


def plan_figures(table: Table, owner_of: Callable[[str], Owner | None], problems: list[Remark]) -> None:
    """Add to each owner what its rows would change, and to ``problems`` what is wrong with them."""
    places = Counter((row.values["case"].strip(), row.values.get("order", "").strip()) for row in table.rows)
    for row in table.rows:
        key = row.values["case"].strip()
        problems += row.problems
        remark = _Remarks(table, row, problems)
        if not key:
            remark.at("case", "不能空着：写明是哪篇案例的数据")
            continue
        owner = owner_of(key)
        if owner is None:
            remark.at("case", f"没有编号为“{key[:32]}”的案例")
            continue
        if row.values.get("order", "").strip() and places[key, row.values["order"].strip()] > 1:
            remark.at("order", "这篇案例里有两行写了同一个顺序")
            continue
        _figure(owner, row, remark)


class _Remarks:
    """Problems of one row, each at its column."""

    def __init__(self, table: Table, row: SheetRow, problems: list[Remark]) -> None:
        self.table, self.row, self.problems = table, row, problems
        self.wrong = {problem.letter for problem in row.problems}

    def at(self, name: str, text: str) -> None:
        place = (self.table.letters.get(name, ""), COLUMNS[name].heading)
        self.problems.append(Remark(FIGURES, self.row.number, text, *place))

    def has(self, name: str) -> bool:
        return self.table.letters.get(name) in self.wrong


def _figure(owner: Owner, row: SheetRow, remark: _Remarks) -> None:
    try:
        order = whole_value(row.values.get("order", ""))
    except SheetValueError as error:
        remark.at("order", str(error))
        return
    known = {figure.order: figure for figure in owner.case.figures.all()} if owner.case else {}
    plan = FigurePlan(row.number, known.get(order) if order is not None else None, order)
    told = [name for name in CONTENT if name in row.values]
    if (
        plan.figure
        and len(told) == len(CONTENT)
        and not row.problems
        and not any(row.values[name].strip() for name in told)
    ):
        plan.removed = True
        plan.changes = [("", str(plan.figure), "")]
    else:
        for name in told:
            _cell(plan, COLUMNS[name], row.values[name], remark)
        _check(plan, remark)
        _check_twin(plan, known, remark)
    if plan.removed or plan.values or (plan.figure is None and not row.problems):
        owner.figures.append(plan)


def _cell(plan: FigurePlan, column: Column, text: str, remark: _Remarks) -> None:
    name = column.name
    if remark.has(name) or text.strip() == UNTOLD:
        return
    old = getattr(plan.figure, name) if plan.figure else None
    try:
        value = _value(name, text, old)
    except SheetValueError as error:
        remark.at(name, str(error))
        return
    if value != old and not (plan.figure is None and value in ("", None, False)):
        plan.values[name] = value
        plan.changes.append((column.heading, _words(old), _words(value)))


def _value(name: str, text: str, old: Any) -> Any:
    if name == "number":
        return number_value(text)
    if name == "is_headline":
        return flag_value(text)
    if old is not None and same_text(old, text):
        return old
    return text_value(KeyFigure._meta.get_field(name), text)


def _check(plan: FigurePlan, remark: _Remarks) -> None:
    def now(name: str) -> Any:
        return plan.values.get(name, getattr(plan.figure, name) if plan.figure else None)

    for name in ("label", "value"):
        if plan.figure is None and name not in remark.row.values:
            remark.at(name, f"新的数据要有“{COLUMNS[name].heading}”，表里没有这一列")
    touched = {"number", "unit"} & plan.values.keys()
    if touched and now("number") is not None and not now("unit"):
        remark.at("unit", "有“数”就必须有单位")


def _check_twin(plan: FigurePlan, known: dict[int, KeyFigure], remark: _Remarks) -> None:
    """The same file brought in once more must not add every figure again."""
    for order, figure in known.items():
        if plan.figure is None and (figure.label, figure.value) == (plan.values.get("label"), plan.values.get("value")):
            remark.at("order", f"这篇案例已有这条数据，要改它就把顺序填成 {order}")


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return YES if value else NO
    if value is None:
        return ""
    return value if isinstance(value, str) else f"{value.normalize():f}"
