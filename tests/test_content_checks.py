"""What an editor would object to."""

import pytest
from django.core.management import CommandError, call_command

from cases.content_checks import check_case
from cases.models import Case
from tests.factories import make_case, make_term

pytestmark = pytest.mark.django_db


@pytest.fixture
def good_case():
    return make_case(terms=tuple(make_term(facet) for facet in ("audience", "need", "instrument", "keyword")))


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
    ],
)
def test_problem_is_named(good_case, changes, expected):
    assert problems(good_case, **changes) == [expected]


def test_links_to_pages_that_exist_are_fine(good_case):
    assert problems(good_case, approach=f"见[这一篇](/cases/{good_case.code}/)和[全部](/cases/?sort=code)") == []


def test_case_without_figures_and_terms(good_case):
    good_case.figures.all().delete()
    good_case.terms.clear()
    assert problems(good_case) == [
        "没有关键数据。",
        *(f"标签“{name}”一个也没有选。" for name in ("服务对象", "解决问题", "金融工具", "关键词")),
    ]


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
