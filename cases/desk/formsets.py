"""Rows below a form, and what is said of rows before they are deleted. An unchanged row costs no query."""

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms import BaseInlineFormSet, Form, ModelChoiceField, ModelForm


class KnownChoiceField(ModelChoiceField):
    """A reference; what it is already, ``known``, is not read again."""

    known: Model | None = None

    def to_python(self, value: object) -> Model | None:
        return self.known if self.known and str(value) == str(self.known.pk) else super().to_python(value)


class RowForm(ModelForm):
    """Checks rows that changed: each constraint and reference is a query, and the database has checked the others."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if self.instance.pk and isinstance(field, KnownChoiceField):
                field.known = getattr(self.instance, name)

    def clean(self) -> dict | None:
        if not self.has_changed():
            self.instance.full_clean = lambda **kwargs: None
        return super().clean()


class RowKeyField(ModelChoiceField):
    """The key of a row that the formset has read already."""

    def __init__(self, row: Model, **kwargs) -> None:
        super().__init__(type(row)._base_manager.none(), **kwargs)
        self.row = row

    def to_python(self, value: object) -> Model:
        if str(value) != str(self.row.pk):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return self.row


class RowFormSet(BaseInlineFormSet):
    """In a table a box has only its column's heading to say what it is; a screen reader needs words at the box."""

    def add_fields(self, form: Form, index: int | None) -> None:
        super().add_fields(form, index)
        key = form.fields["id"]
        if form.instance.pk:
            form.fields["id"] = RowKeyField(
                form.instance, initial=key.initial, required=key.required, widget=key.widget, label=key.label
            )
        place = f"第 {index + 1} 行" if index is not None else "新的一行"
        for name, field in form.fields.items():
            words = f"删除{place}" if name == "DELETE" else f"{field.label}，{place}"
            field.widget.attrs.setdefault("aria-label", words)


def deletion_summary(objs, found: tuple, kinds: tuple[type[Model], ...]) -> tuple:
    """Return ``found``, as ``ModelAdmin.get_deleted_objects`` answers, with the objects by name and a count of ``kinds``."""
    _, counts, needed, protected = found
    names = {str(kind._meta.verbose_name_plural) for kind in kinds}
    return [str(item) for item in objs], {k: v for k, v in counts.items() if str(k) in names}, needed, protected
