"""The tables a backup holds, and their rows as Django's JSON lines, exact to the last digit."""

from collections.abc import Iterator
from datetime import datetime, time
from graphlib import TopologicalSorter

from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.serializers.json import DjangoJSONEncoder
from django.core.serializers.jsonl import Serializer
from django.db import models

from cases.models import CaseStamp, ContentVersion

CHUNK = 500
# Made anew: log-ins by logging in, types and permissions by migrate, the search index by reindex, the version by what is restored.
LEFT_OUT = (Session, ContentType, Permission, ContentVersion, CaseStamp)
INDEX_MODULE = "cases.models.search"
LEFT_OUT_APPS = {"axes"}  # wrong passwords, counted for a quarter of an hour
BY_NATURAL_KEY = (ContentType, Permission)


class ExactEncoder(DjangoJSONEncoder):
    """Times to the microsecond: Django's own keeps milliseconds."""

    def default(self, value: object) -> object:
        return value.isoformat() if isinstance(value, datetime | time) else super().default(value)


class RowSerializer(Serializer):
    """Rows by their keys, but types and permissions by name, since their numbers differ; relations have tables of their own."""

    def handle_fk_field(self, row: models.Model, field: models.Field) -> None:
        self.use_natural_foreign_keys = field.related_model in BY_NATURAL_KEY
        super().handle_fk_field(row, field)

    def handle_m2m_field(self, row: models.Model, field: models.Field) -> None:
        pass


def backed_up_models() -> list[type[models.Model]]:
    """List every model with rows worth keeping, referenced ones first; relations many-to-many have models of their own."""
    found = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
        and not (model._meta.proxy or model._meta.swapped)
        and model not in LEFT_OUT
        and model._meta.app_label not in LEFT_OUT_APPS
        and model.__module__ != INDEX_MODULE
    ]
    targets = {model: [f.related_model for f in model._meta.concrete_fields if f.is_relation] for model in found}
    sorter = TopologicalSorter()
    for model in found:
        sorter.add(model, *(target for target in targets[model] if target in targets and target is not model))
    return list(sorter.static_order())


def index_models() -> list[type[models.Model]]:
    """List the tables of the search index: emptied by a restore."""
    return [model for model in apps.get_models() if model.__module__ == INDEX_MODULE]


def columns(model: type[models.Model]) -> list[models.Field]:
    return [field for field in model._meta.concrete_fields if not getattr(field, "generated", False)]


def lines_of(model: type[models.Model]) -> Iterator[str]:
    """Yield the rows in the order of their keys, a JSON line each."""
    named = [f for f in model._meta.concrete_fields if f.is_relation and f.related_model in BY_NATURAL_KEY]
    paths = [f"{f.name}__content_type" if f.related_model is Permission else f.name for f in named]
    rows = model._base_manager.order_by("pk")
    for row in (rows.select_related(*paths) if paths else rows).iterator(chunk_size=CHUNK):
        yield RowSerializer().serialize([row], cls=ExactEncoder)
