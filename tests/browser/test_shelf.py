"""The shelf in a real browser: kept here, shared by its address, read in order, compared, taken away."""

import re

import pytest

from tests.browser.asking import fetched
from tests.browser.test_taking import FORMATS, opened


@pytest.fixture
def collected(page, site):
    """Three cases, collected from the list, and the shelf opened."""
    page.goto(f"{site}/cases/?category=green")
    for place in range(3):
        page.locator(".card [data-shelf]").nth(place).click()
    page.get_by_role("link", name="书架 3").click()
    page.wait_for_url(re.compile(r"/shelf/\?.*case="))
    return page


def titles(page) -> list[str]:
    return page.locator(".picked .card-title").all_text_contents()


def test_shelf_keeps_order_title_and_notes_in_this_browser(collected, site):
    page, before = collected, titles(collected)
    page.get_by_label("书架的名字").fill("绿色的三篇")
    page.locator("[data-shelf-write]").nth(2).fill("先看这篇，问过分行")
    up = page.locator("[data-move='-1']").nth(2)
    up.click()
    assert titles(page) == [before[0], before[2], before[1]]
    assert page.evaluate("document.activeElement.dataset.move") == "-1"
    page.goto(f"{site}/shelf/")
    page.wait_for_url(re.compile("note="))
    assert titles(page) == [before[0], before[2], before[1]]
    assert page.locator("h1").text_content() == "绿色的三篇"
    assert page.locator("[data-shelf-write]").nth(1).input_value() == "先看这篇，问过分行"
    page.locator("[data-take-off]").first.click()
    assert titles(page) == [before[2], before[1]]
    assert page.get_by_role("link", name="书架 2").is_visible()


def test_shared_address_shows_all_of_it_elsewhere_and_can_be_adopted(collected, chromium):
    collected.locator("[data-shelf-write]").nth(0).fill("第一条注")
    address = collected.locator("#shelf-address").input_value()
    other = chromium.new_context(locale="zh-CN").new_page()
    other.goto(address)
    assert titles(other) == titles(collected)
    assert "第一条注" in other.locator(".picked > li").first.text_content()
    assert not other.locator("[data-shelf-write]").first.is_visible()
    other.get_by_role("button", name="全部收进我的书架").click()
    other.wait_for_url(re.compile("note="))
    assert other.locator("[data-shelf-write]").nth(0).input_value() == "第一条注"
    other.context.close()


def test_shelf_is_read_from_case_to_case(collected, site):
    page, names = collected, titles(collected)
    page.locator(".picked .card-title a").first.click()
    for name in names[1:]:
        page.locator(".shelf-nav", has_text="我的书架").get_by_role("link", name="下一篇").click()
        page.wait_for_load_state()
        assert page.locator("h1").text_content() == name
    assert page.locator(".shelf-nav", has_text="我的书架").get_by_role("link", name="下一篇").count() == 0


def test_each_format_of_the_shelf_has_its_order(collected, site):
    page = collected
    page.locator("[data-move='1']").first.click()
    first = page.locator(".picked > li").first.get_attribute("data-code")
    for name, beginning in FORMATS.items():
        address = page.locator(".tool a", has_text=re.compile(f"^{name}$")).get_attribute("href")
        assert address.index(first) == address.index("case=") + len("case=")
        answer = fetched(page, site, address)
        assert answer.status == 200, (name, answer.status)
        assert answer.body().startswith(beginning), name


def test_notes_that_the_address_cannot_hold_stay_here_and_this_is_said(collected, site):
    page = collected
    for place in range(3):
        page.locator("[data-shelf-write]").nth(place).fill("长" * 300)
    page.get_by_label("书架的名字").fill("名" * 60)
    page.locator("[data-shelf-write]").nth(0).press("End")
    assert len(page.url) < 4096
    status = page.locator("[data-shelf-status]").text_content()
    held = page.url.count("note=")
    assert status == (
        "" if held == 3 else f"网址放不下这么多字：{3 - held} 条注只在这台设备上看得到，分享和下载的里面没有。"
    )
    page.goto(f"{site}/shelf/")
    page.wait_for_url(re.compile("case="))
    assert [page.locator("[data-shelf-write]").nth(n).input_value() for n in range(3)] == ["长" * 300] * 3


def test_browser_that_keeps_nothing_says_so(page, site):
    page.add_init_script("Storage.prototype.setItem = () => { throw new Error('no room') }")
    page.goto(f"{site}/cases/?category=green")
    button = page.locator(".card [data-shelf]").first
    button.click()
    assert button.text_content() == "这个浏览器不让存，收不了"


def test_empty_shelf_stays_where_it_is(page, site):
    page.goto(f"{site}/shelf/")
    assert page.url == f"{site}/shelf/"
    assert "点“收入书架”" in page.locator("main").text_content()


def test_nothing_scrolls_sideways_on_a_small_phone(collected):
    collected.set_viewport_size({"width": 320, "height": 640})
    assert collected.evaluate("document.documentElement.scrollWidth") == 320
    opened(collected, "分享")
    assert collected.evaluate("document.documentElement.scrollWidth") == 320
