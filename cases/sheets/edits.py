"""What one row of a file, and all rows of one case, ask to be changed. Values; reads only what was fetched with the case."""

from copy import copy
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from cases.editing.content_checks import blocking_problems
from cases.models import FACETS, CaseStatus, KeyFigure
from cases.sheets.sheet import Sheet


@dataclass(frozen=True)
class Change:
    """One field that would change, in words."""

    name: str
    label: str
    before: str
    after: str


@dataclass
class Edit:
    """The edit that one row of the file asks of ``item``, None for a new one; ``values`` holds only what changes, by column name."""

    sheet: Sheet
    item: models.Model | None
    row: int = 0
    values: dict[str, Any] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)


@dataclass
class RowEdit(Edit):
    """An edit of one row of a case; ``removed`` takes it away."""

    order: int | None = None
    removed: bool = False

    @property
    def name(self) -> str:
        """Name the row, whether it is new or there already."""
        first = self.sheet.content[0]
        return first.show(self.values.get(first.name) or (first.get(self.item) if self.item else None))

    @property
    def identity(self) -> tuple:
        return self.sheet.identify(self.item, self.values)

    @property
    def signature(self) -> tuple:
        changes = [(change.label, change.before, change.after) for change in self.changes]
        return (self.sheet.slug, self.row, self.item and self.item.pk, self.order, self.removed, changes)


@dataclass
class Entry(Edit):
    """All the file says of one case: ``key`` is its code or its name in the file, ``rows`` are edits of its rows."""

    key: str = ""
    rows: list[RowEdit] = field(default_factory=list)

    @property
    def title(self) -> str:
        return self.values.get("title") or (self.item.title if self.item else "")

    @property
    def status(self) -> str:
        return self.item.get_status_display() if self.item else "草稿"

    @property
    def is_public(self) -> bool:
        """Whether readers see the case, or will at its time: what is written, they see at once."""
        return self.item is not None and self.item.status == CaseStatus.PUBLISHED

    @property
    def blocking_problems(self) -> list[str]:
        """List what a reader would miss once the edits are written."""
        case, rows = copy(self.item), [row for row in self.rows if row.sheet.slug == "figures"]
        columns = {column.name: column for column in self.sheet.content if column.name in self.values}
        for column in (column for column in columns.values() if not column.is_many_to_many):
            column.set(case, self.values[column.name])
        terms = [term for term in case.terms.all() if term.facet not in self.values]
        terms += [term for facet in FACETS if facet in self.values for term in self.values[facet]]
        edited = {row.item.pk for row in rows if row.item}
        figures = [figure for figure in case.figures.all() if figure.pk not in edited]
        for row in (row for row in rows if not row.removed):
            figure = copy(row.item) if row.item else KeyFigure()
            vars(figure).update(row.values)
            figures.append(figure)
        return blocking_problems(case, terms=terms, figures=figures)

    @property
    def is_empty(self) -> bool:
        return self.item is not None and not self.changes and not self.rows

    @property
    def signature(self) -> tuple:
        changes = [(change.name, change.before, change.after) for change in self.changes]
        return (self.key, self.row, self.status, changes, [row.signature for row in self.rows])
