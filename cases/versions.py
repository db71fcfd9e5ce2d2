"""An object as plain values, and what differs between two such states, to be read by a person."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache

from diff_match_patch import diff_match_patch
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from cases.models import Case, CaseStatus, Collection, Facet, InstitutionType

UNRECORDED = {"id", "created_at", "updated_at", "last_serial", "submitted_at", "returned_at", "review_comment"}
FIGURE_FIELDS = ("order", "label", "value", "number", "unit", "as_of", "note", "is_headline")
LONG = 60  # texts beyond this are shown as one text with what was taken out and put in
DIFF_SECONDS = 0.3
ROWS = {"figures": "关键数据", "images": "图片", "chapters": "章"}
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


def snapshot(item: models.Model) -> dict:
    """``item`` as JSON values, references by natural key; a case with its terms, figures and pictures, a collection
    with its chapters. Five queries for a case."""
    data = {field.name: _plain(item, field) for field in item._meta.concrete_fields if field.name not in UNRECORDED}
    if isinstance(item, Case):
        data["terms"] = sorted(map(list, item.terms.values_list("facet", "slug", "name")))
        data["figures"] = [_row(figure, FIGURE_FIELDS) for figure in item.figures.order_by("order")]
        data["images"] = [_row(image, image_fields()) for image in item.images.order_by("order")]
    elif isinstance(item, Collection):
        chapters = item.chapters.order_by("number").values_list("number", "category__slug", "first_page")
        data["chapters"] = [{"number": n, "category": slug, "first_page": page} for n, slug, page in chapters]
    return data


@lru_cache(maxsize=1)
def image_fields() -> tuple[str, ...]:
    """The fields of a picture worth keeping, whatever renditions the model has."""
    model = Case._meta.get_field("images").related_model
    return tuple(field.name for field in model._meta.concrete_fields if field.name not in {"id", "case"})


def differences(model: type[models.Model], before: dict, after: dict) -> list[Difference]:
    """What changed from ``before`` to ``after``, in the order of the form."""
    return [*_fields(model, before, after), *_terms(before, after), *_rows(before, after)]


def _fields(model: type[models.Model], before: dict, after: dict) -> Iterator[Difference]:
    for field in model._meta.concrete_fields:
        old, new = before.get(field.name), after.get(field.name)
        if field.name in UNRECORDED or field.name not in before or old == new:
            continue
        texts = shown(field, old), shown(field, new)
        pieces = compare(*texts) if max(map(len, texts)) > LONG else ()
        yield Difference(field.name, str(field.verbose_name), *texts, pieces)


def _terms(before: dict, after: dict) -> Iterator[Difference]:
    if before.get("terms") != after.get("terms") and "terms" in before:
        yield Difference("terms", "标签", _named(before["terms"]), _named(after.get("terms", [])))


def _rows(before: dict, after: dict) -> Iterator[Difference]:
    for name, label in ROWS.items():
        old, new = before.get(name), after.get(name)
        if name not in before or old == new:
            continue
        texts = _listed(old or []), _listed(new or [])
        yield Difference(name, label, *texts, compare(*texts))


def compare(before: str, after: str) -> tuple[tuple[str, str], ...]:
    """(``same`` | ``del`` | ``ins``, text) from one text to the other; long stretches that agree are shortened."""
    engine = diff_match_patch()
    engine.Diff_Timeout = DIFF_SECONDS
    pieces = engine.diff_main(before, after)
    engine.diff_cleanupSemantic(pieces)
    last = len(pieces) - 1
    return tuple(
        (OPERATIONS[kind], _shortened(text, first=place == 0, last=place == last) if kind == 0 else text)
        for place, (kind, text) in enumerate(pieces)
    )


def shown(field: models.Field, value: object) -> str:
    """A recorded value in the words of the form."""
    if value in (None, ""):
        return ""
    if isinstance(field, models.DateTimeField):
        return timezone.localtime(parse_datetime(str(value))).strftime("%Y-%m-%d %H:%M")
    if isinstance(field, models.BooleanField):
        return "是" if value else "否"
    if field.is_relation:
        return _name_of(field.related_model, value)
    choices = {"status": CaseStatus, "type": InstitutionType, "facet": Facet}.get(field.name)
    if choices is not None and value in choices.values:
        return str(choices(value).label)
    return str(value)


def _name_of(model: type[models.Model], key: object) -> str:
    """What the reference is called today; the recorded key where it is gone."""
    if not hasattr(model, "slug"):
        return str(key)
    found = model._default_manager.filter(slug=key).first()
    return str(found) if found else str(key)


def _plain(item: models.Model, field: models.Field) -> object:
    if field.is_relation:
        related = getattr(item, field.name)
        return _key(related) if related is not None else None
    return _json(field.value_from_object(item))


def _key(related: models.Model) -> object:
    key = related.natural_key()
    return key[0] if len(key) == 1 else list(key)


def _row(item: models.Model, names: tuple[str, ...]) -> dict:
    return {name: _json(item._meta.get_field(name).value_from_object(item)) for name in names}


def _json(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value if isinstance(value, str | int | float | bool | list | dict | None) else str(value)


def _named(terms: list) -> str:
    return "、".join(name for _, _, name in terms)


def _listed(rows: list[dict]) -> str:
    """One line a row, empty values left out; of what is on or off, only what is on, by name."""
    return "\n".join(" · ".join(filter(None, map(_cell, row, row.values()))) for row in rows)


def _cell(name: str, value: object) -> str:
    if name == "is_headline":
        return "大字显示" if value else ""
    return "" if value in (None, "") or isinstance(value, dict | list) else str(value)


def _shortened(text: str, *, first: bool, last: bool) -> str:
    side = KEPT_ON_EITHER_SIDE
    if len(text) <= 3 * side:
        return text
    head, tail = "" if first else text[:side], "" if last else text[-side:]
    return f"{head} … {tail}"
