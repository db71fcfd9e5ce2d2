"""Any list of cases as tables: cases, figures, products, documents; headings are words for people, cells never calculate.

CSV and JSON Lines are streamed, of any number of cases; the workbook and the zip, a Frictionless data package with its
codebook, are made in the background (``books``).
"""

import csv
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import reduce
from io import BytesIO
from types import SimpleNamespace

from django.conf import settings
from django.db import models
from django.template.loader import render_to_string
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from cases.models import FACETS, Case, Document, KeyFigure, Offer
from cases.models.image import keep_places
from cases.search.bitmaps import CaseList
from cases.sheets.escaping import escape, escape_formula, one_newline

BOM = "\ufeff"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PIECE, BATCH = 500, 200  # rows sent together, cases in memory
TYPES = {
    models.DecimalField: "number",
    models.IntegerField: "integer",
    models.BooleanField: "boolean",
    models.DateTimeField: "datetime",
}
Cases = Callable[[], Iterable[Case]]  # anew for each table
Value = str | int | Decimal | bool | None


@dataclass(frozen=True)
class Column:
    """``read`` takes a row and the address of the site; ``kind`` is a type of Frictionless Table Schema."""

    name: str
    heading: str
    read: Callable[[models.Model, str], Value]
    kind: str = "string"
    description: str = ""


@dataclass(frozen=True)
class Table:
    """``rows`` are what a case (fetched with ``for_detail``) puts into it."""

    title: str
    rows: Callable[[Case], Iterable[models.Model]]
    columns: tuple[Column, ...]


def fields(model: type[models.Model], *names: str) -> list[Column]:
    """Columns of fields, called what they are called on the desk, with its help as codebook."""
    found = []
    for name in names:
        field = model._meta.get_field(name)
        kind = next((kind for type_, kind in TYPES.items() if isinstance(field, type_)), "string")
        label = f"get_{name}_display" if field.choices else name

        def read(row: models.Model, site: str, label: str = label) -> Value:
            value = getattr(row, label)
            value = value() if callable(value) else value
            if label in Case.SECTIONS and model is Case:
                value = keep_places(value)  # a table has no images
            return timezone.localtime(value).isoformat() if isinstance(value, datetime) else value

        found.append(Column(name, str(field.verbose_name), read, kind, str(field.help_text)))
    return found


def through(name: str, heading: str, path: str) -> Column:
    """A column read along a path of attributes from a row: ``case.institution.name``."""
    return Column(name, heading, lambda row, site: reduce(getattr, path.split("."), row))


def facet(key: str, label: str) -> Column:
    def read(case: Case, site: str) -> str:
        return "；".join(term.name for term in case.terms.all() if term.facet == key)

    return Column(key, label, read, description="几个之间用分号分开。")


def address(path: Callable[[models.Model], str]) -> Column:
    return Column("url", "网址", lambda row, site: f"{site}{path(row)}")


OF_CASE = (
    through("case", "案例编号", "case.code"),
    through("case_title", "案例", "case.headline"),
    through("institution", "机构", "case.institution.name"),
)
TABLES = {
    "cases": Table(
        "案例",
        lambda case: [case],
        (
            *fields(Case, "code", "title", "subtitle", "summary"),
            through("category", "章节", "category.name"),
            through("institution", "机构", "institution.name"),
            through("institution_type", "机构类型", "institution.get_type_display"),
            through("collection", "案例集", "collection.title"),
            through("year", "年份", "collection.year"),
            *fields(Case, "period", "period_from", "regions", "source_pages"),
            *(facet(key, found.label) for key, found in FACETS.items()),
            *fields(Case, *Case.SECTIONS, "published_at", "updated_at"),
            address(lambda case: case.get_absolute_url()),
        ),
    ),
    "figures": Table(
        "关键数据",
        lambda case: case.figures.all(),
        (
            *OF_CASE,
            through("period", "案例时间", "case.period"),
            through("year", "出处年份", "case.collection.year"),
            *fields(KeyFigure, "order", "label", "value", "number", "number_to", "unit", "kind", "bound"),
            *fields(KeyFigure, "amount", "amount_to", "base_unit", "as_of", "as_of_date", "note", "editor_note"),
            *fields(KeyFigure, "sentence"),
            address(lambda figure: f"{figure.case.get_absolute_url()}#figure-{figure.order}"),
        ),
    ),
    "products": Table(
        "产品条件",
        lambda case: case.offers.all(),
        (
            *OF_CASE,
            through("product", "产品", "product.name"),
            through("provider", "提供机构", "product.institution.name"),
            *fields(Offer, "audience", "amount", "max_amount", "term", "rate", "conditions", "as_of"),
            address(lambda offer: f"{offer.case.get_absolute_url()}#products"),
        ),
    ),
    "documents": Table(
        "提到的文件",
        lambda case: [SimpleNamespace(case=case, document=document) for document in case.documents.all()],
        (
            *OF_CASE,
            *(
                through(name, str(Document._meta.get_field(name).verbose_name), f"document.{name}")
                for name in ("title", "number", "issuer", "issued_on", "url")
            ),
        ),
    ),
}


def every_case(cases: CaseList) -> Iterator[Case]:
    """The cases of a list with all that the tables read, few in memory at a time."""
    for batch in cases.shaped(lambda cases: cases.for_detail()).batches(BATCH):
        yield from batch


def rows_of(table: Table, cases: Iterable[Case], site: str) -> Iterator[list[Value]]:
    """The cells of each row, in the order of the columns."""
    for case in cases:
        for row in table.rows(case):
            values = (column.read(row, site) for column in table.columns)
            yield [value() if callable(value) else value for value in values]


def csv_pieces(table: Table, cases: Iterable[Case], site: str, *, lead: str = BOM) -> Iterator[str]:
    """The CSV of a table in pieces worth sending; ``lead`` tells Excel that it is UTF-8."""

    def cell(value: Value) -> str:
        if isinstance(value, str):
            return escape_formula(one_newline(value))
        return f"{value.normalize():f}" if isinstance(value, Decimal) else "" if value is None else str(value)

    write = csv.writer(SimpleNamespace(write=lambda line: line)).writerow
    lines = [lead + write([column.heading for column in table.columns])]
    for values in rows_of(table, cases, site):
        lines.append(write(map(cell, values)))
        if len(lines) == PIECE:
            yield "".join(lines)
            lines = []
    yield "".join(lines)


def set_workbook(cases: Cases, *, site: str, title: str, url: str) -> bytes:
    """An .xlsx with a sheet for each table."""
    return workbook(((table, cases()) for table in TABLES.values()), site=site, title=title, url=url)


def workbook(sheets: Iterable[tuple[Table, Iterable[models.Model]]], *, site: str, title: str, url: str) -> bytes:
    """An .xlsx with a sheet for each table of rows; what looks like a formula is text."""
    book, out = Workbook(write_only=True), BytesIO()
    book.properties.title, book.properties.description = f"普惠金融案例库：{title}", url
    for table, items in sheets:
        page = book.create_sheet(table.title)
        page.freeze_panes = "B2"
        head = [WriteOnlyCell(page, column.heading) for column in table.columns]
        for cell in head:
            cell.font = Font(bold=True)
        page.append(head)
        for values in rows_of(table, items, site):
            page.append([text_cell(page, value) if isinstance(value, str) else value for value in values])
    book.save(out)
    return out.getvalue()


def text_cell(page: object, text: str) -> WriteOnlyCell:
    """A cell that is text whatever it looks like."""
    cell = WriteOnlyCell(page)
    cell.value, cell.data_type = escape(one_newline(text))[:32_000], "s"
    return cell


def set_package(cases: Cases, *, site: str, title: str, url: str) -> bytes:
    """A zip of the tables as CSV with ``datapackage.json`` (Frictionless Data Package 2) and a readme."""
    out, now = BytesIO(), timezone.now()
    licence = {"name": settings.LICENCE_NAME, "path": settings.LICENCE_URL, "title": settings.LICENCE_NAME}
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "inclusive-finance-cases",
        "title": f"普惠金融案例库：{title}",
        "homepage": url,
        "created": now.isoformat(timespec="seconds"),
        **({"licenses": [licence]} if settings.LICENCE_NAME else {}),
        "resources": [resource(name, table) for name, table in TABLES.items()],
    }
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, table in TABLES.items():
            archive.writestr(f"data/{name}.csv", "".join(csv_pieces(table, cases(), site, lead="")))
        archive.writestr("datapackage.json", json.dumps(package, ensure_ascii=False, indent=2))
        values = {
            "title": title,
            "url": url,
            "count": sum(1 for _ in cases()),
            "date": timezone.localdate(now),
            "tables": TABLES,
        }
        values |= {"licence_name": settings.LICENCE_NAME, "licence_url": settings.LICENCE_URL}
        archive.writestr("README.md", render_to_string("takeaway/readme.md", values))
    return out.getvalue()


def resource(name: str, table: Table) -> dict:
    """What a data package says of one table."""
    described = [
        {
            "name": column.heading,
            "type": column.kind,
            **({"description": column.description} if column.description else {}),
        }
        for column in table.columns
    ]
    return {
        "name": name,
        "title": table.title,
        "path": f"data/{name}.csv",
        "type": "table",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {"fields": described, "missingValues": [""]},
    }
