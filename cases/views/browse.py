"""Pages that readers browse: home, lists, one of each."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from cases.filters import DEFAULT_SORT, SORTS
from cases.models import Case, Category, Collection, Facet, Institution, Term
from cases.search.counts import Counts
from cases.search.querysets import ListedCases
from cases.views import contents, finder
from cases.views.listing import build_listing, page_links, page_of

HOME_FIGURES = 4


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    counts = Counts()
    collections = counts.open(Collection.objects.all())
    book = collections[0] if collections else None
    context = {
        "book": book,
        "chapters": contents.chapters_with_counts(book, counts) if book else [],
        "other_collections": collections[1:],
        "figures": contents.figures_of_the_day(book, HOME_FIGURES, counts) if book else [],
        "finder": finder.first_step(counts),
        "needs": counts.open(Term.objects.filter(facet=Facet.NEED)),
        "case_total": len(counts.visible),
        "institution_total": counts.total(Institution),
    }
    return render(request, "cases/home.html", context)


@require_safe
@vary_on_headers("HX-Request")
def case_list(request: HttpRequest) -> HttpResponse:
    listing = build_listing(request, Case.objects.published())
    return _render_listing(request, "cases/case_list.html", listing)


@require_safe
def category_list(request: HttpRequest) -> HttpResponse:
    categories = Counts().open(Category.objects.all())
    return render(request, "cases/category_list.html", {"categories": categories})


@require_safe
@vary_on_headers("HX-Request")
def category_detail(request: HttpRequest, slug: str) -> HttpResponse:
    category = get_object_or_404(Category, slug=slug)
    listing = build_listing(request, Case.objects.published(), fixed={"category": [slug]})
    return _render_listing(request, "cases/category_detail.html", listing, category=category)


@require_safe
def collection_list(request: HttpRequest) -> HttpResponse:
    return render(request, "cases/collection_list.html", {"collections": Counts().open(Collection.objects.all())})


@require_safe
def collection_detail(request: HttpRequest, slug: str) -> HttpResponse:
    counts, collection = Counts(), get_object_or_404(Collection, slug=slug)
    if not counts.open([collection]):
        raise Http404
    chapters = contents.chapters_with_cases(collection, counts)
    return render(request, "cases/collection_detail.html", {"collection": collection, "chapters": chapters})


@require_safe
def institution_list(request: HttpRequest) -> HttpResponse:
    groups = contents.institutions_by_type(Counts().open(Institution.objects.all()))
    return render(request, "cases/institution_list.html", {"groups": groups})


@require_safe
def institution_detail(request: HttpRequest, slug: str) -> HttpResponse:
    institution = get_object_or_404(Institution.objects.select_related("parent"), slug=slug)
    counts = Counts()
    cases = ListedCases(
        counts.keys(institution),
        Case.objects.published(),
        lambda found: found.for_cards(),
        total=len(counts.visible),
        order=SORTS[DEFAULT_SORT][1],
    )
    page, error = page_of(cases, request.GET.get("page", "1"))
    context = {
        "institution": institution,
        "branches": counts.open(institution.branches.all()),
        "page": page,
        "pages": page_links(request, page),
        "errors": [error] if error else [],
    }
    return render(request, "cases/institution_detail.html", context, status=404 if error else 200)


def _render_listing(request: HttpRequest, template: str, listing, **context) -> HttpResponse:
    """The whole page, or only the list where htmx swaps it in."""
    is_fragment = request.headers.get("HX-Request") == "true" and request.headers.get("HX-Target") == "listing"
    name = "cases/_listing.html" if is_fragment else template
    return render(request, name, {"listing": listing, **context}, status=listing.status)
