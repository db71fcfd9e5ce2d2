"""Figures in a real browser: drawn without script, readable on the smallest phone."""

from io import BytesIO
from itertools import pairwise
from unicodedata import normalize

import pytest
from pypdf import PdfReader

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


@pytest.mark.parametrize("mode", ["standard", "elder", "elder-3"])
def test_a_comparison_is_read_on_the_smallest_phone_and_each_cell_says_whose_it_is(chromium, site, mode):
    context = chromium.new_context(viewport={"width": 320, "height": 640}, locale="zh-CN", java_script_enabled=False)
    context.add_cookies([{"name": "reading", "value": mode, "url": site}])
    page = context.new_page()
    codes = ("sz2020-0901", "sz2020-0902", "zj2024-0501", "sz2020-0905")
    page.goto(f"{site}/compare/?{'&'.join(f'case={code}' for code in codes)}")
    assert page.locator("html").evaluate("page => page.scrollWidth") == 320
    whose = page.locator(".compare tbody td .whose")
    assert whose.count() == page.locator(".compare tbody td").count()
    assert whose.evaluate_all("labels => labels.every(label => label.checkVisibility())")
    page.locator(".take-out a").nth(1).click()
    assert page.locator("h1").inner_text() == "比较 3 篇案例"
    context.close()


@pytest.mark.parametrize("path", ["/places/", "/institutions/ccb/", "/categories/green/", "/cases/sz2020-0704/"])
def test_other_pages_with_drawings_fit_the_smallest_phone_in_the_largest_letters(chromium, site, path):
    context = chromium.new_context(viewport={"width": 320, "height": 640}, locale="zh-CN")
    context.add_cookies([{"name": "reading", "value": "elder-3", "url": site}])
    page = context.new_page()
    page.goto(f"{site}{path}")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    context.close()


def test_a_comparison_is_printed_across_the_sheet(page, site):
    page.goto(f"{site}/compare/?case=sz2020-0901&case=sz2020-0902")
    sheet = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages[0]
    words = "".join(normalize("NFKC", sheet.extract_text()).split())
    assert sheet.mediabox.width > sheet.mediabox.height
    assert "甲·国开行深圳分行" in words
    assert "再加一篇" not in words


def test_without_javascript_dots_lead_to_their_sentences(chromium, site):
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    page.goto(f"{site}/figures/?kind=ratio&base_unit=%25")
    dots = page.locator(".drawing").first
    assert dots.locator("circle").count() == 112
    dots.locator("a").last.click()
    page.wait_for_url("**/cases/*/#at-*")
    assert page.locator(":target").inner_text().replace("％", "%") == "320%"
    context.close()
