"""Marked text is safe HTML, on the original characters."""

import re

import pytest
from django.utils.html import strip_tags
from hypothesis import given
from hypothesis import strategies as st

from cases.search.analysis import SNIPPET, mark, snippets


@pytest.mark.parametrize(
    ("text", "patterns", "expected"),
    [
        ("农行的ＡＢＮ", ["abn"], "农行的<mark>ＡＢＮ</mark>"),
        ("綠色金融", ["绿色"], "<mark>綠色</mark>金融"),
        ("知识产权 ABN", ["知识产权abn"], "<mark>知识产权 ABN</mark>"),
        ("小微企业", ["小微企业", "小微"], "<mark>小微企业</mark>"),
        ("<b>农行</b>", ["农行"], "&lt;b&gt;<mark>农行</mark>&lt;/b&gt;"),
        ("㈱农行", ["农行"], "㈱<mark>农行</mark>"),
        ("农行", [], "农行"),
        ("a.c abc", ["a.c"], "<mark>a.c</mark> abc"),
    ],
)
def test_mark(text, patterns, expected):
    assert mark(text, patterns) == expected


@given(st.text(max_size=80), st.lists(st.text(min_size=1, max_size=4), max_size=3))
def test_mark_never_changes_the_words_nor_lets_html_through(text, patterns):
    html = mark(text, patterns)
    assert strip_tags(re.sub("</?mark>", "", html)) is not None
    assert not re.search(r"<(?!/?mark>)", html)
    plain = re.sub("</?mark>", "", html)
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#x27;", "'"), ("&amp;", "&")):
        plain = plain.replace(entity, character)
    assert plain == text


def test_snippets_are_the_sentences_with_most_words():
    text = "开头一句。农行放款。\n- **农行**办理复工贷款。没有的一句。"
    assert snippets(text, ["复工", "农行"], 1) == ["<mark>农行</mark>办理<mark>复工</mark>贷款。"]


def test_long_sentence_is_shortened_around_the_word():
    snippet = snippets("前" * 200 + "农行" + "后" * 200, ["农行"])[0]
    plain = re.sub("</?mark>", "", snippet)
    assert "<mark>农行</mark>" in snippet
    assert plain.startswith("…")
    assert plain.endswith("…")
    assert len(plain) <= SNIPPET + 2
