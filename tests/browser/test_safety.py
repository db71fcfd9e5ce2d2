"""What could be lost or published by accident, tried in the browser."""

import pytest

from cases.models import Case
from tests.browser.test_word_import import as_file, clerk, filled, log_in  # noqa: F401
from tests.browser.test_writing import address, staff_page  # noqa: F401
from tests.factories import LONG_AGO, make_finished_draft


def test_ctrl_s_saves_while_the_cursor_is_in_the_box_for_tags(staff_page, live_server):  # noqa: F811
    case = make_finished_draft()
    staff_page.goto(address(live_server, case))
    staff_page.fill("#id_results", "新的成效")
    staff_page.locator(".term-box input").first.focus()
    staff_page.keyboard.press("Control+s")
    staff_page.wait_for_selector(".messagelist .success")
    case.refresh_from_db()
    assert case.results == "新的成效"


@pytest.mark.parametrize("key", ["Enter", "Control+s"])
def test_on_a_public_case_keys_ask_and_only_the_button_confirms(staff_page, live_server, key):  # noqa: F811
    case = make_finished_draft(status="published", published_at=LONG_AGO)
    staff_page.goto(address(live_server, case))
    staff_page.fill("#id_title", "更正的题名")
    staff_page.locator("#id_title").press(key)
    staff_page.get_by_role("heading", name="读者会马上看到这些变化").wait_for()
    assert Case.objects.get().title == case.title
    staff_page.locator("#id_period").press("Enter")
    staff_page.get_by_role("heading", name="读者会马上看到这些变化").wait_for()
    assert Case.objects.get().title == case.title
    staff_page.get_by_role("button", name="确认更正").click()
    staff_page.wait_for_selector(".messagelist .success")
    assert Case.objects.published().get().title == "更正的题名"


def test_revision_takes_along_what_was_typed(staff_page, live_server):  # noqa: F811
    case = make_finished_draft(status="published", published_at=LONG_AGO)
    staff_page.goto(address(live_server, case))
    staff_page.fill("#id_title", "修订的题名")
    staff_page.get_by_role("button", name="开修订稿", exact=True).last.click()
    staff_page.wait_for_selector(".messagelist .success")
    assert staff_page.input_value("#id_title") == "修订的题名"
    assert Case.objects.get(revises=case).title == "修订的题名"


def test_leaving_the_report_with_ticks_asks(page, site, clerk):  # noqa: F811
    log_in(page, site)
    page.goto(f"{site}/admin/cases/case/import/")
    template = page.context.request.get(f"{site}/admin/cases/case/import/template.docx").body()
    page.set_input_files("#id_files", as_file(filled(template)))
    page.select_option("#id_collection", label="《2019-2020 深圳银行业社会责任优秀案例集》")
    page.get_by_role("button", name="导入").click()
    page.get_by_role("link", name="看报告").click()
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.locator("input[name$=-take]").first.check()
    page.get_by_role("link", name="打开草稿").click()
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    assert page.locator("input[name$=-take]").first.is_checked()
