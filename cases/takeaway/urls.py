"""Addresses of files: that of a page without its last slash, and the format."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from cases.takeaway.books import BOOKS, take_book
from cases.takeaway.embed import card, oembed
from cases.takeaway.figures import take_figures
from cases.takeaway.oai import oai
from cases.takeaway.references import REFERENCES, take_references
from cases.takeaway.streams import STREAMS, take_stream

app_name = "takeaway"


class BookConverter(StringConverter):
    regex = "|".join(BOOKS)


class ReferenceConverter(StringConverter):
    regex = "|".join(REFERENCES)


class StreamConverter(StringConverter):
    regex = "|".join(STREAMS)


register_converter(StreamConverter, "stream")
register_converter(BookConverter, "book")
register_converter(ReferenceConverter, "references")

PAGES = {
    "list": "cases",
    "shelf": "shelf",
    "case": "cases/<slug:slug>",
    "category": "categories/<slug:slug>",
    "collection": "collections/<slug:slug>",
    "institution": "institutions/<slug:slug>",
}
urlpatterns = [
    path("oai", oai, name="oai"),
    path("oembed", oembed, name="oembed"),
    path("embed/<slug:code>/", card, name="embed"),
    *(
        path(f"figures.{suffix}", take_figures, {"suffix": suffix}, name=f"figures-{suffix}")
        for suffix in ("csv", "xlsx")
    ),
    *(
        path(f"{page}.<{suffix}:suffix>", view, {"kind": kind}, name=f"{kind}-{suffix}")
        for kind, page in PAGES.items()
        for suffix, view in (("book", take_book), ("references", take_references), ("stream", take_stream))
    ),
]
