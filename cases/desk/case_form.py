"""The form of a case, and what it does when someone else has saved the same case meanwhile."""

from dataclasses import dataclass, field

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from cases.desk.formsets import KnownChoiceField
from cases.desk.row_merging import ContestedRow, merge_into
from cases.editing.differences import Difference, differences
from cases.editing.edit import latest_number
from cases.editing.gate import PublicChangeError
from cases.editing.merging import merge_set, merge_value
from cases.editing.serialization import serialize
from cases.models import Case, Document, Version
from cases.models.base import person_name


@dataclass(frozen=True)
class Conflict:
    """Who wrote meanwhile, what they changed, and which of it the form's user had changed too (field names, rows)."""

    version: Version | None
    differences: list[Difference]
    contested: set[str]
    rows: list[ContestedRow] = field(default_factory=list)


class KnownChoicesField(forms.ModelMultipleChoiceField):
    """References; what they are already, ``known``, is not read again."""

    known: models.QuerySet | None = None

    def clean(self, value: list) -> models.QuerySet:
        is_known = self.known is not None and {str(key) for key in value or ()} == {str(row.pk) for row in self.known}
        return self.known if is_known else super().clean(value)


class CaseForm(forms.ModelForm):
    """``base_version`` is the version the form was opened with; a newer one stops the save.

    What only the other person changed is taken over into the form; what both changed stays as typed, with the
    other's text beside it. Saving once more is then a decision, not an accident.
    """

    base_version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    conflict: Conflict | None = None
    public_change: PublicChangeError | None = None  # what readers would see change: shown and asked, not saved

    class Meta:
        model = Case
        fields = ()  # the admin names them

    def __init__(self, *args, instance: Case | None = None, **kwargs) -> None:
        if instance and instance.pk:
            # Once, for the boxes and for what is sent; not at all where there are known to be none.
            rows = Document.objects.all() if getattr(instance, "has_documents", True) else Document.objects.none()
            models.prefetch_related_objects([instance], models.Prefetch("documents", rows))
        super().__init__(*args, instance=instance, **kwargs)
        if self.instance.pk:
            self.fields["base_version"].initial = latest_number(self.instance)
        if self.instance.pk and self.is_bound:
            for name, field in self.fields.items():
                if isinstance(field, KnownChoiceField):
                    field.known = getattr(self.instance, name)
                elif isinstance(field, KnownChoicesField):
                    field.known = getattr(self.instance, name).all()

    def is_valid(self) -> bool:
        return super().is_valid() and self.public_change is None

    def clean(self) -> dict:
        cleaned = super().clean()
        # Each is a query, and of all of them the form could only break that of a title, which it requires.
        self.instance.validate_constraints = lambda exclude=None: None
        if not {"collection", "category"} & set(self.changed_data):
            self.instance.clean = lambda: None  # it asks whether the chapter exists
        # Browsers send line ends as \r\n; kept so, every save would look like a change of the whole text.
        for name, value in cleaned.items():
            if isinstance(value, str):
                cleaned[name] = value.replace("\r\n", "\n")
        if self.instance.pk and cleaned.get("base_version") is not None:
            self._stop_if_stale(cleaned)
        return cleaned

    def _stop_if_stale(self, cleaned: dict) -> None:
        latest = latest_number(self.instance)
        if cleaned["base_version"] >= latest:
            return
        versions = Version.objects.of(self.instance)
        # A form opened before the first write holds what that write kept as version 1.
        base = versions.filter(number=max(cleaned["base_version"], 1)).first()
        newest = versions.select_related("user").first()
        now = serialize(self.instance)
        found = differences(Case, base.data, now) if base else []
        self.data = self.data.copy()
        self.data["base_version"] = str(latest)
        if base and not found:
            return  # what was written meanwhile is what the form began from
        contested = {
            item.name
            for item in found
            if item.name in self.fields and self._is_contested(item.name, cleaned, base.data, now)
        }
        self.conflict = Conflict(newest, found, contested)
        for formset in getattr(self.instance, "formsets", ()) if base else ():
            name = formset.prefix
            rows = merge_into(formset, base.data.get(name, []), now[name], Case.ROWS[name])
            self.conflict.rows.extend(rows)
            contested |= {name} if rows else set()
        for item in found:
            if item.name in self.fields and item.name not in contested:
                self._take_over(item.name, cleaned, base.data)
        raise ValidationError(_told(newest), code="conflict")

    def _is_contested(self, name: str, cleaned: dict, base: dict, now: dict) -> bool:
        """Whether the form's user changed the field, too, and in another way; choices of several are never at odds."""
        if name not in cleaned:
            return True
        if self.instance._meta.get_field(name).many_to_many:
            return False
        mine = cleaned[name]
        mine = _key(mine) if isinstance(mine, models.Model) else mine
        return merge_value(base.get(name), mine, now[name])[1]

    def _take_over(self, name: str, cleaned: dict, base: dict) -> None:
        """Put what the other person changed into the form as it is shown again."""
        model_field = self.instance._meta.get_field(name)
        if model_field.many_to_many:
            both = cleaned[name], getattr(self.instance, name).all()
            mine, theirs = ({_key(row): row.pk for row in rows} for rows in both)
            before = {item if isinstance(item, str) else tuple(item[:2]) for item in base.get(name, [])}
            keys = mine | theirs
            self.data.setlist(name, [str(keys[key]) for key in merge_set(before, mine, theirs)])
        else:
            value = model_field.value_from_object(self.instance)
            self.data[name] = "" if value is None else str(value)


def _key(row: models.Model) -> object:
    """What a version calls ``row``."""
    key = row.natural_key()
    return key[0] if len(key) == 1 else key


def _told(version: Version | None) -> str:
    if version is None:
        return "你打开以后，这篇案例被改过。你的修改还没有保存，都在下面。"
    when = timezone.localtime(version.made_at).strftime("%m 月 %d 日 %H:%M")
    who = person_name(version.user) or version.user_name or "系统"
    return f"你打开以后，{who} 在 {when} 改过这篇案例（{version.get_event_display()}）。你的修改还没有保存，都在下面。"
