"""Rows as the text of a fixture: what ``manage.py seed`` reads, in the hand the collections are written in."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import yaml
from django.utils import timezone

Row = Any  # a model instance; its table is asked, the database is not

# Keys come first in this order, then whatever else the table has: a new field is carried without being named here.
ORDER = {
    "cases.institution": ("name", "short_name", "slug", "type", "other_names", "parent", "profile"),
    "cases.category": ("name", "slug", "slogan", "intro", "order"),
    "cases.collection": (
        *("title", "slug", "publisher", "year", "period", "preface", "source_note", "source_url"),
        *("submitted_count", "submitting_institutions", "selected_count", "order"),
    ),
    "cases.chapter": ("collection", "category", "number", "first_page"),
    "cases.term": ("facet", "slug", "name", "description", "order"),
    "cases.case": (
        *("code", "title", "subtitle", "collection", "category", "institution", "order", "status", "published_at"),
        *("period", "regions", "source_pages", "summary", "background", "approach", "results"),
    ),
    "cases.keyfigure": ("case", "order", "label", "value", "number", "unit", "as_of", "note", "is_headline"),
    "cases.caseimage": ("case", "order", "file", "width", "height", "caption", "alt"),
}
# Of the database and of the desk: who works on a case, and what passed between editor and reviewer.
LEFT_OUT = {"id", "created_at", "updated_at", "last_serial", "submitted_at", "returned_at", "review_comment"}
CASE = "cases.case"
INDENT = 6
EXACT_BELOW = 10**10
# Characters a block or plain scalar would lose or that YAML readers disagree about.
AWKWARD = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
INDICATORS = tuple("-?:,[]{}#&*!|>'\"%@`=~<")
PAIRED = re.compile(r": |:$| #")
FLOW = re.compile(r"[\[\]{},?:]")


def item(row: Row, **extra: object) -> str:
    """One row as one list item of a fixture; ``extra`` adds fields. References are natural keys.

    Fields that hold their default are left out, except where a reader of the file would miss them (all of a case,
    every ``order``).
    """
    label = row._meta.label_lower
    lines = [f"- model: {label}", "  fields:"]
    for name, value in [*_fields(row), *extra.items()]:
        lines.append(f"    {name}:{_value(value, long=_is_long(row, name))}")
    return "\n".join(lines) + "\n"


def document(items: Iterable[str]) -> Iterator[str]:
    """Items as the pieces of a file, with a blank line between them."""
    for number, text in enumerate(items):
        yield f"\n{text}" if number else text


def _fields(row: Row) -> Iterator[tuple[str, object]]:
    for field in _ordered(type(row)):
        value = _plain(row, field)
        is_told = field.name == "order" or (row._meta.label_lower == CASE and value is not None)
        if is_told or value != field.get_default():
            yield field.name, value


@cache
def _ordered(model: type) -> list:
    order = ORDER[model._meta.label_lower]
    known = {field.name: field for field in model._meta.concrete_fields if field.name not in LEFT_OUT}
    mine = {name: field for name, field in known.items() if not field.is_relation or _is_ours(field.related_model)}
    return [mine.pop(name) for name in order] + list(mine.values())


def _is_ours(model: type) -> bool:
    return model._meta.app_label == "cases"  # users and their like do not travel with a collection


def _plain(row: Row, field) -> object:
    value = getattr(row, field.name)
    if field.is_relation:
        return list(value.natural_key()) if value is not None else None
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat() if timezone.is_aware(value) else value.isoformat()
    if field.get_internal_type() in ("FileField", "ImageField"):
        return value.name
    return value.isoformat() if isinstance(value, date) else value


def _is_long(row: Row, name: str) -> bool:
    return row._meta.label_lower == CASE and name in ("summary", "background", "approach", "results")


def _value(value: object, *, long: bool) -> str:
    """What stands behind the colon, with the blank before it."""
    if isinstance(value, str):
        return " " + (_block(value) if _fits_block(value, long=long) else _line(value))
    if isinstance(value, Sequence) and value and isinstance(value[0], list | tuple):
        return "".join(f"\n      - {_flow(key)}" for key in value)
    if isinstance(value, list | tuple) and all(isinstance(part, str | int) for part in value):
        return f" {_flow(value)}"
    return f" {_scalar(value)}"


def _scalar(value: object) -> str:
    if isinstance(value, Decimal):
        text = f"{value.normalize():f}"
        # A YAML reader makes a binary float of 27.7, exact to 15 digits; the column keeps four after the point.
        is_exact = "." not in text or abs(value) < EXACT_BELOW
        return text if is_exact else f"'{text}'"
    if isinstance(value, bool | int | float | None):
        return json.dumps(value)
    return json.dumps(value, ensure_ascii=True)


def _flow(key: Sequence) -> str:
    return "[" + ", ".join(_line(part, flow=True) if isinstance(part, str) else str(part) for part in key) + "]"


def _fits_block(text: str, *, long: bool) -> bool:
    if AWKWARD.search(text) or text.endswith("\n\n") or not text.strip("\n"):
        return False
    return long or "\n" in text


def _block(text: str) -> str:
    hint = "2" if text[0] in " \n" else ""
    chomp = "" if text.endswith("\n") else "-"
    lines = (" " * INDENT + line if line else "" for line in text.removesuffix("\n").split("\n"))
    return "\n".join((f"|{hint}{chomp}", *lines))


def _line(text: str, *, flow: bool = False) -> str:
    if AWKWARD.search(text) or "\n" in text:
        escaped = json.dumps(text, ensure_ascii=False)
        return AWKWARD.sub(lambda found: f"\\u{ord(found.group()):04x}", escaped)
    if _is_plain(text) and not (flow and FLOW.search(text)):
        return text
    return "'" + text.replace("'", "''") + "'"


def _is_plain(text: str) -> bool:
    if not text or text != text.strip() or text.startswith(INDICATORS) or PAIRED.search(text):
        return False
    return _resolver().resolve(yaml.ScalarNode, text, (True, False)) == "tag:yaml.org,2002:str"


@cache
def _resolver() -> yaml.resolver.Resolver:
    return yaml.resolver.Resolver()
