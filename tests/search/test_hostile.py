"""Text that no reader means well: every page answers, soon, whatever is typed.

Time is the process's own, and the better of two, so that a busy machine fails nothing.
"""

import time
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.search.advice import advise
from cases.search.highlight import mark, snippets
from cases.search.query import MAX_LENGTH
from cases.search.searching import search
from tests.factories import index_all, make_case, make_institution, make_term

pytestmark = pytest.mark.django_db

LIMIT = 0.2
LONGEST = 10_000
TEXT = "开头。办理绿色票据<script>贴现，知识产权质押 ABN 7000 万美元。" * 20
HOSTILE = [
    "'; DROP TABLE cases_case; --",
    '"',
    "”“",
    "%",
    "_",
    "\\",
    "*",
    "贷*",
    "NEAR(a b)",
    "title:贷款",
    "^贷款",
    "AND OR NOT",
    "()",
    "a" * 6000,
    "贷" * 600,
    "的 " * 600,
    "一二三四五六七八九十" * 60,
    "没有抵押 " * 100,
    "“" * 200,
    "机构:" * 60,
    "-贷款 " * 40,
    "😀" * 50,
    "，。；",
    "\u202e反",
    "\ud800",
    "﷽" * 200,
    "a1" * 100,
    " ".join("abcdefgh"),
    "\x00贷款",
    "￥" * LONGEST,
    "wzyh" * 2000,
    "贷款AB12" * 1000,
    "机构:" + "行" * 300,
    '"a" ' * 2000,
]
FRAGMENTS = [
    *HOSTILE,
    *[
        "贷款",
        "绿色",
        "weizhong",
        "wz",
        "7",
        "％",
        "“",
        "”",
        '"',
        "-",
        "－",
        "机构:",
        "章节：",
        "年:2020",
        "*",
        "(",
        ")",
        "^",
        "'",
        "OR",
        "NEAR/2",
        "😀",
        "�",
        "\x00",
        "\u200b",
    ],
]
texts = st.one_of(
    st.text(st.characters(), max_size=2 * MAX_LENGTH),
    st.text("“”\"-机构章节年:： 绿色票据债券wz*()^'%_\\;", max_size=60),
    st.text("\ud800\udfff\x00\u202e\ufeff\u3000票a", max_size=60),
    st.lists(st.sampled_from(FRAGMENTS), max_size=40).map(" ".join),
    st.builds(lambda piece, times: (piece * times)[:LONGEST], st.sampled_from(FRAGMENTS), st.integers(1, LONGEST)),
)
many = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def few_cases():
    bank = make_institution(name="深圳前海微众银行", short_name="微众银行", other_names="WeBank\n微众")
    make_case(title="绿色票据", institution=bank, terms=(make_term("keyword", name="微闪贴"),))
    make_case(title="绿色债券", background=TEXT)
    make_case(title="商业票据", terms=(make_term("need", slug="no-collateral"),))
    index_all()
    search("票据")


def answered(text: str) -> None:
    """All a page asks of the search."""
    hits = search(text)
    hits.page(hits.keys, 0, 20)
    advise(hits)
    mark(TEXT, hits.patterns)
    snippets(TEXT, hits.patterns)


def seconds(action, *arguments) -> float:
    times = []
    for _ in range(2):
        start = time.process_time()
        action(*arguments)
        times.append(time.process_time() - start)
    return min(times)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_answered_soon(few_cases, text):
    assert seconds(answered, text) < LIMIT


@pytest.mark.parametrize("text", HOSTILE)
def test_list_page_answers_hostile_text_soon(client, few_cases, text):
    address = f"/cases/?q={quote(text, errors='surrogatepass')}"
    assert seconds(client.get, address) < LIMIT
    assert client.get(address).status_code in (200, 400, 414)


@many
@given(text=texts)
def test_any_text_is_answered_soon(few_cases, text):
    assert seconds(answered, text) < LIMIT


@settings(many, max_examples=40)
@given(text=texts)
def test_list_page_answers_any_text(client, few_cases, text):
    assert client.get(f"/cases/?q={quote(text, errors='surrogatepass')}").status_code in (200, 400, 414)


@many
@given(text=texts, pattern=st.text(max_size=30))
def test_marking_never_changes_the_text(text, pattern):
    marked = mark(text, [pattern])
    assert marked.replace("<mark>", "").replace("</mark>", "") == mark(text, [])
