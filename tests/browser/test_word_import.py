"""A clerk brings in a filled-in template, picks its figures, says what the picture shows, and is at the draft."""

from io import BytesIO

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from docx import Document

from cases.models import Case
from tests.browser.asking import AA, violations
from tests.word_files import make_png

RESULTS = "截至 2020 年 9 月末，累计放款 3.2 亿元，惠及小店 1200 户。"


@pytest.fixture
def clerk(site):
    """Someone with an editor's permissions; the groups themselves do not outlive a browser test's clean-up."""
    user = get_user_model().objects.create_user("clerk", password="not-a-secret", is_staff=True)
    names = ("view_case", "add_case", "change_case")
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="cases", codename__in=names))
    return user


def log_in(page, site) -> None:
    page.goto(f"{site}/admin/login/?next=/admin/")
    page.fill("#id_username", "clerk")
    page.fill("#id_password", "not-a-secret")
    page.click("[type=submit]")


def filled(template: bytes, institution: str = "农行深圳分行") -> bytes:
    """The template as a member fills it in, with a picture."""
    document = Document(BytesIO(template))
    values = {"案例题名": "“小店贷”两天放款", "申报单位": institution, "案例类别": "服务小微"}
    for row in document.tables[0].rows:
        label, cell = row.cells[0].text.strip(), row.cells[1]
        if label in values:
            for child in list(cell.paragraphs[0]._p):
                cell.paragraphs[0]._p.remove(child)
            cell.paragraphs[0].text = values[label]
    texts = {"摘要": "两天放款。", "背景": "小店缺抵押物。", "做法": "用流水代替抵押物。", "成效": RESULTS}
    for paragraph, following in zip(document.paragraphs, document.paragraphs[1:], strict=False):
        for word, text in texts.items():
            if word in paragraph.text and paragraph.style.name.startswith("Heading"):
                following.text = text
    document.add_picture(BytesIO(make_png(320, 200)))
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def as_file(data: bytes, name: str = "小店贷.docx") -> dict:
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    return {"name": name, "mimeType": kind, "buffer": data}


def bring_in(page) -> None:
    """From the desk's first page to the draft: template, filled in; upload; figures; what the picture shows."""
    page.get_by_role("link", name="导入 Word").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载来稿模板").click()
    template = download.value.path().read_bytes()
    page.set_input_files("#id_files", as_file(filled(template)))
    assert "小店贷.docx" in page.locator("#word-chosen").inner_text()
    page.select_option("#id_collection", label="《2019-2020 深圳银行业社会责任优秀案例集》")
    page.get_by_role("button", name="导入").click()
    page.get_by_role("link", name="看报告").click()
    page.get_by_label("图上是什么").fill("放款流程示意图")
    row = page.locator(".word-figure", has_text="1200 户").last
    row.locator("input[name$=-take]").check()
    row.get_by_label("说明").fill("惠及小店")
    row.get_by_label("大字显示").check()
    page.get_by_role("button", name="保存，打开草稿").click()


def test_clerk_goes_from_the_template_to_the_draft(page, site, clerk):
    log_in(page, site)
    bring_in(page)
    case = Case.objects.get(title="“小店贷”两天放款")
    assert page.url == f"{site}/admin/cases/case/{case.pk}/change/"
    assert page.input_value("#id_results").strip() == f"{RESULTS}\n\n〔图 1〕"
    assert (case.institution.slug, case.category.slug) == ("abc-shenzhen", "small-business")
    assert [(one.label, one.is_headline) for one in case.figures.all()] == [("惠及小店", True)]
    assert [image.alt for image in case.images.all()] == ["放款流程示意图"]


def test_clerk_completes_what_the_file_did_not_say_without_javascript(chromium, site, clerk):
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN", viewport={"width": 360, "height": 740})
    page = context.new_page()
    log_in(page, site)
    page.goto(f"{site}/admin/cases/case/import/")
    template = context.request.get(f"{site}/admin/cases/case/import/template.docx").body()
    page.set_input_files("#id_files", as_file(filled(template, institution="农行")))
    page.select_option("#id_collection", label="《2019-2020 深圳银行业社会责任优秀案例集》")
    page.get_by_role("button", name="导入").click()
    page.get_by_role("link", name="补全，建草稿").click()
    assert "可能是：" in page.locator(".word-questions").inner_text()
    page.get_by_label("机构").select_option(label="农行深圳分行")
    page.get_by_role("button", name="建草稿").click()
    assert "草稿建好了" in page.locator(".messagelist").inner_text()
    assert Case.objects.get(title="“小店贷”两天放款").institution.slug == "abc-shenzhen"
    context.close()


def test_dropped_files_are_listed_and_a_wrong_one_is_named_before_sending(page, site, clerk):
    log_in(page, site)
    page.goto(f"{site}/admin/cases/case/import/")
    page.evaluate(
        """() => {
            const files = new DataTransfer();
            files.items.add(new File(["x"], "好.docx"));
            files.items.add(new File(["x"], "旧.xls"));
            document.getElementById("word-drop").dispatchEvent(new DragEvent("drop", {dataTransfer: files, bubbles: true}));
        }"""
    )
    listed = page.locator("#word-chosen li")
    assert listed.count() == 2
    assert page.locator("#word-chosen .is-bad").inner_text().endswith("不是 Word 或 PDF 文件")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible_and_fit_a_phone(chromium, site, clerk, scheme):
    context = chromium.new_context(color_scheme=scheme, locale="zh-CN", viewport={"width": 360, "height": 740})
    page = context.new_page()
    log_in(page, site)
    page.goto(f"{site}/admin/cases/case/import/")
    template = context.request.get(f"{site}/admin/cases/case/import/template.docx").body()
    sent = [
        as_file(filled(template)),
        as_file(filled(template, institution="农行"), "二.docx"),
        as_file(b"%PDF", "三.pdf"),
    ]
    page.set_input_files("#id_files", sent)
    page.select_option("#id_collection", label="《2019-2020 深圳银行业社会责任优秀案例集》")
    page.get_by_role("button", name="导入").click()
    report = page.url
    addresses = [f"{site}/admin/cases/case/import/", report]
    addresses += [f"{site}{link.get_attribute('href')}" for link in page.get_by_role("link", name="看报告").all()]
    addresses += [f"{site}{link.get_attribute('href')}" for link in page.get_by_role("link", name="补全").all()]
    assert len(addresses) == 4
    found = {}
    for address in addresses:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address
        # Django's own frame around the page is Django's to mend.
        found[address] = violations(page, "#content-main", AA)
    context.close()
    assert {address: problems for address, problems in found.items() if problems} == {}
