"""Pages that readers browse: home, lists, one of each."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from cases.models import Category, Collection, Institution, Term
from cases.public import contents, wizard
from cases.public.filters import DEFAULT_SORT, SORTS
from cases.public.listing import build_listing, page_links, page_of
from cases.search.bitmaps import Counts

HOME_FIGURES = 4


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    counts = Counts()
    collections = counts.with_cases(Collection.objects.all())
    book = collections[0] if collections else None
    context = {
        "book": book,
        "chapters": contents.chapters_with_counts(book, counts) if book else [],
        "other_collections": collections[1:],
        "figures": contents.figures_of_the_day(book, HOME_FIGURES, counts) if book else [],
        "finder": wizard.first_step(counts),
        "needs": counts.with_cases(Term.objects.filter(facet="need")),
        "case_total": len(counts.visible),
        "institution_total": counts.total(Institution),
    }
    return render(request, "public/home.html", context)


@require_safe
@vary_on_headers("HX-Request")
def case_list(request: HttpRequest) -> HttpResponse:
    listing = build_listing(request)
    return _render_listing(request, "public/case_list.html", listing)


@require_safe
def category_list(request: HttpRequest) -> HttpResponse:
    categories = Counts().with_cases(Category.objects.all())
    return render(request, "public/category_list.html", {"categories": categories})


@require_safe
@vary_on_headers("HX-Request")
def category_detail(request: HttpRequest, slug: str) -> HttpResponse:
    category = get_object_or_404(Category, slug=slug)
    listing = build_listing(request, fixed={"category": [slug]})
    return _render_listing(request, "public/category_detail.html", listing, category=category)


@require_safe
def collection_list(request: HttpRequest) -> HttpResponse:
    return render(
        request, "public/collection_list.html", {"collections": Counts().with_cases(Collection.objects.all())}
    )


@require_safe
def collection_detail(request: HttpRequest, slug: str) -> HttpResponse:
    counts, collection = Counts(), get_object_or_404(Collection, slug=slug)
    if not counts.with_cases([collection]):
        raise Http404
    chapters = contents.chapters_with_cases(collection, counts)
    return render(request, "public/collection_detail.html", {"collection": collection, "chapters": chapters})


@require_safe
def institution_list(request: HttpRequest) -> HttpResponse:
    groups = contents.institutions_by_type(Counts().with_cases(Institution.objects.all()))
    return render(request, "public/institution_list.html", {"groups": groups})


@require_safe
def institution_detail(request: HttpRequest, slug: str) -> HttpResponse:
    institution = get_object_or_404(Institution.objects.select_related("parent"), slug=slug)
    counts = Counts()
    cases = counts.case_list(institution).order_by(*SORTS[DEFAULT_SORT][1]).shaped(lambda cases: cases.for_cards())
    page, error = page_of(cases, request.GET.get("page", "1"))
    context = {
        "institution": institution,
        "branches": counts.with_cases(institution.branches.all()),
        "page": page,
        "pages": page_links(request, page),
        "errors": [error] if error else [],
    }
    return render(request, "public/institution_detail.html", context, status=404 if error else 200)


def _render_listing(request: HttpRequest, template: str, listing, **context) -> HttpResponse:
    """The whole page, or only the list where htmx swaps it in."""
    is_fragment = request.headers.get("HX-Request") == "true" and request.headers.get("HX-Target") == "listing"
    name = "public/_listing.html" if is_fragment else template
    return render(request, name, {"listing": listing, **context}, status=listing.status)
