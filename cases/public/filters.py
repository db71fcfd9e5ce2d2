"""The query string of every list of cases, as one validated form: HTML, feeds and API read the same ``CaseFilter``.

A filter's ``filter()`` is the place where its condition is applied: it narrows a ``CaseList``, bitmap by bitmap.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from urllib.parse import urlencode

import django_filters
from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy
from pyroaring import BitMap

from cases.models import FACETS, Case, Category, Collection, Institution, InstitutionType, Term
from cases.models.dates import YEAR
from cases.models.places import PLACES
from cases.public.languages import say
from cases.public.options import read_options
from cases.search.bitmaps import CaseList, current
from cases.search.branches import read_families
from cases.search.query import parse
from cases.search.results import search

Q_KEPT = 400  # characters of what was typed; a search reads fewer
MAX_VALUES, MAX_CASES = 30, 200
SORTS = {
    "relevance": ("最相关", ()),
    "given": ("按选定的顺序", ()),
    "newest": ("最新发布", ("-published_at", "code")),
    "oldest": ("最早发布", ("published_at", "code")),
    "code": ("按编号", ("code",)),
    "title": ("按题名", ("title", "code")),
}
DEFAULT_SORT = "newest"


class ValuesField(forms.Field):
    """Several values of one parameter; unknown ones are named in the error."""

    widget = forms.SelectMultiple

    def __init__(self, *, known, most: int, **kwargs) -> None:
        super().__init__(**kwargs)
        self.known, self.most = known, most

    def to_python(self, value) -> list[str]:
        return list(dict.fromkeys(item.strip() for item in value or [] if item.strip()))

    def validate(self, value: list[str]) -> None:
        if len(value) > self.most:
            raise forms.ValidationError(say("“{0}”一次最多选 {1} 项。", say(self.label), self.most))
        unknown = [item for item in value if item not in self.known(value)] if value else []
        if unknown:
            names = "、".join(f"“{item[:30]}”" for item in unknown[:3])
            raise forms.ValidationError(say("“{0}”里没有 {1} 这个选项，请从列表中重新选择。", say(self.label), names))


class ValuesFilter(django_filters.Filter):
    """Cases of any of the rows of ``rows_of`` whose ``attribute`` has one of the values."""

    field_class = ValuesField

    def __init__(
        self, label: str, rows_of: type, attribute: str = "slug", *, most: int = MAX_VALUES, **where: str
    ) -> None:
        super().__init__(label=label, known=self.known, most=most)
        self.rows_of, self.attribute, self.where = rows_of, attribute, where
        self._found: dict[int, str] | None = None

    def found(self, values: list[str]) -> dict[int, str]:
        """The values that exist, by primary key of the rows that have them; read once for a request."""
        if self._found is None:
            rows = self.rows_of.objects.filter(**{f"{self.attribute}__in": values}, **self.where)
            self._found = dict(rows.values_list("pk", self.attribute))
        return self._found

    def known(self, values: list[str]) -> set[str]:
        return {str(value) for value in self.found(values).values()}

    def filter(self, cases: CaseList, values: list[str]) -> CaseList:
        if not values:
            return cases
        kind = self.rows_of._meta.model_name
        return cases.intersect(cases.state.matching(*(f"{kind}:{pk}" for pk in self.found(values))))


class InstitutionFilter(ValuesFilter):
    """Cases of institutions and of their branches."""

    def filter(self, cases: CaseList, values: list[str]) -> CaseList:
        if not values:
            return cases
        families = read_families(cases.state.names_stamp)
        return cases.intersect(
            cases.state.matching(*(key for pk in self.found(values) for key in families.get(pk, ())))
        )


class TypeFilter(ValuesFilter):
    def known(self, values: list[str]) -> set[str]:
        return set(InstitutionType.values)


class YearFilter(ValuesFilter):
    def found(self, values: list[str]) -> dict[int, str]:
        return super().found([value for value in values if value.isascii() and value.isdigit() and len(value) == 4])


class CodesFilter(ValuesFilter):
    """Cases named one by one, in the order in which they are named."""

    def found(self, values: list[str]) -> dict[int, str]:
        if self._found is None:
            codes = dict(Case.objects.published().filter(code__in=values).values_list("code", "pk"))
            self._found = {codes[value]: value for value in values if value in codes}
        return self._found

    def filter(self, cases: CaseList, values: list[str]) -> CaseList:
        return cases.intersect(BitMap(self.found(values))) if values else cases

    def in_order(self, keys: BitMap, start: int, stop: int) -> list[int]:
        return [key for key in self._found or () if key in keys][start:stop]


class PlaceFilter(ValuesFilter):
    """Cases that name any of the places; ``lead`` is that of their bitmaps."""

    lead = "region"

    def known(self, values: list[str]) -> set[str]:
        return set(PLACES)

    def filter(self, cases: CaseList, values: list[str]) -> CaseList:
        return cases.intersect(cases.state.matching(*(f"{self.lead}:{value}" for value in values))) if values else cases


class PeriodFilter(PlaceFilter):
    lead = "period"

    def known(self, values: list[str]) -> set[str]:
        return {value for value in values if YEAR.fullmatch(value)}


class SearchFilter(django_filters.CharFilter):
    def filter(self, cases: CaseList, value: str) -> CaseList:
        results = self.parent.results
        return cases if results is None else cases.intersect(results.keys)


class SortFilter(django_filters.ChoiceFilter):
    def filter(self, cases: CaseList, value: str) -> CaseList:
        value = value or self.parent.default_sort
        if value == "relevance" and self.parent.results is not None:
            return cases.ranked_by(self.parent.results.page)
        if value == "given" and self.parent.selected("case"):
            return cases.ranked_by(self.parent.filters["case"].in_order)
        return cases.order_by(*SORTS[value][1] or SORTS[DEFAULT_SORT][1])


def _facet_filters(*, is_open: bool) -> dict[str, ValuesFilter]:
    facets = (facet for facet in FACETS.values() if facet.is_open == is_open)
    return {facet.key: ValuesFilter(facet.label, Term, facet=facet.key) for facet in facets}


class CaseFilter(django_filters.FilterSet):
    """Filter, and sort, published cases by the query string: ``qs`` is the list.

    Parameters: ``q`` (words), ``DIMENSIONS`` (each may be repeated: any of the values), ``case`` (codes, whose order
    the list keeps), ``sort``. An invalid form gives no case and errors in Chinese. ``results`` are what the words found, ``None`` where there are none.
    """

    DIMENSIONS = {
        "category": ValuesFilter("章节", Category),
        **_facet_filters(is_open=False),
        "type": TypeFilter("机构类型", Institution, "type"),
        "institution": InstitutionFilter("机构", Institution),
        "collection": ValuesFilter("案例集", Collection),
        "year": YearFilter("年份", Collection, "year"),
        "region": PlaceFilter("地区", Case),
        "period": PeriodFilter("做事的年份", Case),
        **_facet_filters(is_open=True),
    }
    SORT_CHOICES = [(value, label) for value, (label, _) in SORTS.items()]

    def __init__(self, data: QueryDict, *, fixed: dict[str, list[str]] | None = None) -> None:
        """``fixed`` holds values that the address itself sets (a category's page)."""
        data, self.fixed = data.copy(), fixed or {}
        for name, values in self.fixed.items():
            data.setlist(name, values)
        self.text = (
            parse(data["q"]).text if data.get("q") else ""
        )  # what the reader typed, without what no search can use
        self.results = search(self.text) if self.text else None
        self.state = self.results.state if self.results else current()
        visible = self.results.visible if self.results else self.state.visible()
        super().__init__(data=data, queryset=CaseList(self.state, visible, len(visible)))

    @classmethod
    def cases_of(cls, codes: Sequence[str]) -> CaseList:
        """The public cases of ``codes``, at most ``MAX_CASES``, in their order; none of none."""
        found = cls(QueryDict(urlencode({"case": codes}, doseq=True)))
        return found.qs if codes else found.queryset.none()

    @classmethod
    def get_filters(cls) -> dict[str, django_filters.Filter]:
        errors = {"invalid_choice": gettext_lazy("没有“%(value)s”这种排序方式。")}
        sort = SortFilter(label="排序", choices=cls.SORT_CHOICES, error_messages=errors)
        q, codes = SearchFilter(label="搜索"), CodesFilter("案例编号", Case, "code", most=MAX_CASES)
        return {"q": q, **cls.DIMENSIONS, "case": codes, "sort": sort}

    @property
    def default_sort(self) -> str:
        return "given" if self.selected("case") else "relevance" if self.text else DEFAULT_SORT

    def filter_queryset(self, cases: CaseList, *, leave_open: str = "") -> CaseList:
        for name, value in self.form.cleaned_data.items():
            if name != leave_open:
                cases = self.filters[name].filter(cases, value)
        return cases

    @property
    def qs(self) -> CaseList:
        return super().qs if self.form.is_valid() else self.queryset.none()

    @property
    def under_fixed(self) -> CaseList:
        """The cases that the address itself allows (a chapter's page), whatever the reader has chosen."""
        cases = self.queryset
        for name, values in self.fixed.items():
            cases = self.filters[name].filter(cases, values)
        return cases

    @cached_property
    def narrowed(self) -> dict[str, BitMap]:
        """The cases under every valid condition (``""``), and with each dimension that has one left open."""
        self.form.is_valid()  # fills cleaned_data with what was right
        chosen = [name for name in self.DIMENSIONS if self.form.cleaned_data.get(name)]
        return {name: self.filter_queryset(self.queryset, leave_open=name).keys for name in ("", *chosen)}

    @property
    def errors_text(self) -> list[str]:
        return [message for messages in self.form.errors.values() for message in messages]

    def selected(self, dimension: str) -> list[str]:
        """The values asked for, valid or not, each once."""
        return list(dict.fromkeys(value for value in self.data.getlist(dimension) if value.strip()))

    @cached_property
    def asked(self) -> dict[str, list[str]]:
        """What links of the list repeat of its query: what it understood. 250 links must not each hold 4 kB of something else."""
        unfit = self.form.errors
        values = {name: self.selected(name) for name in ("case", *self.DIMENSIONS) if name not in self.fixed}
        values |= {
            name: [v for v in values[name] if v in self.filters[name].known(values[name])]
            for name in unfit
            if name in values
        }
        words = {"q": [self.data["q"][:Q_KEPT]]} if self.text else {}
        sort = {"sort": self.data.getlist("sort")[-1:]} if "sort" not in unfit and self.data.get("sort") else {}
        return words | {name: chosen for name, chosen in values.items() if chosen} | sort

    def labels(self) -> list[str]:
        """What the list is narrowed to, in words: “没有抵押”, 绿色金融, 缺抵押缺担保. No query where it is not."""
        words = [f"“{self.text}”"] if self.text else []
        words += [f"选定的 {len(codes)} 篇"] if (codes := self.selected("case")) else []
        chosen = {name: set(self.selected(name)) for name in self.DIMENSIONS}
        if not any(chosen.values()):
            return words
        options = read_options("")
        return words + [one.label for name, slugs in chosen.items() for one in options[name] if one.slug in slugs]

    def canonical(self, path: str, left_out: Iterable[str] = ()) -> str:
        """The address of this list at ``path``, without its page."""
        return with_query(path, self.pairs(left_out))

    def pairs(self, left_out: Iterable[str] = ()) -> list[tuple[str, str]]:
        """Parameters and values of this list, sorted, each once; codes as they were given."""
        pairs = {(name, value.strip()) for name in self.DIMENSIONS for value in self.selected(name)}
        pairs |= {("q", self.text)} if self.text else set()
        sort = self.data.get("sort")
        if sort and sort != self.default_sort:
            pairs.add(("sort", sort))
        codes = [("case", code.strip()) for code in self.selected("case")]
        return [pair for pair in (*codes, *sorted(pairs)) if pair[0] not in left_out]


def with_query(path: str, query: Mapping[str, list[str]] | Sequence[tuple[str, str]]) -> str:
    """``path`` with a query string, where there is any."""
    encoded = urlencode(query, doseq=True)
    return f"{path}?{encoded}" if encoded else path
