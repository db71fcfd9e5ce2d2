"""Reading on: through a list, by keys, from a passage, without a network."""

import re

from playwright.sync_api import expect


def titles(page) -> list[str]:
    return page.locator("#listing .card-title").all_text_contents()


def test_results_of_a_search_are_read_one_after_another(page, site):
    page.goto(f"{site}/cases/?q=没有抵押")
    names = titles(page)
    page.locator("#listing .card-title a").first.click()
    for name in names[1:3]:
        line = page.locator(".case-end nav", has_text="没有抵押")
        expect(line).to_contain_text(f"共 {len(names)} 篇")
        line.get_by_role("link", name="下一篇").click()
        expect(page.locator("h1")).to_have_text(name)
    page.locator(".case-end nav", has_text="没有抵押").get_by_role("link", name="回到列表").click()
    assert titles(page) == names


def test_last_case_of_a_page_leads_to_the_next_page(page, site):
    page.goto(f"{site}/cases/?category=anti-epidemic&category=small-business&sort=code")
    page.locator("#listing .card-title a").last.click()
    page.locator(".case-end nav").get_by_role("link", name="列表的下一页").click()
    assert re.search("page=2", page.url)


def test_keys_move_through_a_list_and_can_be_turned_off(page, site):
    page.goto(f"{site}/cases/")
    first = page.locator(".card-title a").first.get_attribute("href")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.pathname") == first
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.press("j")
    assert page.locator("#q").input_value() == "j"
    page.locator("#q").blur()
    page.keyboard.press("?")
    page.get_by_label("用这些键").uncheck()
    page.get_by_role("button", name="关闭").click()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") != "q"


def test_passage_is_copied_with_its_source(chromium, site):
    context = chromium.new_context(locale="zh-CN", permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{site}/cases/sz2020-0404/")
    page.evaluate(
        "() => { const p = document.querySelector('section[aria-labelledby=background] p');"
        " const range = document.createRange(); range.selectNodeContents(p);"
        " getSelection().removeAllRanges(); getSelection().addRange(range) }"
    )
    page.get_by_role("button", name="连出处一起复制").click()
    expect(page.get_by_role("button", name="已复制")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("“")
    assert "sz2020-0404" in copied
    assert "#background:~:text=" in copied
    context.close()


def test_opened_page_is_there_without_a_network_and_never_old_with_one(chromium, site):
    context = chromium.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(f"{site}/cases/sz2020-0404/")
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.reload()
    name = page.locator("h1").text_content()
    context.set_offline(True)
    page.goto(f"{site}/cases/sz2020-0404/")
    assert page.locator("h1").text_content() == name
    page.goto(f"{site}/cases/sz2020-0101/")
    assert page.locator("h1").text_content() == "连不上网"
    assert page.locator("li a", has_text="sz2020-0404").count() == 1
    context.set_offline(False)
    context.route(
        "**/cases/sz2020-0404/",
        lambda route: route.fulfill(status=200, body="<h1>新的</h1>", content_type="text/html; charset=utf-8"),
    )
    page.goto(f"{site}/cases/sz2020-0404/")
    assert page.locator("h1").text_content() == "新的"
    context.close()


def test_pages_of_the_desk_and_private_links_are_not_kept(chromium, site):
    context = chromium.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(f"{site}/cases/")
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    for path in ("/admin/login/", "/follow/", "/feedback/"):
        page.goto(site + path)
    kept = page.evaluate("caches.open('pages-1').then((cache) => cache.keys()).then((all) => all.map(({url}) => url))")
    assert [url for url in kept if re.search("admin|follow|feedback", url)] == []
    context.close()
