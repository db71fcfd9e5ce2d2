"""Addresses of the site."""

from django.contrib import admin
from django.urls import include, path

from cases.public.media import media
from portal.health import livez, readyz
from portal.observing import metrics

handler400 = "cases.public.errors.bad_request"
handler403 = "cases.public.errors.permission_denied"
handler404 = "cases.public.errors.page_not_found"
handler500 = "cases.public.errors.server_error"

urlpatterns = [
    path("admin/", include("portal.account_urls")),
    path("admin/", admin.site.urls),
    path("livez", livez, name="livez"),
    path("readyz", readyz, name="readyz"),
    path("api/v1/", include("cases.public.api.urls")),
    path("", include("cases.public.urls")),
    path("", include("cases.figures.urls")),
    path("", include("cases.takeaway.urls")),
    path("", include("cases.following.urls")),
    path("", include("cases.verification.urls")),
    path("", include("cases.feedback.urls")),
    path("metrics", metrics, name="metrics"),
    # Few and small: pictures re-encoded on upload. A web server in front may take this address over.
    path("media/<path:name>", media, name="media"),
]
