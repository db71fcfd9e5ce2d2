"""Figures in a real browser: drawn without script, readable on the smallest phone."""

from itertools import pairwise

import pytest

PATHS = ["/figures/", "/figures/?kind=money&base_unit=元", "/figures/?kind=ratio&base_unit=%25"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("mode", ["standard", "elder"])
def test_nothing_scrolls_sideways_on_the_smallest_phone(chromium, site, path, mode):
    context = chromium.new_context(viewport={"width": 320, "height": 640}, locale="zh-CN", java_script_enabled=True)
    context.add_cookies([{"name": "reading", "value": mode, "url": site}])
    page = context.new_page()
    page.goto(f"{site}{path}")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert page.locator(".drawing text:visible").count() >= 2
    sizes = page.locator(".drawing text").evaluate_all(
        "texts => texts.map(text => parseFloat(getComputedStyle(text).fontSize))"
    )
    assert min(sizes) >= 14
    boxes = page.locator(".drawing text:visible").evaluate_all(
        "texts => texts.map(text => text.getBoundingClientRect()).map(box => [box.top, box.left, box.right])"
    )
    rows = {}
    for top, left, right in sorted(boxes):
        rows.setdefault(round(top), []).append((left, right))
    for row in map(sorted, rows.values()):  # words on a scale never run into each other
        assert all(left[1] < right[0] for left, right in pairwise(row))
    context.close()


def test_without_javascript_dots_lead_to_their_sentences(chromium, site):
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{site}/figures/?kind=ratio&base_unit=%25")
    assert page.locator(".drawing circle").count() == 112
    page.locator(".drawing a").last.click()
    page.wait_for_url("**/cases/*/#at-*")
    assert page.locator(":target").inner_text().replace("％", "%") == "320%"
    context.close()
