"""Rows as the text of a fixture: what ``manage.py seed`` reads, in the hand the collections are written in."""

import math
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal

import yaml
from django.db import models
from django.utils import timezone

from cases.editing.serialization import values
from cases.models import Case
from cases.models.dates import PrintedDateField, as_mapping
from cases.models.translation import TRANSLATED

# Keys come first in this order, then whatever else the table has: a new field is carried without being named here.
ORDER = {
    "cases.institution": ("name", "short_name", "slug", "type", "other_names", "parent", "profile"),
    "cases.category": ("name", "slug", "slogan", "intro", "order"),
    "cases.collection": (
        *("title", "slug", "publisher", "place", "year", "period", "preface", "source_note", "source_url"),
        *("submitted_count", "submitting_institutions", "selected_count", "order"),
    ),
    "cases.term": ("facet", "slug", "name", "description", "other_names", "order"),
    "cases.case": (
        *("code", "title", "subtitle", "collection", "category", "institution", "order", "status", "published_at"),
        *("period", "regions", "source_pages", "summary", *Case.SECTIONS),
    ),
    "cases.keyfigure": ("case", "order", "label", "value", "number", "number_to", "unit", "as_of", "note"),
    "cases.caseimage": ("case", "order", "number", "file", "width", "height", "caption", "alt"),
    "cases.step": ("case", "order", "kind", "as_of", "source", "text", "amount", "target"),
    "cases.advice": ("case", "kind", "order"),
    "cases.editornote": ("case", "order"),
    "cases.offer": ("case", "product", "order"),
    "cases.caselink": ("case", "other", "order"),
    "cases.translation": ("language", "kind", "key", "texts", "sources"),
}
LONG = ("summary", *Case.SECTIONS)
EXACT_BELOW = 10**10
# Line ends to some YAML readers and characters to others.
AWKWARD = re.compile("[\x85\u2028\u2029]")


class Long(str):
    """A text that stands as lines even where it is one."""

    __slots__ = ()


class Writer(yaml.SafeDumper):
    """Lists indented below their key, texts of several lines as blocks, references and mappings on one line."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: object) -> bool:
        return True


def _represent_text(writer: Writer, text: str) -> yaml.Node:
    if AWKWARD.search(text) or text.endswith("\n\n"):
        style = '"'
    else:
        style = "|" if text.strip("\n") and (isinstance(text, Long) or "\n" in text) else None
        if style is None and text.startswith(("-", "?", ":", "<", "=", "~")):
            style = "'"
    return writer.represent_scalar("tag:yaml.org,2002:str", str(text), style)


def _represent_number(writer: Writer, number: Decimal) -> yaml.Node:
    text = f"{number.normalize():f}"
    if "." not in text:
        return writer.represent_scalar("tag:yaml.org,2002:int", text)
    # A YAML reader makes a binary float of 27.7, exact to 15 digits; the column keeps four after the point.
    kind = "float" if abs(number) < EXACT_BELOW else "str"
    return writer.represent_scalar(f"tag:yaml.org,2002:{kind}", text)


def _represent_time(writer: Writer, time: datetime) -> yaml.Node:
    local = timezone.localtime(time) if timezone.is_aware(time) else time
    return writer.represent_scalar("tag:yaml.org,2002:str", local.isoformat())


Writer.add_representer(str, _represent_text)
Writer.add_representer(Long, _represent_text)
Writer.add_representer(Decimal, _represent_number)
Writer.add_representer(datetime, _represent_time)
Writer.add_representer(
    tuple, lambda writer, key: writer.represent_sequence("tag:yaml.org,2002:seq", key, flow_style=True)
)


class Inline(dict):
    """A mapping on one line: ``{printed: 9 月末, year: 2020}``."""


Writer.add_representer(
    Inline, lambda writer, data: writer.represent_mapping("tag:yaml.org,2002:map", data.items(), flow_style=True)
)


def item(row: models.Model, **extra: object) -> str:
    """Write one row as one list item of a fixture; ``extra`` adds fields. References are natural keys.

    Fields that hold their default are left out, except where a reader of the file would miss them (all of a case,
    every ``order``). Who works on a case does not travel with it.
    """
    label, found = row._meta.label_lower, values(row, without={"editor"})
    fields = {}
    for name in dict.fromkeys((*ORDER.get(label, ()), *found)):
        field, value = row._meta.get_field(name), found[name]
        is_shown = name == "order" or (label == "cases.case" and value is not None)
        if not is_shown and value == field.get_default():
            continue
        if label == "cases.case" and name in LONG:
            value = Long(value)
        elif isinstance(field, PrintedDateField) and isinstance(mapping := as_mapping(value), dict):
            value = Inline(mapping)
        elif isinstance(value, dict):
            parts = dict.fromkeys((*TRANSLATED[row.kind], *sorted(value)))  # PostgreSQL keeps no order in JSON
            value = {part: value[part] for part in parts if part in value}
            value = Inline(value) if name == "sources" else value
        elif isinstance(value, list):
            value = tuple(Inline(part) for part in value)
        fields[name] = value
    data = [{"model": label, "fields": {**fields, **extra}}]
    return yaml.dump(data, Dumper=Writer, allow_unicode=True, width=math.inf, sort_keys=False)


def document(items: Iterable[str]) -> Iterator[str]:
    """Join items into the pieces of a file, with a blank line between them."""
    for number, text in enumerate(items):
        yield f"\n{text}" if number else text
