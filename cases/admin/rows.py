"""Rows below a form, and what is said of rows before they are deleted."""

from django.db.models import Model
from django.forms import BaseInlineFormSet, Form


class RowFormSet(BaseInlineFormSet):
    """In a table the box for deleting has only its column to say what it is; a screen reader needs words."""

    def add_fields(self, form: Form, index: int | None) -> None:
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            place = f"第 {index + 1} 行" if index is not None else "这一行"
            form.fields["DELETE"].widget.attrs["aria-label"] = f"删除{place}"


def told_deletion(objs, found: tuple, kinds: tuple[type[Model], ...]) -> tuple:
    """``found``, as ``ModelAdmin.get_deleted_objects`` answers, with the objects by name and a count of ``kinds``."""
    _, counts, needed, protected = found
    names = {str(kind._meta.verbose_name_plural) for kind in kinds}
    return [str(item) for item in objs], {k: v for k, v in counts.items() if str(k) in names}, needed, protected
