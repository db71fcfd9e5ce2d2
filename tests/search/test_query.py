"""The query language: any string is a query."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.search.query import MAX_LENGTH, MAX_PARTS, Query, parse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("农行 复工", {"words": ("农行", "复工")}),
        ("农行　复工", {"words": ("农行", "复工")}),
        ("“知识产权质押”", {"phrases": ("知识产权质押",)}),
        ('"abc def" 农行', {"phrases": ("abc def",), "words": ("农行",)}),
        ("“没有合上", {"phrases": ("没有合上",)}),
        ("贷款 -信用卡", {"words": ("贷款",), "excluded": ("信用卡",)}),
        ("贷款 －“信用卡 中心”", {"words": ("贷款",), "excluded": ("信用卡 中心",)}),
        ("T-1", {"words": ("T-1",)}),
        ("机构:农行 章节：绿色 年:2020", {"institutions": ("农行",), "categories": ("绿色",), "years": ("2020",)}),
        ("機構:“中国银行”", {"institutions": ("中国银行",)}),
        ("农行 农行", {"words": ("农行",)}),
        ("- 机构: “”", {}),
        ("", {}),
    ],
)
def test_parts_of_a_query(text, expected):
    query = parse(text)
    named = {"words", "phrases", "excluded", "institutions", "categories", "years"}
    assert {name: getattr(query, name) for name in named if getattr(query, name)} == expected


def test_too_long_is_cut_and_said():
    assert parse("贷" * (MAX_LENGTH + 1)).was_cut
    assert parse(" ".join(map(str, range(MAX_PARTS + 1)))).was_cut
    assert not parse("贷" * MAX_LENGTH).was_cut


@given(st.text(st.characters(), max_size=400))
def test_any_text_is_a_bounded_query(text):
    query = parse(text)
    parts = [*query.words, *query.phrases, *query.excluded, *query.institutions, *query.categories, *query.years]
    assert len(query.text) <= MAX_LENGTH
    assert len(parts) <= MAX_PARTS
    assert "\x00" not in query.text
    query.text.encode()


@given(st.text('“”"-－机构章节年:： 贷a', max_size=60))
def test_a_query_of_signs_only_is_read(text):
    assert isinstance(parse(text), Query)
