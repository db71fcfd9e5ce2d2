"""/compare/: up to four cases side by side, said in words where they agree and differ."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.figures.comparison import compare
from cases.models import Advice, Case, KeyFigure, Offer
from tests.factories import index_all, make_case, make_category, make_collection, make_product, make_term

pytestmark = pytest.mark.django_db


@pytest.fixture
def three():
    """Three cases of one chapter, in the order of their codes; the third says little."""
    green, book = make_category(slug="green", name="绿色金融"), make_collection(slug="b1")
    firms, farms = make_term("audience", name="企业"), make_term("audience", name="农户")
    terms = ((firms, farms), (firms,), ())
    cases = [
        make_case(
            code=f"b1-090{n}", category=green, collection=book, figures=0, terms=own, regions="深圳", period="2020 年"
        )
        for n, own in enumerate(terms, 1)
    ]
    Case.objects.filter(pk=cases[1].pk).update(regions="深圳、贵州")
    for case, order, value, number, unit in (
        (cases[0], 1, "1 亿元", 1, "亿元"), (cases[1], 1, "5000 万元", 5000, "万元"), (cases[1], 2, "3 天", 3, "天"),
    ):  # fmt: skip
        KeyFigure.objects.create(case=case, order=order, label="数", value=value, number=number, unit=unit)
    Advice.objects.create(case=cases[0], order=1, kind="risk", text="银行与担保公司各半")
    Offer.objects.create(case=cases[1], order=1, product=make_product(name="绿票通"), amount="最高 300 万元")
    index_all()
    return cases


def rows(*codes: str) -> dict:
    found = {case.code: case for case in Case.objects.for_detail()}
    return {row.label: row for row in compare([found[code] for code in codes]).rows}


def said(row) -> list[list[str]]:
    return [[item.text for item in cell] for cell in row.cells]


def test_rows_say_where_cases_agree_and_differ(three):
    found = rows("b1-0901", "b1-0902")
    assert {label: found[label].verdict for label in ("章节", "机构", "地区", "服务对象", "谁担风险", "产品")} == {
        "章节": "= 相同", "机构": "≠ 不同", "地区": "≈ 部分相同", "服务对象": "≈ 部分相同", "谁担风险": "只有甲写了", "产品": "只有乙写了",
    }  # fmt: skip
    assert said(found["地区"]) == [["深圳"], ["深圳", "贵州"]]
    assert [[item.is_shared for item in cell] for cell in found["地区"].cells] == [[True], [True, False]]
    assert "难点与教训" not in found


def test_what_one_case_does_not_say_makes_no_difference(three):
    assert rows("b1-0901", "b1-0902", "b1-0903")["服务对象"].verdict == "≈ 部分相同"
    assert rows("b1-0902", "b1-0903")["服务对象"].verdict == "只有甲写了"


def test_only_figures_of_one_kind_and_unit_are_aligned(three):
    found = [row for row in rows("b1-0901", "b1-0902").values() if row.kind == "figures"]
    assert [(row.label, [[(f.value, f.share) for f in cell] for cell in row.cells]) for row in found] == [
        ("金额，以“元”计", [[("1 亿元", 100)], [("5000 万元", 50)]])
    ]


def test_columns_keep_the_order_of_the_address_and_can_be_taken_out(client, three):
    page = client.get("/compare/?case=b1-0902&case=b1-0901").content.decode()
    assert re.findall(r'<a href="/cases/(b1-\d+)/">题名', re.search("<thead>.*?</thead>", page, re.S)[0]) == [
        "b1-0902",
        "b1-0901",
    ]
    assert 'href="/compare/?case=b1-0901" rel="nofollow">去掉甲' in page
    assert "绿票通" in page
    assert "/cases.docx?case=b1-0902&amp;case=b1-0901" in page


@pytest.mark.parametrize(
    ("query", "shown", "words"),
    [
        ("case=b1-0901&case=nothing", 1, "没有编号为 “nothing” 的案例"),
        ("case=%3Cb%3E", 0, "“&lt;b&gt;”"),
        ("case=b1-0901&case=b1-0902&case=b1-0903&case=x&case=y", 3, "一次最多比较 4 篇，这里给了 5 篇"),
    ],
)
def test_what_is_wrong_stands_above_the_table(client, three, query, shown, words):
    response = client.get(f"/compare/?{query}")
    page = response.content.decode()
    assert (response.status_code, len(response.context["codes"])) == (400, shown)
    assert words in page
    assert not shown or page.index('role="alert"') < page.index("<table")


def test_a_draft_is_not_compared(client, three):
    draft = make_case(status="draft", published_at=None)
    response = client.get(f"/compare/?case={draft.code}")
    assert (response.status_code, response.context["codes"]) == (400, [])


def test_no_more_than_four_stand_side_by_side(client, three):
    more = [make_case().code for _ in range(3)]
    query = "&".join(f"case={code}" for code in [case.code for case in three] + more)
    response = client.get(f"/compare/?{query}")
    assert (response.status_code, len(response.context["columns"])) == (400, 4)
    assert "add-q" not in response.content.decode()


def test_another_case_is_found_by_chapter_words_or_code(client, three):
    def offered(query: str) -> list[str]:
        return [case.code for case, _ in client.get(f"/compare/?{query}").context["offered"]]

    other = make_case(title="码头", code="b2-0101")
    index_all()
    assert sorted(offered("case=b1-0901")) == ["b1-0902", "b1-0903"]
    assert offered("case=b1-0901&q=码头") == [other.code]
    assert offered("q=B2-0101")[0] == other.code
    assert offered("q=元宇宙") == []
    assert offered("") == []
    page = client.get("/compare/?case=b1-0901&q=码头").content.decode()
    assert 'href="/compare/?case=b1-0901&amp;case=b2-0101"' in page


def test_cards_and_cases_lead_to_the_comparison(client, three):
    for path in ("/cases/", "/cases/b1-0901/"):
        assert 'href="/compare/?case=b1-0901"' in client.get(path).content.decode()


def test_search_engines_list_no_comparison(client, three):
    assert "noindex" in client.get("/compare/?case=b1-0901").content.decode()
    assert "noindex" not in client.get("/compare/").content.decode()


@pytest.mark.parametrize("count", [2, 3])
def test_queries_do_not_grow_with_the_cases(client, three, count):
    query = "&".join(f"case={case.code}" for case in three[:count])
    client.get(f"/compare/?{query}")
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/compare/?{query}")
    assert len(asked) == 18, [entry["sql"][:120] for entry in asked]
