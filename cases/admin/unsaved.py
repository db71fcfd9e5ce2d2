"""What a case's form holds, as a case that is not saved: forgiving, since people look at half a text too."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from django.db.models import QuerySet
from django.http.request import QueryDict

from cases.content_checks import TEXT_FIELDS
from cases.models import Case, CaseImage, Category, Collection, Institution, KeyFigure, Term

MAX_BODY = 1024 * 1024
MAX_ROWS = 200
NO_CODE = "new-0000"  # a new case gets its code on saving; its page needs something to stand for it
PLAIN_FIELDS = (*TEXT_FIELDS, "period", "regions", "source_pages")
LABELS = {**TEXT_FIELDS, "period": "时间", "regions": "地区", "source_pages": "出处页码"}


def unsaved_case(data: QueryDict, *, original: Case | None) -> Case:
    """A case with the texts, figures and terms of the form's ``data``, and the pictures ``original`` has.

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
        case.status, case.published_at, case.order = original.status, original.published_at, original.order
    case._prefetched_objects_cache = {
        "figures": _holding(KeyFigure.objects.all(), sorted(_figures(data), key=lambda figure: figure.order)),
        "terms": _chosen(Term.objects.all(), data.getlist("terms")),
        "images": original.images.all() if original else _holding(CaseImage.objects.all(), []),
    }
    return case


def too_long(data: QueryDict) -> list[str]:
    """What the form will refuse on saving, since the table has no room for it."""
    lengths = [(name, len(_text(data, name)), Case._meta.get_field(name).max_length) for name in PLAIN_FIELDS]
    return [f"{LABELS[name]}有 {length} 字，最多 {limit} 字。" for name, length, limit in lengths if length > limit]


def _text(data: QueryDict, name: str) -> str:
    return data.get(name, "").replace("\x00", "").strip()


def _chosen(queryset: QuerySet, keys: list[str]) -> QuerySet:
    return queryset.filter(pk__in=[int(key) for key in keys[:MAX_ROWS] if key.isdecimal() and len(key) < 19])


def _holding(queryset: QuerySet, rows: list) -> QuerySet:
    """``queryset`` as if it had been read and found to be ``rows``; this is what prefetching leaves behind."""
    queryset._result_cache = rows
    return queryset


def _figures(data: QueryDict) -> Iterator[KeyFigure]:
    total = _integer(data.get("figures-TOTAL_FORMS", ""))
    for row in range(min(total, MAX_ROWS)):
        values = {name: _text(data, f"figures-{row}-{name}") for name in ("label", "value", "unit", "as_of", "note")}
        if data.get(f"figures-{row}-DELETE") or not (values["label"] or values["value"]):
            continue
        yield KeyFigure(
            order=_integer(data.get(f"figures-{row}-order", "")),
            number=_decimal(data.get(f"figures-{row}-number", "")),
            is_headline=bool(data.get(f"figures-{row}-is_headline")),
            **values,
        )


def _integer(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else 0


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text[:40].strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
