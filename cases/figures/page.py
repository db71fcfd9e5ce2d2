"""The page ``/figures/``: what is found, counted by kind, unit and year, drawn, and listed a page at a time."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, partial

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cases.figures.drawing import share_of
from cases.figures.pairs import Pair, Slopes, find_pairs, slopes_of
from cases.figures.strips import Measure, Strip, strips_of
from cases.models import FigureKind, KeyFigure
from cases.public.amounts import said_unit
from cases.public.figures import COUNTED, SORTS, FigureFilter
from cases.public.filters import CaseFilter, with_query
from cases.public.framing import may_be_framed
from cases.public.languages import say
from cases.public.listing import FacetGroup, build_facets, page_links, page_of, picked, pills_of
from cases.public.metadata import PageMeta, dataset
from cases.public.options import toggles

TITLE = "案例里的数字"  # said where it is shown, as is the next
DESCRIPTION = "普惠金融案例里的每一个数字：金额、户数、比例、时间，按大小排列，画成图，追到它所在的那句话。"
ROWS_AT_MOST = 3000  # that pages turn through; files hold all
PAIRS_AMONG, PAIRS_AT_MOST = 400, 40
UNITS_SHOWN, STRIPS_OF_A_KIND = 12, 6
OF_CHIPS = CaseFilter.DIMENSIONS["category"].label  # chosen there, and taken back


@dataclass(frozen=True)
class Choice:
    """A value to narrow the list by; ``url`` leads to the list with it, or without where it is chosen."""

    label: str
    count: int
    url: str
    is_chosen: bool = False


@dataclass(frozen=True)
class Rows:
    """The first figures of a list as a paginator slices them; how many there are is known already."""

    figures: QuerySet
    total: int
    ordered = True  # a paginator asks

    def count(self) -> int:
        return min(self.total, ROWS_AT_MOST)

    def __getitem__(self, place: slice) -> list[KeyFigure]:
        return list(self.figures[place])


@dataclass
class FigureListing:
    """``total`` figures; ``most`` is the largest amount where all have one unit. ``status`` as for lists of cases."""

    figure_filter: FigureFilter
    total: int
    kinds: list[Choice]
    units: list[Choice]
    years: list[Choice]
    facets: list[FacetGroup]
    pills: list[tuple[str, str]]
    sorts: list[tuple[str, str, bool]]
    strips: list[Strip]
    pairs: list[Pair]
    page: object
    pages: list[tuple[str, str]]
    errors: list[str] = field(default_factory=list)
    status: int = 200
    address: str = ""
    file_query: str = ""

    @property
    def is_overview(self) -> bool:
        return not self.figure_filter.chosen("kind") and not self.figure_filter.chosen("base_unit")

    @property
    def is_cut(self) -> bool:
        return self.total > ROWS_AT_MOST

    @property
    def names(self) -> list[str]:
        return names_of(self.figure_filter, self.facets)

    @property
    def slopes(self) -> Slopes | None:
        return slopes_of(self.pairs)

    def cited(self) -> list[tuple[Strip, str]]:
        """Each drawing with its reference."""
        return [(strip, strip.reference(self.address)) for strip in self.strips]


@require_safe
def figure_list(request: HttpRequest) -> HttpResponse:
    listing = build(request)
    heading = " · ".join(listing.names) or say(TITLE)
    context = {"listing": listing, "heading": heading, "meta": page_meta(request, listing, heading)}
    return render(request, "figures/figure_list.html", context, status=listing.status)


def page_meta(request: HttpRequest, listing: FigureListing, heading: str) -> PageMeta:
    """Search engines may list all figures, and those of one kind; other lists are without number."""
    number = listing.page.number
    url = listing.address + (f"{'&' if '?' in listing.address else '?'}page={number}" if number > 1 else "")
    return PageMeta(
        url=url,
        title=say("{0}（第 {1} 页）", heading, number) if number > 1 else heading,
        description=say("{0}：{1} 个数字，每个都追到它所在的句子。", heading, listing.total)
        if listing.names
        else say(DESCRIPTION),
        things=[] if listing.names else [dataset(request, say(TITLE), say(DESCRIPTION), url, "/figures")],
        is_indexed=not listing.errors and set(request.GET) <= {"kind", "base_unit", "page"},
    )


@require_safe
@may_be_framed
def framed_drawing(request: HttpRequest) -> HttpResponse:
    """The drawings of a list for a frame of another site, by the query of its page; 400 where that is not understood."""
    found, address = FigureFilter(request.GET), reverse("figures:list")
    errors = found.errors_text
    names = [] if errors else names_of(found, build_facets(found.of_cases, address, found.asked))
    context = {
        "strips": [] if errors else [strip for strip in drawn(found, found.counts()) if strip.drawing],
        "heading": " · ".join(names) or TITLE,
        "errors": errors,
        "address": address if errors else found.canonical(address),
    }
    return render(request, "figures/embed/drawing.html", context, status=400 if errors else 200)


def build(request: HttpRequest) -> FigureListing:
    """Filter the public figures by the query string of ``request``. Some 12 queries, and one for each drawing."""
    found = FigureFilter(request.GET)
    errors, unit = found.errors_text, found.chosen("base_unit")
    counts = [] if errors else found.counts()
    total = sum(number for kind, base, year, number in counts if all(found.fits(kind, base, year)))
    by_size = found.narrowed().exclude(amount=None).order_by("-amount").values_list("amount", flat=True)
    most = by_size.first() if unit and total else None
    page, page_error = page_of(Rows(found.rows(), total), request.GET.get("page", "1"))
    for figure in page:
        figure.share = share_of(figure.amount, most)
    pairs = find_pairs(found.rows()[:PAIRS_AMONG]) if unit and 1 < total <= PAIRS_AMONG else []
    facets = build_facets(found.of_cases, request.path, found.asked)
    kinds, units, years = choices(request, found, counts)
    sort = request.GET.get("sort") or found.default_sort
    file_query = "" if errors else found.canonical("").removeprefix("?")
    return FigureListing(
        found,
        total,
        kinds,
        units,
        years,
        facets,
        own_pills(request, found)
        + [
            pill
            for pill in pills_of(request.path, found.of_cases, facets, found.asked)
            if not pill[0].startswith(say("{0}：{1}", say(OF_CHIPS), ""))
        ],
        [(value, label, value == sort) for value, label in SORTS.items() if unit or "amount" not in value],
        drawn(found, counts),
        pairs[:PAIRS_AT_MOST],
        page,
        page_links(request.path, page, found.asked),
        errors=errors or ([page_error] if page_error else []),
        status=400 if errors else 404 if page_error else 200,
        address="" if errors else request.build_absolute_uri(found.canonical(request.path)),
        file_query=file_query,
    )


def choices(
    request: HttpRequest, found: FigureFilter, counts: Iterable[tuple[str, str, str, int]]
) -> tuple[list[Choice], list[Choice], list[Choice]]:
    """Kinds, units of the kind (of every kind, where none is chosen) and years; its own value narrows no count."""
    kinds, units, years = Counter(), Counter(), Counter()
    for kind, base, year, number in counts:
        in_kind, in_unit, _ = found.fits(kind, base, year)
        years[year] += number * (in_kind and in_unit)
    # Another unit is chosen without the bounds of this one.
    of_any_size = found.counts("min", "max") if {"min", "max"} & set(request.GET) else counts
    for kind, base, year, number in of_any_size:
        in_kind, _, in_year = found.fits(kind, base, year)
        kinds[kind] += number * in_year
        units[kind, base] += number * (in_year and in_kind)
    kind_chosen, unit_chosen, year_chosen = (found.chosen(name) for name in COUNTED)

    def choice(label: str, number: int, *, is_chosen: bool, left_out: tuple[str, ...] = (), **values: str) -> Choice:
        left_out = (*left_out, *values)
        kept = {name: given for name, given in found.asked.items() if name not in left_out}
        return Choice(label, number, with_query(request.path, kept | ({} if is_chosen else values)), is_chosen)

    of_size = ("base_unit", "min", "max", "sort")
    return (
        [
            choice(say(FigureKind(kind).label), number, is_chosen=kind == kind_chosen, left_out=of_size, kind=kind)
            for kind in FigureKind.values
            if (number := kinds[kind]) or kind == kind_chosen
        ],
        [
            choice(said_unit(base), number, is_chosen=base == unit_chosen, left_out=of_size, kind=kind, base_unit=base)
            for (kind, base), number in units.most_common(UNITS_SHOWN)
            if base and (number or base == unit_chosen)
        ],
        [
            choice(say("{0} 年", year), number, is_chosen=year == year_chosen, as_of=year)
            for year, number in sorted(years.items())
            if year and (number or year == year_chosen)
        ],
    )


def own_pills(request: HttpRequest, found: FigureFilter) -> list[tuple[str, str]]:
    """(label, address without it) of the conditions that stand nowhere else on the page."""
    unit = found.chosen("base_unit")
    words = {
        "min": say("不少于 {0} {1}"),
        "max": say("不多于 {0} {1}"),
        "since": say("截至不早于 {0}"),
        "headline": say("只看大字的"),
    }
    return [
        (
            label.format(found.data[name][:30], said_unit(unit)),
            toggles(request.path, found.asked, name)(found.data[name]),
        )
        for name, label in words.items()
        if found.data.get(name)
    ]


def measures_of(found: FigureFilter, counts: Iterable[tuple[str, str, str, int]]) -> list[tuple[Measure, int]]:
    """What to draw: the unit that is chosen; else those of the kind that is; else the most frequent unit of each kind."""
    totals: Counter[Measure] = Counter()
    for kind, base, year, number in counts:
        if base and all(found.fits(kind, base, year)):
            totals[kind, base] += number
    common = totals.most_common()
    if found.chosen("kind") or found.chosen("base_unit"):
        return [item for item in common if item[1] > 1][:STRIPS_OF_A_KIND] or common[:1]
    first = {measure[0]: (measure, number) for measure, number in reversed(common)}
    return [first[kind] for kind in FigureKind.values if kind in first and kind != FigureKind.OTHER]


def address(found: FigureFilter, kind: str, unit: str, **more: str) -> str:
    """The list of one kind and base unit under the conditions there are."""
    path = found.canonical(reverse("figures:list"), ("kind", "base_unit", "sort", *more))
    own = with_query("", {"kind": kind, "base_unit": unit, **more}).removeprefix("?")
    return f"{path}{'&' if '?' in path else '?'}{own}"


def names_of(found: FigureFilter, facets: Iterable[FacetGroup]) -> list[str]:
    """What a list is narrowed to, in words."""
    chosen, case_filter = found.chosen, found.of_cases
    words = [f"“{case_filter.text[:30]}”"] if case_filter.text else []
    if codes := case_filter.selected("case"):
        words.append(picked(codes) if len(codes) > 1 else codes[0])
    words += [value.label for group in facets for value in group.selected]
    words += [say(FigureKind(chosen("kind")).label)] if chosen("kind") else []
    words += [say("以“{0}”计", said_unit(chosen("base_unit")))] if chosen("base_unit") else []
    words += [say("截至 {0} 年", chosen("as_of"))] if chosen("as_of") else []
    return words + ([say("只看大字的")] if chosen("headline") else [])


def drawn(found: FigureFilter, counts: Iterable[tuple[str, str, str, int]]) -> list[Strip]:
    """The drawings of a list, whose figures are counted. Amounts of all measures are counted at once, where any is needed."""

    @cache
    def grouped() -> Counter[tuple]:
        return found.grouped("kind", "base_unit", "amount", amount__gt=0)

    def count_amounts(*measure: str) -> list[tuple[Decimal, int]]:
        return [(amount, number) for (*own, amount), number in grouped().items() if tuple(own) == measure]

    return list(strips_of(found.narrowed(), measures_of(found, counts), partial(address, found), count_amounts))
