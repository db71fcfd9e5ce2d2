"""What a case's form holds, as a case that is not saved: forgiving, since people look at half a text too."""

from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal, InvalidOperation

from django.db import models
from django.db.models import QuerySet
from django.http.request import QueryDict

from cases.editing.content_checks import TEXT_FIELDS
from cases.models import Case, Category, Collection, Document, Institution, Product, Term
from cases.models.figure import SECTIONS

MAX_BODY = 1024 * 1024
MAX_ROWS = 200
NO_CODE = "new-0000"  # a new case gets its code on saving; its page needs something to stand for it
PLAIN_FIELDS = (*TEXT_FIELDS, "period", "regions", "source_pages")
LABELS = Case.labels(PLAIN_FIELDS)
REFERENCES = {"product": Product.objects.select_related("institution"), "other": Case.objects.defer(*Case.SECTIONS)}


def unsaved_case(data: QueryDict, *, original: Case | None) -> Case:
    """A case with the texts, terms, documents and rows of the form's ``data``, and the images ``original`` has.

    What the form does not say, or says wrongly, is taken from ``original``, or is empty. Never to be saved.
    """
    case = Case(pk=original.pk, code=original.code) if original else Case(pk=0, code=NO_CODE)
    for name in PLAIN_FIELDS:
        setattr(case, name, _text(data, name))
    for name, model in (("collection", Collection), ("category", Category), ("institution", Institution)):
        chosen = _chosen(model.objects.all(), data.getlist(name)).first()
        if chosen or original:
            setattr(case, name, chosen or getattr(original, name))
    if original:
        for name in ("status", "published_at", "order", "updated_at"):
            setattr(case, name, getattr(original, name))
    case._prefetched_objects_cache = {
        "terms": _chosen(Term.objects.all(), data.getlist("terms")),
        "documents": _chosen(Document.objects.all(), data.getlist("documents")),
    }
    for name in Case.ROWS:
        model = Case._meta.get_field(name).related_model
        if name == "images":  # a file cannot be shown before it is sent
            rows = list(original.images.all()) if original else []
        else:
            rows = sorted(_rows(data, name, model), key=lambda row: row.order or MAX_ROWS)
        case._prefetched_objects_cache[name] = _holding(model.objects.all(), rows)
    texts = {name: getattr(case, name) for name in SECTIONS}
    for figure in case.figures.all():
        with suppress(InvalidOperation):  # a number with more places than the table takes is refused on saving
            figure.derive()
        figure.locate(texts)
    return case


def too_long(data: QueryDict) -> list[str]:
    """What the form will refuse on saving, since the table has no room for it."""
    lengths = [(name, len(_text(data, name)), Case._meta.get_field(name).max_length) for name in PLAIN_FIELDS]
    return [f"{LABELS[name]}有 {length} 字，最多 {limit} 字。" for name, length, limit in lengths if length > limit]


def _text(data: QueryDict, name: str) -> str:
    return data.get(name, "").replace("\x00", "").strip()


def _chosen(queryset: QuerySet, keys: list[str]) -> QuerySet:
    found = [int(key) for key in keys[:MAX_ROWS] if key.isdecimal() and len(key) < 19]
    return queryset.filter(pk__in=found) if found else queryset.none()


def _holding(queryset: QuerySet, rows: list) -> QuerySet:
    """Return ``queryset`` as if it had been read and found to be ``rows``; this is what prefetching leaves behind.

    Django has no public way to give an unsaved object rows that its page can read like any other's.
    """
    queryset._result_cache = rows
    return queryset


def _rows(data: QueryDict, prefix: str, model: type[models.Model]) -> Iterator[models.Model]:
    """The rows of one kind that say something and are not marked for deletion; 1 query where they refer to others."""
    fields = [field for field in model._meta.concrete_fields if field.editable and field.name not in ("id", "case")]
    total = min(_integer(data.get(f"{prefix}-TOTAL_FORMS", "")), MAX_ROWS)
    typed = [{field.name: _text(data, f"{prefix}-{row}-{field.name}") for field in fields} for row in range(total)]
    references = {
        field.name: {str(item.pk): item for item in _chosen(REFERENCES[field.name], [row[field.name] for row in typed])}
        for field in fields
        if field.is_relation
    }
    said = [*references] or [
        field.name for field in fields if isinstance(field, models.CharField) and not field.choices
    ]
    for number, texts in enumerate(typed):
        values = {field.name: _value(field, texts[field.name], references) for field in fields}
        if not data.get(f"{prefix}-{number}-DELETE") and any(values[name] for name in said):
            yield model(**values)


def _value(field: models.Field, text: str, references: dict[str, dict[str, models.Model]]) -> object:
    if field.is_relation:
        return references[field.name].get(text)
    if isinstance(field, models.BooleanField):
        return bool(text)
    if isinstance(field, models.DecimalField):
        return _decimal(text)
    if isinstance(field, models.IntegerField):
        return _integer(text) or (None if field.null else 0)
    return text[: field.max_length]


def _integer(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 16 else 0


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text[:40].strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
