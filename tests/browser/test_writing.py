"""Writing a case in the staff desk: the page beside the text, and nothing typed is lost."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session

from cases.models import Case
from tests.browser.asking import AA, violations
from tests.browser.conftest import PASSWORD
from tests.factories import make_case, make_category, make_chapter, make_collection, make_institution, make_term

KEPT = "() => Object.keys(localStorage).filter(key => key.startsWith('writing:')).length"


@pytest.fixture
def staff_page(transactional_db, live_server, page):
    """A page logged in as staff, and a draft to write."""
    get_user_model().objects.create_superuser("staff", password=PASSWORD)
    page.on("dialog", lambda dialog: dialog.accept())
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{live_server.url}/admin/login/?next=/admin/")
    login(page, "staff")
    return page


@pytest.fixture
def case(staff_page):
    return make_case(status="draft", terms=(make_term(),), figures=2)


def login(page, name: str) -> None:
    page.fill("#id_username", name)
    page.fill("#id_password", PASSWORD)
    page.locator("#login-form [type=submit]").click()


def address(live_server, case: Case) -> str:
    return f"{live_server.url}/admin/cases/case/{case.pk}/change/"


def wait_kept(page, count: int = 1) -> None:
    page.wait_for_function(f"count => ({KEPT})() === count", arg=count)


def save(page, name: str = "保存") -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_selector(".messagelist .success")


def frame(page):
    return page.frame_locator("#writing-frame")


def test_page_beside_the_text_follows_what_is_typed_and_is_the_one_readers_get(staff_page, live_server, case):
    staff_page.goto(address(live_server, case))
    frame(staff_page).get_by_role("heading", level=1, name=case.title).wait_for()
    staff_page.fill("#id_background", "起初很难。\n\n# 难在哪里\n\n- 没有抵押\n- 没有流水")
    frame(staff_page).get_by_role("heading", name="难在哪里").wait_for()
    staff_page.fill("#id_summary", "“不成对")
    staff_page.locator("#writing-problems li", has_text="摘要里的“”不成对").wait_for()
    beside = frame(staff_page).locator("article").inner_html()
    save(staff_page, "保存并继续编辑")
    staff_page.goto(f"{live_server.url}/cases/{case.code}/preview/")
    assert staff_page.locator("article").inner_html() == beside


def test_text_survives_a_reload_and_is_put_back_with_figures_and_terms(staff_page, live_server, case):
    extra = make_term(name="新标签")
    staff_page.goto(address(live_server, case))
    staff_page.fill("#id_approach", "写了半天的做法")
    staff_page.locator("#figures-group .add-row a").click()
    staff_page.fill("#id_figures-2-label", "新数据")
    staff_page.fill("#id_figures-2-value", "超 3 亿元")
    staff_page.locator("#id_figures-2-is_headline").check()
    staff_page.get_by_role("checkbox", name="新标签").check()
    wait_kept(staff_page)
    staff_page.reload()
    assert staff_page.input_value("#id_approach") == "做法"
    staff_page.get_by_role("button", name="先看看不同").click()
    assert "写了半天的" in staff_page.locator("#writing-offer ins").all_inner_texts()
    staff_page.get_by_role("button", name="恢复", exact=True).click()
    assert staff_page.input_value("#id_approach") == "写了半天的做法"
    assert staff_page.input_value("#id_figures-2-label") == "新数据"
    assert staff_page.locator("#id_figures-2-is_headline").is_checked()
    assert staff_page.input_value("#id_figures-2-order") == "3"
    save(staff_page, "保存并继续编辑")
    case.refresh_from_db()
    assert (case.approach, case.figures.count()) == ("写了半天的做法", 3)
    assert extra in case.terms.all()
    assert staff_page.locator("#writing-offer").is_hidden()
    assert staff_page.evaluate(KEPT) == 0


def test_text_survives_a_session_that_ends_while_writing(staff_page, live_server, case):
    staff_page.goto(address(live_server, case))
    staff_page.fill("#id_results", "成效写到一半")
    Session.objects.all().delete()
    staff_page.get_by_role("button", name="保存", exact=True).click()
    staff_page.wait_for_selector("#login-form")
    login(staff_page, "staff")
    staff_page.wait_for_url(address(live_server, case))
    staff_page.get_by_role("button", name="恢复", exact=True).click()
    assert staff_page.input_value("#id_results") == "成效写到一半"
    staff_page.keyboard.press("Control+s")
    staff_page.wait_for_selector(".messagelist .success")
    case.refresh_from_db()
    assert case.results == "成效写到一半"


def test_writer_is_told_when_the_session_has_ended_and_can_save_after_logging_in_elsewhere(
    staff_page, live_server, case
):
    staff_page.goto(address(live_server, case))
    frame(staff_page).locator("article").wait_for()
    Session.objects.all().delete()
    staff_page.fill("#id_results", "又写了一段")
    with staff_page.context.expect_page() as opened:
        staff_page.get_by_role("link", name="在新窗口登录").click()
    login(opened.value, "staff")
    opened.value.wait_for_selector("#user-tools")
    save(staff_page)
    case.refresh_from_db()
    assert case.results == "又写了一段"


def test_another_user_of_the_same_computer_is_not_shown_the_text(staff_page, live_server, case):
    get_user_model().objects.create_superuser("other", password=PASSWORD)
    staff_page.goto(address(live_server, case))
    staff_page.fill("#id_results", "只给自己看")
    wait_kept(staff_page)
    staff_page.context.clear_cookies()
    staff_page.goto(address(live_server, case))
    login(staff_page, "other")
    staff_page.wait_for_selector("#writing", state="attached")
    staff_page.wait_for_timeout(300)
    assert staff_page.locator("#writing-offer").is_hidden()
    assert staff_page.evaluate(KEPT) == 1


def test_new_case_is_offered_until_it_is_saved(staff_page, live_server, case):
    book, category, bank = make_collection(), make_category(), make_institution()
    make_chapter(book, category)
    staff_page.goto(f"{live_server.url}/admin/cases/case/add/")
    staff_page.fill("#id_title", "一篇新的")
    for name, text in (("collection", book.title), ("category", category.name), ("institution", bank.short_name)):
        staff_page.locator(f"[aria-labelledby=select2-id_{name}-container]").click()
        staff_page.locator(".select2-container--open .select2-search__field").fill(text)
        staff_page.locator(".select2-results__option", has_text=text).first.click()
    wait_kept(staff_page)
    staff_page.reload()
    staff_page.get_by_role("button", name="恢复", exact=True).click()
    save(staff_page)
    assert Case.objects.get(title="一篇新的").institution == bank
    staff_page.goto(f"{live_server.url}/admin/cases/case/add/")
    staff_page.wait_for_timeout(300)
    assert staff_page.locator("#writing-offer").is_hidden()


def test_discarded_text_is_gone_and_unchanged_form_leaves_without_a_question(staff_page, live_server, case):
    asked = []
    staff_page.on("dialog", lambda dialog: asked.append(dialog.type))
    staff_page.goto(address(live_server, case))
    staff_page.fill("#id_results", "不要了")
    wait_kept(staff_page)
    staff_page.reload()
    assert asked == ["beforeunload"]
    staff_page.get_by_role("button", name="丢弃").click()
    assert staff_page.locator("#writing-offer").is_hidden()
    assert staff_page.evaluate(KEPT) == 0
    staff_page.reload()
    assert staff_page.locator("#writing-offer").is_hidden()
    assert asked == ["beforeunload"]


def test_save_that_is_refused_keeps_the_text_in_the_form_and_on_the_computer(staff_page, live_server, case):
    staff_page.goto(address(live_server, case))
    staff_page.fill("#id_title", "")
    staff_page.fill("#id_results", "还没有题名")
    staff_page.get_by_role("button", name="保存", exact=True).click()
    staff_page.wait_for_selector(".errornote")
    assert staff_page.input_value("#id_results") == "还没有题名"
    wait_kept(staff_page)
    assert staff_page.locator("#writing-offer").is_hidden()


def test_two_windows_of_one_case_know_of_each_other(staff_page, live_server, case):
    second = staff_page.context.new_page()
    staff_page.goto(address(live_server, case))
    second.goto(address(live_server, case))
    second.fill("#id_results", "第二个窗口写的")
    staff_page.locator("#writing-notice", has_text="另一个窗口").wait_for()
    second.close()


def test_pasted_text_is_counted_not_cut(staff_page, live_server, case):
    staff_page.goto(address(live_server, case))
    counter = staff_page.locator("#id_summary ~ .counter")
    staff_page.fill("#id_summary", "字" * 90 + "  \n")
    assert counter.inner_text() == "90 字，长短合适"
    staff_page.fill("#id_summary", "字" * 130)
    assert counter.inner_text() == "130 字，比建议的 120 字多 10 字"
    staff_page.locator("p.sr-only[role=status]", has_text="摘要：130 字").wait_for(state="attached")
    staff_page.evaluate("document.getElementById('id_title').focus()")
    staff_page.keyboard.insert_text("长" * 130)
    assert len(staff_page.input_value("#id_title")) >= 130
    assert "超出" in staff_page.locator("#id_title ~ .counter").inner_text()


def test_figures_added_by_hand_have_counters(staff_page, live_server, case):
    staff_page.goto(address(live_server, case))
    staff_page.locator("#figures-group .add-row a").click()
    staff_page.fill("#id_figures-2-label", "长" * 61)
    assert "超出 1 字" in staff_page.locator("#id_figures-2-label ~ .counter").inner_text()


def test_phone_has_the_page_one_touch_away_and_nothing_scrolls_sideways(staff_page, live_server, case):
    staff_page.set_viewport_size({"width": 360, "height": 740})
    staff_page.goto(address(live_server, case))
    assert staff_page.evaluate("document.documentElement.scrollWidth") <= 360
    assert staff_page.get_by_role("button", name="保存", exact=True).is_visible()
    staff_page.get_by_role("button", name="边写边看").click()
    frame(staff_page).get_by_role("heading", level=1, name=case.title).wait_for()
    assert staff_page.evaluate("document.activeElement.textContent") == "收起"
    staff_page.keyboard.press("Escape")
    assert staff_page.locator("#writing-preview").is_hidden()
    assert staff_page.evaluate("document.activeElement.textContent") == "边写边看"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_form_is_accessible(chromium, transactional_db, live_server, scheme):
    get_user_model().objects.create_superuser("staff", password=PASSWORD)
    case = make_case(status="draft", figures=2)
    # A context of its own: axe measures with inline styles, which the policy refuses aloud.
    context = chromium.new_context(locale="zh-CN", color_scheme=scheme, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(address(live_server, case))
    login(page, "staff")
    page.fill("#id_summary", "字" * 130)
    wait_kept(page)
    page.reload()
    page.get_by_role("button", name="先看看不同").click()
    page.locator(".cheat-sheet summary").click()
    frame(page).locator("article").wait_for()
    found = {}
    # What is ours: the admin's selects and icons are Django's.
    for part in ("#writing", "#writing-preview", ".counter", ".submit-row"):
        found[part] = violations(page, part, AA)
    assert re.search(r"共 \d+ 字", page.locator("#writing-preview-state").inner_text())
    context.close()
    assert {part: problems for part, problems in found.items() if problems} == {}
