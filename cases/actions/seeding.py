"""Load the collections from fixtures without ever overwriting what a person edited."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import yaml
from django.core import serializers
from django.core.files import File
from django.core.serializers.base import DeserializationError, DeserializedObject
from django.db import models, transaction

from cases.actions.indexing import index_fixture
from cases.models import CaseImage, SeedRecord

WORKFLOW_FIELDS = ("editor", "revises", "submitted_at", "returned_at", "review_comment")  # of the desk, in no file
FIRST_FILES = ("institutions.yaml", "categories.yaml", "collections.yaml", "terms.yaml")
UNTRACKED_FIELDS = {"id", "created_at", "updated_at", "last_serial", *WORKFLOW_FIELDS}
FILE_MODEL = "file"
MEDIA = "media"
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass
class FileReport:
    """What happened to the objects of one file.

    ``outcomes`` counts ``created``, ``updated``, ``unchanged``, ``edited`` (a person changed the row: kept as it
    is) and ``deleted`` (a person deleted the row: stays deleted).
    """

    path: Path
    outcomes: Counter = field(default_factory=Counter)
    skipped: bool = False


def fixture_files(folder: Path) -> list[Path]:
    """Every fixture below ``folder`` in the order their references need."""
    first = [folder / name for name in FIRST_FILES if (folder / name).exists()]
    return first + sorted(path for path in folder.rglob("*.yaml") if path not in first)


def seed_file(*, path: Path, root: Path, update: bool, on_object: Callable[[], None] = lambda: None) -> FileReport:
    """Load one fixture file in one transaction.

    Without ``update`` only objects never loaded before are written; with it, rows that still hold exactly what
    was loaded are brought up to the file. Raises ``DeserializationError`` naming the object that is wrong.
    """
    report = FileReport(path)
    text = path.read_text(encoding="utf-8")
    name, digest = path.relative_to(root).as_posix(), _digest(text)
    with transaction.atomic():
        known = SeedRecord.objects.filter(model=FILE_MODEL, key=name).first()
        if known and known.fields.get("sha256") == digest:
            report.skipped = True
            return report
        items = yaml.load(text, Loader) or []  # noqa: S506 -- a SafeLoader
        for outcome in _seed_objects(items, media=root / MEDIA, update=update):
            report.outcomes[outcome] += 1
            on_object()
        if report.outcomes["created"] or report.outcomes["updated"]:
            index_fixture(items, updated=report.outcomes["updated"] > 0)
        if update or known is None:
            SeedRecord.objects.update_or_create(model=FILE_MODEL, key=name, defaults={"fields": {"sha256": digest}})
    return report


def count_objects(paths: Iterable[Path]) -> int:
    """How many objects the files hold, for a progress bar."""
    return sum(path.read_text(encoding="utf-8").count("\n- model:") + 1 for path in paths)


def _seed_objects(items: list[dict], *, media: Path, update: bool) -> Iterator[str]:
    records = {
        (record.model, record.key): record
        for record in SeedRecord.objects.filter(model__in={item["model"] for item in items})
    }
    for item in items:
        if item["model"] == "cases.caseimage":
            _bring_picture(media, item["fields"]["file"])
        yield _seed_object(item, records, update=update)


def _seed_object(item: dict, records: dict, *, update: bool) -> str:
    try:
        loaded = next(iter(serializers.deserialize("python", [item])))
    except DeserializationError:
        if _parent_was_deleted(item):
            return "deleted"
        raise
    key = json.dumps(loaded.object.natural_key(), ensure_ascii=False)
    record = records.get((item["model"], key))
    exists = loaded.object.pk is not None
    if record is None:
        return "edited" if exists else _create(loaded, item["model"], key)
    if not exists:
        return "deleted"
    if not update:
        return "unchanged"
    return _refresh(loaded, item, record)


def _bring_picture(media: Path, name: str) -> None:
    """Copy a picture that lies beside the fixtures to where the site keeps its own; one already there stays."""
    storage = CaseImage._meta.get_field("file").storage
    source = media / name
    if not storage.exists(name):
        if not source.is_file():
            raise DeserializationError(f"图片文件 {MEDIA}/{name} 不在")
        with source.open("rb") as file:
            storage.save(name, File(file))
    elif source.is_file():
        with storage.open(name) as there:
            if there.read() != source.read_bytes():
                raise DeserializationError(f"图片 {name} 与站上同名的另一张不同，没有装载")


def _create(loaded: DeserializedObject, model: str, key: str) -> str:
    loaded.save()
    SeedRecord.objects.create(model=model, key=key, fields=_digests(loaded.object))
    return "created"


def _refresh(loaded: DeserializedObject, item: dict, record: SeedRecord) -> str:
    row = type(loaded.object)._base_manager.get(pk=loaded.object.pk)
    now = _digests(row)
    if any(now.get(name, digest) != digest for name, digest in record.fields.items()):
        return "edited"
    for name in item["fields"]:
        if name in loaded.m2m_data:
            getattr(row, name).set(loaded.m2m_data[name])
        else:
            setattr(row, name, getattr(loaded.object, name))
    then = _digests(row)
    if then == now:
        return "unchanged"
    row.save()
    record.fields = then
    record.save()
    return "updated"


def _parent_was_deleted(item: dict) -> bool:
    """Whether the object belongs to a case that was loaded once and is gone: then it goes with it."""
    parent = item["fields"].get("case")
    key = json.dumps(parent, ensure_ascii=False)
    return bool(parent) and SeedRecord.objects.filter(model="cases.case", key=key).exists()


def _digests(row: models.Model) -> dict[str, str]:
    """Digest of every field a person could edit, by name."""
    fields = [f for f in row._meta.concrete_fields if f.name not in UNTRACKED_FIELDS]
    values = {f.name: _value(row, f) for f in fields}
    for relation in row._meta.many_to_many:
        values[relation.name] = sorted(map(list, (item.natural_key() for item in getattr(row, relation.name).all())))
    return {name: _digest(json.dumps(value, ensure_ascii=False))[:16] for name, value in values.items()}


def _value(row: models.Model, db_field: models.Field) -> object:
    if db_field.is_relation:
        related = getattr(row, db_field.name)
        return list(related.natural_key()) if related else None
    value = getattr(row, db_field.name)
    # The file's 27.7 (a binary float) and 09:00+08:00 come back as 27.7000 and 01:00 UTC: the same values.
    value = db_field.to_python(value)
    if isinstance(value, Decimal):
        return str(round(value, db_field.decimal_places).normalize())
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
