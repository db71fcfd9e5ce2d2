"""/figures/: every public figure, filtered as cases are, by kind, unit and year; each leads to its sentence."""

import csv
import json
import re
from datetime import timedelta
from html import unescape
from io import BytesIO, StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml.html import document_fromstring
from openpyxl import load_workbook

from cases.editing.edit import edit_case
from cases.editing.gate import Public
from cases.figures import page as figures_page
from cases.figures import strips
from cases.models import Case, KeyFigure
from tests.factories import index_all, make_case, make_category, make_institution

pytestmark = pytest.mark.django_db


def add(case: Case, *told: tuple) -> None:
    """Figures of a case: (label, value, number, unit, as of)."""
    start = case.figures.count() + 1
    for order, (label, value, number, unit, *as_of) in enumerate(told, start):
        KeyFigure.objects.create(
            case=case, order=order, label=label, value=value, number=number, unit=unit, as_of="".join(as_of)
        )
        case.results += f"\n\n{label}为{value}。"
    with edit_case(case, user=None, public=Public.TRUSTED):
        case.save()


@pytest.fixture
def two():
    """A case of 抗疫 with firms and money, one of 绿色 with firms; a draft with firms."""
    epidemic = make_case(
        figures=0, code="sz2020-0101", category=make_category(slug="anti-epidemic", name="聚力抗疫", order=1),
        institution=make_institution(slug="bank"), period="2020 年 2 月起",
    )  # fmt: skip
    green = make_case(figures=0, code="sz2020-0901", category=make_category(slug="green", name="绿色金融", order=9))
    draft = make_case(figures=0, status="draft", published_at=None)
    add(epidemic, ("帮助企业", "13 万户", 13, "万户"), ("贷款", "2 亿元", 2, "亿元", "2020 年 9 月末"))
    add(green, ("企业", "58 家", 58, "家", "2021 年"), ("减排", "3 吨", 3, "吨"))
    add(draft, ("企业", "999 户", 999, "户"))
    index_all()
    return epidemic, green


def values(client, query: str) -> list[str]:
    return [figure.value for figure in client.get(f"/figures/?{query}").context["listing"].page]


def test_all_public_figures_in_the_order_of_cases(client, two):
    assert values(client, "") == ["13 万户", "2 亿元", "58 家", "3 吨"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("kind=people", ["13 万户", "58 家"]),
        ("kind=people&base_unit=户&sort=amount", ["58 家", "13 万户"]),
        ("base_unit=户", ["13 万户", "58 家"]),
        ("category=green&kind=people", ["58 家"]),
        ("institution=bank", ["13 万户", "2 亿元"]),
        ("case=sz2020-0101", ["13 万户", "2 亿元"]),
        ("as_of=2020", ["2 亿元"]),
        ("since=2021", ["58 家"]),
        ("base_unit=户&min=100&max=200000", ["13 万户"]),
        ("sort=-as_of", ["58 家", "2 亿元", "13 万户", "3 吨"]),
        ("sort=as_of", ["2 亿元", "58 家", "13 万户", "3 吨"]),
        ("headline=true", []),
    ],
)
def test_conditions_of_cases_and_of_figures(client, two, query, expected):
    assert values(client, query) == expected
    assert [row["value"] for row in client.get(f"/api/v1/figures/?{query}").json()["results"]] == expected


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("kind=x", "没有“x”这种类别"),
        ("base_unit=x", "没有以“x”为单位的数字"),
        ("kind=money&base_unit=户", "“金额”里没有以“户”为单位的数字"),
        ("base_unit=" + "户" * 21, "20"),
        ("as_of=99", "四位数字"),
        ("as_of=２０２０", "四位数字"),
        ("min=x", "要写数字"),
        ("category=x", "“章节”里没有 “x”"),
        ("case=x", "没有 “x”"),
        ("sort=size", "没有“size”这种排序"),
    ],
)
def test_unknown_values_are_an_error_above_an_empty_list(client, two, query, words):
    response = client.get(f"/figures/?{query}")
    assert (response.status_code, len(response.context["listing"].page)) == (400, 0)
    page = response.content.decode()
    assert words in page
    assert page.index('role="alert"') < page.index("choosing")
    for suffix in ("csv", "xlsx"):
        answer = client.get(f"/figures.{suffix}?{query}")
        assert (answer.status_code, words in answer.content.decode()) == (400, True)


def test_a_page_that_is_not_there_is_404(client, two):
    assert client.get("/figures/?page=2").status_code == 404
    assert client.get("/figures/?page=x").status_code == 404


def test_heading_and_title_say_the_conditions(client, two):
    page = client.get("/figures/?category=anti-epidemic&kind=people").content.decode()
    assert "<h1>聚力抗疫 · 户数、人数 · <span" in page
    assert ">1 个数字</span>" in page
    assert "<title>聚力抗疫 · 户数、人数 · 普惠金融案例库</title>" in page


def test_choices_count_what_they_would_leave(client, two):
    found = client.get("/figures/?kind=people").context["listing"]
    assert [(choice.label, choice.count, choice.is_chosen) for choice in found.kinds] == [
        ("金额", 1, False), ("户数、人数", 2, True), ("其他", 1, False),
    ]  # fmt: skip
    assert [(choice.label, choice.count, choice.url) for choice in found.units] == [
        ("户", 2, "/figures/?kind=people&base_unit=%E6%88%B7")
    ]
    assert [(choice.label, choice.count) for choice in found.years] == [("2021 年", 1)]
    assert next(choice.url for choice in found.kinds if choice.is_chosen) == "/figures/"
    assert len(values(client, found.units[0].url.partition("?")[2])) == found.units[0].count


def test_a_choice_keeps_the_other_conditions_and_drops_sizes_of_another_unit(client, two):
    found = client.get("/figures/?category=green&kind=people&base_unit=户&min=5&page=1").context["listing"]
    assert found.kinds[1].label == "其他"
    assert found.kinds[1].url == "/figures/?category=green&kind=other"
    assert found.pills == [("不少于 5 户", "/figures/?category=green&kind=people&base_unit=%E6%88%B7")]


def test_each_row_leads_to_its_sentence_its_case_and_its_reference(client, two):
    page = client.get("/figures/?base_unit=户").content.decode()
    assert "/cases/sz2020-0101/#at-1" in page
    assert "帮助企业为" in page
    assert "/cases/sz2020-0101.txt?figure=1" in page
    assert "2020 年 2 月起" in page.replace('<span class="one-line">', "").replace("</span>", "")


def test_only_one_kind_and_unit_stands_in_a_drawing(client, two):
    overview = client.get("/figures/").context["listing"]
    assert [(strip.kind_label, strip.unit, strip.count) for strip in overview.strips] == [
        ("金额", "元", 1), ("户数、人数", "户", 2),
    ]  # fmt: skip
    assert overview.strips[0].drawing is None
    (alone,) = client.get("/figures/?kind=people&base_unit=户").context["listing"].strips
    assert {mark.url for mark in alone.drawing.marks} == {
        f"/cases/{code}/#at-1" for code in Case.objects.published().values_list("code", flat=True)
    }


def test_a_drawing_has_words_links_and_no_style_of_its_own(client, two):
    page = client.get("/figures/?kind=people").content.decode()
    drawing = re.search(r'<svg class="drawing.*?</svg>', page, re.S)[0]
    assert re.search(r'aria-labelledby="(\S+) (\S+)".*<title id="\1">.*<desc id="\2">', drawing, re.S)
    assert len(re.findall(r'<a href="/cases/[^"]+" tabindex="-1" class="hue-\d+"><title>', drawing)) == 2
    assert "style=" not in drawing
    assert "不能跨机构、跨年份、跨类别求和" in page


def test_many_amounts_are_columns_that_lead_to_their_figures(client, two, monkeypatch):
    monkeypatch.setattr(strips, "DOTS_AT_MOST", 1)
    found = client.get("/figures/?kind=people&base_unit=户").context["listing"]
    (strip,) = found.strips
    assert strip.is_histogram
    assert [values(client, mark.url.partition("?")[2]) for mark in strip.drawing.marks] == [["58 家"], ["13 万户"]]


def test_bars_are_shares_of_the_largest_and_stand_only_where_there_is_one_unit(client, two):
    shares = [figure.share for figure in client.get("/figures/?base_unit=户").context["listing"].page]
    assert shares == [100, 0.4]
    assert {figure.share for figure in client.get("/figures/").context["listing"].page} == {None}


def test_long_lists_are_turned_to_a_limit_and_the_file_holds_all(client, two, monkeypatch):
    monkeypatch.setattr(figures_page, "ROWS_AT_MOST", 3)
    response = client.get("/figures/")
    assert (response.context["listing"].page.paginator.count, response.context["listing"].total) == (3, 4)
    assert "全部 4 个在 CSV 里" in response.content.decode()
    assert len(table(client, "")) == 4


def table(client, query: str) -> list[dict[str, str]]:
    text = client.get(f"/figures.csv?{query}").getvalue().decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text)))


def test_csv_and_excel_are_exactly_the_list_in_its_order(client, two):
    query = "kind=people&base_unit=户&sort=amount"
    rows = table(client, query)
    assert [(row["数值（照印）"], row["折合"], row["基本单位"]) for row in rows] == [
        ("58 家", "58", "户"),
        ("13 万户", "130000", "户"),
    ]
    assert (rows[1]["案例时间"], rows[0]["出处年份"]) == ("2020 年 2 月起", "2020")
    sheet = load_workbook(BytesIO(client.get(f"/figures.xlsx?{query}").content)).active
    assert [row[7].value for row in sheet] == ["数值（照印）", "58 家", "13 万户"]


def test_a_workbook_of_too_many_is_refused_in_words(client, two, monkeypatch):
    monkeypatch.setattr("cases.takeaway.figures.ROWS_IN_A_WORKBOOK", 3)
    response = client.get("/figures.xlsx")
    assert (response.status_code, "请加条件，或下载 CSV" in response.content.decode()) == (400, True)


def test_search_engines_are_told_of_the_data_and_kept_from_combinations(client, two):
    page = client.get("/figures/").content.decode()
    (thing,) = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])["@graph"]
    assert (thing["@type"], thing["distribution"][0]["contentUrl"]) == ("Dataset", "http://testserver/figures.csv")
    assert '<link rel="canonical" href="http://testserver/figures/">' in page
    assert "noindex" not in client.get("/figures/?kind=people&base_unit=户").content.decode()
    assert "noindex" in client.get("/figures/?category=green").content.decode()


def test_a_collection_says_that_its_tables_are_data(client, two):
    book = two[0].collection
    page = client.get(book.get_absolute_url()).content.decode()
    things = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])["@graph"]
    (found,) = [thing for thing in things if thing["@type"] == "Dataset"]
    assert found["distribution"][0]["contentUrl"] == f"http://testserver/collections/{book.slug}.csv"


@pytest.mark.parametrize("count", [1, 5])
@pytest.mark.parametrize(("query", "queries"), [("", 7), ("kind=people&base_unit=户", 10)])
def test_queries_do_not_grow_with_the_list(client, two, count, query, queries):
    for _ in range(count):
        add(make_case(figures=0), ("企业", "7 户", 7, "户"), ("企业后来", "9 户", 9, "户"))
    index_all()
    client.get("/figures/")
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/figures/?{query}")
    assert len(asked) == queries, [entry["sql"][:150] for entry in asked]


def test_what_is_not_hidden_is_what_is_published(two):
    make_case(status="published", published_at=timezone.now() + timedelta(days=1), figures=2)
    published = set(KeyFigure.objects.published())
    assert set(KeyFigure.objects.not_hidden()) == published
    assert set(KeyFigure.objects.of_hidden()) == set(KeyFigure.objects.all()) - published
    assert len(published) == 4


def test_figures_of_hidden_cases_are_counted_nowhere(client, two):
    draft = Case.objects.get(status="draft")
    add(draft, ("企业", "7 户", 7, "户"), ("贷款", "3 亿元", 3, "亿元", "2020 年"))
    found = client.get("/figures/").context["listing"]
    assert (found.total, [choice.count for choice in found.kinds]) == (4, [1, 2, 1])
    assert [choice.count for choice in client.get("/figures/?category=green").context["listing"].kinds] == [1, 1]


@pytest.mark.parametrize(
    "query", ["kind=people&base_unit=户", "kind=people&base_unit=户&category=green", "kind=people"]
)
def test_columns_hold_as_many_as_the_list(client, two, monkeypatch, query):
    monkeypatch.setattr(strips, "DOTS_AT_MOST", 0)
    found = client.get(f"/figures/?{query}").context["listing"]
    told = [int(mark.title.rpartition("：")[2].removesuffix(" 个")) for mark in found.strips[0].drawing.marks]
    assert sum(told) == found.total


def test_a_drawing_is_taken_as_table_reference_and_frame(client, two):
    page = client.get("/figures/?category=anti-epidemic&category=green&kind=people").content.decode()
    query = "category=anti-epidemic&amp;category=green&amp;kind=people&amp;base_unit=%E6%88%B7"
    assert f'href="/figures.csv?{query}"' in page
    cited = re.search(r'<p id="cite-strip-people-25143">(.*?)</p>', page)[1]
    assert cited.startswith("普惠金融案例库. 案例里的数字：户数、人数，以“户”计[EB/OL]. ")
    assert cited.endswith(f"http://testserver/figures/?{query}.")
    copied = unescape(re.search(r'<code id="embed-strip-people-25143">(.*?)</code>', page)[1])
    (frame,) = document_fromstring(copied).iter("iframe")
    assert frame.get("src") == f"http://testserver/embed/figures/?{unescape(query)}"
    assert client.get(frame.get("src").removeprefix("http://testserver")).status_code == 200


def test_a_framed_drawing_holds_the_figures_of_its_page_and_runs_nothing(client, two):
    query = "kind=people&base_unit=户"
    response = client.get(f"/embed/figures/?{query}")
    body = response.content.decode()
    (strip,) = client.get(f"/figures/?{query}").context["listing"].strips
    assert [body.count(f'href="{mark.url}"') for mark in strip.drawing.marks] == [2, 2]  # in the drawing and in words
    assert "13 万户：帮助企业" in body
    assert 'href="/figures/?kind=people&amp;base_unit=%E6%88%B7"' in body
    assert "<script" not in body
    assert "style=" not in body
    assert "X-Frame-Options" not in response
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "frame-ancestors *" in response["Content-Security-Policy"]
    assert client.get("/figures/")["X-Frame-Options"] == "DENY"


def test_a_frame_says_what_is_wrong_with_its_address(client, two):
    response = client.get("/embed/figures/?kind=x")
    assert (response.status_code, "没有“x”这种类别" in response.content.decode()) == (400, True)
    assert "没有可画的数字" in client.get("/embed/figures/?kind=money&base_unit=元").content.decode()


@pytest.mark.parametrize("count", [1, 5])
def test_queries_of_a_frame_do_not_grow(client, two, count, django_assert_num_queries):
    for _ in range(count):
        add(make_case(figures=0), ("企业", "7 户", 7, "户"))
    index_all()
    client.get("/embed/figures/")
    with django_assert_num_queries(7):
        client.get("/embed/figures/?kind=people&base_unit=户")
