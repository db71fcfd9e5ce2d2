"""Rows below the form of a case: one inline for each kind in ``Case.ROWS``, made from its model."""

from decimal import Decimal

from django.contrib import admin
from django.contrib.admin.widgets import AdminTextInputWidget
from django.db import models
from django.db.models import F, QuerySet
from django.forms import IntegerField, NumberInput, Textarea
from django.http import HttpRequest

from cases.desk.formsets import KnownChoiceField, RowForm, RowFormSet
from cases.editing.permissions import may_edit
from cases.models import Case, Product
from cases.word.recognition.figures import find_figures

LONG = 120  # characters; a text that may be longer is written in a box of several lines
ASIDE = 10_000  # beyond any order a person gives
# What is seldom written stands folded behind the rest of its row.
FOLDED = {"order", "number_to", "note", "editor_note", "max_amount", "term", "conditions"}
HINTS = {
    "figures": "数值照原文写；数和单位供排序、比较：“超 3200 亿元”的数是 3200，单位是亿元。两格都空着，就从数值里读。",
}


class PlainNumberInput(AdminTextInputWidget):
    """8.4 and 690 as people write them, not 8.4000 and 690.0000 as the column holds them."""

    def format_value(self, value: object) -> str | None:
        return format(value.normalize(), "f") if isinstance(value, Decimal) else super().format_value(value)


class CaseRowForm(RowForm):
    order = IntegerField(
        label="顺序", required=False, min_value=0, max_value=9999, widget=NumberInput(attrs={"class": "vSmall"})
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.initial["order"] = None  # empty: at the end

    def clean(self) -> dict:
        cleaned = super().clean() or self.cleaned_data
        for name, value in cleaned.items():
            if isinstance(value, str):
                cleaned[name] = value.replace("\r\n", "\n")
        other = cleaned.get("other")
        if other is not None and other.pk == self.instance.case_id:
            self.add_error("other", "这就是本篇，请选另一篇。")
        if cleaned.get("value") and "number" in cleaned and cleaned["number"] is None and not cleaned.get("unit"):
            found = find_figures({"results": [cleaned["value"]]})
            if len(found) == 1:
                cleaned |= {"number": found[0].number, "number_to": found[0].number_to, "unit": found[0].unit}
        return cleaned


class CaseRowFormSet(RowFormSet):
    """Rows in an order: one without a number comes last, and rows may change places in one save."""

    def __init__(self, *args, instance: Case | None = None, queryset: QuerySet | None = None, **kwargs) -> None:
        if not getattr(instance, f"has_{self.fk.remote_field.related_name}", True):
            queryset = self.model._default_manager.none()  # known to have none (``CaseQuerySet.for_recording``)
        super().__init__(*args, instance=instance, queryset=queryset, **kwargs)

    def clean(self) -> None:
        super().clean()
        written = [form for form in self.forms if form.instance.pk or form.has_changed()]
        last = max((form.instance.order or 0 for form in written), default=0)
        for form in written:
            if hasattr(form, "cleaned_data") and form.cleaned_data.get("order") is None:
                last += 1
                form.instance.order = last

    def save(self, commit: bool = True) -> list:
        moved = [form.instance.pk for form in self.initial_forms if "order" in form.changed_data]
        if moved:  # out of the way first: the table takes each order once
            gone = [form.instance.pk for form in self.deleted_forms]
            self.model.objects.filter(pk__in=[*moved, *gone]).update(order=F("order") + ASIDE)
        return super().save(commit)


class CaseRowInline(admin.TabularInline):
    fk_name = "case"
    form = CaseRowForm
    formset = CaseRowFormSet
    extra = 0
    template = "admin/cases/case/rows.html"
    folded = FOLDED | {f"plain_{name}" for name in FOLDED}
    hint = ""
    formfield_overrides = {
        models.DecimalField: {"widget": PlainNumberInput(attrs={"inputmode": "decimal", "size": 12})}
    }

    def get_fields(self, request: HttpRequest, obj: Case | None = None) -> list[str]:
        """Where nothing can be written, the admin shows a number with all places of its column: 12.6000."""
        fields = super().get_fields(request, obj)
        if obj is None or may_edit(request.user, obj):
            return fields
        return [f"plain_{name}" if hasattr(self, f"plain_{name}") else name for name in fields]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related(*self.autocomplete_fields)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if isinstance(db_field, models.CharField) and db_field.max_length >= LONG:
            kwargs["widget"] = Textarea(attrs={"rows": 2, "cols": 30})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.related_model is Product:
            kwargs["queryset"] = Product.objects.select_related("institution")
        return super().formfield_for_foreignkey(db_field, request, form_class=KnownChoiceField, **kwargs)


def row_inline(name: str) -> type[admin.TabularInline]:
    """The inline of one kind of ``Case.ROWS``: what the model holds, references chosen by typing their name."""
    model = Case._meta.get_field(name).related_model
    fields = [field for field in model._meta.concrete_fields if field.editable and field.name not in ("id", "case")]
    shown = sorted((field.name for field in fields), key=lambda name: name != "order")
    references = tuple(field.name for field in fields if field.is_relation)
    plain = {f"plain_{field.name}": _plain(field) for field in fields if isinstance(field, models.DecimalField)}
    names = {
        "model": model,
        "fields": shown,
        "hint": HINTS.get(name, ""),
        "autocomplete_fields": references,
        "readonly_fields": tuple(plain),
    }
    return type(f"{model.__name__}Inline", (CaseRowInline,), {**names, **plain, "__module__": __name__})


def _plain(field: models.DecimalField):
    @admin.display(description=field.verbose_name)
    def show(inline: CaseRowInline, row: models.Model) -> str:
        return PlainNumberInput().format_value(getattr(row, field.name)) or ""

    return show
