"""Figures by kind, size, date and where they stand."""

import django_filters
from drf_spectacular.utils import extend_schema_field

from cases.models import Category, Collection, FigureKind, Institution, KeyFigure

SORTS = ("case", "amount", "-amount", "as_of", "-as_of")
NUMBER = {"error_messages": {"invalid": "这里要写数字。"}}


def of_case(label: str, rows_of: type, path: str) -> django_filters.ModelMultipleChoiceFilter:
    """Figures of cases with any of the values, which are slugs."""
    message = {"invalid_choice": f"“{label}”里没有“%(value)s”。"}
    found = django_filters.ModelMultipleChoiceFilter(
        label=label,
        field_name=f"{path}__slug",
        to_field_name="slug",
        queryset=rows_of.objects.all(),
        error_messages=message,
    )
    return extend_schema_field({"type": "array", "items": {"type": "string"}})(found)


class FigureFilter(django_filters.FilterSet):
    """``min`` and ``max`` are amounts in the base unit, so name ``base_unit`` with them: 元, 户, 笔, %, 天 …"""

    case = django_filters.CharFilter(field_name="case__code", label="案例编号")
    kind = django_filters.ChoiceFilter(
        choices=FigureKind.choices, label="类别", error_messages={"invalid_choice": "没有“%(value)s”这种类别。"}
    )
    base_unit = django_filters.CharFilter(label="基本单位")
    min = django_filters.NumberFilter(field_name="amount", lookup_expr="gte", label="折合不少于", **NUMBER)
    max = django_filters.NumberFilter(field_name="amount", lookup_expr="lte", label="折合不多于", **NUMBER)
    since = django_filters.CharFilter(field_name="as_of_date", lookup_expr="gte", label="截至不早于（2020、2020-03）")
    headline = django_filters.BooleanFilter(field_name="is_headline", label="只要大字显示的（true）")
    category = of_case("章节", Category, "case__category")
    collection = of_case("案例集", Collection, "case__collection")
    institution = of_case("机构", Institution, "case__institution")
    sort = django_filters.OrderingFilter(
        fields={"case__code": "case", "amount": "amount", "as_of_date": "as_of"},
        label="排序",
        error_messages={"invalid_choice": f"没有“%(value)s”这种排序，可以用：{'、'.join(SORTS)}。"},
    )

    class Meta:
        model = KeyFigure
        fields: tuple[str, ...] = ()

    def filter_queryset(self, figures):
        # Figures without an amount have no place among sizes; ties keep the order of the case.
        sort = self.form.cleaned_data.get("sort") or []
        if {"amount", "-amount"} & set(sort):
            figures = figures.exclude(amount=None)
        found = super().filter_queryset(figures)
        return found.order_by(*found.query.order_by, "case__code", "order") if sort else found
