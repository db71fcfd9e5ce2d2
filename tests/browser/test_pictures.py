"""A clerk drops and pastes pictures onto the page of a case."""

import base64

import pytest
from django.contrib.auth import get_user_model

from cases.models import Case
from tests.factories import make_case
from tests.image_files import picture_bytes

SEND = """([type, name, kind, data]) => {
    const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], name, {type: kind}));
    const box = document.querySelector(".image-drop");
    const event = type === "drop"
        ? new DragEvent("drop", {dataTransfer: transfer, bubbles: true, cancelable: true})
        : new ClipboardEvent("paste", {clipboardData: transfer, bubbles: true, cancelable: true});
    box.dispatchEvent(event);
}"""


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.fixture
def case(transactional_db) -> Case:
    return make_case(status="draft", published_at=None, title="原来的题名")


def write(box, text: str) -> None:
    """Fill ``box`` and leave it, then wait for the preview that both ask for."""
    box.fill(text)
    box.blur()


@pytest.fixture
def form(page, live_server, case):
    """The page of the case, open, its title already being changed."""
    get_user_model().objects.create_superuser("staff", password="not-a-secret")
    page.goto(f"{live_server.url}/admin/login/?next=/admin/cases/case/{case.pk}/change/")
    page.fill("#id_username", "staff")
    page.fill("#id_password", "not-a-secret")
    page.click("[type=submit]")
    page.wait_for_selector(".image-drop")
    write(page.locator("#id_title"), "改了一半的题名")
    return page


def send(page, how: str, data: bytes, name: str = "图.jpg", kind: str = "image/jpeg") -> None:
    page.evaluate(SEND, [how, name, kind, base64.b64encode(data).decode()])


@pytest.mark.parametrize("how", ["drop", "paste"])
def test_picture_is_taken_with_its_words_while_the_form_is_being_filled(form, case, how):
    send(form, how, picture_bytes())
    form.get_by_role("button", name="上传").click()
    assert form.locator(".image-cards [role=alert]").inner_text() == "请先写替代文字：图上是什么。"
    write(form.get_by_label("替代文字（必填）"), "三个人在看合同")
    form.get_by_label("替代文字（必填）").press("Enter")
    form.wait_for_selector(".image-cards .added")
    assert form.locator(".image-status").inner_text() == "图片已存好。"
    assert case.images.get().alt == "三个人在看合同"
    assert form.locator("#id_title").input_value() == "改了一半的题名"
    form.locator("[name=_continue]").first.click()
    form.wait_for_selector(".case-thumbnail")
    case.refresh_from_db()
    assert (case.title, case.images.count()) == ("改了一半的题名", 1)


def test_picture_goes_into_the_text_at_the_cursor_and_is_moved_by_the_same_button(form, case):
    send(form, "drop", picture_bytes())
    write(form.get_by_label("替代文字（必填）"), "三个人在看合同")
    form.get_by_role("button", name="上传").click()
    form.wait_for_selector(".image-cards .added")
    results, approach = form.locator("textarea[name=results]"), form.locator("textarea[name=approach]")
    results.fill("放款。\n\n续贷。")
    results.press("Control+Home")
    form.locator(".image-cards [data-image-place]").click()
    assert results.input_value() == "放款。\n\n〔图 1〕\n\n续贷。"
    approach.click()
    form.locator(".image-cards [data-image-place]").click()
    assert results.input_value() == "放款。\n\n续贷。"
    assert approach.input_value() == "做法\n\n〔图 1〕"
    form.locator("[name=_continue]").first.click()
    form.wait_for_selector(".case-thumbnail")
    assert form.locator("button[data-image-place]").is_visible()
    case.refresh_from_db()
    assert case.approach == "做法\n\n〔图 1〕"


def test_refused_picture_keeps_its_words_and_can_be_put_away(form, case):
    send(form, "drop", b"<svg/>", "图.svg", "image/svg+xml")
    write(form.get_by_label("替代文字（必填）"), "一张图")
    form.get_by_role("button", name="上传").click()
    form.wait_for_selector(".problem:has-text('SVG')")
    assert form.get_by_label("替代文字（必填）").input_value() == "一张图"
    form.get_by_role("button", name="不要这张").click()
    assert form.locator(".image-cards li").count() == 0
    assert case.images.count() == 0


def test_what_is_no_picture_is_told_at_once(form):
    send(form, "drop", b"x", "合同.docx", "application/octet-stream")
    assert "不是图片" in form.locator(".image-status").inner_text()


def test_lost_connection_keeps_the_picture_for_another_try(form, case):
    form.route("**/images/", lambda route: route.fulfill(status=408, body=""))
    send(form, "drop", picture_bytes())
    write(form.get_by_label("替代文字（必填）"), "一张图")
    form.get_by_role("button", name="上传").click()
    form.wait_for_selector(".problem:has-text('网络断了')")
    form.unroute("**/images/")
    form.get_by_role("button", name="上传").click()
    form.wait_for_selector(".added")
    assert case.images.count() == 1
