"""Quantities in English: exactly what number and unit say, or not at all."""

from decimal import Decimal

import pytest
from django.utils.translation import override

from cases.models import KeyFigure
from cases.public.amounts import amount_in_english, said_unit, value_in_english
from cases.templatetags.cases_tags import said_value


def figure(value: str, number: str, unit: str, to: str | None = None) -> KeyFigure:
    return KeyFigure(value=value, number=Decimal(number), unit=unit, number_to=to and Decimal(to))


@pytest.mark.parametrize(
    ("value", "number", "unit", "english"),
    [
        ("3.2 亿元", "3.2", "亿元", "RMB 320 million"),
        ("超 3200 亿元", "3200", "亿元", "over RMB 320 billion"),
        ("近 7000 万美元", "7000", "万美元", "nearly US$70 million"),
        ("2,000 万元", "2000", "万元", "RMB 20 million"),
        ("27.32 亿", "27.32", "亿元", "RMB 2.732 billion"),
        ("1 天", "1", "天", "1 day"),
        ("70BP", "70", "BP", "70 basis points"),
        ("85% 以上", "85", "%", "85% or more"),
        ("超过 6 万人", "6", "万人", "over 60,000 people"),
        ("1.2 万亿元", "1.2", "万亿元", "RMB 1.2 trillion"),
    ],
)
def test_number_and_unit_are_said_exactly(value, number, unit, english):
    assert value_in_english(figure(value, number, unit)) == english


def test_both_ends_of_a_range_are_said():
    assert value_in_english(figure("3~30 万元", "3", "万元", to="30")) == "RMB 30,000 to RMB 300,000"


@pytest.mark.parametrize(
    ("value", "number", "unit"),
    [
        ("13 万户", "13", "万户"),  # households, shops, firms: the unit does not say
        ("约 1 元/年", "1", "元/年"),
        ("3.2 亿元", "3.3", "亿元"),
        ("3.2 亿元", "3.2", "万元"),
        ("最高减息 5000 元", "5000", "元"),
        ("两天内", "2", "天"),
        ("超 3 万余元", "3", "万元"),
    ],
)
def test_what_says_more_or_otherwise_stays_chinese(value, number, unit):
    assert value_in_english(figure(value, number, unit)) == ""


def test_an_english_page_shows_the_printed_value_beside():
    with override("en"):
        shown = said_value(figure("3.2 亿元", "3.2", "亿元"))
        assert "RMB 320 million" in shown
        assert '<small class="printed"><span lang="zh-Hans">' in shown
        assert said_value(figure("13 户", "13", "户")).startswith('<span lang="zh-Hans">')
        assert [said_unit(unit) for unit in ("元", "天", "户")] == ["RMB", "days", "户"]
    assert "RMB" not in said_value(figure("3.2 亿元", "3.2", "亿元"))


def test_an_amount_without_a_number_of_decimals_is_whole():
    assert [amount_in_english(number, "元") for number in ("0.5", "13500", "100")] == [
        "RMB 0.5",
        "RMB 13,500",
        "RMB 100",
    ]
