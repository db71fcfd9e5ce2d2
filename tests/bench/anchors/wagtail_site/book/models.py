"""The content as page types and snippets, as the tutorial of Wagtail builds a blog with tags and an index page."""

from django.db import models
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.api import APIField
from wagtail.fields import RichTextField
from wagtail.models import Orderable, Page
from wagtail.search import index


class Name(models.Model):
    name = models.CharField(max_length=120)
    facet = models.CharField(max_length=20, db_index=True)

    def __str__(self) -> str:
        return self.name


class CasePage(Page):
    code = models.CharField(max_length=30)
    subtitle = models.CharField(max_length=200, blank=True)
    summary = models.TextField(blank=True)
    background = RichTextField(blank=True)
    approach = RichTextField(blank=True)
    results = RichTextField(blank=True)
    institution = models.ForeignKey(Name, on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey(Name, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    terms = ParentalManyToManyField(Name)
    template = "book/case.html"
    search_fields = [
        *Page.search_fields,
        *(index.SearchField(name) for name in ("subtitle", "summary", "background", "approach", "results")),
        index.FilterField("category_id"),
        index.FilterField("institution_id"),
    ]
    api_fields = [
        *(APIField(name) for name in ("code", "subtitle", "summary", "year", "institution", "category", "terms")),
    ]


class Figure(Orderable):
    page = ParentalKey(CasePage, on_delete=models.CASCADE, related_name="figures")
    label = models.CharField(max_length=200)
    value = models.CharField(max_length=100)
    as_of = models.CharField(max_length=60, blank=True)
