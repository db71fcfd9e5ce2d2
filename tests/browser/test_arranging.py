"""Putting a chapter in order: by keyboard, by drag, by numbers without a script."""

import pytest
from django.contrib.auth import get_user_model

from cases.models import Case, Collection
from tests.browser.asking import AA, violations
from tests.browser.conftest import PASSWORD
from tests.factories import make_case, make_category, make_collection

NAMES = "甲乙丙"


@pytest.fixture
def book(transactional_db):
    get_user_model().objects.create_superuser("staff", password=PASSWORD)
    book, category = make_collection(), make_category(name="绿色")
    for name in NAMES:
        make_case(collection=book, category=category, title=f"第{name}篇")
    return book


def open_desk(page, live_server, book: Collection) -> None:
    page.goto(f"{live_server.url}/admin/login/?next=/admin/cases/collection/{book.pk}/arrange/")
    page.fill("#id_username", "staff")
    page.fill("#id_password", PASSWORD)
    page.locator("#login-form [type=submit]").click()
    page.wait_for_selector(".arrange-list")


def shown(page) -> str:
    return "".join(page.locator(".arrange-title > a").all_inner_texts()).replace("第", "").replace("篇", "")


def saved(book: Collection) -> str:
    titles = Case.objects.filter(collection=book).order_by("order").values_list("title", flat=True)
    return "".join(title[1] for title in titles)


def test_chapter_is_ordered_with_the_keyboard_alone(page, live_server, book):
    open_desk(page, live_server, book)
    page.get_by_role("button", name="上移：第丙篇").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert shown(page) == "丙甲乙"
    assert page.locator("#arrange-status").inner_text() == "第丙篇：第 1 位，共 3 篇。"
    assert page.evaluate("document.activeElement.value").startswith("down-")
    assert page.locator(".arrange-state").inner_text() == "顺序改了，还没有保存。"
    assert saved(book) == "甲乙丙"
    page.get_by_role("button", name="保存这一章的顺序").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".messagelist .success")
    assert saved(book) == "丙甲乙"
    assert shown(page) == "丙甲乙"


def test_case_is_dragged_to_its_place(page, live_server, book):
    open_desk(page, live_server, book)
    page.locator(".grip").nth(2).drag_to(page.locator(".arrange-list > li").first, target_position={"x": 60, "y": 2})
    assert shown(page) == "丙甲乙"
    assert page.locator(".arrange-list input[type=number]").nth(0).input_value() == "1"
    page.get_by_role("button", name="保存这一章的顺序").click()
    page.wait_for_selector(".messagelist .success")
    assert saved(book) == "丙甲乙"


def test_leaving_an_unsaved_order_asks_first(page, live_server, book):
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    open_desk(page, live_server, book)
    page.get_by_role("button", name="下移：第甲篇").click()
    page.reload()
    assert asked == ["beforeunload"]
    page.reload()
    assert asked == ["beforeunload"]


def test_numbers_and_buttons_work_without_a_script(chromium, live_server, book):
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    open_desk(page, live_server, book)
    page.get_by_label("第甲篇的序号").fill("9")
    page.get_by_label("第甲篇的序号").press("Enter")
    assert saved(book) == "乙丙甲"
    page.get_by_role("button", name="上移：第甲篇").click()
    assert saved(book) == "乙甲丙"
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_desk_of_a_collection_is_accessible_and_fits_a_phone(chromium, live_server, book, scheme):
    Case.objects.filter(title="第甲篇").update(summary="", status="draft")
    context = chromium.new_context(locale="zh-CN", color_scheme=scheme, viewport={"width": 360, "height": 740})
    page = context.new_page()
    open_desk(page, live_server, book)
    found = {}
    for name in ("arrange/?check=" + book.cases.first().category.slug, "publish/", "start/"):
        page.goto(f"{live_server.url}/admin/cases/collection/{book.pk}/{name}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        found[name] = violations(page, "#content", [*AA, "best-practice"])
    context.close()
    assert {name: problems for name, problems in found.items() if problems} == {}
