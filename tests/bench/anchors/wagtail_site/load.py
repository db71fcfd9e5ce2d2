"""Rows of content.py into Wagtail: ``python load.py ROWS``, on an empty database."""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")

import django

django.setup()

from django.core.management import call_command
from django.utils import timezone

call_command("makemigrations", "book", verbosity=0)
call_command("migrate", verbosity=0)

from book.models import CasePage, Figure, Name
from django.db import transaction
from wagtail.models import Page, Site

FACETS = ("audience", "need", "instrument", "priority")
names: dict[tuple[str, str], Name] = {}


def name(facet: str, text: str) -> Name:
    if (facet, text) not in names:
        names[facet, text] = Name.objects.create(facet=facet, name=text)
    return names[facet, text]


def paragraphs(text: str) -> str:
    return "".join(f"<p>{line}</p>" for line in text.splitlines() if line.strip())


with transaction.atomic():
    root = Page.objects.get(depth=1)
    home = root.add_child(instance=Page(title="案例", slug="book"))
    Site.objects.update_or_create(is_default_site=True, defaults={"hostname": "127.0.0.1", "root_page": home})
    for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        page = CasePage(
            title=row["title"][:200], slug=row["code"], code=row["code"], subtitle=row["subtitle"], summary=row["summary"],
            year=row["year"], institution=name("institution", row["institution"]), category=name("category", row["category"]),
            first_published_at=timezone.now(),
            **{part: paragraphs(row[part]) for part in ("background", "approach", "results")},
        )  # fmt: skip
        page.terms = [name(facet, text) for facet in FACETS for text in row[facet]]
        page.figures = [Figure(label=a, value=b, as_of=c) for a, b, c in row["figures"]]
        home.add_child(instance=page)
call_command("update_index", verbosity=0)
call_command("collectstatic", "--noinput", verbosity=0)
