"""A long workbook is made in the background: asked for once, waited for, fetched by staff alone."""

from io import BytesIO

import openpyxl
import pytest
from django.core.management import call_command
from django.urls import reverse

from cases.background import files
from cases.sheets import admin, exporting
from tests.factories import make_case, make_user

pytestmark = pytest.mark.django_db
LIST = reverse("admin:cases_case_sheet_export", args=["xlsx"])


@pytest.fixture(autouse=True)
def folder(settings, tmp_path, monkeypatch):
    settings.TAKEAWAY_DIR = tmp_path
    settings.TAKEAWAY_MAKER = "worker"
    monkeypatch.setattr(admin, "LARGE", 1)
    return tmp_path


@pytest.fixture
def cases():
    return [make_case(status="draft", title=f"第{n}篇") for n in range(3)]


def codes(content: bytes) -> list[str]:
    sheet = openpyxl.load_workbook(BytesIO(content), read_only=True).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    return [row[0] for row in rows[1:]]


def test_long_list_leads_to_a_page_that_waits_and_then_to_the_file(staff_client, cases):
    answer = staff_client.get(LIST)
    assert answer.status_code == 302
    waiting = staff_client.get(answer.url)
    assert waiting.status_code == 202
    assert 'http-equiv="refresh"' in waiting.content.decode()
    call_command("make_files", once=True, verbosity=0)
    made = staff_client.get(answer.url)
    assert made.status_code == 200
    assert "no-store" in made["Cache-Control"]
    assert codes(made.getvalue()) == sorted(case.code for case in cases)
    made.close()


def test_short_list_is_sent_at_once(staff_client, cases, monkeypatch):
    monkeypatch.setattr(admin, "LARGE", 3)
    answer = staff_client.get(LIST)
    assert answer.status_code == 200
    assert len(codes(answer.getvalue())) == 3


def test_tables_of_any_length_are_streamed(staff_client, cases):
    assert staff_client.get(reverse("admin:cases_case_sheet_export", args=["cases.csv"])).status_code == 200


def test_same_list_is_made_once_until_something_changes(staff_client, cases, folder):
    for _ in range(3):
        staff_client.get(LIST)
    assert len(list(folder.glob("*.ask"))) == 1
    make_case(status="draft")
    staff_client.get(LIST)
    assert len(list(folder.glob("*.ask"))) == 2


def test_only_who_may_see_cases_fetches_it(client, staff_client, cases):
    address = staff_client.get(LIST).url
    call_command("make_files", once=True, verbosity=0)
    client.logout()
    client.force_login(make_user())
    assert client.get(address).status_code in (302, 403)


@pytest.mark.parametrize("token", ["x", "a.xlsx:bad"])
def test_address_nobody_signed_gives_nothing(staff_client, token):
    assert staff_client.get(f"/admin/cases/case/sheet/made/{token}/").status_code == 404


def test_workbook_that_cannot_be_made_is_said(staff_client, cases, monkeypatch):
    address = staff_client.get(LIST).url
    monkeypatch.setattr(exporting, "_workbook", lambda keys: 1 / 0)
    call_command("make_files", once=True, verbosity=0)
    answer = staff_client.get(address)
    assert answer.status_code == 500
    assert "没有做成" in answer.content.decode()


def test_so_many_waiting_files_are_said(staff_client, cases, monkeypatch):
    monkeypatch.setattr(files, "WAITING_AT_MOST", 0)
    answer = staff_client.get(LIST, follow=True)
    assert "等着做的文件太多了" in answer.content.decode()
