"""Units, bounds and dates as printed, and what they mean."""

from decimal import Decimal

import pytest

from cases.models import Bound, FigureKind, KeyFigure
from cases.models.dates import PrintedDateField, as_mapping, has_year, partial_dates
from cases.models.units import bound_of, unit_of


@pytest.mark.parametrize(
    ("name", "kind", "base", "factor"),
    [
        ("亿元", "money", "元", "100000000"),
        ("万亿元", "money", "元", "1000000000000"),
        ("万美元", "money", "美元", "10000"),
        ("万元/户", "money", "元", "10000"),
        ("万户", "people", "户", "10000"),
        ("家", "people", "户", "1"),
        ("人次", "people", "人次", "1"),
        ("万笔", "count", "笔", "10000"),
        ("%", "ratio", "%", "1"),
        ("％", "ratio", "%", "1"),
        ("成", "ratio", "%", "10"),
        ("个百分点", "ratio", "个百分点", "1"),
        ("BP", "ratio", "个百分点", "0.01"),
        ("天", "time", "天", "1"),
        ("个月", "time", "天", "30"),
        ("年", "time", "天", "365"),
        ("公里", "other", "公里", "1"),
        ("万台", "other", "台", "10000"),
        ("万", "other", "万", "1"),
    ],
)
def test_a_unit_has_a_kind_a_base_and_a_factor(name, kind, base, factor):
    unit = unit_of(name)
    assert (unit.kind, unit.base, unit.factor) == (FigureKind(kind), base, Decimal(factor))


@pytest.mark.parametrize(
    ("value", "bound"),
    [
        ("12.7 亿元", "exact"),
        ("超 3200 亿元", "over"),
        ("300 余户", "over"),
        ("二十多亿美元", "over"),
        ("60% 以上", "over"),
        ("近 70%", "near"),
        ("约五分钟", "about"),
        ("100 万元左右", "about"),
        ("最高 1000 万元", "at-most"),
        ("5 小时以内", "at-most"),
        ("最快 3 天", "at-most"),
    ],
)
def test_a_printed_value_is_exact_or_a_bound(value, bound):
    assert bound_of(value) == Bound(bound)


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("2020 年 9 月末", ["2020-09"]),
        ("〔2020 年〕9 月 15 日", ["2020-09-15"]),
        ("2019 年 8 月至 2020 年 9 月", ["2019-08", "2020-09"]),
        ("2020 年 2 月至 4 月", ["2020-02", "2020-04"]),
        ("2021 年末", ["2021"]),
        ("9 月末", []),
        ("", []),
    ],
)
def test_dates_are_read_as_far_as_they_are_known(text, dates):
    assert partial_dates(text) == dates


def test_an_added_year_is_kept_apart_in_fixtures():
    field = PrintedDateField(max_length=40)
    assert field.to_python({"printed": "9 月末", "year": 2020}) == "〔2020 年〕9 月末"
    assert as_mapping("〔2020 年〕9 月末") == {"printed": "9 月末", "year": 2020}
    assert as_mapping("2020 年 9 月末") == "2020 年 9 月末"


def test_a_year_is_seen_added_or_printed():
    assert has_year("〔2020 年〕9 月末")
    assert has_year("2019 年")
    assert not has_year("9 月末")


def test_a_figure_derives_what_it_means():
    figure = KeyFigure(label="办理时间", value="5~8 天", number=5, number_to=8, unit="天", as_of="〔2020 年〕9 月末")
    figure.derive()
    assert (figure.kind, figure.base_unit, figure.amount, figure.amount_to) == ("time", "天", 5, 8)
    assert figure.as_of_date == "2020-09"


@pytest.mark.parametrize(
    ("value", "section", "sentence"),
    [
        ("690 万元", "approach", "首笔 690 万元两天放款。"),
        ("8 亿元", "results", "累计放款 **8 亿元**".replace("*", "")),
        ("9 亿元", "", ""),
    ],
)
def test_a_figure_knows_the_sentence_it_stands_in(value, section, sentence):
    figure = KeyFigure(value=value)
    figure.locate({"results": "- 累计放款 **8 亿元**；到期 18 亿元。", "approach": "先看名单。首笔 690 万元两天放款。"})
    assert (figure.section, figure.sentence.rstrip("；")) == (section, sentence)
