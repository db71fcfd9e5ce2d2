"""The list of cases that a page shows, read from its address: what is taken away is what was on the page, all of it."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from pyroaring import BitMap

from cases.models import Case, Category, Collection, Institution
from cases.public.filters import DEFAULT_SORT, SORTS, CaseFilter
from cases.search.bitmaps import CaseList, Counts


class SelectionError(ValueError):
    """A query string that no list can mean; the message is for the reader, in Chinese."""


@dataclass(frozen=True)
class Selection:
    """``name`` is the stem of a file's name, ``path`` the address of the page without host; ``subject`` the case,
    category, collection or institution whose page it is, ``None`` for a filtered list."""

    name: str
    title: str
    path: str
    cases: CaseList
    subject: Case | Category | Collection | Institution | None = None


def select(request: HttpRequest, kind: str, slug: str) -> Selection:
    """The cases of a page. ``kind`` is ``case``, ``list``, ``category``, ``collection`` or ``institution``.

    ``page`` is ignored. Raises ``Http404`` and ``SelectionError``.
    """
    if kind == "case":
        case = get_object_or_404(Case.objects.published().select_related("collection"), code=slug)
        cases = Counts().case_list().intersect(BitMap([case.pk]))
        return Selection(case.code, case.headline, case.get_absolute_url(), cases, case)
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
    return _filtered(request.GET, category)


def _filtered(data: QueryDict, category: Category | None) -> Selection:
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
