"""A clerk's way through the form of a case: few lines, few clicks, and the keyboard where it is expected."""

import pytest
from playwright.sync_api import Page, expect

from cases.models import Case
from tests.browser.conftest import PASSWORD
from tests.factories import make_case, make_user


def open_form(page: Page, site: str, case: Case) -> None:
    page.goto(f"{site}/admin/cases/case/{case.pk}/change/")
    page.locator("#case_form").wait_for()


@pytest.fixture
def clerk(desk):
    page = desk(make_user("编辑", username="xiaolin", password=PASSWORD))
    page.on("dialog", lambda dialog: dialog.accept())
    return page


def test_a_figure_is_one_line_and_the_keyboard_goes_along_it(clerk, live_server):
    case = make_case(status="draft", figures=3)
    open_form(clerk, live_server.url, case)
    row = clerk.locator("#figures-0")
    assert row.bounding_box()["height"] <= 60
    clerk.focus("#id_figures-0-label")
    passed = []
    for _ in range(7):
        passed.append(clerk.evaluate("document.activeElement.name ?? document.activeElement.textContent"))
        clerk.keyboard.press("Tab")
    names = [f"figures-0-{name}" for name in ("label", "value", "number", "unit", "as_of", "is_headline")]
    assert passed == [*names, "更多"]
    row.locator("summary").click()
    clerk.fill("#id_figures-0-note", "口径见附表")
    clerk.get_by_role("button", name="保存并继续编辑").click()
    assert case.figures.first().note == "口径见附表"


def test_buttons_write_markdown_and_undo_takes_it_back(clerk, live_server):
    case = make_case(status="draft", background="第一件\n第二件", approach="两天放款")
    open_form(clerk, live_server.url, case)
    bar = clerk.get_by_role("toolbar", name="背景的格式")
    clerk.locator("#id_background").select_text()
    bar.get_by_role("button", name="列点").click()
    assert clerk.input_value("#id_background") == "- 第一件\n- 第二件"
    bar.get_by_role("button", name="列点").click()
    bar.get_by_role("button", name="编号").click()
    assert clerk.input_value("#id_background") == "1. 第一件\n2. 第二件"
    for _ in range(3):
        clerk.keyboard.press("Control+z")
    assert clerk.input_value("#id_background") == "第一件\n第二件"
    clerk.locator("#id_approach").select_text()
    clerk.keyboard.press("Control+b")
    assert clerk.input_value("#id_approach") == "**两天放款**"
    clerk.keyboard.press("Control+b")
    assert clerk.input_value("#id_approach") == "两天放款"
    clerk.get_by_role("toolbar", name="做法的格式").get_by_role("button", name="表格").click()
    clerk.keyboard.type("贷款")
    assert "| 贷款 | 1 |" in clerk.input_value("#id_approach")
    clerk.get_by_role("button", name="保存并继续编辑").click()
    assert clerk.input_value("#id_approach").startswith("两天放款\n\n| 项目 | 数 |")


def test_page_beside_the_text_shows_where_the_cursor_stands(clerk, live_server):
    clerk.set_viewport_size({"width": 1440, "height": 900})
    lines = [f"第{n}段，讲的是第{n}件事。" for n in range(1, 60)]
    case = make_case(status="draft", approach="\n\n".join(lines))
    open_form(clerk, live_server.url, case)
    beside = clerk.frame_locator("#writing-frame")
    last = beside.get_by_text(lines[-1])
    last.wait_for(state="attached")
    clerk.locator("#id_approach").focus()
    clerk.keyboard.press("Control+End")
    expect(last).to_be_in_viewport()
    clerk.keyboard.press("Control+Home")
    expect(beside.get_by_text(lines[0])).to_be_in_viewport()
