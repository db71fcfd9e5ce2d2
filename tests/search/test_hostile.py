"""Text that no reader means well: every page answers, with little work, whatever is typed.

The work is counted, not timed: a busy machine fails nothing.
"""

from types import SimpleNamespace
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.search import analysis
from cases.search.analysis import mark, snippets
from cases.search.query import MAX_LENGTH
from cases.search.results import search
from tests.factories import index_all, make_case, make_institution, make_term

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

MOST_QUERIES, MOST_CHARACTERS = 200, 5_000  # about twice what the worst text known costs
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
many = settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def few_cases():
    bank = make_institution(name="深圳前海微众银行", short_name="微众银行", other_names="WeBank\n微众")
    make_case(title="绿色票据", institution=bank, terms=(make_term("keyword", name="微闪贴"),))
    make_case(title="绿色债券", background=TEXT)
    make_case(title="商业票据", terms=(make_term("need", other_names="没有抵押"),))
    index_all()
    search("票据")


def answered(text: str) -> None:
    """All a page asks of the search."""
    found = search(text)
    found.page(found.keys, 0, 20)
    assert isinstance(found.missing + found.relaxations + found.similar_names, list)
    mark(TEXT, found.patterns)
    snippets(TEXT, found.patterns)


class Work:
    """What an answer costs: queries (look-ups in the engine among them), and characters normalized."""

    def __init__(self, monkeypatch) -> None:
        self.characters, convert = 0, analysis._TO_SIMPLIFIED.convert

        def counted(text: str) -> str:
            self.characters += len(text)
            return convert(text)

        monkeypatch.setattr(analysis, "_TO_SIMPLIFIED", SimpleNamespace(convert=counted))

    def of(self, action, *arguments) -> tuple[int, int]:
        self.characters = 0
        with CaptureQueriesContext(connection) as queries:
            action(*arguments)
        return len(queries), self.characters


@pytest.fixture
def work(monkeypatch):
    return Work(monkeypatch)


def is_bounded(work: tuple[int, int]) -> bool:
    return work[0] <= MOST_QUERIES and work[1] <= MOST_CHARACTERS


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_costs_little_work(few_cases, work, text):
    assert is_bounded(work.of(answered, text)), work.of(answered, text)


@pytest.mark.parametrize("text", HOSTILE)
def test_list_page_answers_hostile_text_with_little_work(client, few_cases, work, text):
    address = f"/cases/?q={quote(text, errors='surrogatepass')}"
    assert is_bounded(work.of(client.get, address))
    assert client.get(address).status_code in (200, 400, 414)


@many
@given(text=texts)
def test_any_text_costs_little_work(few_cases, work, text):
    assert is_bounded(work.of(answered, text))


@settings(many, max_examples=40)
@given(text=texts)
def test_list_page_answers_any_text(client, few_cases, text):
    assert client.get(f"/cases/?q={quote(text, errors='surrogatepass')}").status_code in (200, 400, 414)


@many
@given(text=texts, pattern=st.text(max_size=30))
def test_marking_never_changes_the_text(text, pattern):
    marked = mark(text, [pattern])
    assert marked.replace("<mark>", "").replace("</mark>", "") == mark(text, [])
