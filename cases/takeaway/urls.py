"""Addresses of files: that of a page without its last slash, and the format."""

from django.urls import path

from cases.takeaway.views import take

app_name = "takeaway"

urlpatterns = [
    path("cases.<slug:suffix>", take, {"kind": "list"}, name="list"),
    path("cases/<slug:slug>.<slug:suffix>", take, {"kind": "case"}, name="case"),
    path("categories/<slug:slug>.<slug:suffix>", take, {"kind": "category"}, name="category"),
    path("collections/<slug:slug>.<slug:suffix>", take, {"kind": "collection"}, name="collection"),
    path("institutions/<slug:slug>.<slug:suffix>", take, {"kind": "institution"}, name="institution"),
]
