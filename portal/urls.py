"""Addresses of the site."""

from django.contrib import admin
from django.urls import include, path

from cases.views.media import media

handler400 = "cases.views.errors.bad_request"
handler403 = "cases.views.errors.permission_denied"
handler404 = "cases.views.errors.page_not_found"
handler500 = "cases.views.errors.server_error"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/v1/", include("cases.api.urls")),
    path("", include("cases.urls")),
    # Few and small: pictures re-encoded on upload. A web server in front may take this address over.
    path("media/<path:name>", media, name="media"),
]
