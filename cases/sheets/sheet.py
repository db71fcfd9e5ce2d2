"""What a sheet of the workbook is: its columns, and the rows that a case puts into it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models

from cases.models import Case
from cases.sheets.columns import Column, Info, Key, Whole

EXAMPLE = "示例"  # a row with this code is there to be looked at
NEW = "新"  # 新1, 新2 … name cases of the same file that have no code yet
TOO_LONG = "〔太长，未导出〕"  # stands for a text that no cell can hold; read back, it changes nothing


@dataclass(frozen=True)
class Sheet:
    """A sheet with one row for each item of ``model``; ``key`` is the column that says which case is meant."""

    name: str
    slug: str  # in addresses
    model: type[models.Model]
    key: str
    noun: str  # of one row, in messages
    columns: tuple[Column, ...]
    required: tuple[str, ...]
    example: Mapping[str, Any]
    freeze: str = "B2"
    row_height: int | None = None

    @property
    def new_item(self) -> str:
        return f"新{self.noun}"

    @property
    def content(self) -> tuple[Column, ...]:
        """Leave out the key and what is never read."""
        return tuple(column for column in self.columns if column.is_read and column.name != self.key)

    def heading(self, name: str) -> str:
        return next(column.heading for column in self.columns if column.name == name)

    def export_queryset(self) -> models.QuerySet:
        """Cases with all that ``rows`` reads."""
        return Case.objects.for_export().prefetch_related("documents")

    def items(self, case: Case) -> list[models.Model]:
        return [case]

    def rows(self, case: Case) -> list[dict[str, Any]]:
        """List what ``case`` puts into this sheet, by column name."""
        return [{column.name: column.cell(column.get(item)) for column in self.columns} for item in self.items(case)]


@dataclass(frozen=True)
class RowSheet(Sheet):
    """A sheet of rows of a case, each known by its case and its ``order`` there; ``slug`` is the related name.

    ``identity`` are the columns in which no two rows of a case may agree; ``related`` is what a row refers to, fetched
    with it; ``check`` yields (column, what is wrong with the changed ``values`` of ``item``, a row of ``case``; both may be None).
    """

    identity: tuple[str, ...] = ()
    related: str = ""
    check: Callable[[Mapping[str, Any], Any, Case | None], Iterable[tuple[str, str]]] = lambda values, item, case: ()

    @property
    def new_item(self) -> str:
        return f"新的{self.noun}"

    @property
    def content(self) -> tuple[Column, ...]:
        return tuple(column for column in super().content if column.name != "order")

    def export_queryset(self) -> models.QuerySet:
        return Case.objects.only("code", "title").prefetch_related(self.prefetch)

    @property
    def prefetch(self) -> str:
        """Name what is fetched of a case for its rows."""
        return f"{self.slug}__{self.related}" if self.related else self.slug

    def items(self, case: Case) -> list[models.Model]:
        return sorted(getattr(case, self.slug).all(), key=lambda item: item.order)

    def identify(self, item: models.Model | None, values: Mapping[str, Any]) -> tuple:
        """Return what tells ``item``, changed to ``values``, from the other rows of its case."""
        return tuple(values.get(name, getattr(item, name, None)) for name in self.identity)


def row_sheet(name: str, model: type[models.Model], slug: str, noun: str, *columns: Column, **options) -> RowSheet:
    """Declare a sheet of rows: ``columns`` are those of a row itself, its case and its place come before them."""
    place = (
        Key("case", "案例编号", 14, "必填；本文件里的新案例写“案例”表里的新1、新2……", lambda row: row.case.code),
        Info("case_title", "题名（不导入）", 30, "只供查看。", lambda row: row.case.title),
        Whole("order", "顺序", 8, f"这条{noun}在案例里的序号；留空即加在最后。"),
    )
    options["example"] = {"case": EXAMPLE, "case_title": "这一行是示例，导入时跳过", "order": 1, **options["example"]}
    return RowSheet(name, slug, model, "case", noun, (*place, *columns), **options)
