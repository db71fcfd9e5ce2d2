"""Terms linked at their first mention, figures anchored where they stand, and nothing else touched."""

import re

import pytest

from cases.models import Advice, EditorNote, GlossaryEntry, Highlight, KeyFigure
from cases.public.annotating import annotate
from tests.factories import make_case

pytestmark = pytest.mark.django_db


def figure(order, value, section="results", **fields):
    return KeyFigure(order=order, label="数据", value=value, section=section, **fields)


def test_a_term_is_linked_once_on_a_page(db):
    GlossaryEntry.objects.create(term="首贷户", definition="第一次从银行借到钱的企业")
    html = annotate([("background", "<p>首贷户难</p>"), ("results", "<p>首贷户多了</p>")], [])
    assert 'class="gloss"' in html["background"]
    assert 'title="第一次从银行借到钱的企业"' in html["background"]
    assert html["results"] == "<p>首贷户多了</p>"


def test_the_longest_name_wins_and_other_names_count(db):
    GlossaryEntry.objects.create(term="再贷款", definition="甲")
    entry = GlossaryEntry.objects.create(term="支小再贷款", other_names="支小", definition="乙")
    html = annotate([("results", "<p>支小再贷款</p>")], [])["results"]
    assert html.count('class="gloss"') == 1
    assert f"#term-{entry.pk}" in html


def test_a_latin_name_is_a_word_of_its_own(db):
    GlossaryEntry.objects.create(term="信用证", other_names="LC", definition="甲")
    html = annotate([("results", "<p>LCD 屏幕，LC 结算</p>")], [])["results"]
    assert re.sub(r"<a [^>]*>", "[", html).replace("</a>", "]") == "<p>LCD 屏幕，[LC] 结算</p>"


@pytest.mark.parametrize("html", ["<h3>保理</h3>", '<p><a href="/x/">保理</a></p>', "<pre><code>保理</code></pre>"])
def test_headings_links_and_code_stay_as_they_are(db, html):
    GlossaryEntry.objects.create(term="保理", definition="甲")
    assert annotate([("results", html)], [])["results"] == html


def test_definitions_cannot_break_out_of_the_attribute(db):
    GlossaryEntry.objects.create(term="保理", definition='"><script>alert(1)</script>')
    assert "<script" not in annotate([("results", "<p>保理</p>")], [])["results"]


def test_a_figure_is_anchored_where_its_value_stands_blanks_or_not(db):
    html = annotate([("results", "<ul><li>放款超3200 亿元</li></ul>")], [figure(2, "超 3200 亿元")])["results"]
    assert html == '<ul><li>放款<span class="figure-here" id="at-2">超3200 亿元</span></li></ul>'


def test_a_figure_is_not_found_at_the_end_of_a_longer_number(db):
    html = annotate([("results", "<p>12.7 亿元和 2.7 亿元</p>")], [figure(1, "2.7 亿元")])["results"]
    assert html == '<p>12.7 亿元和 <span class="figure-here" id="at-1">2.7 亿元</span></p>'


def test_two_figures_in_one_sentence_have_a_place_each(db):
    html = annotate([("results", "<p>45 户 193 人</p>")], [figure(1, "45 户"), figure(2, "193 人")])["results"]
    assert html.count("figure-here") == 2


def test_a_case_shows_advice_notes_highlights_and_who_added_a_year(client):
    case = make_case(results="放款 8 亿元。", figures=0, period="〔2020 年〕9 月", subtitle="小店拿到钱")
    KeyFigure.objects.create(
        case=case,
        order=1,
        label="放款",
        value="8 亿元",
        number=8,
        unit="亿元",
        as_of="〔2020 年〕9 月末",
        section="results",
    )
    Highlight.objects.create(case=case, order=1, text="全国首单")
    Advice.objects.create(case=case, order=1, kind="unsaid", text="利率")
    Advice.objects.create(case=case, order=2, kind="steps", text="先建名单")
    Advice.objects.create(case=case, order=3, kind="steps", text="再逐户走访")
    EditorNote.objects.create(case=case, order=1, kind="misprint", text="疑多一个“万”字")
    body = client.get(case.get_absolute_url()).content.decode()
    for text in (
        "<h1>小店拿到钱</h1>",
        "原题",
        "全国首单",
        "可以照着做的",
        "原文没有说的",
        "<ol><li>先建名单</li><li>再逐户走访</li></ol>",
        "疑为误印",
        "疑多一个“万”字",
        '<span class="added" title="年份为编者所加">〔2020 年〕</span>9 月末',
        'href="#at-1"',
        'id="at-1"',
    ):
        assert text in re.sub(r"<wbr>|<span class=\"one-line\">(.*?)</span>", r"\1", body)
    assert body.index("怎么做") < body.index("原文没有说的")


def test_a_case_with_none_of_this_looks_whole(client):
    body = client.get(make_case(figures=0).get_absolute_url()).content.decode()
    for text in ("可以照着做的", "编者注", "文中的产品", "关键数据", "原题"):
        assert text not in body
