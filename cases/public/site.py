"""Pages and addresses of the site itself."""

from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from cases.models import Collection, Institution
from cases.search.bitmaps import Counts

YEAR = 365 * 24 * 3600
# As templates/base.html and header.html read them: 大, 特大, 最大.
ELDER_COOKIE, ELDER_VALUES = "reading", ("elder", "elder-2", "elder-3")


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    counts = Counts()
    context = {
        "book": next(iter(counts.with_cases(Collection.objects.all())), None),
        "case_total": len(counts.visible),
        "institution_total": counts.total(Institution),
    }
    return render(request, "public/about.html", context)


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 where the database answers, 503 where it does not; ``/readyz`` says more."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except (DatabaseError, OSError):
        return JsonResponse({"status": "error", "database": "unreachable"}, status=503)
    return JsonResponse({"status": "ok", "database": "ok"})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Keeps crawlers from what has no end (lists of two conditions and more) and from files of whole lists."""
    closed = (
        "/admin/",
        "/suggest",
        "/en/suggest",
        "/find/?",
        "/en/find/?",
        "/follow/",
        "/cases.",
        "/figures.",
        "/*?*&",
    )
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in closed),
        f"Sitemap: {request.build_absolute_uri('/sitemap.xml')}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """The address browsers ask for on pages that name no icon, such as the admin's."""
    return redirect(static("favicon.svg"))


@require_safe
def offline_script(request: HttpRequest) -> HttpResponse:
    """The service worker: at the root, since it may answer for no address above its own."""
    path = finders.find("public/offline.js")
    response = HttpResponse(Path(path).read_bytes(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@csrf_exempt  # a reader's own reading preference: nothing to forge, and no cookie on every public page
@require_POST
def reading_mode(request: HttpRequest) -> HttpResponse:
    """Switch 长者模式 on, in one of three sizes, or off (``mode`` = one of ``ELDER_VALUES`` or standard); back to ``next``."""
    mode, target = request.POST.get("mode"), request.POST.get("next", "/")
    if mode not in (*ELDER_VALUES, "standard"):
        return HttpResponseBadRequest("mode: " + " / ".join((*ELDER_VALUES, "standard")))
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(target if is_ours and target.startswith("/") else "/")
    if mode in ELDER_VALUES:
        response.set_cookie(ELDER_COOKIE, mode, max_age=YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True)
    else:
        response.delete_cookie(ELDER_COOKIE, samesite="Lax")
    return response
