"""A card of a case, or of one of its figures, for other sites: a page to be framed, without script; and oEmbed."""

from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import Resolver404, resolve, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from cases.models import Case, KeyFigure
from cases.public.framing import may_be_framed
from cases.public.metadata import SITE, plain

WIDTH, HEIGHT = 560, 400  # pixels; what a card needs at most is less wide and as high
SMALLEST = 240
DAY = 86_400


@require_safe
@may_be_framed
def card(request: HttpRequest, code: str) -> HttpResponse:
    """The card of a public case; with ``figure``, of that figure."""
    case, figure = found(code, request.GET.get("figure", ""))
    figures = [figure] if figure else [item for item in case.figures.all() if item.is_headline][:2]
    return render(request, "takeaway/embed.html", {"case": case, "figures": figures, "figure": figure})


@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """oEmbed 1.0 of the address of a case, or of a figure on its page: 404 for others, 501 for XML."""
    if request.GET.get("format", "json") != "json":
        return HttpResponse("这里只有 JSON。", status=501, content_type="text/plain; charset=utf-8")
    case, figure = asked(request)
    width, height = (
        size(request.GET.get(name, ""), most) for name, most in (("maxwidth", WIDTH), ("maxheight", HEIGHT))
    )
    page = request.build_absolute_uri(case.get_absolute_url())
    answer = {
        "version": "1.0",
        "type": "rich",
        "title": plain(f"{figure.label}：{figure.value}" if figure else case.headline),
        "author_name": case.institution.name,
        "author_url": request.build_absolute_uri(case.institution.get_absolute_url()),
        "provider_name": SITE,
        "provider_url": request.build_absolute_uri("/"),
        "cache_age": DAY,
        "thumbnail_url": f"{page.rstrip('/')}.png",
        "thumbnail_width": 1200,
        "thumbnail_height": 630,
        "html": frame(request, case, figure, width, height),
        "width": width,
        "height": height,
    }
    response = JsonResponse(answer, json_dumps_params={"ensure_ascii": False})
    response["Access-Control-Allow-Origin"] = "*"
    return response


def asked(request: HttpRequest) -> tuple[Case, KeyFigure | None]:
    """The case, and perhaps the figure, that the parameter ``url`` leads to; 404 where it is no page of a case here."""
    try:
        parts = urlsplit(request.GET.get("url", ""))
        match = resolve(parts.path) if parts.netloc == request.get_host() else None
    except (ValueError, Resolver404) as error:
        raise Http404 from error
    if match is None or match.view_name != "cases:case-detail":
        raise Http404
    return found(match.kwargs["code"], parts.fragment.removeprefix("figure-") if "figure-" in parts.fragment else "")


def found(code: str, number: str) -> tuple[Case, KeyFigure | None]:
    """The public case, and its figure with the number that the address gives, where it gives one."""
    case = get_object_or_404(Case.objects.published().for_cards().prefetch_related("figures"), code=code)
    order = int(number[:6]) if number.isascii() and number.isdigit() else -1
    return case, get_object_or_404(case.figures, order=order) if number else None


def size(text: str, most: int) -> int:
    """What is asked for, within what a card can be."""
    return max(SMALLEST, min(int(text[:5]), most)) if text.isascii() and text.isdigit() else most


def frame(request: HttpRequest, case: Case, figure: KeyFigure | None, width: int, height: int) -> str:
    query = {"figure": figure.order} if figure else None
    source = request.build_absolute_uri(reverse("takeaway:embed", args=[case.code], query=query))
    return format_html(
        '<iframe src="{}" width="{}" height="{}" title="{}" loading="lazy" frameborder="0"></iframe>',
        source,
        width,
        height,
        plain(case.headline),
    )
