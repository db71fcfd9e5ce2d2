"""A member's Word file on its way to readers and back to an older version, with two people at two browsers."""

import re

from playwright.sync_api import Page, expect

from cases.models import Case
from tests.browser.conftest import PASSWORD
from tests.browser.test_word_import import bring_in
from tests.factories import make_user

TERMS = ("小微企业", "缺抵押缺担保", "信用贷款", "专精特新")


def take_step(page: Page, label: str, **fields: str) -> None:
    """Open a step from the case's form and confirm it."""
    page.get_by_role("link", name=f"{label}…", exact=True).click()
    for name, value in fields.items():
        page.fill(f"[name={name}]", value)
    page.locator(".submit-row input[type=submit]").click()


def choose_terms(page: Page, names: tuple[str, ...]) -> None:
    """Tick each name; where the text does not propose it, find it in the folded rest of its facet."""
    for name in names:
        term = page.locator(".term", has_text=re.compile(rf"^{name}$"))
        if not term.is_visible():
            page.locator(".term-box", has=term).locator("summary").click()
        term.locator("input").check()


def save_and_submit(page: Page) -> None:
    page.get_by_role("button", name="保存，然后送审…").click()
    expect(page.locator(".blockers")).to_have_count(0)
    page.get_by_role("button", name="送审", exact=True).click()
    expect(page.locator(".state-now")).to_contain_text("待审")


def test_word_file_of_a_member_becomes_a_page_that_readers_find(site, desk):
    editor = make_user("编辑", username="xiaolin", password=PASSWORD)
    reviewer = make_user("审核", username="laochen", password=PASSWORD)

    writing = desk(editor)
    writing.set_viewport_size({"width": 1440, "height": 900})
    writing.on("dialog", lambda dialog: dialog.accept())
    bring_in(writing)
    case = Case.objects.get(title="“小店贷”两天放款")
    form = f"{site}/admin/cases/case/{case.pk}/change/"
    expect(writing.get_by_role("link", name="看来稿报告")).to_be_visible()
    choose_terms(writing, TERMS)
    writing.fill("#id_summary", "小店缺抵押物，用流水代替，两天放款。")
    beside = writing.frame_locator("#writing-frame")
    expect(beside.locator("article")).to_contain_text("用流水代替，两天放款")
    expect(beside.locator("body")).to_contain_text("专精特新")
    writing.get_by_role("button", name="保存并继续编辑").click()
    with writing.expect_popup() as opened:
        writing.get_by_role("link", name="看读者将看到的页面").click()
    expect(opened.value.get_by_role("heading", level=1)).to_contain_text("“小店贷”两天放款")
    expect(opened.value.get_by_alt_text("放款流程示意图").first).to_be_attached()
    opened.value.close()
    save_and_submit(writing)
    expect(writing.locator("#id_title")).to_have_count(0)  # under review: the editor reads, and waits

    reviewing = desk(reviewer)
    reviewing.locator(".todo").get_by_role("link", name="“小店贷”两天放款").click()
    take_step(reviewing, "退回修改", comment="背景里写明是哪一年。")
    expect(reviewing.locator(".state-now")).to_contain_text("已退回")

    writing.goto(form)
    expect(writing.locator(".review-comment")).to_contain_text("背景里写明是哪一年。")
    writing.fill("#id_background", "2020 年春天，小店缺抵押物。")
    save_and_submit(writing)

    public = f"{site}/cases/{case.code}/"
    assert reviewing.request.get(public).status == 404
    reviewing.goto(form)
    take_step(reviewing, "发布")
    expect(reviewing.locator(".state-now")).to_contain_text("已发布")
    reviewing.goto(f"{site}/cases/?q=小店贷")
    reviewing.locator("main .card-title").get_by_role("link", name="“小店贷”两天放款").first.click()
    expect(reviewing).to_have_url(re.compile(f"{re.escape(public)}.*"))
    expect(reviewing.locator("article.prose")).to_contain_text("2020 年春天，小店缺抵押物。")

    writing.goto(f"{site}/admin/cases/case/{case.pk}/history/")
    writing.locator(".version", has_text="退回").get_by_role("button").first.click()
    expect(writing.locator(".state-panel")).to_contain_text("修订稿")
    expect(writing.locator("#id_background")).to_have_value("小店缺抵押物。")
    reviewing.goto(public)
    expect(reviewing.locator("article.prose")).to_contain_text("2020 年春天")
