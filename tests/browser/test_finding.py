"""Suggestions by keyboard, touch and input method; the finder and saved lists, with and without a script."""

import os
import re
import subprocess
from datetime import datetime, timedelta

import pytest

from tests.browser.asking import AA, violations

OPEN = "#q-suggestions:not([hidden])"


def active(page) -> str:
    """The text of the option the input points to."""
    return page.evaluate(
        "(document.getElementById(document.activeElement.getAttribute('aria-activedescendant')) || {}).innerText || ''"
    )


def asked(page) -> list[str]:
    """Grows with every request for suggestions."""
    urls: list[str] = []
    page.on("request", lambda request: urls.append(request.url) if "/suggest/" in request.url else None)
    return urls


def test_pinyin_by_keyboard_leads_to_the_institution(page, site):
    page.goto(site)
    box = page.get_by_role("combobox", name="搜索案例")
    assert box.get_attribute("aria-expanded") == "false"
    box.press_sequentially("weiz", delay=20)
    page.wait_for_selector(OPEN)
    assert box.get_attribute("aria-expanded") == "true"
    assert box.get_attribute("aria-controls") == page.get_by_role("listbox").get_attribute("id")
    assert re.fullmatch(r"有 \d+ 条建议，用上下键选择", page.locator("form.find [role=status]").inner_text())
    assert active(page) == ""
    page.keyboard.press("ArrowDown")
    assert active(page).startswith("微众银行")
    assert page.locator("[aria-selected=true]").count() == 1
    page.keyboard.press("ArrowUp")
    assert active(page) == ""
    page.keyboard.press("ArrowUp")
    assert page.locator("[role=option]").last.get_attribute("aria-selected") == "true"
    page.keyboard.press("Home")
    assert active(page) == ""
    assert page.evaluate("document.activeElement.selectionStart") == 0
    page.keyboard.press("End")
    assert page.evaluate("document.activeElement.selectionStart") == 4
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/institutions/webank/")


def test_escape_closes_then_clears_tab_leaves_and_enter_searches(page, site):
    page.goto(f"{site}/about/")
    box = page.get_by_role("combobox")
    box.press_sequentially("zs")
    page.wait_for_selector(OPEN)
    page.keyboard.press("Escape")
    assert not page.locator(OPEN).count()
    assert box.input_value() == "zs"
    page.keyboard.press("ArrowDown")
    page.wait_for_selector(OPEN)
    page.wait_for_function("document.activeElement.hasAttribute('aria-activedescendant')")
    page.keyboard.press("Tab")
    assert not page.locator(OPEN).count()
    box.focus()
    page.keyboard.press("Escape")
    assert box.input_value() == ""
    box.press_sequentially("票据")
    page.wait_for_selector(OPEN)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/cases/\?q=%E7%A5%A8%E6%8D%AE"))


def test_nothing_is_asked_while_an_input_method_composes(page, site):
    page.clock.install()
    page.goto(site)
    page.locator("#q").focus()
    urls, input_method = asked(page), page.context.new_cdp_session(page)
    for text in ("w", "wei", "wei z", "wei zhong"):
        input_method.send(
            "Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)}
        )
        page.clock.run_for(1000)
    assert urls == []
    input_method.send("Input.insertText", {"text": "微众"})
    page.wait_for_selector(OPEN)
    assert page.locator("#q").input_value() == "微众"
    assert len(urls) == 1


def test_one_request_for_quick_typing_and_late_answers_are_dropped(page, site):
    page.clock.install()
    page.goto(site)
    page.clock.pause_at(datetime.now() + timedelta(hours=1))  # however busy the machine, no time passes between keys
    urls = asked(page)
    held = []
    page.route("**/suggest/?q=zs", lambda route: held.append(route))
    box = page.locator("#q")
    box.press_sequentially("zs")
    with page.expect_request("**/suggest/?q=zs"):
        page.clock.run_for(1000)
    assert len(urls) == 1
    page.clock.resume()
    box.fill("weiz")
    page.wait_for_selector(OPEN)
    for route in held:
        route.fulfill(body='<div role="group" aria-label="x"><a role="option" href="/">旧的</a></div>')
    page.wait_for_timeout(200)
    assert "旧的" not in page.locator("#q-suggestions").inner_text()
    box.fill("")
    page.wait_for_selector("#q-suggestions", state="hidden")


def test_a_failing_server_leaves_a_plain_search_box(chromium, site):
    page = chromium.new_context().new_page()
    page.route("**/suggest/**", lambda route: route.fulfill(status=500, body="broken"))
    page.goto(site)
    with page.expect_response("**/suggest/**"):
        page.locator("#q").press_sequentially("票据")
    page.wait_for_timeout(100)
    assert not page.locator(OPEN).count()
    page.keyboard.press("Enter")
    page.wait_for_url("**/cases/?q=*")
    page.context.close()


def test_a_finger_chooses(chromium, site):
    context = chromium.new_context(viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{site}/institutions/")
    page.locator("#q").tap()
    page.keyboard.type("weiz")
    page.wait_for_selector(OPEN)
    option = page.get_by_role("option", name=re.compile("^微众银行"))
    assert option.first.bounding_box()["height"] >= 44
    option.first.tap()
    page.wait_for_url("**/institutions/webank/")
    context.close()


@pytest.mark.parametrize("elder", [False, True])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_open_list_is_accessible_and_fits(chromium, site, scheme, elder, tmp_path):
    context = chromium.new_context(color_scheme=scheme, viewport={"width": 320, "height": 900})
    if elder:
        context.add_cookies([{"name": "reading", "value": "elder", "url": site}])
    page = context.new_page()
    for path in ("/", "/cases/" if elder else "/about/"):  # the narrow header of 长者模式 has a link to it instead
        page.goto(site + path)
        page.locator("#q").press_sequentially("zs")
        page.wait_for_selector(OPEN)
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert violations(page, tags=[*AA, "best-practice"]) == []
    (tmp_path / "open.html").write_text(page.content(), encoding="utf-8")
    context.close()
    if jar := os.environ.get("VNU_JAR"):
        checked = subprocess.run(
            ["java", "-jar", jar, "--errors-only", str(tmp_path / "open.html")],
            capture_output=True,
            text=True,
            check=False,
        )
        assert checked.stderr == ""


def test_finding_works_without_javascript(chromium, site):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site)
    page.locator("#q").fill("票据")
    page.locator("#q").press("Enter")
    assert "/cases/?q=" in page.url
    page.goto(f"{site}/suggest/?q=weiz")
    page.get_by_role("link", name="微众银行", exact=True).first.click()
    assert page.url.endswith("/institutions/webank/")
    page.goto(f"{site}/cases/?need=no-collateral")
    page.locator("[data-name=save] summary").click()
    assert not page.get_by_role("button", name="复制地址").is_visible()
    assert page.locator("#list-address").input_value() == f"{site}/cases/?need=no-collateral"
    context.close()


def test_three_questions_lead_from_home_to_a_list_and_back(chromium, site):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site)
    page.locator(".choices a", has_text="科创企业").click()
    page.get_by_role("link", name="退回上一问").click()
    assert page.url == f"{site}/find/"
    page.locator(".choices a", has_text="科创企业").click()
    page.get_by_role("link", name="不确定，跳过").click()
    count = page.locator(".choices a", has_text="知识产权融资").locator(".n").inner_text().split()[0]
    page.locator(".choices a", has_text="知识产权融资").click()
    assert page.url == f"{site}/cases/?audience=tech-company&instrument=ip-finance"
    assert page.locator("#count").inner_text() == f"{count} 篇案例"
    context.close()


def test_the_address_of_a_list_is_copied_and_the_feed_follows_the_filters(chromium, site):
    context = chromium.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{site}/cases/")
    page.locator(".facet a", has_text="缺抵押缺担保").first.click()
    page.wait_for_selector(".pills")
    page.locator("[data-name=save] summary").click()
    page.get_by_role("button", name="复制地址").click()
    page.get_by_role("button", name="已复制").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == f"{site}/cases/?need=no-collateral"
    feed = page.locator("link[type='application/atom+xml']").get_attribute("href")
    assert feed.endswith("/feeds/cases.atom?need=no-collateral")
    context.close()
