"""Addresses of figures."""

from django.urls import path

from cases.figures import compare, maps, page
from cases.public.languages import in_each_language

app_name = "figures"

urlpatterns = in_each_language(
    [
        path("figures/", page.figure_list, name="list"),
        path("embed/figures/", page.framed_drawing, name="embed"),
        path("compare/", compare.compare_page, name="compare"),
        path("places/", maps.places, name="places"),
    ],
    without=("embed",),
)
