"""The way of a case from draft to readers and back to an older version, with two people at two browsers."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD
from tests.factories import make_finished_draft, make_user


def take_step(page: Page, label: str, **fields: str) -> None:
    """Open a step from the case's form and confirm it."""
    page.get_by_role("link", name=f"{label}…", exact=True).click()
    for name, value in fields.items():
        page.fill(f"[name={name}]", value)
    page.locator(".submit-row input[type=submit]").click()


def test_draft_is_sent_back_mended_published_and_an_older_version_restored(desk, live_server):
    editor = make_user("编辑", username="xiaolin", password=PASSWORD)
    reviewer = make_user("审核", username="laochen", password=PASSWORD)
    case = make_finished_draft(title="绿色票据", editor=editor, summary="第一稿的摘要。")
    public = f"{live_server.url}/cases/{case.code}/"

    writing = desk(editor)
    writing.locator(".todo").get_by_role("link", name="绿色票据").click()
    take_step(writing, "送审")
    expect(writing.locator(".messagelist")).to_contain_text("送审")
    expect(writing.locator("#id_title")).to_have_count(0)  # under review: the editor reads, and waits

    reviewing = desk(reviewer)
    expect(reviewing.locator(".todo").first).to_contain_text("等我审核的")
    reviewing.locator(".todo").get_by_role("link", name="绿色票据").click()
    take_step(reviewing, "退回修改", comment="摘要里写明日期。")

    writing.goto(f"{live_server.url}/admin/")
    expect(writing.locator(".todo").first).to_contain_text("摘要里写明日期。")
    writing.locator(".todo").get_by_role("link", name="绿色票据").click()
    writing.fill("#id_summary", "第二稿的摘要，写明了 2020 年 3 月。")
    writing.locator("input[name=_submit]").click()
    writing.locator(".submit-row input[type=submit]").click()
    expect(writing.locator(".state-now")).to_contain_text("待审")

    assert reviewing.request.get(public).status == 404
    reviewing.goto(f"{live_server.url}/admin/cases/case/{case.pk}/change/")
    take_step(reviewing, "发布")
    reviewing.goto(public)
    expect(reviewing.locator("body")).to_contain_text("第二稿的摘要，写明了 2020 年 3 月。")

    writing.goto(f"{live_server.url}/admin/cases/case/{case.pk}/history/")
    writing.get_by_role("button", name="把第 1 版恢复成草稿").click()
    expect(writing.locator(".state-panel")).to_contain_text("修订稿")
    expect(writing.locator("#id_summary")).to_have_value("第一稿的摘要。")
    reviewing.reload()
    expect(reviewing.locator("body")).to_contain_text("第二稿的摘要")
