"""The list of cases that a page shows, read from its address: what is taken away is what was on the page, all of it."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps

from django.conf import settings
from django.db.models import F, Max
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from pyroaring import BitMap

from cases.models import Case, Category, Chapter, Collection, Institution, SearchState, Version
from cases.public.filters import DEFAULT_SORT, SORTS, CaseFilter
from cases.public.shelf import read_shelf
from cases.search.bitmaps import CaseList, Counts

FORMAT_VERSION = 1  # of the files: raised when the same content is to look another way


class SelectionError(ValueError):
    """A query string that no list can mean; the message is for the reader, in Chinese."""


def answers_errors(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer a ``SelectionError`` of the view with 400 in plain text; keep its files out of search engines."""

    @wraps(view)
    def answered(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except SelectionError as error:
            response = HttpResponse(str(error), status=400, content_type="text/plain; charset=utf-8")
        response["X-Robots-Tag"] = "noindex"
        return response

    return answered


@dataclass(frozen=True)
class Selection:
    """``name`` is the stem of a file's name, ``path`` the address of the page without host; ``subject`` the case,
    category, collection or institution whose page it is, ``None`` for a filtered list."""

    name: str
    title: str
    path: str
    cases: CaseList
    subject: Case | Category | Collection | Institution | None = None
    notes: dict[str, str] = field(default_factory=dict)  # of a shelf: the reader's own, by code


def select(data: QueryDict, kind: str, slug: str) -> Selection:
    """The cases of a page with the query string ``data``. ``kind`` is ``case``, ``list``, ``shelf``, ``category``, ``collection`` or ``institution``.

    ``page`` is ignored. Raises ``Http404`` and ``SelectionError``.
    """
    if kind == "case":
        case = get_object_or_404(Case.objects.published().select_related("collection"), code=slug)
        cases = Counts().case_list().intersect(BitMap([case.pk]))
        return Selection(case.code, case.headline, case.get_absolute_url(), cases, case)
    if kind == "shelf":
        shelf = read_shelf(data)
        if shelf.errors:
            raise SelectionError("\n".join(shelf.errors))
        return Selection("shelf", shelf.name, shelf.address(), CaseFilter.cases_of(shelf.codes), notes=shelf.notes)
    if kind == "institution":
        institution = get_object_or_404(Institution, slug=slug)
        cases = Counts().case_list(institution).order_by(*SORTS[DEFAULT_SORT][1])
        return Selection(slug, institution.name, institution.get_absolute_url(), cases, institution)
    if kind == "collection":
        collection = get_object_or_404(Collection, slug=slug)
        cases = Counts().case_list(collection).order_by(*SORTS["code"][1])
        if not len(cases):
            raise Http404
        return Selection(slug, str(collection), collection.get_absolute_url(), cases, collection)
    category = get_object_or_404(Category, slug=slug) if kind == "category" else None
    return filtered(data, category)


def filtered(data: QueryDict, category: Category | None) -> Selection:
    case_filter = CaseFilter(data, fixed={"category": [category.slug]} if category else None)
    if case_filter.errors_text:
        raise SelectionError("\n".join(case_filter.errors_text))
    page = category.get_absolute_url() if category else reverse("cases:case-list")
    path = case_filter.canonical(page, case_filter.fixed)
    return Selection(
        category.slug if category else "cases",
        "，".join(case_filter.labels()) or "全部案例",
        path,
        case_filter.qs,
        category,
    )


def content_version(selection: Selection) -> str:
    """A name for all that a file of the list is made from: another one where a case, its rows, a name or a book changed.

    5 queries; reads of each case only when it was written.
    """
    fields = ("code", "updated_at", "status", "published_at", "collection_id")
    generation = F("search_document__generation")
    cases = selection.cases.shaped(lambda cases: cases.only(*fields).annotate(generation=generation))[:]
    keys = [case.pk for case in cases]
    rows = [(case.code, str(case.updated_at), case.generation) for case in cases]
    versions = Version.objects.filter(kind="case", object_id__in=keys).aggregate(latest=Max("pk"))
    books = Collection.objects.filter(pk__in={case.collection_id for case in cases}).order_by("pk").values()
    chapters = Chapter.objects.filter(collection__in=[book["id"] for book in books]).order_by("pk")
    content = [
        FORMAT_VERSION,
        settings.LICENCE_NAME,
        rows,
        versions,
        SearchState.objects.values_list("names_stamp").first(),
        list(books),
        list(chapters.values_list("collection", "category", "number")),
    ]
    return hashlib.sha256(json.dumps(content, default=str).encode()).hexdigest()[:20]
