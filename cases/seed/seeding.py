"""Load the collections from fixtures without ever overwriting what a person edited."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import yaml
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.files import File
from django.core.serializers.base import DeserializationError
from django.db import models, transaction

from cases.editing.serialization import values
from cases.editing.vocabulary import index_fixture
from cases.models import Case, CaseImage, SeedRecord

WORKFLOW_FIELDS = {"editor", "revises"}  # of the desk, not compared
FIRST_FILES = (
    *("institutions.yaml", "categories.yaml", "collections.yaml", "terms.yaml"),
    *("documents.yaml", "products.yaml", "glossary.yaml"),
)
LAST_FILES = ("links.yaml",)  # they name cases that any other file may hold
FILE_MODEL = "file"
MEDIA = "media"
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass
class FileReport:
    """What happened to the objects of one file.

    ``outcomes`` counts ``created``, ``updated``, ``unchanged``, ``edited`` (a person changed the row: kept as it
    is), ``deleted`` (a person deleted the row: stays deleted) and ``removed`` (the file no longer holds it).
    """

    path: Path
    outcomes: Counter = field(default_factory=Counter)
    skipped: bool = False


def fixture_files(folder: Path) -> list[Path]:
    """Every fixture below ``folder`` in the order their references need."""
    first, last = ([folder / name for name in names if (folder / name).exists()] for names in (FIRST_FILES, LAST_FILES))
    return [*first, *sorted(path for path in folder.rglob("*.yaml") if path not in {*first, *last}), *last]


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
        if report.outcomes["created"] or report.outcomes["updated"] or report.outcomes["removed"]:
            index_fixture(items, updated=report.outcomes["updated"] > 0)
        if update or known is None:
            SeedRecord.objects.update_or_create(model=FILE_MODEL, key=name, defaults={"fields": {"sha256": digest}})
    return report


def count_objects(paths: Iterable[Path]) -> int:
    """How many objects the files hold, for a progress bar."""
    return sum(path.read_text(encoding="utf-8").count("\n- model:") + 1 for path in paths)


class References:
    """Rows by natural key, each asked for once in a file; a row that is not there is asked for again."""

    def __init__(self) -> None:
        self.found: dict[tuple, models.Model] = {}

    def find(self, model: type[models.Model], key: Sequence) -> models.Model:
        """Return the row; raises ``DeserializationError`` where there is none."""
        known = (model, *key)
        if known not in self.found:
            try:
                self.found[known] = model._default_manager.get_by_natural_key(*key)
            except model.DoesNotExist as error:
                raise DeserializationError(f"{model._meta.label} {list(key)} 不在") from error
        return self.found[known]

    def stored(self, row: models.Model) -> models.Model | None:
        """Return what the database holds under the natural key of ``row``."""
        try:
            return type(row)._default_manager.get_by_natural_key(*row.natural_key())
        except type(row).DoesNotExist:
            return None

    def build(self, item: dict) -> tuple[models.Model, dict[str, list[models.Model]]]:
        """Return the unsaved row that a fixture's item describes, and what its many-to-many fields name.

        Django's deserializer asks for every reference of every row anew: seven queries a row, four fifths of the time.
        """
        try:
            model, many = apps.get_model(item["model"]), {}
            row = model()
            for name, value in item["fields"].items():
                field = model._meta.get_field(name)
                if field.many_to_many:
                    many[name] = [self.find(field.related_model, key) for key in value]
                elif field.is_relation:
                    setattr(row, name, None if value is None else self.find(field.related_model, value))
                else:
                    setattr(row, name, field.to_python(value))
        except (LookupError, FieldDoesNotExist, ValidationError, TypeError, KeyError) as error:
            raise DeserializationError(f"{error}: {item.get('model')} {item.get('fields', {})}") from error
        if hasattr(row, "derive"):
            row.derive()
        return row, many


def _seed_objects(items: list[dict], *, media: Path, update: bool) -> Iterator[str]:
    """Write the objects one after another; yield what happened to each (see ``FileReport``)."""
    references, new = References(), []
    models_here = {item["model"] for item in items}
    records = {(record.model, record.key): record for record in SeedRecord.objects.filter(model__in=models_here)}
    if update:
        yield from _remove_gone(items, records)
    for item in items:
        if item["model"] == "cases.caseimage":
            _bring_image(media, item["fields"]["file"])
        try:
            row, many = references.build(item)
        except DeserializationError:
            # What belongs to a case that was loaded once and is gone, goes with it.
            parent = json.dumps(item["fields"].get("case"), ensure_ascii=False)
            if not SeedRecord.objects.filter(model="cases.case", key=parent).exists():
                raise
            yield "deleted"
            continue
        key = json.dumps(row.natural_key(), ensure_ascii=False)
        record, stored = records.get((item["model"], key)), references.stored(row)
        if record is None and stored is None:
            row.save()
            for name, others in many.items():
                getattr(row, name).set(others)
            new.append(SeedRecord(model=item["model"], key=key, fields=_digests(row)))
            yield "created"
        elif record is None:
            yield "edited"
        elif stored is None:
            yield "deleted"
        else:
            yield _refresh(stored, row, many, item, record) if update else "unchanged"
    SeedRecord.objects.bulk_create(new)


def _remove_gone(items: list[dict], records: dict[tuple[str, str], SeedRecord]) -> Iterator[str]:
    """Delete rows of these cases that an earlier file held and this one does not, unless a person edited them."""
    codes = {item["fields"]["code"] for item in items if item["model"] == "cases.case"}
    here = {
        (item["model"], item["fields"]["case"][0], item["fields"].get("order"))
        for item in items
        if "case" in item["fields"]
    }
    kinds = [Case._meta.get_field(name).related_model for name in Case.ROWS if name != "links"]
    for record in SeedRecord.objects.filter(model__in=[kind._meta.label_lower for kind in kinds]):
        code, order = json.loads(record.key)
        if code not in codes or (record.model, code, order) in here:
            continue
        row = apps.get_model(record.model).objects.filter(case__code=code, order=order).first()
        if row is not None and any(_digests(row).get(name, digest) != digest for name, digest in record.fields.items()):
            yield "edited"
            continue
        if row is not None:
            row.delete()
            yield "removed"
        records.pop((record.model, record.key), None)
        record.delete()


def _bring_image(media: Path, name: str) -> None:
    """Copy an image that lies beside the fixtures to where the site keeps its own; one already there stays."""
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


def _refresh(stored: models.Model, row: models.Model, many: dict, item: dict, record: SeedRecord) -> str:
    now = _digests(stored)
    if any(now.get(name, digest) != digest for name, digest in record.fields.items()):
        return "edited"
    for name in {*record.fields, *item["fields"]}:  # what the file no longer names is empty again
        if stored._meta.get_field(name).many_to_many:
            getattr(stored, name).set(many.get(name, []))
        else:
            setattr(stored, name, getattr(row, name))
    then = _digests(stored)
    if then == now:
        return "unchanged"
    stored.save()
    record.fields = then
    record.save()
    return "updated"


def _digests(row: models.Model) -> dict[str, str]:
    """Digest of every field a person could edit, by name."""
    found = {}
    for name, value in values(row, without=WORKFLOW_FIELDS).items():
        field = row._meta.get_field(name)
        if field.is_relation:
            found[name] = list(value) if value else None
            continue
        # The file's 27.7 (a binary float) and 09:00+08:00 come back as 27.7000 and 01:00 UTC: the same values.
        value = field.to_python(value)
        if isinstance(value, Decimal):
            value = round(value, field.decimal_places).normalize()
        if isinstance(value, dict):  # PostgreSQL keeps no order of keys
            value = dict(sorted(value.items()))
        found[name] = value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
    for relation in row._meta.many_to_many:
        found[relation.name] = sorted(map(list, (item.natural_key() for item in getattr(row, relation.name).all())))
    return {name: _digest(json.dumps(value, ensure_ascii=False))[:16] for name, value in found.items()}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
