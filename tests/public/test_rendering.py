"""Markdown becomes safe HTML, in bounded time."""

import cProfile
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.public.rendering import render_markdown


def test_headings_start_at_h3_with_chinese_ids():
    assert '<h3 id="approach-主要成效">主要成效</h3>' in render_markdown("# 主要成效", prefix="approach-")


def test_table_keeps_alignment_as_a_class_and_scrolls():
    html = render_markdown("| 甲 | 乙 |\n| --- | ---: |\n| 1 | 2 |")
    assert '<div class="table-scroll" tabindex="0"><table>' in html
    assert '<td class="align-right">2</td>' in html


def test_list_right_under_its_lead_in_is_a_list():
    assert render_markdown("产品有：\n- 微业贷\n- 微闪贴").count("<li>") == 2


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", '<img src=x onerror="alert(1)">', "[x](javascript:alert(1))", "[x](data:text/html,x)", '<a href="x" onclick="y">z</a>', "<iframe src=//x>", '<p style="color:red">x</p>', "<svg onload=alert(1)>"],
)  # fmt: skip
def test_nothing_runs(text):
    html = render_markdown(text).lower()
    for bad in ("<script", "onerror", "javascript:", "data:", "onclick", "<iframe", "style=", "<svg"):
        assert bad not in html


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit", ["[", "![", "[](", "*a ", "_a", "> ", "`", "<", "&", "- a\n  ", "|", "(", "[a][", "\\", "#", "1. a\n"]
)
def test_hostile_input_takes_few_steps(unit):
    profile = cProfile.Profile()
    profile.runcall(render_markdown, unit * 20_000)
    steps = sum(entry.callcount for entry in profile.getstats())
    assert steps < 5_000_000  # calls; input is cut at 40,000 characters, and no more than 1.8 million are known


@pytest.mark.parametrize(
    ("text", "levels"),
    [("# 一\n\n## 二", "34"), ("### 一\n\n#### 二", "34"), ("## 一\n\n# 二", "43"), ("###### 一", "3"), ("没有", "")],
)
def test_highest_heading_follows_the_page(text, levels):
    assert "".join(re.findall(r"<h(\d)", render_markdown(text))) == levels


@settings(max_examples=60)
@given(st.text(max_size=400))
def test_any_text_renders_without_script(text):
    assert "<script" not in render_markdown(text).lower()


def test_rendering_is_made_once(monkeypatch):
    first = render_markdown("只做一次")
    monkeypatch.setattr("cases.public.rendering._render", lambda *args: pytest.fail("rendered twice"))
    assert render_markdown("只做一次") == first
