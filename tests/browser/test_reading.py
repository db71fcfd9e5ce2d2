"""A reader's main paths, on a desk, on a phone, in 长者模式."""

import os
import re
import subprocess

import pytest
from playwright.sync_api import expect

from tests.browser.asking import AA, violations

PAGES = [
    "/",
    "/cases/",
    "/cases/?need=no-collateral",
    "/cases/?need=unknown",
    "/cases/sz2020-0303/",
    "/cases/sz2020-0304/",
    "/cases/sz2020-0605/",
    "/categories/",
    "/categories/green/",
    "/collections/",
    "/collections/sz2020/",
    "/institutions/",
    "/institutions/abc-shenzhen/",
    "/about/",
    "/find/",
    "/find/?audience=tech-company&need=",
    "/find/?audience=unknown",
    "/suggest/?q=zs",
    "/products/",
    "/documents/",
    "/glossary/",
    "/cases/?q=无还本续贷",
    "/api/v1/",
    "/embed/sz2020-0101/",
    "/follow/?query=need%3Dno-collateral",
    "/follow/sent/",
    "/nothing/",
]


def test_reader_goes_from_the_book_to_a_case_and_on(page, site):
    page.goto(site)
    page.get_by_role("navigation", name="主题").get_by_role("link", name="聚力抗疫").click()
    page.get_by_role("link", name=re.compile("^微众银行让小微企业和个人推后还款")).click()
    assert page.locator("h1").inner_text().startswith("微众银行让小微企业和个人推后还款")
    assert "微众银行精准帮扶助力抗击疫情" in page.locator("article.prose .second-line").inner_text()
    page.locator(".neighbours [rel=next]").click()
    assert "抗疫贷" in page.locator("h1").inner_text()


def test_filter_swaps_the_list_keeps_the_address_and_can_be_removed(page, site):
    page.goto(f"{site}/cases/")
    before = page.locator("#count").inner_text()
    page.locator(".facet a", has_text="缺抵押缺担保").first.click()
    page.wait_for_url("**/cases/?need=no-collateral")
    page.wait_for_selector(".pills")
    assert page.locator("#count").inner_text() != before
    page.locator(".pills a", has_text="缺抵押缺担保").click()
    page.wait_for_url(f"{site}/cases/")
    page.wait_for_function("text => document.querySelector('#count').innerText === text", arg=before)


# Each list fetched and put into this page, which comes many times sooner than going to it.
FOLDED_AWAY = """async () => {
  const folded = [];
  for (const address of [...document.querySelectorAll(".more a")].map(link => link.href)) {
    const list = new DOMParser().parseFromString(await (await fetch(address)).text(), "text/html");
    document.body.replaceChildren(...list.body.children);
    if (!document.querySelector(".facet a.on")?.checkVisibility()) folded.push(address);
  }
  return folded;
}"""


@pytest.mark.parametrize("width", [360, 1440])
def test_a_tick_moves_nothing_and_keeps_the_focus(chromium, site, width):
    context = chromium.new_context(viewport={"width": width, "height": 800}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{site}/cases/")
    if width < 800:
        page.locator(".sheet-button").click()
    page.locator("details[data-name=need-more] > summary").click()
    value = page.locator("details[data-name=need-more] a").last
    name = value.get_attribute("id")
    value.scroll_into_view_if_needed()
    value.focus()
    places = [(page.evaluate("scrollY"), value.bounding_box()["y"])]
    for expected in (1, 0):
        page.keyboard.press("Enter")
        expect(page.locator(".facet a.on")).to_have_count(expected)
        value = page.locator(f"[id='{name}']")
        expect(value).to_be_focused()
        expect(value).to_be_visible()
        places.append((page.evaluate("scrollY"), value.bounding_box()["y"]))
    assert places == places[:1] * 3
    context.close()


@pytest.mark.parametrize("width", [360, 1440])
def test_focus_goes_to_the_count_where_what_was_pressed_is_gone(chromium, site, width):
    context = chromium.new_context(viewport={"width": width, "height": 800}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{site}/cases/?need=no-collateral&year=2020")
    pill = page.locator(".pills a").first
    pill.focus()
    before = page.evaluate("scrollY")
    page.keyboard.press("Enter")
    expect(page.locator(".pills li")).to_have_count(2)
    expect(page.locator("#count")).to_be_focused()
    assert page.evaluate("scrollY") == before
    page.goto(f"{site}/cases/")
    page.get_by_role("link", name="第 2 页").press("Enter")
    expect(page.locator(".pages [aria-current]")).to_contain_text("2")
    expect(page.locator("#count")).to_be_focused()
    expect(page.locator("#count")).to_be_in_viewport()
    context.close()


def test_a_chosen_value_is_never_folded_away(page, site):
    page.goto(f"{site}/cases/")
    assert page.locator(".more a").count() > 20
    assert page.evaluate(FOLDED_AWAY) == []


def test_filters_work_without_javascript(chromium, site):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/cases/")
    page.locator(".facet a", has_text="缺抵押缺担保").first.click()
    assert page.url == f"{site}/cases/?need=no-collateral"
    assert page.locator(".pills a").count() == 2
    context.close()


def test_filters_open_as_a_sheet_on_a_phone_without_javascript(chromium, site):
    context = chromium.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/cases/")
    assert not page.locator(".facets").is_visible()
    page.locator(".sheet-button").click()
    assert page.locator("#filters").bounding_box() == {"x": 0, "y": 0, "width": 360, "height": 740}
    page.locator(".facet a", has_text="缺抵押缺担保").first.click()
    page.wait_for_url("**/cases/?need=no-collateral")
    context.close()


def test_the_sheet_stays_open_while_choosing_and_tells_how_many_are_left(chromium, site):
    context = chromium.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{site}/cases/")
    page.get_by_role("button", name="筛选").click()
    page.locator(".facet a", has_text="缺抵押缺担保").first.click()
    expect(page.locator("[data-name=need] .chosen")).to_have_text("缺抵押缺担保")
    show = page.get_by_role("button", name=re.compile(r"^看 \d+ 篇$"))
    expect(show).to_be_in_viewport()
    count = show.inner_text().removeprefix("看 ")
    show.click()
    assert not page.locator(".facets").is_visible()
    assert page.locator("#count").inner_text() == f"{count}案例"
    page.get_by_role("button", name="筛选（1）").click()
    page.get_by_role("link", name="清除", exact=True).click()
    expect(page.locator(".facet a.on")).to_have_count(0)
    assert page.url == f"{site}/cases/"
    page.keyboard.press("Escape")
    assert not page.locator(".facets").is_visible()
    context.close()


def test_the_first_case_stands_on_the_first_screen_of_a_phone_and_all_of_its_card_leads_to_it(chromium, site):
    context = chromium.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{site}/cases/")
    box = page.locator(".card").first.bounding_box()
    assert box["y"] + box["height"] < 740
    address = page.locator(".card-title a").first.get_attribute("href")
    page.mouse.click(box["x"] + box["width"] - 8, box["y"] + box["height"] - 12)
    page.wait_for_url(f"{site}{address}")
    context.close()


def test_two_tabs_lead_to_the_results(page, site):
    page.goto(f"{site}/cases/")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "跳到结果"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "count"
    page.keyboard.press("Tab")
    assert page.evaluate("Boolean(document.activeElement.closest('.results'))")


@pytest.mark.parametrize("elder", ["", "elder", "elder-3"])
@pytest.mark.parametrize("width", [320, 360])
def test_the_menu_opens_on_a_phone_without_javascript(chromium, site, width, elder):
    context = chromium.new_context(viewport={"width": width, "height": 740}, java_script_enabled=False)
    if elder:
        context.add_cookies([{"name": "reading", "value": elder, "url": site}])
    page = context.new_page()
    page.goto(f"{site}/cases/sz2020-0101/")
    tops = {round(page.locator(one).bounding_box()["y"] / 20) for one in (".mode button", ".menu-button")}
    assert len(tops) == 1
    assert page.locator("header.top").bounding_box()["height"] < (110 if elder else 140)
    page.get_by_role("button", name="菜单").click()
    page.get_by_role("link", name="机构", exact=True).click()
    page.wait_for_url(f"{site}/institutions/")
    context.close()


def test_elder_mode_enlarges_type_and_stays(page, site):
    page.goto(f"{site}/cases/sz2020-0101/")
    size = "parseFloat(getComputedStyle(document.body).fontSize)"
    before = page.evaluate(size)
    page.get_by_role("button", name="长者模式").click()
    expect(page.get_by_role("button", name="退出长者模式")).to_be_visible()
    page.wait_for_load_state()  # with its styles
    assert page.evaluate(size) > before * 1.15
    page.goto(f"{site}/about/")
    assert page.get_by_role("button", name="退出长者模式").is_visible()


@pytest.mark.parametrize("elder", [False, True])
@pytest.mark.parametrize("width", [320, 360, 768, 1440])
def test_nothing_scrolls_sideways(chromium, site, width, elder):
    context = chromium.new_context(viewport={"width": width, "height": 740})
    if elder:
        context.add_cookies([{"name": "reading", "value": "elder", "url": site}])
    page = context.new_page()
    wide = []
    for path in PAGES:
        page.goto(site + path)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(path)
    context.close()
    assert wide == []


RULES = [*AA, "wcag22aa", "best-practice"]
AAA = {"rules": {"color-contrast-enhanced": {"enabled": True}}}  # 7 to 1 for text
PARTS = 3  # so that workers share the pages


@pytest.mark.parametrize("mode", ["", "elder-2"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("part", range(PARTS))
def test_pages_are_accessible(chromium, site, part, scheme, mode):
    """0 violations of WCAG 2.2 A and AA, contrast of text at AAA."""
    context = chromium.new_context(color_scheme=scheme, viewport={"width": 1440, "height": 900})
    if mode:
        context.add_cookies([{"name": "reading", "value": mode, "url": site}])
    page = context.new_page()
    found = {}
    for path in PAGES[part::PARTS]:
        page.goto(site + path)
        for width in (1440, 360):
            page.set_viewport_size({"width": width, "height": 900})
            if problems := violations(page, tags=RULES, **AAA):
                found[path, width] = problems
    context.close()
    assert found == {}


def test_html_passes_the_nu_checker(client, site, tmp_path):
    jar = os.environ.get("VNU_JAR")
    if not jar:
        if os.environ.get("PORTAL_REQUIRE_BROWSER") == "1":
            pytest.fail("VNU_JAR is not set")
        pytest.skip("VNU_JAR is not set")
    files = []
    for number, path in enumerate(PAGES):
        file = tmp_path / f"{number}.html"
        file.write_bytes(client.get(path).content)
        files.append(str(file))
    result = subprocess.run(["java", "-jar", jar, "--errors-only", *files], capture_output=True, text=True, check=False)
    assert result.stderr == ""


@pytest.mark.parametrize("mode", ["", "elder", "elder-2", "elder-3"])
def test_every_mode_keeps_the_order_of_sizes_and_no_text_is_small(chromium, site, mode):
    context = chromium.new_context()
    if mode:
        context.add_cookies([{"name": "reading", "value": mode, "url": site}])
    page = context.new_page()
    wrong, small = [], []
    for path in (
        "/",
        "/cases/?q=无还本续贷",
        "/categories/green/",
        "/cases/sz2020-0304/",
        "/collections/sz2020/",
        "/products/",
    ):
        page.goto(site + path)
        for width in (320, 360, 1440):
            page.set_viewport_size({"width": width, "height": 740})
            sizes = page.evaluate(SIZES)
            if not sizes["h1"] > max(sizes["h2"]) >= sizes["text"]:
                wrong.append((path, width, sizes))
            small += [(path, width, *item) for item in page.evaluate(SMALL)]
    context.close()
    assert (wrong, small) == ([], [])


SIZES = """() => {
  const size = one => parseFloat(getComputedStyle(one).fontSize), main = document.querySelector("main");
  const seen = [...main.querySelectorAll("h2")].filter(one => one.checkVisibility());
  return {h1: size(main.querySelector("h1")), h2: seen.map(size), text: size(document.body)};
}"""
SMALL = """() => {
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement, size = parseFloat(getComputedStyle(parent).fontSize);
    if (size < 14 && node.data.trim() && parent.checkVisibility() && !parent.closest(".sr, script"))
      found.push([parent.className || parent.tagName, size, node.data.trim().slice(0, 20)]);
  }
  return found.slice(0, 8);
}"""
VOICE = """
Object.defineProperty(window, "speechSynthesis", {value: {
  said: [], getVoices: () => [{lang: "zh-CN"}], addEventListener() {}, cancel() {},
  speak(words) { this.said.push(words.text); this.last = words; },
}});
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } set voice(_) {} };
"""


def test_a_case_is_read_aloud_sentence_by_sentence_marked(page, site):
    page.goto(f"{site}/cases/sz2020-0304/")
    assert not page.locator(".read-aloud").is_visible()  # this browser has no Chinese voice
    page.add_init_script(VOICE)
    page.reload()
    page.get_by_role("button", name="朗读全文").click()
    marked = "[...CSS.highlights.get('read') ?? []].map(range => range.toString())"
    headline = page.locator("h1").inner_text().replace("\n", "")
    assert page.evaluate("speechSynthesis.said") == [headline]
    assert page.evaluate(marked) == [headline]
    page.evaluate("speechSynthesis.last.onend()")
    said = page.evaluate("speechSynthesis.said")
    assert page.evaluate(marked)[0].strip() == said[1]
    page.get_by_role("button", name="暂停").click()
    assert page.evaluate("CSS.highlights.has('read')") is False
    page.get_by_role("button", name="继续朗读").click()
    assert page.evaluate("speechSynthesis.said") == [*said, said[1]]
    page.get_by_role("button", name="停止").click()
    expect(page.get_by_role("button", name="朗读全文")).to_be_visible()
