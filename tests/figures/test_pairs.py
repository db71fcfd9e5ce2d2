"""Before and after, only where the case pairs them itself."""

import pytest

from cases.figures.pairs import find_pairs, slopes_of
from cases.models import KeyFigure


def figure(label: str, value: str, as_of: str = "", *, case: int = 1) -> KeyFigure:
    number = float("".join(character for character in value if character.isdigit() or character == "."))
    unit = value.lstrip("0123456789. ")
    made = KeyFigure(case_id=case, label=label, value=value, number=number, unit=unit, as_of=as_of)
    made.derive()
    return made


def found(*figures: KeyFigure) -> list[tuple[str, str, str]]:
    return [(pair.what, pair.before.value, pair.after.value) for pair in find_pairs(figures)]


def test_the_same_at_two_times():
    earlier, later = figure("余额（突破）", "1 亿元", "2020 年"), figure("余额（突破）", "3 亿元", "2023 年")
    assert found(later, earlier) == [("余额", "1 亿元", "3 亿元")]
    (pair,) = find_pairs([earlier, later])
    assert (pair.before_share, pair.after_share) == (33.33, 100)


def test_of_many_times_the_first_and_the_last():
    times = [figure("客户", f"{n} 户", f"{2017 + n} 年") for n in (2, 1, 3)]
    assert found(*times) == [("客户", "1 户", "3 户")]


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ("老核心单账户年成本", "新核心单账户年成本", "核心单账户年成本"),
        ("给甲的首次授信", "给甲的重新授信", "给甲的授信"),
        ("推出前的客户净推荐值", "推出后的客户净推荐值", "推出前后的客户净推荐值"),
        ("占比（战略之前）", "占比", "占比"),
    ],
)
def test_labels_that_say_which_came_first(before, after, what):
    assert found(figure(after, "4 %"), figure(before, "2 %")) == [(what, "2 %", "4 %")]


@pytest.mark.parametrize(
    "figures",
    [
        (figure("金额（正文）", "7 亿元"), figure("金额（简介）", "8 亿元")),  # two accounts of one thing
        (figure("余额", "1 亿元"), figure("余额", "2 亿元", "2020 年")),  # of one of them nobody knows when
        (figure("余额", "1 亿元", "2020 年"), figure("余额", "2 户", "2021 年")),  # another unit
        (figure("余额", "1 亿元", "2020 年"), figure("余额", "2 亿元", "2021 年", case=2)),  # another case
        (figure("余额", "1 亿元", "2020 年"), figure("余额", "2 亿元", "2020 年")),  # one time
        (figure("新发放贷款", "1 亿元"), figure("发放贷款", "2 亿元")),
    ],
)
def test_nothing_is_paired_that_the_case_does_not_pair(figures):
    assert found(*figures) == []


@pytest.mark.django_db
def test_pairs_of_the_real_collections(seeded):
    pairs = find_pairs(KeyFigure.objects.published().select_related("case"))
    assert sorted((pair.before.case.code, pair.before.value, pair.after.value) for pair in pairs) == [
        ("ccb2023-0201", "超 6%", "4% 以下"),
        ("ccb2023-0202", "100 万户", "300 万户"),
        ("ccb2023-0202", "2.5%", "超 14%"),
        ("ccb2023-0202", "万亿元", "3 万亿元"),
        ("sz2020-0605", "1000 万元", "5000 万元"),
        ("sz2020-0704", "约为 10 元/年", "约 1 元/年"),
        ("sz2020-0706", "35%", "40%"),
    ]


def test_a_line_is_as_steep_as_the_amount_grew_or_fell_by_many_times():
    pairs = find_pairs(
        [
            *(figure("余额", value, as_of) for value, as_of in (("1 亿元", "2020 年"), ("100 亿元", "2021 年"))),
            *(figure("客户", value, as_of) for value, as_of in (("20 户", "2020 年"), ("2 户", "2021 年"))),
        ]
    )
    drawn = slopes_of(pairs)
    steepness = [slope.before - slope.after for slope in drawn.slopes]
    assert steepness == [36, -18]
    assert all(0 < end < drawn.height for slope in drawn.slopes for end in (slope.before, slope.after))
    first, second = drawn.slopes
    assert max(first.before, first.after) < min(second.before, second.after)


def test_nothing_is_drawn_where_nothing_changed_or_nothing_is_there():
    same = [figure("余额", "1 亿元", "2020 年"), figure("余额", "1 亿元", "2021 年")]
    none = [figure("余额", "0 亿元", "2020 年"), figure("余额", "1 亿元", "2021 年")]
    assert [slopes_of(find_pairs(figures)) for figures in (same, none, [])] == [None, None, None]
