"""The list with facets and search, as an application of Django beside Wagtail's pages."""

from django.core.paginator import Paginator
from django.db.models import Count
from django.shortcuts import render

from book.models import CasePage, Name

FACETS = ("audience", "need", "instrument", "priority")


def case_list(request):
    cases = CasePage.objects.live().select_related("institution", "category").order_by("-first_published_at")
    for name in ("category", "institution"):
        if values := request.GET.getlist(name):
            cases = cases.filter(**{f"{name}__name__in": values})
    for facet in FACETS:
        if values := request.GET.getlist(facet):
            cases = cases.filter(
                pk__in=CasePage.terms.through.objects.filter(name__facet=facet, name__name__in=values).values(
                    "casepage"
                )
            )
    keys = None
    if query := request.GET.get("q", ""):
        keys = [page.pk for page in cases.search(query, order_by_relevance=False)]
        cases = CasePage.objects.filter(pk__in=keys).select_related("institution", "category")
    facets = {
        name: cases.order_by().values_list(f"{name}__name").annotate(n=Count("pk")).order_by("-n")[:15]
        for name in ("category", "institution")
    }
    through = CasePage.terms.through.objects.filter(casepage__in=cases.order_by().values("pk"))
    for facet in FACETS:
        counts = through.filter(name__facet=facet).values_list("name__name").annotate(n=Count("pk")).order_by("-n")
        facets[facet] = counts[:15]
    page = Paginator(cases.prefetch_related("figures"), 20).get_page(request.GET.get("page"))
    return render(request, "book/list.html", {"page": page, "facets": facets, "names": Name})
