"""Sheets on the staff desk: out of any list, and in again with a look before."""

import io
from unittest.mock import patch

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from cases.models import Case, SheetImport
from cases.sheets.admin import FORMS, _small_enough
from cases.sheets.layout import CASES, FIGURES
from cases.sheets.xlsx import MAX_BYTES, OLE
from tests.factories import LONG_AGO, make_case, make_collection, make_finished_draft, make_user

pytestmark = pytest.mark.django_db

SHEET = "admin:cases_case_sheet"


def export(client, form: str, **query) -> bytes:
    response = client.get(reverse("admin:cases_case_sheet_export", args=[form]), query)
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def workbook(lines: str) -> bytes:
    """A workbook of cases; ``lines`` hold a row each, cells apart by commas."""
    book = Workbook()
    book.active.title = CASES.name
    for line in lines.splitlines():
        book.active.append(line.split(","))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def upload(client, content: bytes | str, name: str = "案例.xlsx"):
    data = content if isinstance(content, bytes) else workbook(content)
    return client.post(reverse(SHEET), {"file": SimpleUploadedFile(name, data)})


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def reviewer_client(client, db):
    client.force_login(make_user("审核"))
    return client


def test_list_is_exported_as_it_is_filtered_and_searched(staff_client):
    wanted, _ = make_case(title="绿色票据", status="draft"), make_case(title="绿色债券")
    make_case(title="别的", status="draft")
    sheets = load_workbook(io.BytesIO(export(staff_client, "xlsx", q="绿色", status__exact="draft", p="1")))
    assert [row[0].value for row in sheets[CASES.name].iter_rows(min_row=2)] == [wanted.code]
    assert [row[0].value for row in sheets[FIGURES.name].iter_rows(min_row=2)] == [wanted.code]
    for form, sheet in (("cases.csv", CASES), ("figures.csv", FIGURES)):
        lines = export(staff_client, form, q="绿色", status__exact="draft").decode("utf-8-sig").splitlines()
        assert len(lines) == 2, sheet
        assert lines[1].startswith(wanted.code)


def test_file_is_named_and_not_kept_by_caches(staff_client):
    make_case()
    response = staff_client.get(reverse("admin:cases_case_sheet_export", args=["xlsx"]))
    assert "attachment" in response["Content-Disposition"]
    assert ".xlsx" in response["Content-Disposition"]
    assert "no-store" in response["Cache-Control"]


def test_selected_cases_are_exported_and_no_others(staff_client):
    wanted, other = make_case(), make_case()
    for action in ("export_xlsx", "export_csv", "export_figures"):
        response = staff_client.post(
            reverse("admin:cases_case_changelist"), {"action": action, "_selected_action": [wanted.pk]}
        )
        content = b"".join(response.streaming_content)
        if action == "export_xlsx":
            content = str([row[0].value for row in load_workbook(io.BytesIO(content))[CASES.name]]).encode()
        assert wanted.code.encode() in content
        assert other.code.encode() not in content


def test_empty_selection_exports_nothing(staff_client):
    make_case()
    response = staff_client.post(reverse("admin:cases_case_changelist"), {"action": "export_xlsx"}, follow=True)
    assert "text/html" in response["Content-Type"]


def test_empty_list_exports_nothing_and_says_so(staff_client):
    make_case()
    url = reverse("admin:cases_case_sheet_export", args=["xlsx"])
    response = staff_client.get(url, {"q": "没有这样的"}, follow=True)
    assert "列表是空的，没有导出" in text(response)
    assert response.redirect_chain[0][0].endswith("?q=%E6%B2%A1%E6%9C%89%E8%BF%99%E6%A0%B7%E7%9A%84")


@pytest.mark.parametrize("query", ["status__exact=nonsense&collection__id__exact=x", "p=x&collection__id__exact=abc"])
def test_wrong_filter_exports_nothing_rather_than_everything(staff_client, query):
    make_case(), make_case()  # Django offers, and applies, a filter only where there is a choice
    assert staff_client.get(f"{reverse('admin:cases_case_sheet_export', args=['xlsx'])}?{query}").status_code in (
        302,
        404,
    )
    response = staff_client.get(f"{reverse(SHEET)}?{query}")
    assert response.status_code == 404 or response.context["count"] == 0


def test_unknown_format_is_not_there(staff_client):
    assert staff_client.get(reverse("admin:cases_case_sheet_export", args=["pdf"])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_exporting_takes_the_same_queries_for_any_number_of_cases(staff_client, django_assert_num_queries, count):
    book = make_collection()
    for _ in range(count):
        make_case(collection=book)
    with django_assert_num_queries(35):
        export(staff_client, "xlsx")


def test_list_leads_to_the_sheet_page_with_its_filters(staff_client):
    make_case(status="draft"), make_case()
    body = text(staff_client.get(reverse("admin:cases_case_changelist"), {"status__exact": "draft"}))
    assert f"{reverse(SHEET)}?status__exact=draft" in body
    body = text(staff_client.get(reverse(SHEET), {"status__exact": "draft"}))
    assert "当前筛选出的 1 篇" in body
    assert reverse("admin:cases_case_sheet_export", args=["xlsx"]) + "?status__exact=draft" in body


def test_template_offers_the_words_of_the_database(staff_client):
    case = make_case()
    response = staff_client.get(reverse("admin:cases_case_sheet_template"))
    sheets = load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    assert case.institution.short_name in [cell.value for row in sheets["选项"] for cell in row]


def test_file_is_shown_then_confirmed_then_written(reviewer_client):
    case = make_finished_draft(title="旧题", background="第一句。" * 40)
    body = f"编号,题名,背景\n{case.code},新题,{'第一句。' * 39}第二句。\n"
    response = upload(reviewer_client, body)
    assert response.status_code == 302
    page = reviewer_client.get(response.url)
    assert "<del>旧题</del> → <ins>新题</ins>" in text(page)
    assert "第<del>一</del><ins>二</ins>句" in text(page)
    assert Case.objects.get().title == "旧题"
    done = reviewer_client.post(response.url, {"digest": page.context["plan"].digest}, follow=True)
    assert "已导入“案例.xlsx”：修改 1 篇" in text(done)
    assert Case.objects.get().title == "新题"
    again = reviewer_client.post(response.url, {"digest": page.context["plan"].digest})
    assert again.status_code == 404
    assert "已经导入过" in text(again)


def test_confirming_what_is_no_longer_so_shows_it_again(reviewer_client):
    case = make_case(title="旧题", status="draft")
    url = upload(reviewer_client, f"编号,题名\n{case.code},新题\n").url
    digest = reviewer_client.get(url).context["plan"].digest
    Case.objects.update(title="别人改的")
    response = reviewer_client.post(url, {"digest": digest})
    assert response.status_code == 409
    assert "有人改了这里面的案例" in text(response)
    assert "<del>别人改的</del>" in text(response)
    assert Case.objects.get().title == "别人改的"
    assert reviewer_client.post(url, {"digest": ""}).status_code == 409


def test_review_says_what_readers_will_see_at_once(reviewer_client):
    case = make_finished_draft(status="published", published_at=LONG_AGO, title="旧题")
    url = upload(reviewer_client, f"编号,题名\n{case.code},新题\n").url
    page = reviewer_client.get(url)
    assert "读者马上会看到的修改（1 篇" in text(page)
    reviewer_client.post(url, {"digest": page.context["plan"].digest})
    assert Case.objects.published().get().title == "新题"


def test_what_would_not_be_published_is_an_error_of_the_row(reviewer_client):
    case = make_finished_draft(status="published", published_at=LONG_AGO, background="背景", terms=())
    url = upload(reviewer_client, f"编号,背景\n{case.code},\n").url
    page = reviewer_client.get(url)
    assert [problem.row for problem in page.context["plan"].problems] == [2, 2]
    assert "缺背景。" in text(page)
    assert "没有标签" in text(page)
    assert reviewer_client.post(url, {"digest": page.context["plan"].digest}).status_code == 409
    assert Case.objects.get().background == "背景"


def test_wrong_file_cannot_be_confirmed(reviewer_client):
    case = make_case()
    url = upload(reviewer_client, f"编号,题名,机构\n{case.code},,没有的银行\n").url
    body = text(reviewer_client.get(url))
    assert "确认，写入" not in body
    assert "B 题名" in body
    assert "C 机构" in body
    digest = reviewer_client.get(url).context["plan"].digest
    assert reviewer_client.post(url, {"digest": digest}).status_code == 409


def test_what_the_file_says_cannot_run_in_the_page(reviewer_client):
    make_case()
    url = upload(reviewer_client, "编号,题名,<script>x</script>\n新1,<script>alert(1)</script>,a\n", "<b>.xlsx").url
    assert "<script>alert" not in text(reviewer_client.get(url))
    assert "<script>x" not in text(reviewer_client.get(url))


def test_unchanged_file_writes_nothing(reviewer_client):
    case = make_case()
    url = upload(reviewer_client, f"编号,题名\n{case.code},{case.title}\n").url
    assert "完全一样" in text(reviewer_client.get(url))


def test_sheet_can_be_thrown_away_or_taken_up_later(reviewer_client):
    case = make_case()
    url = upload(reviewer_client, f"编号,题名\n{case.code},新\n").url
    assert url in text(reviewer_client.get(reverse(SHEET)))
    assert "没有导入" in text(reviewer_client.post(url, {"discard": "1"}, follow=True))
    assert SheetImport.objects.count() == 0


def test_another_persons_sheet_is_not_there(reviewer_client):
    url = upload(reviewer_client, f"编号,题名\n{make_case().code},新\n").url
    reviewer_client.force_login(make_user("管理员"))
    assert reviewer_client.get(url).status_code == 404
    assert reviewer_client.post(url, {"digest": ""}).status_code == 404


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (OLE + b"\0" * 600, "a.xls", "旧的 .xls"),
        (b"PK\x03\x04x", "a.xlsx", "已损坏"),
        (b"<html>", "a.html", "认不出这种文件"),
        ("编号\n1".encode(), "a.csv", "CSV 只供查看和统计"),
        (b"", "a.xlsx", "没有选文件"),
    ],
)
def test_file_that_cannot_be_taken_is_answered_on_the_page(reviewer_client, content, name, words):
    response = upload(reviewer_client, content, name)
    assert response.status_code == 400
    assert SheetImport.objects.count() == 0
    assert words in text(response) or "文件是空的" in text(response)


def test_form_without_a_file_says_so(reviewer_client):
    response = reviewer_client.post(reverse(SHEET))
    assert response.status_code == 400
    assert "没有选文件" in text(response)


def test_file_that_is_too_big_is_answered_as_such(reviewer_client):
    with patch("cases.sheets.admin.MAX_BYTES", 10):
        response = upload(reviewer_client, "编号,题名\n")
    assert response.status_code == 413
    assert "文件太大" in text(response)


def test_huge_upload_is_refused_without_being_kept():
    class Body(io.RawIOBase):
        sent = 0

        def read(self, size: int = -1) -> bytes:
            self.sent += size
            return b"x" * size

    body = Body()
    request = RequestFactory().generic(
        "POST", "/admin/cases/case/sheet/", content_type="multipart/form-data; boundary=x"
    )
    request.META["CONTENT_LENGTH"] = str(200 * 1024 * 1024)
    request._stream = body
    response = _small_enough(lambda request: pytest.fail("the view was reached"))(request)
    assert response.status_code == 413
    assert "文件太大" in response.content.decode()
    assert 200 * 1024 * 1024 <= body.sent < 210 * 1024 * 1024
    assert FORMS > MAX_BYTES


def test_token_of_the_form_is_required(db):
    from django.test import Client  # noqa: PLC0415 -- a client that checks tokens

    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user("审核"))
    assert upload(client, "编号\n").status_code == 403


def test_each_page_asks_for_its_permission(client):
    pages = [
        reverse(SHEET),
        reverse("admin:cases_case_sheet_export", args=["xlsx"]),
        reverse("admin:cases_case_sheet_template"),
    ]
    review = reverse("admin:cases_case_sheet_review", args=[1])

    assert [client.get(url).status_code for url in (*pages, review)] == [302] * 4
    user = make_user()
    client.force_login(user)
    make_case()
    assert [client.get(url).status_code for url in (*pages, review)] == [403] * 4
    user.user_permissions.add(Permission.objects.get(codename="view_case"))
    assert [client.get(url).status_code for url in (*pages, review)] == [200, 200, 200, 403]
    assert "上传" not in text(client.get(reverse(SHEET)))
    assert upload(client, "编号\n").status_code == 403
