"""Addresses of the public pages. Stable: one that moves redirects."""

from django.contrib.sitemaps.views import index as sitemap_index
from django.contrib.sitemaps.views import sitemap
from django.urls import path

from cases.public import browse, detail, feeds, reference, site, suggest, wizard
from cases.public.api.docs import llms
from cases.public.languages import in_each_language
from cases.public.sitemaps import SITEMAPS

app_name = "cases"

urlpatterns = [
    path("", browse.home, name="home"),
    path("cases/", browse.case_list, name="case-list"),
    path("cases/<slug:code>/", detail.case_detail, name="case-detail"),
    path("cases/<slug:code>/preview/", detail.case_preview, name="case-preview"),
    path("categories/", browse.category_list, name="category-list"),
    path("categories/<slug:slug>/", browse.category_detail, name="category-detail"),
    path("collections/", browse.collection_list, name="collection-list"),
    path("collections/<slug:slug>/", browse.collection_detail, name="collection-detail"),
    path("institutions/", browse.institution_list, name="institution-list"),
    path("institutions/<slug:slug>/", browse.institution_detail, name="institution-detail"),
    path("products/", reference.product_list, name="product-list"),
    path("documents/", reference.document_list, name="document-list"),
    path("glossary/", reference.glossary, name="glossary"),
    path("shelf/", browse.shelf, name="shelf"),
    path("suggest/", suggest.suggestions, name="suggest"),
    path("suggest.json", suggest.suggestions_json, name="suggest-json"),
    path("opensearch.xml", suggest.opensearch, name="opensearch"),
    path("find/", wizard.find, name="find"),
    path("feeds/cases.atom", feeds.cases_atom, name="feed"),
    path("feeds/products.atom", feeds.products_atom, name="product-feed"),
    path("about/", site.about, name="about"),
    path("reading-mode/", site.reading_mode, name="reading-mode"),
    path("healthz", site.healthz, name="healthz"),
    path("offline.js", site.offline_script, name="offline"),
    path("favicon.ico", site.favicon, name="favicon"),
    path("llms.txt", llms, name="llms"),
    path("robots.txt", site.robots, name="robots"),
    path(
        "sitemap.xml",
        sitemap_index,
        {"sitemaps": SITEMAPS, "sitemap_url_name": "cases:sitemap-section"},
        name="sitemap",
    ),
    path("sitemap-<section>.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap-section"),
]

FOR_PROGRAMS = (
    "suggest-json",
    "opensearch",
    "feed",
    "product-feed",
    "reading-mode",
    "healthz",
    "favicon",
    "offline",
    "llms",
    "robots",
)
SITEMAP = ("sitemap", "sitemap-section")
urlpatterns = in_each_language(urlpatterns, without=(*FOR_PROGRAMS, *SITEMAP))
