"""Where amounts stand: pure functions."""

from itertools import pairwise

import pytest

from cases.figures.drawing import Dot, amount_text, histogram, share_of, strip


def dots(*amounts: float) -> list[Dot]:
    return [Dot(amount, str(amount), f"/{amount}") for amount in amounts]


@pytest.mark.parametrize(
    ("amount", "unit", "words"),
    [
        (1, "元", "1 元"),
        (100_000, "元", "10 万元"),
        (10**8, "元", "1 亿元"),
        (10**13, "元", "10 万亿元"),
        (1000, "户", "1000 户"),
        (0.1, "%", "0.1%"),
    ],
)
def test_scales_are_read_in_chinese_powers(amount, unit, words):
    assert amount_text(amount, unit) == words


def test_ten_times_as_much_is_always_one_step():
    marks = strip(dots(1, 10, 100, 1000), "元").marks
    steps = [round(right.x - left.x) for left, right in pairwise(marks)]
    assert steps == [32, 32, 32]
    assert [mark.x for mark in marks][::3] == [2, 98]


def test_equal_amounts_stand_one_upon_another_within_the_drawing():
    drawing = strip(dots(*[5] * 9, 50), "户")
    column = [mark.y for mark in drawing.marks if mark.url == "/5"]
    assert sorted(column) == [drawing.base - 5 - 8 * n for n in reversed(range(9))]
    assert min(column) > 0
    assert drawing.height > drawing.base


def test_nothing_and_less_have_no_place_on_a_log_scale():
    assert strip(dots(0, -1, 3), "户") is None
    assert strip(dots(0, 3, 4), "户").left_out == 1
    assert strip([], "户") is None


def test_days_are_read_as_people_say_them():
    labels = [tick.label for tick in strip(dots(0.002, 1, 3650), "天").ticks]
    assert labels == ["1 小时", "1 天", "1 个月", "1 年", "10 年"]


@pytest.mark.parametrize("amounts", [(1, 10**13), (0.14, 320), (7, 7), (4, 12_000_000)])
def test_ticks_are_few_and_within_the_drawing(amounts):
    ticks = strip(dots(*amounts), "元").ticks
    assert 2 <= len(ticks) <= 5
    assert all(0 < tick.x < 100 for tick in ticks)


def test_columns_are_as_high_as_they_hold_many():
    drawing = histogram(
        [(1, 2, 0, "/a"), (2, 5, 50, "/b"), (5, 10, 0, "/c"), (10, 20, 100, "/d"), (20, 50, 0, "/e")], "户"
    )
    assert [(mark.url, mark.height) for mark in drawing.marks] == [("/b", 60), ("/d", 120)]
    assert drawing.marks[1].title == "10 户 到 20 户：100 个"
    assert histogram([(1, 2, 0, "/a")], "户") is None


@pytest.mark.parametrize(
    ("amount", "most", "share"), [(50, 200, 25), (0, 200, 0.4), (None, 5, None), (5, 0, None), (-1, 5, None)]
)
def test_bars_are_shares_of_the_largest(amount, most, share):
    assert share_of(amount, most) == share
