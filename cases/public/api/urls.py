"""Addresses below /api/v1/."""

from django.urls import path
from drf_spectacular.views import SpectacularJSONAPIView

from cases.public.api import docs, views

app_name = "api"

urlpatterns = [
    path("cases/", views.CaseList.as_view(), name="case-list"),
    path("cases/<slug:code>/", views.CaseDetail.as_view(), name="case-detail"),
    path("categories/", views.CategoryList.as_view(), name="category-list"),
    path("institutions/", views.InstitutionList.as_view(), name="institution-list"),
    path("collections/", views.CollectionList.as_view(), name="collection-list"),
    path("figures/", views.FigureList.as_view(), name="figure-list"),
    path("terms/", views.TermList.as_view(), name="term-list"),
    path("", docs.documentation, name="docs"),
    path("schema/", SpectacularJSONAPIView.as_view(), name="schema"),
]
