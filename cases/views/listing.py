"""What every list of cases shares: filter, facets, pages, and errors above the list."""

from dataclasses import dataclass, field

from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from cases.facets import FacetGroup, build_facets, toggle_url
from cases.filters import DEFAULT_SORT, SORTS, CaseFilter
from cases.search.advice import Advice, advise
from cases.search.querysets import ListedCases
from cases.views.found import mark_found

PAGE_SIZE = 20


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
    clear_url: str = ""
    advice: Advice | None = None
    address: str = ""  # absolute, the same for every way to arrive at this list; empty where something is wrong
    feed_url: str = ""

    @property
    def is_helpless(self) -> bool:
        """Words that found nothing."""
        return self.advice is not None and not self.page.paginator.count


def build_listing(request: HttpRequest, cases: QuerySet, *, fixed: dict[str, list[str]] | None = None) -> Listing:
    """Filter ``cases`` by the query string of ``request``; ``fixed`` is what the address itself sets."""
    case_filter = CaseFilter(request.GET, cases, fixed=fixed)
    errors = case_filter.errors_text
    status = 400 if errors else 200
    hits = case_filter.hits
    shown = case_filter.cases(lambda found: found.for_cards() if hits is None else found.for_hits())
    page, page_error = page_of(shown, request.GET.get("page", "1"))
    if page_error and not errors:
        errors, status = [page_error], 404
    if hits is not None:
        mark_found(page, hits)
    facets = build_facets(case_filter, request.path, request.GET)
    return Listing(
        case_filter=case_filter,
        facets=facets,
        page=page,
        pages=page_links(request, page),
        pills=_pills(request, case_filter, facets),
        sorts=_sorts(request, case_filter),
        errors=errors,
        status=status,
        clear_url=request.path,
        advice=advise(hits) if hits is not None else None,
        address=""
        if errors
        else request.build_absolute_uri(_joined(request.path, case_filter.canonical(*fixed or ()))),
        feed_url="" if errors else _joined(reverse("cases:feed"), case_filter.canonical("sort")),
    )


def _joined(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path


def page_of(items: QuerySet | ListedCases, number: str) -> tuple[object, str]:
    """One page of ``items`` and, where ``number`` names none, the first page and the reason in Chinese."""
    paginator = Paginator(items, PAGE_SIZE)
    try:
        return paginator.page(number if number.isascii() else "x"), ""
    except PageNotAnInteger:
        message = "页码要写成数字"
    except EmptyPage:
        message = f"没有第 {number[:12]} 页"
    return paginator.page(1), f"{message}，这里一共 {paginator.num_pages} 页。下面是第 1 页。"


def page_links(request: HttpRequest, page) -> list[tuple[str, str]]:
    """(label, url) of the pages worth a link; the current page has no url, a gap neither."""
    links = []
    for number in page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1):
        is_link = isinstance(number, int) and number != page.number
        links.append((str(number), page_url(request, number) if is_link else ""))
    return links


def page_url(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number)
    if number == 1:
        del query["page"]
    return f"{request.path}?{query.urlencode()}" if query else request.path


def _pills(request: HttpRequest, case_filter: CaseFilter, facets: list[FacetGroup]) -> list[tuple[str, str]]:
    """(label, url that removes it) for everything applied, unknown values included."""
    labels = {(group.name, value.slug): value.label for group in facets for value in group.values}
    words = [(f"搜索：{case_filter.text[:30]}", _without(request, "q"))] if case_filter.text else []
    return words + [
        (
            f"{case_filter.filters[name].label}：{labels.get((name, value), value[:30])}",
            toggle_url(request.path, request.GET, name, value),
        )
        for name in CaseFilter.DIMENSIONS
        if name not in case_filter.fixed
        for value in case_filter.selected(name)
    ]


def _without(request: HttpRequest, name: str) -> str:
    query = request.GET.copy()
    for key in (name, "page"):
        query.pop(key, None)
    return f"{request.path}?{query.urlencode()}" if query else request.path


def _sorts(request: HttpRequest, case_filter: CaseFilter) -> list[tuple[str, str, bool]]:
    current = request.GET.get("sort") or ("relevance" if case_filter.text else DEFAULT_SORT)
    links = []
    for value, (label, _) in SORTS.items():
        if value == "relevance" and not case_filter.text:
            continue
        query = request.GET.copy()
        query["sort"] = value
        query.pop("page", None)
        links.append((label, f"{request.path}?{query.urlencode()}", value == current))
    return links
