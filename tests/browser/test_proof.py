"""What holds on every kind of page: stillness, zoom, forced colours, keyboard."""

import pytest

from tests.browser.test_reading import PAGES

KINDS = ["/", "/cases/", "/cases/?q=没有抵押怎么贷款", "/categories/small-business/", "/cases/sz2020-0304/"]
KINDS += ["/collections/sz2020/", "/institutions/abc-shenzhen/", "/products/", "/figures/", "/shelf/?case=sz2020-0304"]
SHIFTS = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => list.getEntries().forEach(entry => { if (!entry.hadRecentInput) sum += entry.value; }))
    .observe({type: "layout-shift", buffered: true});
  setTimeout(() => done(sum), 300);
})"""


OWN_SHELF = """localStorage.setItem("shelf", '{"cases": [{"code": "sz2020-0304", "note": ""}]}')"""


@pytest.mark.parametrize("shelf", ["", OWN_SHELF], ids=["no-shelf", "own-shelf"])
@pytest.mark.parametrize("width", [360, 1440])
def test_nothing_moves_while_a_page_comes(chromium, site, width, shelf):
    context = chromium.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(f"{site}/about/")
    page.evaluate(shelf)
    moved = {}
    for path in KINDS:
        page.goto(site + path)
        if shift := page.evaluate(SHIFTS):
            moved[path] = shift
    context.close()
    assert moved == {}


def test_text_at_twice_its_size_stays_within_the_page(chromium, site):
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    wide = []
    for path in PAGES:
        page.goto(site + path)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        if page.evaluate("document.documentElement.scrollWidth") > 1280:
            wide.append(path)
    context.close()
    assert wide == []


def test_forced_colours_still_tell_what_is_chosen(chromium, site):
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, forced_colors="active")
    page = context.new_page()
    page.goto(f"{site}/cases/?need=no-collateral")
    box = "one => getComputedStyle(one, '::before').backgroundColor"
    chosen, other = (page.locator(name).first.evaluate(box) for name in (".facet a.on", ".facet a:not(.on)"))
    assert chosen != other
    section = page.locator(".main-nav [aria-current]")
    assert "underline" in section.evaluate("one => getComputedStyle(one).textDecorationLine")
    context.close()


def test_a_reader_with_a_keyboard_searches_filters_reads_keeps_and_takes(page, site):
    def go_to(selector: str) -> None:
        """Tab until it has the focus, as a reader does; what cannot be reached so is never reached."""
        target = page.locator(selector).first
        for _ in range(120):
            if target.evaluate("one => one === document.activeElement"):
                return
            page.keyboard.press("Tab")
        pytest.fail(f"no way to {selector} by Tab")

    page.goto(site)
    go_to("#q")
    page.keyboard.type("信用贷款")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/?q=*")
    go_to("#filters a[id^='audience-']")
    page.keyboard.press("Enter")
    page.locator(".facet a.on").wait_for()
    go_to(".card .keep")
    page.keyboard.press("Enter")
    assert page.locator(".card .keep").first.inner_text() == "已在书架"
    page.keyboard.press("Shift+Tab")
    go_to(".card-title a")
    page.keyboard.press("Enter")
    page.locator("article.prose h1").wait_for()
    go_to(".tool[data-name=take] summary")
    page.keyboard.press("Enter")
    go_to(".tool[data-name=take] a")
    assert page.evaluate("document.activeElement.href").endswith(".pdf")
    page.goto(f"{site}/shelf/")
    assert page.locator(".card, #shelf li").count() >= 1
