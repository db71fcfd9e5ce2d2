"""The query string of every list of cases, as one validated form.

The HTML list, the feeds, the tables and the API read the same ``CaseFilter``.
"""

from collections.abc import Callable, Iterable
from urllib.parse import urlencode

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import cached_property
from pyroaring import BitMap

from cases.models import Case, Category, Collection, Facet, Institution, InstitutionType, Term
from cases.search.dimensions import narrow
from cases.search.query import parse
from cases.search.querysets import ListedCases, by_relevance, within
from cases.search.searching import Hits, search
from cases.search.sets import PUBLISHED, Snapshot, complete

MAX_VALUES = 30
SORTS = {
    "relevance": ("最相关", ("code",)),
    "newest": ("最新发布", ("-published_at", "code")),
    "oldest": ("最早发布", ("published_at", "code")),
    "code": ("按编号", ("code",)),
    "title": ("按题名", ("title", "code")),
}
DEFAULT_SORT = "newest"


class ValuesField(forms.Field):
    """Several values of one parameter; unknown ones are named in the error."""

    widget = forms.SelectMultiple

    def __init__(self, *, known, **kwargs) -> None:
        kwargs.pop("lookup_expr", None)
        super().__init__(**kwargs)
        self.known = known

    def to_python(self, value) -> list[str]:
        return list(dict.fromkeys(item.strip() for item in value or [] if item.strip()))

    def validate(self, value: list[str]) -> None:
        if len(value) > MAX_VALUES:
            raise forms.ValidationError(f"“{self.label}”一次最多选 {MAX_VALUES} 项。")
        unknown = [item for item in value if item not in self.known(value)] if value else []
        if unknown:
            names = "、".join(f"“{item[:30]}”" for item in unknown[:3])
            raise forms.ValidationError(f"“{self.label}”里没有 {names} 这个选项，请从列表中重新选择。")


class ValuesFilter(django_filters.Filter):
    """Cases with any of the values; ``condition`` turns the values into keyword arguments of ``filter``."""

    field_class = ValuesField

    def __init__(self, *, known, condition, **kwargs) -> None:
        super().__init__(known=known, **kwargs)
        self.condition = condition

    def filter(self, qs: QuerySet, value: list[str]) -> QuerySet:
        return qs.filter(**self.condition(value)) if value else qs


def _slugs_of(model, **where):
    """Which of the given slugs exist; one query, and only where a value was given."""
    return lambda values: set(model.objects.filter(slug__in=values, **where).values_list("slug", flat=True))


def _known_years(values: Iterable[str]) -> set[str]:
    numbers = [int(value) for value in values if value.isascii() and value.isdigit() and len(value) == 4]
    return {str(year) for year in Collection.objects.filter(year__in=numbers).values_list("year", flat=True)}


def _term_filter(facet: str) -> ValuesFilter:
    def condition(values: list[str]) -> dict:
        # A subquery, not a join: a case with two of the terms must be counted once without DISTINCT.
        through = Case.terms.through.objects.filter(term__facet=facet, term__slug__in=values)
        return {"pk__in": through.values("case_id")}

    return ValuesFilter(label=Facet(facet).label, known=_slugs_of(Term, facet=facet), condition=condition)


class SortFilter(django_filters.ChoiceFilter):
    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        hits = self.parent.hits
        if hits is not None and value in ("", None, "relevance"):
            return by_relevance(qs, hits)
        return qs.order_by(*self.parent.order)


class SearchFilter(django_filters.CharFilter):
    """Words of the reader; looked up once for a filter set."""

    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        hits = self.parent.hits
        return qs if hits is None else within(qs, hits.keys)


class CaseFilter(django_filters.FilterSet):
    """Filter, and sort, a queryset of cases by the query string.

    Parameters: ``q`` (words), ``category institution type collection year audience need instrument priority keyword`` (each may
    be repeated: any of the values), ``sort``. An invalid form gives no case and ``errors`` in Chinese.
    """

    q = SearchFilter(label="搜索")
    category = ValuesFilter(
        label="章节",
        known=_slugs_of(Category),
        condition=lambda v: {"category__in": Category.objects.filter(slug__in=v)},
    )
    institution = ValuesFilter(
        label="机构",
        known=_slugs_of(Institution),
        condition=lambda v: {"institution__in": Institution.objects.filter(slug__in=v)},
    )
    type = ValuesFilter(
        label="机构类型",
        known=lambda values: set(InstitutionType.values),
        condition=lambda v: {"institution__in": Institution.objects.filter(type__in=v)},
    )
    collection = ValuesFilter(
        label="案例集",
        known=_slugs_of(Collection),
        condition=lambda v: {"collection__in": Collection.objects.filter(slug__in=v)},
    )
    year = ValuesFilter(
        label="年份", known=_known_years, condition=lambda v: {"collection__in": Collection.objects.filter(year__in=v)}
    )
    audience = _term_filter("audience")
    need = _term_filter("need")
    instrument = _term_filter("instrument")
    priority = _term_filter("priority")
    keyword = _term_filter("keyword")
    sort = SortFilter(
        label="排序",
        choices=[(value, label) for value, (label, _) in SORTS.items()],
        error_messages={"invalid_choice": "没有“%(value)s”这种排序方式。"},
    )

    class Meta:
        model = Case
        fields = []

    DIMENSIONS = (
        "category",
        "audience",
        "need",
        "instrument",
        "priority",
        "type",
        "institution",
        "collection",
        "year",
        "keyword",
    )

    def __init__(self, data: QueryDict, queryset: QuerySet, *, fixed: dict[str, list[str]] | None = None) -> None:
        """``fixed`` holds values that the address itself sets (a category's page)."""
        super().__init__(data=_merged(data, fixed or {}), queryset=queryset)
        self.fixed = fixed or {}

    @cached_property
    def text(self) -> str:
        """What the reader typed, without what no search can use."""
        return parse(self.data.get("q") or "").text

    @cached_property
    def hits(self) -> Hits | None:
        """What the words found, before the other conditions; ``None`` where no words were given."""
        return search(self.text) if self.text else None

    @cached_property
    def sets(self) -> Snapshot:
        """What counts are made of. Without words from every case there is, in whatever state the index may be."""
        return complete() if self.hits is None else self.hits.sets

    @cached_property
    def visible(self) -> BitMap:
        """Every published case."""
        return self.sets.visible()

    @cached_property
    def narrowed(self) -> dict[str, BitMap]:
        """The cases under every condition (``""``), and with each dimension that has one left open."""
        found = self.visible if self.hits is None else self.hits.keys
        self.form.is_valid()  # fills cleaned_data with what was right
        return narrow(self.sets, found, {name: self.form.cleaned_data.get(name) or [] for name in self.DIMENSIONS})

    @property
    def order(self) -> tuple[str, ...]:
        """The fields to sort by; empty for relevance."""
        is_search = self.hits is not None
        value = self.form.cleaned_data.get("sort") or ("relevance" if is_search else DEFAULT_SORT)
        if value == "relevance":
            return () if is_search else SORTS[DEFAULT_SORT][1]
        return SORTS[value][1]

    def cases(self, shape: Callable[[QuerySet], QuerySet]) -> ListedCases:
        """The list as ``shape`` fetches it, page by page and never whole; empty where a value is wrong."""
        if not self.form.is_valid():
            return ListedCases(BitMap(), self.queryset, shape, total=0)
        keys = self.narrowed[""]
        total = len(self.visible if self.hits is None else self.sets.members(PUBLISHED))
        return ListedCases(keys, self.queryset, shape, total=total, order=self.order, hits=self.hits)

    @property
    def errors_text(self) -> list[str]:
        return [message for messages in self.form.errors.values() for message in messages]

    def canonical(self, *left_out: str) -> str:
        """The query string of this list: parameters and values sorted, each once, no page, without ``left_out``."""
        pairs = {(name, value.strip()) for name in self.DIMENSIONS for value in self.selected(name)}
        pairs |= {("q", self.text)} if self.text else set()
        sort = self.data.get("sort")
        if sort and sort != ("relevance" if self.text else DEFAULT_SORT):
            pairs.add(("sort", sort))
        return urlencode(sorted(pair for pair in pairs if pair[0] not in left_out))

    def selected(self, dimension: str) -> list[str]:
        """The values asked for, valid or not, each once."""
        return list(dict.fromkeys(value for value in self.data.getlist(dimension) if value.strip()))

    @property
    def qs(self) -> QuerySet:
        """The list as one queryset, for those who take it whole; the database filters."""
        if not hasattr(self, "_qs"):
            self._qs = super().qs if self.form.is_valid() else self.queryset.none()
        return self._qs


def _merged(data: QueryDict, fixed: dict[str, list[str]]) -> QueryDict:
    merged = data.copy()
    for name, values in fixed.items():
        merged.setlist(name, values)
    return merged
