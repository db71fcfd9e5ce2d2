"""Drawings inside the pages of other rooms: bars beside the figures of a case, the strip of a chapter."""

from collections.abc import Sequence
from functools import partial

from django import template
from django.db.models import Count, Exists, OuterRef
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cases.figures.drawing import share_of
from cases.figures.maps import CHINA, Place, count_of_place, tile_map
from cases.figures.pairs import find_pairs, slopes_of
from cases.figures.strips import Measure, strips_of
from cases.models import Category, Collection, FigureKind, Institution, KeyFigure, Offer, Product
from cases.search.bitmaps import Counts, key_of, within

register = template.Library()
PRODUCTS = 12
ENOUGH = 6  # figures that make a drawing worth its place
# What a chapter is drawn by: how many were helped, failing that the money.
OF_A_CHAPTER = ((FigureKind.PEOPLE, "户"), (FigureKind.MONEY, "元"))
OF_A_BOOK = OF_A_CHAPTER[::-1]
SMALL = 18  # pixels of a tile that only invites


@register.simple_tag
def figure_bar(figure: KeyFigure, figures: Sequence[KeyFigure]) -> SafeString | str:
    """A bar for the figure of a case beside others of its kind and unit; nothing where there is none to compare."""
    alike = [
        other.amount
        for other in figures
        if other.amount is not None and (other.kind, other.base_unit) == (figure.kind, figure.base_unit)
    ]
    share = share_of(figure.amount, max(alike)) if figure.base_unit and len(alike) > 1 else None
    if share is None:
        return ""
    drawn = '<svg class="bar" width="100%" height="6" aria-hidden="true"><rect width="{}%" height="6"/></svg>'
    return format_html(drawn, share)


@register.inclusion_tag("figures/_case_pairs.html")
def figure_pairs(figures: Sequence[KeyFigure]) -> dict:
    """Before and after, of one case."""
    pairs = find_pairs(figures)
    return {"pairs": pairs, "slopes": slopes_of(pairs)}


@register.inclusion_tag("figures/_chapter_strip.html")
def chapter_strip(category: Category) -> dict:
    """The figures of a chapter on one scale, with a link to all. 2 queries."""
    return _one_strip(category, OF_A_CHAPTER)


@register.inclusion_tag("figures/_home.html")
def home_drawings(book: Collection, counts: Counts) -> dict:
    """The figures of a book on one scale and a small map of all cases, as ways to their pages. 2 queries."""
    places = partial(count_of_place, counts)
    return {**_one_strip(book, OF_A_BOOK), "book": book, "map": tile_map(CHINA, places, str, height=SMALL)}


def _one_strip(row: Category | Collection, measures: Sequence[Measure]) -> dict:
    """The first of ``measures`` of which the cases of ``row`` have enough figures, drawn."""
    kind = row._meta.model_name
    figures = KeyFigure.objects.published().filter(**{f"case__{kind}": row})
    counted = figures.order_by().values_list("kind", "base_unit").annotate(number=Count("pk"))
    counts = {(kind, unit): number for kind, unit, number in counted}
    measure = next((measure for measure in measures if counts.get(measure, 0) >= ENOUGH), None)
    shown = [(measure, counts[measure])] if measure else []
    strips = strips_of(figures, shown, partial(_address, {kind: row.slug}))
    url = reverse("figures:list", query={kind: row.slug})
    return {"strip": next(strips, None), "total": sum(counts.values()), "url": url}


@register.inclusion_tag("figures/_institution.html")
def institution_drawing(institution: Institution) -> dict:
    """How many cases of an institution and its branches each chapter holds, their products and figures. 5 queries."""
    counts = Counts()
    cases = counts.cases_of(institution)
    numbers = [(category, len(cases & counts.state.matching(key_of(category)))) for category in Category.objects.all()]
    most = max((number for _, number in numbers), default=0)
    query = {"institution": institution.slug}
    family = [int(key.partition(":")[2]) for key in counts.keys_of(institution)]
    products = Product.objects.filter(institution__in=family).filter(
        Exists(Offer.objects.published().filter(product=OuterRef("pk")))
    )
    return {
        "chapters": [
            Place(
                category.name,
                number,
                reverse("cases:case-list", query=query | {"category": category.slug}),
                share_of(number, most),
                category,
            )
            for category, number in sorted(numbers, key=lambda item: -item[1])
            if number
        ],
        "institution": institution,
        "products": products.select_related("institution").order_by("name")[:PRODUCTS],
        "figure_count": within(KeyFigure.objects.all(), cases, of="case_id").count(),
        "figures_url": reverse("figures:list", query=query),
    }


def _address(where: dict[str, str], kind: str, unit: str, **more: str) -> str:
    return reverse("figures:list", query={**where, "kind": kind, "base_unit": unit, **more})
