"""The query string of every list of figures, as one validated form: the page, its files and the API read it.

The parameters of a list of cases narrow the cases (``CaseFilter``), those of a figure the figures among them.
"""

from collections import Counter
from collections.abc import Iterable

import django_filters
from django import forms
from django.core.validators import RegexValidator
from django.db.models import BooleanField, Count, ExpressionWrapper, F, Q, QuerySet
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from cases.models import FigureKind, KeyFigure
from cases.public.filters import CaseFilter, with_query
from cases.public.languages import say
from cases.search.bitmaps import within

# What cannot be compared by size comes in the order of its cases.
SORTS = {
    "-amount": "从大到小",
    "amount": "从小到大",
    "-as_of": "从近到远",
    "as_of": "从远到近",
    "case": "按案例",
}
NUMBER = {"error_messages": {"invalid": _("这里要写数字。")}}
UNDATED = ExpressionWrapper(Q(as_of_date=""), BooleanField())
OWN = ("kind", "base_unit", "min", "max", "since", "as_of", "headline", "sort")
COUNTED = ("kind", "base_unit", "as_of")
COUNTED_BY = ("kind", "base_unit", "as_of_date")  # as the index figure_by_date has them


class FigureForm(forms.Form):
    def clean(self) -> dict:
        kind, unit = (self.cleaned_data.get(name) for name in ("kind", "base_unit"))
        figures = KeyFigure.objects.filter(base_unit=unit, **({"kind": kind} if kind else {}))
        if unit and not figures.exists():
            words = say("没有以“{0}”为单位的数字，请从页面上重新选择单位。", unit)
            of_kind = say("“{0}”里", say(FigureKind(kind).label)) if kind else ""
            self.add_error("base_unit", of_kind + words)
        return self.cleaned_data


class FigureFilter(django_filters.FilterSet):
    """``min`` and ``max`` are amounts in the base unit, so name ``base_unit`` with them: 元, 户, 笔, %, 天 …"""

    kind = django_filters.ChoiceFilter(
        choices=FigureKind.choices, label="类别", error_messages={"invalid_choice": _("没有“%(value)s”这种类别。")}
    )
    base_unit = django_filters.CharFilter(label="基本单位", max_length=20)
    min = django_filters.NumberFilter(field_name="amount", lookup_expr="gte", label="折合不少于", **NUMBER)
    max = django_filters.NumberFilter(field_name="amount", lookup_expr="lte", label="折合不多于", **NUMBER)
    since = django_filters.CharFilter(
        field_name="as_of_date", lookup_expr="gte", label="截至不早于（2020、2020-03）", max_length=10
    )
    as_of = django_filters.CharFilter(
        field_name="as_of_date",
        lookup_expr="startswith",
        label="截至年份",
        validators=[RegexValidator(r"^[0-9]{4}\Z", _("“截至年份”要写成四位数字，例如 2020。"))],
    )
    headline = django_filters.BooleanFilter(field_name="is_headline", label="只要大字显示的（true）")
    sort = django_filters.OrderingFilter(
        fields={"case__code": "case", "amount": "amount", "as_of_date": "as_of"},
        label="排序",
        error_messages={
            "invalid_choice": format_lazy("{}{}", _("没有“%(value)s”这种排序，可以用："), ", ".join(SORTS))
        },
    )

    class Meta:
        model = KeyFigure
        form = FigureForm
        fields: tuple[str, ...] = ()

    def __init__(self, data: QueryDict, queryset: QuerySet | None = None, **kwargs) -> None:
        of_cases = data.copy()
        for name in OWN:
            of_cases.pop(name, None)
        self.of_cases = CaseFilter(of_cases)
        super().__init__(data, KeyFigure.objects.not_hidden() if queryset is None else queryset, **kwargs)

    def is_valid(self) -> bool:
        return not self.errors

    @property
    def errors(self) -> ErrorDict:
        return ErrorDict({**self.of_cases.form.errors, **self.form.errors})

    @property
    def errors_text(self) -> list[str]:
        return [message for messages in self.errors.values() for message in messages]

    def narrowed(self, *, leave_open: Iterable[str] = ()) -> QuerySet:
        """The figures under every valid condition but those of ``leave_open``, in no order. None where one is invalid."""
        figures, cases = self._under_own(self.queryset, leave_open), self.of_cases.qs
        return figures if self.is_of_every_case else within(figures, cases.keys, of="case_id")

    @property
    def is_of_every_case(self) -> bool:
        return len(self.of_cases.qs) == self.of_cases.qs.total

    def _under_own(self, figures: QuerySet, leave_open: Iterable[str] = ()) -> QuerySet:
        """``figures`` under our own conditions, those on cases left aside."""
        if not self.is_valid():
            return figures.none()
        for name, value in self.form.cleaned_data.items():
            if name not in ("sort", *leave_open):
                figures = self.filters[name].filter(figures, value)
        return figures

    def grouped(self, *columns: str, leave_open: Iterable[str] = (), **where: object) -> Counter[tuple]:
        """How many figures of the list have each combination of ``columns``, under ``where``, too. 1 or 2 queries.

        Of all public cases these are all figures without those of cases that are hidden: a database counts the first along an index
        alone, where looking up the case of each of a million takes it seconds.
        """

        def counted(figures: QuerySet) -> Counter[tuple]:
            rows = figures.filter(**where).order_by().values_list(*columns).annotate(number=Count("pk"))
            return Counter({tuple(values): number for *values, number in rows})

        if not self.is_of_every_case:
            return counted(self.narrowed(leave_open=leave_open))
        figures = self._under_own(KeyFigure.objects.all(), leave_open)
        return counted(figures) - counted(figures.of_hidden())

    def filter_queryset(self, figures: QuerySet) -> QuerySet:
        # Figures without an amount have no place among sizes, those without a date come last; ties keep the order of the case.
        figures, sort = self.narrowed(), self.form.cleaned_data.get("sort") or []
        if {"amount", "-amount"} & set(sort):
            figures = figures.exclude(amount=None)
        if not sort:
            return figures
        figures = self.filters["sort"].filter(figures, sort)
        undated = (UNDATED,) if "as_of" in sort else ()
        return figures.order_by(*undated, *figures.query.order_by, "case__code", "order")

    def chosen(self, name: str) -> str:
        """The value of one of our own conditions, empty where it is not asked for or means nothing."""
        return str(self.form.cleaned_data.get(name) or "") if self.form.is_valid() else ""

    @property
    def asked(self) -> dict[str, list[str]]:
        """What links of the list repeat of its query: what it understood."""
        own = {name: [self.data[name]] for name in OWN if self.data.get(name) and name not in self.form.errors}
        return {**self.of_cases.asked, **own}

    def canonical(self, path: str, left_out: Iterable[str] = ()) -> str:
        """The address of this list at ``path``: no page, nothing empty, always in the same order."""
        own = [(name, self.data.get(name, "").strip()) for name in OWN]
        pairs = [(name, value) for name, value in own if value and name not in left_out]
        return with_query(path, [*pairs, *self.of_cases.pairs(left_out)])

    @property
    def default_sort(self) -> str:
        return "-amount" if self.chosen("base_unit") else "case"

    def rows(self) -> QuerySet:
        """The figures of the list in its order, with what a row of a page or a table shows. 1 query."""
        figures = self.qs
        if not self.data.get("sort"):
            size = (F("amount").desc(nulls_last=True),) if self.default_sort == "-amount" else ()
            figures = figures.order_by(*size, "case__code", "order")
        return figures.select_related("case__institution", "case__collection", "case__category").defer(
            "case__background", "case__approach", "case__results"
        )

    def counts(self, *leave_open: str) -> list[tuple[str, str, str, int]]:
        """(kind, base unit, year of the date, how many), the most first, whatever of these is asked for."""
        counted: Counter[tuple] = Counter()
        for (kind, base, day), number in self.grouped(*COUNTED_BY, leave_open=(*COUNTED, *leave_open)).items():
            counted[kind, base, day[:4]] += number
        return sorted(((*values, number) for values, number in counted.items()), key=lambda row: -row[3])

    def fits(self, *values: str) -> tuple[bool, ...]:
        """Whether the kind, the base unit, the year of counted figures are those asked for."""
        return tuple(self.chosen(name) in ("", value) for name, value in zip(COUNTED, values, strict=True))
