"""Rows of a stale form: what only one of two editors changed is taken into the form, what both changed is told.

Works on what the browser sent, since half of it may not be valid yet; who wins is decided in ``editing.merging``.
"""

import re
from dataclasses import dataclass

from django.forms import CheckboxInput, FileField, ModelForm
from django.forms.models import BaseInlineFormSet
from django.http.request import QueryDict

from cases.editing.differences import row_line
from cases.editing.merging import RowMerge, align_new, in_order, match
from cases.editing.serialization import deserialize_row, identity_of


@dataclass(frozen=True)
class ContestedRow:
    """A row that both changed: ``mine`` and ``theirs`` in words, empty where the row was deleted.

    Of a picture, ``has_file``, no form can bring the file back.
    """

    label: str
    mine: str
    theirs: str
    has_file: bool


@dataclass(frozen=True)
class Sent:
    """One row as the browser sent it: ``raw`` by field; ``data`` as a version would record it, ``None`` where deleted."""

    raw: dict[str, str]
    data: dict | None


def merge_into(formset: BaseInlineFormSet, base: list[dict], now: list[dict], label: str) -> list[ContestedRow]:
    """Make ``formset`` hold the rows as they are stored ``now``, with what its user changed since ``base`` laid over.

    Returns what both changed. Rows of ``base`` and ``now`` are as versions record them, in their order.
    """
    stored, prefix, model = list(formset.queryset), formset.prefix, formset.model
    keys = [str(row.pk) for row in stored]
    known = _count(formset.data, f"{prefix}-INITIAL_FORMS")
    sent = [_sent(formset, place, base[place]) for place in range(len(base))]
    theirs = _their_places(base, now, [row.raw.get("id", "") for row in sent], keys, identity_of(model))
    merges = [
        (row, theirs.get(place), RowMerge(base[place], row.data, now[theirs[place]] if place in theirs else None))
        for place, row in enumerate(sent)
    ]
    added = [_sent(formset, place, None) for place in range(known, _count(formset.data, f"{prefix}-TOTAL_FORMS"))]
    added = [row for row in added if row.data]
    new = [place for place in range(len(now)) if place not in theirs.values()]
    for merge in align_new([row.data for row in added], [now[place] for place in new], identity_of(model)):
        row = next((row for row in added if row.data is merge.mine), None)
        place = next((place for place in new if now[place] is merge.theirs), None)
        merges.append((row, place, merge))
    _rewrite(formset, stored, merges)
    contested = [[merge.mine, merge.theirs] for _, _, merge in merges if merge.is_contested]
    texts = [[row_line(model, row) if row else "" for row in both] for both in contested]
    return [ContestedRow(label, *both, _has_file(formset)) for both in texts]


def _has_file(formset: BaseInlineFormSet) -> bool:
    return any(isinstance(field, FileField) for field in formset.form.base_fields.values())


def _their_places(base: list[dict], now: list[dict], sent: list[str], keys: list[str], identity: str) -> dict[int, int]:
    """{place in ``base``: place in ``now``}: by primary key; where rows were made anew (a version restored), by content."""
    found = {place: keys.index(key) for place, key in enumerate(sent) if key in keys}
    rest = [place for place in range(len(base)) if place not in found]
    free = [place for place in range(len(now)) if place not in found.values()]
    places = match([base[place] for place in rest], [now[place] for place in free], identity)
    return found | {rest[here]: free[there] for here, there in places.items()}


def _sent(formset: BaseInlineFormSet, place: int, base: dict | None) -> Sent:
    """Read what the browser sent of one row, new where ``base`` is ``None``; one it did not send stayed as it was."""
    prefix = f"{formset.prefix}-{place}"
    raw = {
        name.removeprefix(f"{prefix}-"): value for name, value in formset.data.items() if name.startswith(f"{prefix}-")
    }
    if base is not None and "id" not in raw:
        return Sent(raw, base)
    row = deserialize_row(formset.model, base or {}, case=formset.instance)
    if row is None:  # what it refers to is gone, so nobody can have chosen it anew
        return Sent(raw, base)
    row.pk = raw.get("id") or None
    form = formset.form(formset.data, prefix=prefix, instance=row)
    if "DELETE" in raw or (base is None and not form.has_changed()):
        return Sent(raw, None)
    changed = {name: _word(form, name, raw.get(name, "")) for name in form.changed_data if name not in ("id", "case")}
    return Sent(raw, {**(base or {}), **changed})


def _word(form: ModelForm, name: str, text: str) -> object:
    """What was typed, as near as may be to how a version records it."""
    field = form._meta.model._meta.get_field(name)
    if name == "order":
        return int(text) if text.isdecimal() else None
    if field.is_relation and text.isdecimal():
        found = field.related_model._default_manager.filter(pk=text).first()
        key = found.natural_key() if found else (text,)
        return key[0] if len(key) == 1 else list(key)
    if isinstance(form.fields[name].widget, CheckboxInput):
        return bool(text)
    return text.replace("\r\n", "\n").strip()


def _rewrite(formset: BaseInlineFormSet, stored: list, merges: list[tuple[Sent | None, int | None, RowMerge]]) -> None:
    """Put the merged rows into what ``formset`` was sent, as if its page had been opened now."""
    prefix, extra = formset.prefix, len(stored)
    data: QueryDict = formset.data.copy()
    for name in [name for name in data if re.match(rf"{prefix}-\d+-", name)]:
        del data[name]
    placed: dict[int, dict] = {}
    for row, place, merge in merges:
        if place is None and (merge.row is None or (merge.base is not None and _has_file(formset))):
            continue
        is_stored, index = place is not None, extra if place is None else place
        values = _shown(formset, stored[place]) if is_stored else {}
        if merge.is_mine and merge.mine is not None:
            keys = {name: values[name] for name in ("id", "case") if is_stored}
            values = {name: text for name, text in row.raw.items() if name not in ("id", "case", "DELETE")} | keys
        if merge.is_mine and merge.mine is None:
            values["DELETE"] = "on"
        elif is_stored:
            placed[index] = {"order": merge.order}
        values["order"] = str(merge.order) if is_stored else ""  # a new one comes last
        extra += not is_stored
        for name, text in values.items():
            data[f"{prefix}-{index}-{name}"] = text
    for row in in_order([{**row, "index": index} for index, row in placed.items()]):
        data[f"{prefix}-{row['index']}-order"] = str(row["order"])
    data[f"{prefix}-INITIAL_FORMS"], data[f"{prefix}-TOTAL_FORMS"] = str(len(stored)), str(extra)
    formset.data = data
    for name in ("forms", "management_form"):  # read from the data once, by Django
        vars(formset).pop(name, None)


def _shown(formset: BaseInlineFormSet, row: object) -> dict[str, str]:
    """What a browser would send of a stored row as it is."""
    found = {"id": str(row.pk), "case": str(formset.instance.pk)}
    for box in formset.form(instance=row):
        value, is_box = box.value(), isinstance(box.field.widget, CheckboxInput)
        if isinstance(box.field, FileField) or (is_box and not value):
            continue  # a browser sends neither
        shown = box.field.widget.format_value(getattr(value, "pk", value))
        shown = shown[0] if isinstance(shown, list) and shown else shown
        found[box.name] = "on" if is_box else str(shown or "") if value is not None else ""
    return found


def _count(data: QueryDict, name: str) -> int:
    return int(data[name]) if data.get(name, "").isdecimal() else 0
