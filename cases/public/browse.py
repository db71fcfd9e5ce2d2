"""Pages that readers browse: home, lists, one of each."""

from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from cases.models import Category, Collection, Institution, Term
from cases.public import contents, wizard
from cases.public.filters import DEFAULT_SORT, SORTS, CaseFilter
from cases.public.kept import cards
from cases.public.languages import in_language, said, say
from cases.public.listing import Listing, build_listing, page_links, page_of
from cases.public.metadata import PageMeta, book, breadcrumbs, dataset, organization, plain
from cases.public.reference import public_products
from cases.public.shelf import MAX_CASES, NOTE_MAX, TITLE_MAX, read_shelf
from cases.search.bitmaps import Counts

HOME_FIGURES = 4
TABLES = (
    "《{}》的案例做成的表：一行一个案例，另有关键数据、产品条件、提到的文件各一张，每个数字都有它所在的句子和出处。"
)


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
        "themes": counts.with_cases(Category.objects.all()),
        "finder": wizard.first_step(counts),
        "needs": counts.with_cases(Term.objects.filter(facet="need")),
        "case_total": len(counts.visible),
        "institution_total": counts.total(Institution),
        "counts": counts,
    }
    return render(request, "public/home.html", context)


@require_safe
@vary_on_headers("HX-Request")
def case_list(request: HttpRequest) -> HttpResponse:
    return _render_listing(request, "public/case_list.html", build_listing(request), say("全部案例"), "")


@require_safe
def category_list(request: HttpRequest) -> HttpResponse:
    categories = Counts().with_cases(Category.objects.all())
    return render(request, "public/category_list.html", {"categories": categories})


@require_safe
@vary_on_headers("HX-Request")
def category_detail(request: HttpRequest, slug: str) -> HttpResponse:
    category = get_object_or_404(Category, slug=slug)
    listing = build_listing(request, fixed={"category": [slug]})
    title, words = said(category, "name"), said(category, "intro")
    books = [] if _is_fragment(request) else contents.books_of(category, listing.case_filter.under_fixed)
    return _render_listing(
        request, "public/category_detail.html", listing, title, words, category=category, books=books
    )


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
    address, files = request.build_absolute_uri(request.path), in_language(request.path)[:-1]
    meta = PageMeta(
        url=address,
        title=said(collection, "quoted"),
        description=plain(collection.preface),
        image=request.build_absolute_uri(f"{files}.png"),
        things=[
            book(request, collection),
            dataset(request, f"{collection}：案例与数据", TABLES.format(collection.title), address, files),
            breadcrumbs(request, [(str(collection), collection)]),
        ],
    )
    context = {"collection": collection, "chapters": chapters, "meta": meta}
    return render(request, "public/collection_detail.html", context)


@require_safe
def institution_list(request: HttpRequest) -> HttpResponse:
    groups = contents.institutions_by_type(Counts().with_cases(Institution.objects.all()))
    return render(request, "public/institution_list.html", {"groups": groups})


@require_safe
def institution_detail(request: HttpRequest, slug: str) -> HttpResponse:
    institution = get_object_or_404(Institution.objects.select_related("parent"), slug=slug)
    counts = Counts()
    shape = partial(cards, request=request, without=["institution"])
    cases = counts.case_list(institution).order_by(*SORTS[DEFAULT_SORT][1]).shaped(shape)
    branches = counts.with_cases(institution.branches.all())
    if not (len(cases) or branches or public_products().filter(institution=institution).exists()):
        raise Http404  # its name is not public before its first case is
    page, error = page_of(cases, request.GET.get("page", "1"))
    meta = PageMeta(
        url=request.build_absolute_uri(request.path) + (f"?page={page.number}" if page.number > 1 else ""),
        title=said(institution, "name"),
        description=plain(said(institution, "profile")),
        things=[organization(request, institution), breadcrumbs(request, [(institution.name, institution)])],
    )
    context = {
        "meta": meta,
        "institution": institution,
        "branches": branches,
        "page": page,
        "pages": page_links(request.path, page, {}),
        "errors": [error] if error else [],
    }
    return render(request, "public/institution_detail.html", context, status=404 if error else 200)


@require_safe
def shelf(request: HttpRequest) -> HttpResponse:
    """A shelf as its address says; without one, the browser's own is shown by ``shelf.js``."""
    found = read_shelf(request.GET)
    cases = CaseFilter.cases_of(found.codes).shaped(lambda cases: cases.for_cards())[:]
    context = {
        "shelf": found,
        "cases": [(case, found.notes.get(case.code, "")) for case in cases],
        "limits": {"title": TITLE_MAX, "note": NOTE_MAX, "cases": MAX_CASES},
        "meta": PageMeta(
            url=request.build_absolute_uri(reverse("cases:shelf")),
            title=found.name,
            description=say("把案例收在一起：排好次序，写上注，比较，或做成自己的一本。"),
            is_indexed=False,
        ),
    }
    return render(request, "public/shelf.html", context)


def _render_listing(
    request: HttpRequest, template: str, listing: Listing, title: str, description: str, **context
) -> HttpResponse:
    """The whole page, or only the list where htmx swaps it in. ``title`` is that of the list without conditions.

    Search engines may list a list of one condition; two and more, searches and sorted lists are without number.
    """
    number, trail = listing.page.number, context.get("category")
    heading = say("，").join(filter(None, (title if trail else "", *listing.names))) or title
    meta = PageMeta(
        url=listing.address + (f"{'&' if '?' in listing.address else '?'}page={number}" if number > 1 else ""),
        title=say("{0}（第 {1} 页）", heading, number) if number > 1 else heading,
        image=request.build_absolute_uri(request.path).rstrip("/") + ".png" if trail and not listing.errors else "",
        description=plain(description) or say("{0}：{1} 篇普惠金融案例。", heading, listing.page.paginator.count),
        things=[breadcrumbs(request, [(trail.name, trail)])] if trail else [],
        is_indexed=not (
            listing.case_filter.text
            or listing.case_filter.selected("case")
            or len(listing.names) > 1
            or request.GET.get("sort")
            or listing.errors
        ),
    )
    context |= {"meta": meta, "heading": meta.title}
    is_fragment = _is_fragment(request)
    name = "public/_listing.html" if is_fragment else template
    return render(request, name, {"listing": listing, "is_fragment": is_fragment, **context}, status=listing.status)


def _is_fragment(request: HttpRequest) -> bool:
    """Say whether htmx asks for the list alone."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Target") == "listing"
