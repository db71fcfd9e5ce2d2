"""The tables a backup holds, and their rows as values that any engine takes."""

from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter

from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import models

CHUNK = 500
# Made anew: log-ins by logging in, types and permissions by migrate, the search index by reindex.
LEFT_OUT = (Session, ContentType, Permission)
INDEX_MODULE = "cases.models.search"
BY_NATURAL_KEY = (ContentType, Permission)


def backed_up_models() -> list[type[models.Model]]:
    """Every model with rows worth keeping, referenced ones first; relations many-to-many have models of their own."""
    found = [model for model in apps.get_models(include_auto_created=True) if _is_kept(model)]
    targets = {model: [f.related_model for f in model._meta.concrete_fields if f.is_relation] for model in found}
    sorter = TopologicalSorter()
    for model in found:
        sorter.add(model, *(target for target in targets[model] if target in targets and target is not model))
    return list(sorter.static_order())


def index_models() -> list[type[models.Model]]:
    """The search index: emptied by a restore."""
    return [model for model in apps.get_models() if model.__module__ == INDEX_MODULE]


def columns(model: type[models.Model]) -> list[models.Field]:
    return [field for field in model._meta.concrete_fields if not getattr(field, "generated", False)]


def rows_of(model: type[models.Model]) -> Iterator[list]:
    """Rows in the order of their keys, as values; types and permissions by name, since their numbers differ."""
    fields = columns(model)
    named = [(place, names_by_key(f.related_model)) for place, f in enumerate(fields) if _by_name(f)]
    query = model._base_manager.order_by("pk").values_list(*(field.attname for field in fields))
    for values in query.iterator(chunk_size=CHUNK):
        row = list(values)
        for place, names in named:
            row[place] = names.get(row[place])
        yield row


def row_from(model: type[models.Model], fields: list[models.Field], values: list) -> models.Model | None:
    """The row that ``values`` describe; None where it belongs to a type or permission this version does not have."""
    row = model()
    for field, value in zip(fields, values, strict=True):
        if _by_name(field):
            value = _lookup(field.related_model).get(_tuple(value))
            if value is None and not field.null:
                return None
        elif isinstance(field, models.BinaryField) and isinstance(value, dict):
            value = bytes.fromhex(value["hex"])
        elif value is not None:
            value = field.to_python(value)
        setattr(row, field.attname, value)
    return row


def names_by_key(model: type[models.Model]) -> dict[int, list]:
    """Natural keys of types or permissions."""
    if model is ContentType:
        return {key: [app, name] for key, app, name in ContentType.objects.values_list("pk", "app_label", "model")}
    rows = Permission.objects.values_list("pk", "codename", "content_type__app_label", "content_type__model")
    return {key: list(name) for key, *name in rows}


@cache
def _lookup(model: type[models.Model]) -> dict[tuple, int]:
    return {tuple(name): key for key, name in names_by_key(model).items()}


def forget_names() -> None:
    """Read types and permissions again: their numbers belong to the database at hand."""
    _lookup.cache_clear()


def _tuple(value: object) -> tuple:
    return tuple(value) if isinstance(value, list) else ()


def _by_name(field: models.Field) -> bool:
    return field.is_relation and field.related_model in BY_NATURAL_KEY


def _is_kept(model: type[models.Model]) -> bool:
    meta = model._meta
    return (
        meta.managed
        and not meta.proxy
        and not meta.swapped
        and model not in LEFT_OUT
        and model.__module__ != INDEX_MODULE
    )
