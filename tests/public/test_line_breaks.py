"""Where lines may break: titles between words, never between a number and its unit."""

import pytest
from django.utils.safestring import mark_safe

from cases.templatetags.cases_tags import break_between_words, keep_quantities


def bare(html: str) -> str:
    return html.replace('<span class="one-line">', "[").replace("</span>", "]").replace("<wbr>", "|")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("发放 690 万元，2 天办完", "发放 [690 万元]，[2 天]办完"),
        ("利率 2.30%-2.50%", "利率 [2.30%]-[2.50%]"),
        ("第 2 章、58 家企业、2019 年底", "[第 2 章]、[58 家企业]、[2019 年底]"),
        ("1,260.5 亿美元", "[1,260.5 亿美元]"),
        ("编号 12 和 A4", "编号 12 和 A4"),
        ("<b>5 天</b>", "&lt;b&gt;[5 天]&lt;/b&gt;"),
    ],
)
def test_number_and_unit_stay_on_one_line(text, expected):
    assert bare(keep_quantities(text)) == expected


def test_tags_of_safe_html_are_left_alone():
    assert bare(keep_quantities(mark_safe('<a title="9 天">9 天</a>'))) == '<a title="9 天">[9 天]</a>'


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("农行深圳分行放出防疫采购贷款", "农行|深圳|分行|放出|防疫|采购|贷款"),
        ("为防疫单位办理的付款", "为防疫|单位|办理的|付款"),
        ("2 天放款 690 万元，并捐款", "[2 天]|放款 [690 万元]，并|捐款"),
        ("R&D <i>", "R&amp;D &lt;i&gt;"),
        ("", ""),
    ],
)
def test_title_breaks_between_words(title, expected):
    assert bare(break_between_words(title)) == expected
