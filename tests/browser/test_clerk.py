"""A clerk's way through the form of a case: few lines, few clicks, and the keyboard where it is expected."""

import pytest
from playwright.sync_api import Page

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
