"""A clerk's way through the form of a case: few lines, few clicks, and the keyboard where it is expected."""

import re
from io import BytesIO

import pytest
from docx import Document
from playwright.sync_api import Locator, Page, expect

from cases.models import Case
from tests.browser.asking import violations
from tests.browser.conftest import PASSWORD
from tests.browser.test_word_import import RESULTS, as_file, filled
from tests.factories import LONG_AGO, make_case, make_user
from tests.word_files import make_png


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


TEXTS = {
    "农行深圳分行服务小微企业，小店缺抵押物。": "小店缺抵押物。",
    "推出“抗疫贷”“复工贷”，用信用贷款代替抵押，接入转贷款资金。": "用流水代替抵押物。",
    "截至 2020 年 9 月末，累计放款 3.2 亿元，惠及小店 1200 户。利率低至 3.85%。平均 2 天放款，节省利息 460 万元。": RESULTS,
}
COUNT = """document.addEventListener("pointerdown", () => {
    sessionStorage.setItem("clicks", Number(sessionStorage.getItem("clicks") ?? 0) + 1);
}, true)"""


def clicks(page: Page) -> int:
    return page.evaluate("Number(sessionStorage.getItem('clicks') ?? 0)")


def with_figures(data: bytes) -> bytes:
    """The filled template with five figures, and with words that are tags."""
    document = Document(BytesIO(data))
    for paragraph in document.paragraphs:
        for new, old in TEXTS.items():
            if paragraph.text == old:
                paragraph.text = new
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def choose_file(page: Page, data: bytes) -> None:
    """One click more than the page sees: the file is chosen in a window of the system."""
    page.evaluate("sessionStorage.setItem('clicks', Number(sessionStorage.getItem('clicks') ?? 0) + 1)")
    page.set_input_files("#id_files", as_file(data))


def take_figures_and_tags(page: Page) -> None:
    """From the report to the case that is sent in, with five figures and five tags."""
    page.get_by_label("图上是什么").fill("放款流程示意图")
    takes = page.locator("input[name$=-take]")
    for place in range(5):
        takes.nth(place).click()
    page.get_by_role("button", name="保存，打开草稿").click()
    page.get_by_role("button", name=re.compile("^全部采用")).click()
    page.locator("#terms-audience .proposed").first.click()
    page.locator("#terms-need .proposed").first.click()
    assert page.locator(".term input:checked").count() >= 5
    page.get_by_role("button", name="保存，然后送审…").click()
    page.get_by_role("button", name="送审", exact=True).click()
    expect(page.locator(".state-now")).to_contain_text("待审")


def test_template_to_a_case_sent_in_takes_15_clicks(site, clerk):
    clerk.context.add_init_script(COUNT)
    clerk.reload()
    template = clerk.request.get(f"{site}/admin/cases/case/import/template.docx").body()
    clerk.get_by_role("link", name="导入 Word").click()
    choose_file(clerk, with_figures(filled(template)))
    clerk.get_by_role("button", name="导入").click()
    clerk.get_by_role("link", name="看报告").click()
    take_figures_and_tags(clerk)
    assert Case.objects.get(title="“小店贷”两天放款").figures.count() == 5
    assert clicks(clerk) <= 15


def without_template() -> bytes:
    """A member's own file: a title, typed headings, the institution at its end, and no word of a chapter."""
    document = Document()
    document.add_heading("“小店贷”两天放款", 0)
    for heading, text in zip(("一、案例背景", "二、主要做法", "三、取得成效"), TEXTS, strict=True):
        document.add_paragraph(heading)
        document.add_paragraph(text)
    document.add_picture(BytesIO(make_png(320, 200)))
    document.add_paragraph("农行深圳分行")
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def choose(page: Page, box: Locator, label: str) -> None:
    """Choose from a list: one click opens it, one takes the line; a script does both without the mouse."""
    if label not in box.locator("option:checked").inner_text():
        page.evaluate("sessionStorage.setItem('clicks', Number(sessionStorage.getItem('clicks')) + 2)")
        option = box.locator("option", has_text=label).first
        box.select_option(value=option.get_attribute("value"))


def test_file_without_the_template_to_a_case_sent_in_takes_18_clicks(site, clerk):
    clerk.context.add_init_script(COUNT)
    clerk.reload()
    clerk.get_by_role("link", name="导入 Word").click()
    choose_file(clerk, without_template())
    clerk.get_by_role("button", name="导入").click()
    choose(clerk, clerk.get_by_label("章节"), "服务小微")
    choose(clerk, clerk.get_by_label("机构"), "农行深圳分行")
    clerk.get_by_role("button", name="建草稿").click()
    clerk.get_by_role("link", name="看报告").click()
    take_figures_and_tags(clerk)
    assert clicks(clerk) <= 18


def test_reviewer_speaks_of_selected_words_and_the_editor_is_led_to_them(clerk, desk, live_server):
    case = make_case(status="draft", background="第一句。小店缺抵押物。第三句。")
    reviewing = desk(make_user("审核", username="laochen", password=PASSWORD, last_name="陈"))
    open_form(reviewing, live_server.url, case)
    reviewing.fill("#id_results", "还没有保存的成效")
    reviewing.locator("#id_background").evaluate("area => { area.focus(); area.setSelectionRange(4, 11); }")
    reviewing.locator(".comment-new summary").click()
    expect(reviewing.locator("#comment-quote")).to_have_value("小店缺抵押物。")
    reviewing.fill("#comment-text", "写明是哪一年。")
    reviewing.get_by_role("button", name="记下").click()
    expect(reviewing.locator(".comment-mark")).to_have_text("意见：“小店缺抵押物。”：写明是哪一年。")
    assert reviewing.input_value("#id_results") == "还没有保存的成效"
    open_form(clerk, live_server.url, case)
    expect(clerk.locator(".writing-notice", has_text="陈也打开着这一篇")).to_be_visible()
    clerk.locator(".comment-list li .comment-text").click()
    chosen = "area => area.value.slice(area.selectionStart, area.selectionEnd)"
    assert clerk.locator("#id_background").evaluate(chosen) == "小店缺抵押物。"
    clerk.get_by_role("button", name="已处理").click()
    expect(clerk.locator(".comment-list")).to_have_count(0)
    expect(clerk.locator(".comment-mark")).to_have_count(0)


# Django's box for searching and its boxes for choosing are named by a title alone.
DJANGOS = {"aria-input-field-name", "label", "label-title-only"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_desk_is_accessible_and_fits_a_phone_in_both_schemes(chromium, transactional_db, live_server, scheme):
    make_user("审核", username="laochen", password=PASSWORD)
    case = make_case(status="in-review", submitted_at=LONG_AGO)
    page = chromium.new_context(color_scheme=scheme, locale="zh-CN").new_page()
    page.goto(f"{live_server.url}/admin/")
    found = {"login": violations(page)}
    page.fill("#id_username", "laochen")
    page.fill("#id_password", PASSWORD)
    page.locator("#login-form [type=submit]").click()
    paths = ("", "cases/case/", f"cases/case/{case.pk}/change/", f"cases/collection/{case.collection_id}/arrange/")
    for path in (*paths, "cases/proposal/add/"):
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(f"{live_server.url}/admin/{path}")
        found[path] = violations(page, "main, header")
        page.set_viewport_size({"width": 360, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
    page.context.close()
    ours = {path: [one for one in problems if one[0] not in DJANGOS] for path, problems in found.items()}
    assert {path: problems for path, problems in ours.items() if problems} == {}
