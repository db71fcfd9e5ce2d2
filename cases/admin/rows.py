"""Rows below a form, and what is said of rows before they are deleted."""

from django.db.models import Model
from django.forms import BaseInlineFormSet, Form


class RowFormSet(BaseInlineFormSet):
    """In a table a box has only its column's heading to say what it is; a screen reader needs words at the box."""

    def add_fields(self, form: Form, index: int | None) -> None:
        super().add_fields(form, index)
        place = f"第 {index + 1} 行" if index is not None else "新的一行"
        for name, field in form.fields.items():
            words = f"删除{place}" if name == "DELETE" else f"{field.label}，{place}"
            field.widget.attrs.setdefault("aria-label", words)


def told_deletion(objs, found: tuple, kinds: tuple[type[Model], ...]) -> tuple:
    """``found``, as ``ModelAdmin.get_deleted_objects`` answers, with the objects by name and a count of ``kinds``."""
    _, counts, needed, protected = found
    names = {str(kind._meta.verbose_name_plural) for kind in kinds}
    return [str(item) for item in objs], {k: v for k, v in counts.items() if str(k) in names}, needed, protected
