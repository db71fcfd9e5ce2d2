"""Rows as plain values and back: the one serializer of versions, seed and export, on Django's own."""

from datetime import UTC, datetime
from decimal import Decimal

from django.core import serializers
from django.db import models

# Columns of the database and of the desk, in no version and no file.
EXCLUDED = frozenset({"id", "created_at", "updated_at", "last_serial", "submitted_at", "returned_at", "review_comment"})

EMPTY = (None, "", [])


def values(row: models.Model, *, without: frozenset[str] | set[str] = frozenset()) -> dict[str, object]:
    """Return the fields of ``row``, in the order of the table, as Python values; references as natural keys (tuples).

    Left out are ``EXCLUDED``, what is derived from other fields, and many-to-many relations.
    """
    left_out = {*EXCLUDED, *without, *getattr(row, "DERIVED", ())}
    names = [field.name for field in row._meta.concrete_fields if field.name not in left_out]
    return serializers.serialize("python", [row], fields=names, use_natural_foreign_keys=True)[0]["fields"]


def serialize(item: models.Model) -> dict:
    """Return the whole state of ``item`` as JSON values, as a version keeps it.

    A case comes with its terms, documents and ``Case.ROWS``, a collection with its chapters.
    """
    data = {name: _json(value) for name, value in values(item).items()}
    if item._meta.many_to_many:  # a case
        data["terms"] = sorted([term.facet, term.slug, term.name] for term in item.terms.all())
        data["documents"] = sorted(item.documents.values_list("title", flat=True)) if _has(item, "documents") else []
    for name in rows_of(type(item)):
        parent = type(item)._meta.get_field(name).field.name
        rows = getattr(item, name).all() if _has(item, name) else ()
        data[name] = []
        for row in rows:
            found = {key: _json(value) for key, value in values(row, without={parent}).items()}
            # Fields that order the rows come first: a list of rows is read by their numbers.
            first = [key for key in row._meta.ordering if key in found]
            data[name].append({key: found[key] for key in (*first, *found)})
    return data


def same(before: object, after: object) -> bool:
    """Say whether two recorded values mean the same: what an older version does not have yet was empty, and a form
    takes blanks from the ends of what it is sent."""
    if isinstance(before, dict) and isinstance(after, dict):
        return all(same(before.get(name), after.get(name)) for name in {*before, *after})
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(map(same, before, after))
    if isinstance(before, str) and isinstance(after, str):
        return before.strip() == after.strip()
    return before == after or (before in EMPTY and after in EMPTY)


def rows_of(model: type[models.Model]) -> dict[str, str]:
    """Return the relations to rows that belong to one object of ``model``, with their Chinese labels."""
    return getattr(model, "ROWS", {})


def identity_of(model: type[models.Model]) -> str:
    """Return the field in which no two rows of one case may agree, beside their order; "" where there is none."""
    unique = (set(item.fields) for item in model._meta.constraints if isinstance(item, models.UniqueConstraint))
    return next((name for names in unique for name in names - {"case"} if "case" in names and name != "order"), "")


def deserialize_row(model: type[models.Model], data: dict, **parent: models.Model) -> models.Model | None:
    """Return an unsaved row of ``parent`` from what a version keeps; ``None`` where something it refers to is gone."""
    row = model(**parent)
    for field in model._meta.concrete_fields:
        if field.name not in data or field.name in parent:
            continue
        value = data[field.name]
        if not field.is_relation:
            value = field.to_python(value)
        elif value is not None:
            key = value if isinstance(value, list) else [value]
            try:
                value = field.related_model._default_manager.get_by_natural_key(*key)
            except field.related_model.DoesNotExist:
                return None
        setattr(row, field.name, value)
    if hasattr(row, "derive"):
        row.derive()  # rows written in bulk are not saved one by one
    return row


def _has(item: models.Model, name: str) -> bool:
    return getattr(item, f"has_{name}", True)


def _json(value: object) -> object:
    if isinstance(value, tuple):
        return value[0] if len(value) == 1 else list(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value if isinstance(value, str | int | float | bool | list | dict | None) else str(value)
