"""A filtered list of cases: its facets with live counts, its pages, found words marked, errors above it."""

from dataclasses import dataclass, field
from functools import partial

from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.http import HttpRequest
from django.urls import reverse

from cases.models import (
    FACETS,
    Case,
    Document,
    GlossaryEntry,
    NameKind,
    Product,
)
from cases.public.filters import MAX_VALUES, SORTS, CaseFilter, with_query
from cases.public.kept import cards
from cases.public.languages import is_chinese, say, wording
from cases.public.options import Option, read_options, toggles
from cases.public.reference import PRODUCTS_Q, ProductFilter, public_products
from cases.search.analysis import mark, snippets
from cases.search.bitmaps import CaseList
from cases.search.query import Query, asks_for_most
from cases.search.results import named_in

PAGE_SIZE = 20
SHOWN_AT_FIRST = 8
OFFERED_AT_MOST = 40  # long dimensions offer their most frequent values; search finds the others
OPEN = tuple(facet.key for facet in FACETS.values() if facet.is_open)
LONG = ("institution", "region", *OPEN)
NAMED_BY = {"category": "name", "institution": "short_name", "collection": "title"}  # fields of options that are rows
PRODUCTS_NAMED, PRODUCTS_OF_MOST = 5, 3
JOINING = 2  # cases from which a keyword joins cases and is offered; search finds the others


@dataclass(frozen=True)
class FacetValue:
    """One value: ``count`` is what the list would hold of it with the other dimensions as they are."""

    slug: str
    label: str
    count: int
    selected: bool
    toggle_url: str
    description: str = ""


@dataclass(frozen=True)
class FacetGroup:
    """One dimension with its values; what no case of the list has is shown without a link."""

    name: str
    label: str
    values: tuple[FacetValue, ...]

    @property
    def selected(self) -> tuple[FacetValue, ...]:
        return tuple(value for value in self.values if value.selected)

    @property
    def first(self) -> tuple[FacetValue, ...]:
        return self.values[:SHOWN_AT_FIRST]

    @property
    def rest_selected(self) -> bool:
        return any(value.selected for value in self.rest)

    @property
    def rest(self) -> tuple[FacetValue, ...]:
        return self.values[SHOWN_AT_FIRST:]


@dataclass(frozen=True)
class NamedInQuery:
    """What a search names, for the box above its cases: ``url`` leads to all of the products."""

    products: list[Product]
    product_count: int
    url: str
    documents: list[Document]
    entries: list[GlossaryEntry]
    asks_for_most: bool


@dataclass
class Listing:
    """A list page in hand: ``status`` is 200, 400 (unknown value) or 404 (no such page)."""

    case_filter: CaseFilter
    facets: list[FacetGroup]
    page: object
    pages: list[tuple[str, str]]
    pills: list[tuple[str, str]]
    sorts: list[tuple[str, str, bool]]
    errors: list[str] = field(default_factory=list)
    status: int = 200
    address: str = ""  # absolute, the same for every way to arrive at this list; empty where something is wrong
    feed_url: str = ""
    named: NamedInQuery | None = None  # above the first page of a search
    needs: list[tuple[str, str, int]] = field(default_factory=list)  # (label, url, count), where nothing is found

    @property
    def query(self) -> str:
        """The conditions as a canonical query string, the same on every page that can set them."""
        return self.feed_url.partition("?")[2]

    @property
    def names(self) -> list[str]:
        """What the list is narrowed to, in words."""
        words = [f"“{self.case_filter.text[:30]}”"] if self.case_filter.text else []
        words += [picked(codes)] if (codes := self.case_filter.selected("case")) else []
        return words + [value.label for group in self.facets for value in group.selected]

    @property
    def chosen(self) -> int:
        """How many values of the facets are ticked."""
        return sum(len(group.selected) for group in self.facets)


def build_listing(request: HttpRequest, *, fixed: dict[str, list[str]] | None = None) -> Listing:
    """Filter the published cases by the query string of ``request``; ``fixed`` is what the address itself sets."""
    case_filter = CaseFilter(request.GET, fixed=fixed)
    errors = case_filter.errors_text
    status = 400 if errors else 200
    results = case_filter.results
    # What was found is marked in a card, so those of a search are made anew.
    shape = (lambda cases: cases.for_hits()) if results else partial(cards, request=request, without=case_filter.fixed)
    page, page_error = page_of(case_filter.qs.shaped(shape), request.GET.get("page", "1"))
    if page_error and not errors:
        errors, status = [page_error], 404
    for case in page if results is not None else ():
        text = "\n".join(getattr(case, name) for name in Case.SECTIONS)
        case.found = {
            **{name: mark(getattr(case, name), results.patterns) for name in ("title", "subtitle", "summary")},
            "snippets": snippets(text, results.patterns),
        }
    facets = build_facets(case_filter, request.path)
    sort = request.GET.get("sort") or case_filter.default_sort
    unfit = {*(() if case_filter.text else ("relevance",)), *(() if case_filter.selected("case") else ("given",))}
    return Listing(
        case_filter,
        facets,
        page,
        page_links(request.path, page, case_filter.asked),
        pills=pills_of(request.path, case_filter, facets, case_filter.asked),
        sorts=[(value, say(label), value == sort) for value, (label, _) in SORTS.items() if value not in unfit],
        errors=errors,
        status=status,
        address="" if errors else request.build_absolute_uri(case_filter.canonical(request.path, case_filter.fixed)),
        feed_url="" if errors else case_filter.canonical(reverse("cases:feed"), ("sort",)),
        named=named_in_query(results.query) if results is not None and not errors and page.number == 1 else None,
        needs=[] if page.paginator.count else _needs(case_filter),
    )


def _needs(case_filter: CaseFilter) -> list[tuple[str, str, int]]:
    """(label, url, count) of every need that public cases tell of. 1 query."""
    state, every = case_filter.state, case_filter.queryset.keys
    counted = ((option, state.count(option.keys, every)) for option in read_options(state.names_stamp)["need"])
    url = reverse("cases:case-list")
    return [
        (said_option("need", option), with_query(url, {"need": [option.slug]}), count)
        for option, count in counted
        if count
    ]


def named_in_query(query: Query) -> NamedInQuery | None:
    """The products, documents and words of the glossary that a search names, or the products of which one gets most.

    ``None`` where there are none. 1 query, and some for each kind that is named.
    """
    text = " ".join((*query.words, *query.phrases))
    named = named_in(text)
    products: list[Product] = []
    url, is_most = reverse("cases:product-list", query={"q": text[:PRODUCTS_Q]}), False
    if named[NameKind.PRODUCT]:
        products = list(public_products().filter(pk__in=named[NameKind.PRODUCT]))
    if not products and (is_most := asks_for_most(text)):
        url = reverse("cases:product-list", query={"sort": "amount"})
        products = list(ProductFilter({"sort": "amount"}, public_products()).qs[:PRODUCTS_OF_MOST])
    documents = (
        list(Document.objects.cited().filter(pk__in=named[NameKind.DOCUMENT])) if named[NameKind.DOCUMENT] else []
    )
    entries = list(GlossaryEntry.objects.filter(pk__in=named[NameKind.GLOSSARY])) if named[NameKind.GLOSSARY] else []
    if not (products or documents or entries):
        return None
    return NamedInQuery(products[:PRODUCTS_NAMED], len(products), url, documents, entries, is_most)


def page_of(cases: CaseList, number: str) -> tuple[object, str]:
    """One page of ``cases`` and, where ``number`` names none, the first page and the reason in Chinese."""
    paginator = Paginator(cases, PAGE_SIZE)
    try:
        return paginator.page(number if number.isascii() else "x"), ""
    except PageNotAnInteger:
        message = say("页码要写成数字，这里一共 {0} 页。下面是第 1 页。", paginator.num_pages)
    except EmptyPage:
        message = say("没有第 {0} 页，这里一共 {1} 页。下面是第 1 页。", number[:12], paginator.num_pages)
    return paginator.page(1), message


def page_links(path: str, page, query: dict[str, list[str]]) -> list[tuple[str, str]]:
    """(label, url) of the pages worth a link; the current page has no url, a gap neither."""
    links = []
    for number in page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1):
        is_link = isinstance(number, int) and number != page.number
        numbered = {**query, "page": [number] if number != 1 else []}
        links.append((str(number), with_query(path, numbered) if is_link else ""))
    return links


def pills_of(
    path: str, case_filter: CaseFilter, facets: list[FacetGroup], asked: dict[str, list[str]]
) -> list[tuple[str, str]]:
    """(label, url that removes it) for everything applied, unknown values included; ``asked`` is what links repeat."""

    def without(name: str, value: str | None = None) -> str:
        kept = [item for item in asked.get(name, ()) if item != value] if value else []
        return with_query(path, {**asked, name: kept})

    labels = {(group.name, value.slug): value.label for group in facets for value in group.values}
    words = [(say("搜索：{0}", case_filter.text[:30]), without("q"))] if case_filter.text else []
    if codes := case_filter.selected("case"):
        words.append((picked(codes), without("case")))
    return words + [
        (
            say("{0}：{1}", say(case_filter.filters[name].label), labels.get((name, value), value[:30])),
            without(name, value),
        )
        for name in CaseFilter.DIMENSIONS
        if name not in case_filter.fixed
        for value in case_filter.selected(name)[:MAX_VALUES]
    ]


def build_facets(case_filter: CaseFilter, path: str, asked: dict[str, list[str]] | None = None) -> list[FacetGroup]:
    """All groups of a list at ``path``, in the order readers need them. A dimension's own counts ignore its values.

    ``asked`` is what links of the list repeat of its query, where that holds more than conditions on cases.
    """
    asked = case_filter.asked if asked is None else asked
    state, narrowed, options = case_filter.state, case_filter.narrowed, read_options(case_filter.state.names_stamp)
    groups, every, as_is = [], case_filter.under_fixed.keys, is_chinese()
    for name in CaseFilter.DIMENSIONS:
        if name in case_filter.fixed:
            continue
        chosen, cases = set(case_filter.selected(name)), narrowed.get(name, narrowed[""])
        toggled = toggles(path, asked, name)
        at_least = JOINING if name in OPEN else 1
        # Whatever is chosen elsewhere, the same values stand at the same height: nothing moves under the reader's finger.
        counted = ((option, state.count(option.keys, cases)) for option in options[name])
        offered = [
            (option, count)
            for option, count in counted
            if count >= at_least or state.count(option.keys, every) >= (1 if option.slug in chosen else at_least)
        ]
        if name in LONG:
            # A value chosen keeps its place under the reader's finger.
            offered.sort(key=lambda item: -item[1])
            offered = [item for place, item in enumerate(offered) if place < OFFERED_AT_MOST or item[0].slug in chosen]
        values = tuple(
            FacetValue(
                option.slug,
                option.label if as_is else said_option(name, option),
                count,
                option.slug in chosen,
                toggled(option.slug),
                option.description
                if as_is
                else wording("term", f"{name}/{option.slug}", "description", option.description),
            )
            for option, count in offered
        )
        if values:
            groups.append(FacetGroup(name, say(case_filter.filters[name].label), values))
    return groups


def picked(codes: list[str]) -> str:
    """What a list of cases named one by one is called."""
    return say("选定的 {0} 篇", len(codes))


def said_option(dimension: str, option: Option) -> str:
    """What an option of a dimension is called in the language of the page."""
    if dimension in FACETS:
        return wording("term", f"{dimension}/{option.slug}", "name", option.label)
    if dimension in NAMED_BY:
        return wording(dimension, option.slug, NAMED_BY[dimension], option.label)
    return say("{0} 年", option.slug) if dimension in ("year", "period") else say(option.label)
