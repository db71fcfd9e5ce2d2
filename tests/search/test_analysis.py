"""Text to tokens: pure, and never surprised."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.search.analysis import RUN, Segmenter, bigrams, join_cjk, normalize, pinyin, runs, sentences, strip_markdown

SEGMENTER = Segmenter(["微闪贴", "没有抵押"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [("ＡＢＮ", "abn"), ("綠色金融", "绿色金融"), ("微眾銀行", "微众银行"), ("StarCard", "starcard"), ("５Ｇ", "5g")],
)
def test_one_spelling_for_what_readers_take_as_one(text, expected):
    assert normalize(text) == expected


def test_runs_are_han_or_letters_and_digits():
    assert runs("5g产业链，abn！") == ["5g", "产业链", "abn"]


def test_pairs_of_a_single_character_are_itself():
    assert (bigrams("贷"), bigrams("微闪贴")) == (("贷",), ("微闪", "闪贴"))


def test_names_are_not_cut():
    assert SEGMENTER.words("没有抵押怎么贷款") == ["没有抵押", "怎么", "贷款"]
    assert SEGMENTER.words("微闪贴") == ["微闪贴"]


def test_tokens_hold_characters_pairs_and_long_words():
    tokens = SEGMENTER.tokens("微闪贴 abn")
    assert {"微", "闪贴", "微闪贴", "abn"} <= tokens


def test_spaces_beside_han_do_not_matter():
    assert join_cjk("知识产权 abn 票据") == "知识产权abn票据"
    assert join_cjk("star card") == "star card"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("微众银行", ("weizhongyinhang", "wzyh")),
        ("农行", ("nonghang", "nh")),
        ("绿色", ("lvse", "ls")),
        ("5g产业", ("5gchanye", "5gcy")),
    ],
)
def test_pinyin(name, expected):
    assert pinyin(name) == expected


def test_markdown_signs_go_words_stay():
    text = "### 做法\n- **质押**：见[办法](https://example.org)\n| 甲 | 乙 |\n|---|---|\n"
    assert strip_markdown(text).split() == ["做法", "质押：见办法", "甲", "乙"]


def test_sentences_end_at_full_stops_and_lines():
    assert sentences("一。二！\n三；四") == ["一。", "二！", "三；", "四"]


@given(st.text(max_size=200))
def test_tokens_need_no_escaping(text):
    assert [token for token in SEGMENTER.tokens(normalize(text)) if not RUN.fullmatch(token)] == []


@given(st.text(max_size=200))
def test_folding_twice_changes_nothing_that_is_searched(text):
    assert runs(normalize(normalize(text))) == runs(normalize(text))
