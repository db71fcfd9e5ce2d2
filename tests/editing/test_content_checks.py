"""What an editor would object to."""

import pytest
from django.core.management import CommandError, call_command

from cases.editing.content_checks import check_case
from cases.models import FACETS, Case, CaseImage, KeyFigure
from tests.factories import add_image, make_case, make_term
from tests.image_files import picture_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def good_case():
    return make_case(terms=(make_term("need"),), figures=0)


def problems(case: Case, **changes) -> list[str]:
    Case.objects.filter(pk=case.pk).update(**changes)
    return check_case(Case.objects.get(pk=case.pk))


def test_good_case_has_no_problem(good_case):
    assert problems(good_case) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"summary": ""}, "缺摘要。"),
        ({"results": "  "}, "缺成效。"),
        ({"summary": "长" * 121}, "摘要有 121 字，超过 120 字。"),
        ({"approach": "推出“云快贷”，见《办法。"}, "做法里的《》不成对。"),
        ({"background": "用了”引号"}, "背景里的“”不成对。"),
        ({"results": "放款,续贷"}, "成效里汉字之间用了半角标点：“款,续”。"),
        ({"results": "放款 690 万元，续贷 30万元"}, "数字与汉字之间的空格不一致：有的空，有的不空（如“0万”）。"),
        ({"approach": "见[那一篇](/cases/b1-9999/)"}, "做法里的链接打不开：/cases/b1-9999/"),
        ({"approach": "见[那一页](/nowhere/)"}, "做法里的链接打不开：/nowhere/"),
        ({"approach": "甲\n\n〔图 7〕"}, "做法里写了〔图 7〕，可是没有编号 7 的图片：请加上这张图，或删去这一行。"),
        ({"approach": "见〔图 7〕。"}, "做法里的〔图 7〕：要单独占一行，读者才看得到图。"),
        ({"summary": "摘要\n〔图 7〕"}, "摘要里的〔图 7〕：这里不放图，请移到背景、做法或成效里。"),
    ],
)
def test_problem_is_named(good_case, changes, expected):
    assert problems(good_case, **changes) == [expected]


def test_an_image_has_one_place_and_no_text_is_made_of_images_alone(good_case):
    add_image(good_case, picture_bytes())
    CaseImage.objects.update(alt="三个人在看合同")
    text = "放款 3 亿元。\n\n〔图 1〕\n\n完成 2 笔。"
    assert problems(good_case, approach=text) == []
    assert problems(good_case, results="〔图 1〕", approach="做法") == ["缺成效。"]
    twice = "〔图 1〕写了两次，读者只在第一处看到图：请删去成效里的这一行。"
    assert problems(good_case, results="好。\n\n〔图 1〕", approach=text) == [twice]


def test_links_to_pages_that_exist_are_fine(good_case):
    assert problems(good_case, approach=f"见[这一篇](/cases/{good_case.code}/)和[全部](/cases/?sort=code)") == []


def test_a_case_is_filed_under_something(good_case):
    good_case.terms.set([make_term("keyword")])
    labels = "、".join(facet.label for facet in FACETS.values() if facet.is_required)
    assert problems(good_case) == [f"没有标签：{labels}至少选一个，读者从这里找案例。"]


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        ({"value": "8 亿元", "number": 8, "unit": "亿元"}, []),
        ({"value": "9 亿元", "number": 9, "unit": "亿元"}, ["关键数据“放款”的“9 亿元”在正文里找不到。"]),
        ({"value": "全国首单"}, ["关键数据“放款”没有数；首创、获奖、日期等请放进“要点”。"]),
        (
            {"value": "8 亿元", "number": 8, "unit": "亿元", "as_of": "9 月末"},
            ["关键数据“放款”的日期“9 月末”没有年份；原文没有印的，补在〔〕里。"],
        ),
        ({"value": "8 亿元", "number": 8, "unit": "亿元", "as_of": "〔2020 年〕9 月末"}, []),
    ],
)
def test_a_figure_is_a_number_that_the_text_bears_out_with_a_year(good_case, figure, expected):
    KeyFigure.objects.create(case=good_case, order=1, label="放款", **figure)
    assert problems(good_case, results="累计放款 8 亿元。") == expected


def test_a_period_has_a_year(good_case):
    assert problems(good_case, period="2 月至 4 月") == ["时间“2 月至 4 月”没有年份；原文没有印的，补在〔〕里。"]


def test_command_fails_and_names_the_case(good_case, capsys):
    Case.objects.update(summary="")
    with pytest.raises(CommandError, match="发现 1 处问题"):
        call_command("check_content")
    assert f"{good_case.code}：缺摘要。" in capsys.readouterr().out


def test_command_refuses_an_unknown_code():
    with pytest.raises(CommandError, match="没有这些案例：x-0101"):
        call_command("check_content", "x-0101")


def test_the_collections_are_clean(seeded, capsys):
    call_command("check_content")
    assert "发现 0 处问题" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("value", "number", "number_to", "agrees"),
    [
        ("12.7 亿元", "12.7", None, True),
        ("12.7 亿元", "12.6", None, False),
        ("3 千万元", "3000", None, True),
        ("3 亿 2000 万元", "32000", None, True),
        ("１２．６亿元", "12.6", None, True),
        ("4,978.25 亿元", "4978.25", None, True),
        ("5~8 天", "5", "8", True),
        ("5~8 天", "5", "9", False),
        ("近三万元", "3", None, True),
        ("-1.2%", "-1.2", None, True),
    ],
)
def test_a_number_that_contradicts_what_is_printed_stops_publishing(value, number, number_to, agrees):
    figure = KeyFigure(label="放款", value=value, number=number, number_to=number_to, unit="亿元")
    assert figure.number_agrees == agrees


def test_a_contradiction_is_named(good_case):
    KeyFigure.objects.create(case=good_case, order=1, label="放款", value="8 亿元", number=9, unit="亿元")
    assert "关键数据“放款”的数和数值不一致：“8 亿元”。" in problems(good_case, results="放款 8 亿元。")
