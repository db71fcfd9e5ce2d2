"""What differs between two recorded states of an object, to be read by a person."""

from dataclasses import dataclass
from pathlib import PurePath

from diff_match_patch import diff_match_patch
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from cases.editing.serialization import EXCLUDED, rows_of, same

LONG = 60  # texts beyond this are shown as one text with what was taken out and put in
DIFF_SECONDS = 0.3
OPERATIONS = {-1: "del", 0: "same", 1: "ins"}
KEPT_ON_EITHER_SIDE = 40


@dataclass(frozen=True)
class Difference:
    """One field that differs: ``before`` and ``after`` as shown; ``pieces`` (operation, text) where texts are long."""

    name: str
    label: str
    before: str
    after: str
    pieces: tuple[tuple[str, str], ...] = ()


def differences(model: type[models.Model], before: dict, after: dict) -> list[Difference]:
    """List what changed from ``before`` to ``after``, in the order of the form; what ``before`` is too old to have, not."""
    found = []
    for field in model._meta.concrete_fields:
        old, new = before.get(field.name), after.get(field.name)
        if field.name in EXCLUDED or field.name not in before or same(old, new):
            continue
        texts = shown(field, old), shown(field, new)
        pieces = compare(*texts) if max(map(len, texts)) > LONG else ()
        found.append(Difference(field.name, str(field.verbose_name), *texts, pieces))
    for field in model._meta.many_to_many:
        old, new = before.get(field.name), after.get(field.name) or []
        if field.name in before and old != new:
            texts = ("、".join(key if isinstance(key, str) else key[-1] for key in keys) for keys in (old, new))
            found.append(Difference(field.name, str(field.verbose_name), *texts))
    for name, label in rows_of(model).items():
        old, new = before.get(name), after.get(name)
        if name in before and not same(old, new):
            kind = model._meta.get_field(name).related_model
            texts = ["\n".join(row_line(kind, row) for row in rows or []) for rows in (old, new)]
            found.append(Difference(name, label, *texts, compare(*texts)))
    return found


def compare(before: str, after: str) -> tuple[tuple[str, str], ...]:
    """(``same`` | ``del`` | ``ins``, text) from one text to the other; long stretches that agree are shortened."""
    engine = diff_match_patch()
    engine.Diff_Timeout = DIFF_SECONDS
    pieces = engine.diff_main(before, after)
    engine.diff_cleanupSemantic(pieces)
    side, last, shortened = KEPT_ON_EITHER_SIDE, len(pieces) - 1, []
    for place, (kind, text) in enumerate(pieces):
        if kind == 0 and len(text) > 3 * side:
            text = f"{'' if place == 0 else text[:side]} … {'' if place == last else text[-side:]}"
        shortened.append((OPERATIONS[kind], text))
    return tuple(shortened)


def shown(field: models.Field, value: object) -> str:
    """A recorded value in the words of the form."""
    if value in (None, ""):
        return ""
    if isinstance(field, models.DateTimeField):
        return timezone.localtime(parse_datetime(str(value))).strftime("%Y-%m-%d %H:%M")
    if isinstance(field, models.BooleanField):
        return "是" if value else "否"
    if field.is_relation:
        # What the reference is called today; the recorded key where it is gone.
        model = field.related_model
        found = model._default_manager.filter(slug=value).first() if hasattr(model, "slug") else None
        return str(found or value)
    return str(dict(field.flatchoices).get(value, value))


def row_line(model: type[models.Model], row: dict) -> str:
    """Write a row on one line, empty values left out; of what is on or off, only what is on, by name."""
    parts = []
    names = [*model._meta.ordering, *(field.name for field in model._meta.concrete_fields)]
    for name in dict.fromkeys(name for name in names if name in row):  # PostgreSQL keeps no order in JSON
        field, value = model._meta.get_field(name), row[name]
        if isinstance(field, models.FileField):
            parts.append(f"图 {PurePath(value).stem[:6]}")  # enough to tell one file from another
        elif not field.editable:
            continue  # sizes of a picture
        elif isinstance(value, list):
            parts.append(" ".join(part for part in value if isinstance(part, str)))
        elif isinstance(value, bool):
            parts.append(str(field.verbose_name) if value else "")
        elif value not in (None, ""):
            parts.append(str(dict(field.flatchoices).get(value, value)))
    return " · ".join(filter(None, parts))
