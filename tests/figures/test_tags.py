"""Drawings inside the pages of cases and chapters."""

import re

import pytest

from cases.models import Case, KeyFigure
from tests.factories import index_all, make_case, make_category

pytestmark = pytest.mark.django_db


def add(case: Case, *told: tuple[str, str, float, str]) -> None:
    for order, (label, value, number, unit) in enumerate(told, 1):
        KeyFigure.objects.create(case=case, order=order, label=label, value=value, number=number, unit=unit)


def test_bars_stand_beside_figures_of_one_unit_alone(client):
    case = make_case(figures=0)
    add(case, ("贷款", "2 亿元", 2, "亿元"), ("授信", "5000 万元", 5000, "万元"), ("企业", "3 户", 3, "户"))
    page = client.get(case.get_absolute_url()).content.decode()
    rows = dict(re.findall(r'<tr id="figure-(\d)">(.*?)</tr>', page, re.S))
    assert [re.findall(r'<rect width="([^"]+)%"', rows[number]) for number in "123"] == [["100.0"], ["25.0"], []]


def test_before_and_after_stand_below_the_figures_of_the_case(client):
    case = make_case(figures=0)
    add(case, ("老系统成本", "10 元", 10, "元"), ("新系统成本", "1 元", 1, "元"))
    page = client.get(case.get_absolute_url()).content.decode()
    table = re.search(r'<table class="pair-table">.*?</table>', page, re.S)[0]
    assert table.index("10 元") < table.index("1 元</")
    assert "pair-table" not in client.get(make_case().get_absolute_url()).content.decode()


@pytest.mark.parametrize(("people", "unit"), [(6, "户"), (5, "元")])
def test_a_chapter_is_drawn_by_those_helped_failing_that_by_money(client, people, unit):
    green = make_category(slug="green")
    case = make_case(figures=0, category=green)
    add(case, *[("企业", f"{n} 户", n, "户") for n in range(1, people + 1)])
    for _ in range(6):
        make_case(figures=1, category=green)
    make_case(figures=3)
    index_all()
    page = client.get("/categories/green/").content.decode()
    drawing = re.search(r'<aside class="chapter-strip".*?</aside>', page, re.S)[0]
    assert f"6 个以“{unit}”计的数字" in drawing
    assert len(re.findall("<circle", drawing)) == 6
    assert f"全部 {people + 6} 个数字" in drawing
    assert client.get("/figures/?category=green").context["listing"].total == people + 6
    assert "chapter-strip" not in client.get("/categories/green/?page=1").content.decode()


def test_a_chapter_of_few_figures_names_them_without_a_drawing(client):
    make_case(figures=2, category=make_category(slug="green"))
    page = client.get("/categories/green/").content.decode()
    assert "chapter-strip" not in page
    assert "这一章的 2 个数字" in page
