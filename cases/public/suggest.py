"""Suggestions while a reader types, for the site's own search box and for the browser's."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from cases.search.suggest import suggest

SECONDS = 60  # a reader who takes a letter back need not ask again


@require_safe
@vary_on_headers("HX-Request")
@cache_control(private=True, max_age=SECONDS)
def suggestions(request: HttpRequest) -> HttpResponse:
    """What ``q`` may be the beginning of: options for the list below the search box, or a page of links."""
    typed = request.GET.get("q", "")
    is_fragment = request.headers.get("HX-Request") == "true"
    name = "public/_suggestions.html" if is_fragment else "public/suggest.html"
    return render(request, name, {"groups": suggest(typed), "typed": typed[:200]})


@require_safe
@cache_control(private=True, max_age=SECONDS)
def suggestions_json(request: HttpRequest) -> JsonResponse:
    """The same as browsers want it (OpenSearch Suggestions 1.1): [typed, labels, notes, addresses]."""
    typed = request.GET.get("q", "")
    found = [(group.label, item) for group in suggest(typed) for item in group.items]
    body = [
        typed,
        [item.label for _, item in found],
        [" · ".join(filter(None, (label, item.note))) for label, item in found],
        [request.build_absolute_uri(item.url) for _, item in found],
    ]
    return JsonResponse(
        body, safe=False, content_type="application/x-suggestions+json", json_dumps_params={"ensure_ascii": False}
    )


@require_safe
@cache_control(max_age=24 * 3600)
def opensearch(request: HttpRequest) -> HttpResponse:
    """How a browser adds this site to its search engines."""
    context = {"base": request.build_absolute_uri("/")[:-1]}
    return render(request, "opensearch.xml", context, content_type="application/opensearchdescription+xml")
