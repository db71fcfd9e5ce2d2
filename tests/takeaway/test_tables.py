"""Tables of any list: words for people as headings, nothing calculates, the same cases as on the page."""

import csv
import json
import zipfile
from io import BytesIO, StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from cases.background import files
from cases.models import KeyFigure, Offer
from cases.takeaway.tables import BATCH, TABLES
from tests.factories import (
    index_all,
    make_case,
    make_category,
    make_collection,
    make_document,
    make_institution,
    make_product,
    make_term,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def made_at_once(monkeypatch, settings, tmp_path):
    settings.TAKEAWAY_DIR = tmp_path
    monkeypatch.setattr(files._pool, "submit", lambda work, order, content: files.make(order, content))
    monkeypatch.setattr(files, "_asked", set())


@pytest.fixture
def case():
    case = make_case(
        code="sz2020-0101",
        title="=cmd|' /C calc'!A0",
        subtitle="一句话",
        background="第一行\r\n第二行, “引号” \x0b",
        category=make_category(slug="green", name="绿色金融"),
        collection=make_collection(slug="sz2020", year=2020),
        institution=make_institution(slug="bank", name="某银行"),
        terms=(make_term(name="甲"), make_term(name="乙")),
        figures=2,
    )
    Offer.objects.create(case=case, order=1, product=make_product(name="+贷"), amount="@300 万元", max_amount=3_000_000)
    case.documents.add(make_document(title="-通知"))
    index_all()
    return case


def body(client, path: str) -> bytes:
    response = client.get(path)
    assert response.status_code == 200
    return response.getvalue()


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(data.decode("utf-8-sig"))))


def test_csv_is_for_people_and_never_calculates(client, case):
    data = body(client, "/cases.csv")
    assert data.startswith(b"\xef\xbb\xbf")
    (row,) = rows(data)
    assert row["编号"] == "sz2020-0101"
    assert row["题名"] == "'=cmd|' /C calc'!A0"
    assert row["章节"] == "绿色金融"
    assert row["解决问题"] == "甲；乙"
    assert row["年份"] == "2020"
    assert row["背景"].startswith("第一行\n第二行, “引号”")
    assert row["网址"] == "http://testserver/cases/sz2020-0101/"


def test_each_table_has_its_rows(client, case):
    figures = rows(body(client, "/cases/sz2020-0101.csv?table=figures"))
    assert [row["网址"] for row in figures] == [f"http://testserver/cases/sz2020-0101/#figure-{n}" for n in (1, 2)]
    figure = KeyFigure.objects.get(case=case, order=1)
    assert figures[0]["数"] == f"{figure.number.normalize():f}"
    assert figures[0]["类别"] == figure.get_kind_display()
    (offer,) = rows(body(client, "/categories/green.csv?table=products"))
    assert (offer["产品"], offer["额度"], offer["单户最高（元）"]) == ("'+贷", "'@300 万元", "3000000")
    (document,) = rows(body(client, "/collections/sz2020.csv?table=documents"))
    assert (document["案例编号"], document["标题"]) == ("sz2020-0101", "'-通知")


def test_unknown_table_is_said(client, case):
    response = client.get("/cases.csv?table=users")
    assert (response.status_code, "figures（关键数据）" in response.content.decode()) == (400, True)


def test_workbook_has_all_tables_as_text(client, case):
    book = load_workbook(BytesIO(body(client, "/institutions/bank.xlsx")))
    assert book.sheetnames == [table.title for table in TABLES.values()]
    heads = [cell.value for cell in book["案例"][1]]
    cells = dict(zip(heads, book["案例"][2], strict=True))
    assert (cells["题名"].value, cells["题名"].data_type) == ("=cmd|' /C calc'!A0", "s")
    assert book["关键数据"].max_row == 3
    assert isinstance(book["关键数据"].cell(2, heads_of(book, "数")).value, (int, float))


def heads_of(book, heading: str) -> int:
    return [cell.value for cell in book["关键数据"][1]].index(heading) + 1


def test_package_describes_what_is_in_it(client, case, settings):
    settings.LICENCE_NAME, settings.LICENCE_URL = "CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/"
    with zipfile.ZipFile(BytesIO(body(client, "/cases.zip?collection=sz2020"))) as archive:
        package = json.loads(archive.read("datapackage.json"))
        readme = archive.read("README.md").decode()
        for found in package["resources"]:
            head = next(csv.reader(StringIO(archive.read(found["path"]).decode())))
            assert head == [field["name"] for field in found["schema"]["fields"]]
            assert len(set(head)) == len(head)
            assert found["title"] in readme
    assert package["homepage"] == "http://testserver/cases/?collection=sz2020"
    assert package["licenses"][0]["name"] == "CC-BY-4.0"
    assert "CC-BY-4.0" in readme
    assert "1 篇案例" in readme


def test_json_lines_are_what_the_api_says(client, case):
    (line,) = body(client, "/cases.jsonl").decode().splitlines()
    assert json.loads(line) == client.get("/api/v1/cases/sz2020-0101/").json()


@pytest.mark.parametrize(
    "path", ["/cases", "/categories/green", "/collections/sz2020", "/institutions/bank", "/cases/sz2020-0101"]
)
@pytest.mark.parametrize("suffix", ["csv", "jsonl", "xlsx", "zip"])
def test_every_page_has_its_tables(client, case, path, suffix):
    assert body(client, f"{path}.{suffix}")


def test_drafts_are_in_no_table(client):
    make_case(status="draft", published_at=None)
    index_all()
    assert rows(body(client, "/cases.csv")) == []
    assert rows(body(client, "/cases.csv?table=figures")) == []


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_a_table_do_not_grow_with_it(client, count):
    for _ in range(count):
        make_case(terms=(make_term(),))
    index_all()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        body(client, "/cases.csv")
    assert len(queries) == 13
    assert BATCH >= 100
