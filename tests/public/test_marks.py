"""One drawn mark for each theme, on one grid, in the theme's own hue everywhere."""

import json
import re
from pathlib import Path

import pytest
from lxml import etree
from PIL import Image

from cases.models import Category
from cases.public.marks import HUES, SPRITE, SVG, drawings, hue_of, standalone
from tests.factories import make_case, make_category

STATIC = Path(SPRITE).parent.parent


def test_every_theme_of_the_collections_has_its_mark(seeded):
    assert set(Category.objects.values_list("slug", flat=True)) | {"site"} == set(drawings())


def test_marks_share_one_grid_and_take_their_stroke_from_outside():
    symbols = list(etree.parse(SPRITE).getroot())
    assert {symbol.get("viewBox") for symbol in symbols if symbol.tag == f"{{{SVG}}}symbol"} == {"0 0 24 24"}
    assert re.findall("stroke|fill|style", SPRITE.read_text(encoding="utf-8").partition("-->")[2]) == []


def test_pages_and_books_have_the_same_hues():
    tokens = (STATIC / "public" / "tokens.css").read_text(encoding="utf-8")
    assert tuple(int(hue) for hue in re.findall(r"\.hue-\d+ { --h: (\d+) }", tokens)) == HUES
    assert (hue_of(9), hue_of(13), hue_of(14), hue_of(None)) == (140, 168, 28, 28)


def test_a_mark_stands_alone_and_what_has_none_is_empty():
    assert etree.fromstring(standalone("green", colour="red")).get("stroke") == "red"
    assert standalone("unknown", colour="red") == ""


@pytest.mark.django_db
def test_a_theme_without_a_drawing_shows_its_character(client):
    make_case(category=make_category(slug="new", mark="新"))
    make_case(category=make_category(slug="green"))
    body = client.get("/cases/").content.decode()
    assert '<span class="mark glyph" aria-hidden="true">新</span>' in body
    assert re.search(r'<use href="/static/public/marks[.\w]*\.svg#green"/>', body)


def test_icons_of_the_manifest_have_the_sizes_it_says():
    manifest = json.loads((STATIC / "site.webmanifest").read_text(encoding="utf-8"))
    sizes = {one["src"]: one["sizes"] for one in manifest["icons"] if one["type"] == "image/png"} | {
        "touch-icon.png": "180x180"
    }
    for name, size in sizes.items():
        with Image.open(STATIC / name) as image:
            assert "{}x{}".format(*image.size) == size
