"""Drawn mechanisms and timelines: rows of a case, from its own words."""

import re

import pytest
from django.core.exceptions import ValidationError

from cases.models import Case, Step
from cases.public.detail import drawn_path
from tests.factories import make_case

NUMBER = re.compile(r"\d[\d,.]*")


def words_of(case: Case) -> str:
    return "\n".join([case.title, case.subtitle, case.summary, *(getattr(case, name) for name in Case.SECTIONS)])


def test_every_drawing_says_what_its_case_says(seeded):
    steps = list(Step.objects.select_related("case"))
    assert {step.case.code for step in steps if step.kind == "path"} == {
        *("sz2020-0304", "sz2020-0302", "sz2020-0606", "sz2020-0905", "sz2020-0801", "zj2024-0201"),
    }
    assert {step.case.code for step in steps if step.kind == "timeline"} == {
        *("sz2020-0102", "sz2020-0605", "sz2020-1001", "gz2021-0401", "ccb2023-0202"),
    }
    unknown = []
    for step in steps:
        words = words_of(step.case)
        unknown += [(step.case.code, name) for name in (step.source, step.target) if name not in words]
        numbers = NUMBER.findall(re.sub("〔.*?〕", "", f"{step.as_of} {step.text} {step.amount}"))
        unknown += [(step.case.code, number) for number in numbers if number not in words]
    assert unknown == []


@pytest.mark.django_db
def test_a_path_has_both_ends_and_a_timeline_dates():
    case = make_case()
    for wrong in ({"kind": "path", "source": "银行"}, {"kind": "timeline"}):
        with pytest.raises(ValidationError, match="路径要写从谁、到谁；经过要写时间。"):
            Step(case=case, order=1, text="放款", **wrong).full_clean()
    Step(case=case, order=1, text="放款", kind="timeline", as_of="2020 年").full_clean()


@pytest.mark.django_db
def test_the_page_draws_what_there_is_and_nothing_where_there_is_nothing(client):
    case = make_case()
    assert 'class="drawn"' not in client.get(case.get_absolute_url()).content.decode()
    Step.objects.create(case=case, order=1, source="开发银行", text="转贷款", amount="20 亿元", target="民营银行")
    Step.objects.create(case=case, order=2, kind="timeline", as_of="2020 年 3 月", text="办成首笔")
    body = client.get(case.get_absolute_url()).content.decode()
    assert (
        re.sub(r"<[^>]*>|\s", "", re.search(r'<ol class="path">.*?</ol>', body, re.DOTALL)[0])
        == "开发银行：转贷款20亿元，到民营银行"
    )
    assert (
        re.sub(r"<[^>]*>|\s", "", re.search(r'<ol class="timeline">.*?</ol>', body, re.DOTALL)[0])
        == "2020年3月办成首笔"
    )


def test_who_was_drawn_above_is_drawn_lightly():
    steps = [Step(source="甲", target="乙"), Step(source="乙", target="丙")]
    assert [row[1:] for row in drawn_path(steps)] == [(False, False), (True, False)]
