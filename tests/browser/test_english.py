"""The pages in English, and what figures are drawn on: accessible and within the screen, in a real browser."""

import pytest

from tests.browser.asking import violations
from tests.browser.test_reading import RULES

ENGLISH = ["/en/", "/en/cases/", "/en/cases/sz2020-0304/", "/en/figures/", "/en/figures/?kind=money&base_unit=元"]
ENGLISH += ["/en/places/", "/en/compare/?case=sz2020-0304&case=sz2020-0302", "/en/categories/green/"]
DRAWN = ["/figures/?kind=money&base_unit=元", "/embed/figures/?kind=money&base_unit=元", "/places/", "/"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("paths", [ENGLISH, DRAWN], ids=["english", "drawn"])
def test_pages_are_accessible(chromium, site, paths, scheme):
    context = chromium.new_context(color_scheme=scheme, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    found = {}
    for path in paths:
        page.goto(site + path)
        for width in (1440, 360):
            page.set_viewport_size({"width": width, "height": 900})
            if problems := violations(page, tags=RULES):
                found[path, width] = problems
    context.close()
    assert found == {}


@pytest.mark.parametrize("mode", ["", "elder-3"])
def test_nothing_scrolls_sideways_on_a_small_phone(chromium, site, mode):
    context = chromium.new_context(viewport={"width": 320, "height": 640})
    if mode:
        context.add_cookies([{"name": "reading", "value": mode, "url": site}])
    page = context.new_page()
    wide = []
    for path in (*ENGLISH, *DRAWN):
        page.goto(site + path)
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            wide.append(path)
    context.close()
    assert wide == []
