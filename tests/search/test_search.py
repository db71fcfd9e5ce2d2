"""Finding cases by words."""

import time

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.filters import CaseFilter
from cases.models import Case
from cases.search.query import MAX_LENGTH, grams, normalise, words
from tests.factories import make_case, make_institution, make_term

pytestmark = pytest.mark.django_db

QUERIES = [
    ("农行 防控手册", "sz2020-0101"),
    ("金光电信", "sz2020-0102"),
    ("网约车司机", "sz2020-0103"),
    ("寿雅实业", "sz2020-0303"),
    ("5G产业链", "sz2020-0201"),
    ("ＡＢＮ 知识产权", "sz2020-0606"),
    ("工商银行 著作权", "sz2020-0601"),
    ("starcard", "sz2020-0704"),
    ("湛江青蟹", "ccb2023-0101"),
    ("碳账户", "zj2024-0501"),
    ("粤安居", "gz2021-0102"),
]


def found(**parameters) -> list[str]:
    data = QueryDict(mutable=True)
    data.update(parameters)
    return list(CaseFilter(data, Case.objects.published()).qs.values_list("code", flat=True))


def test_queries_find_their_case_first(seeded):
    assert [(query, found(q=query)[:1]) for query, code in QUERIES if found(q=query)[:1] != [code]] == []


def test_question_in_plain_words_finds_something(seeded):
    assert len(found(q="科技企业没有抵押物怎么贷款")) > 0


def test_title_ranks_over_text():
    in_text, in_title = make_case(background="说到云快贷"), make_case(title="云快贷的办法")
    assert found(q="云快贷") == [in_title.code, in_text.code]


def test_other_names_terms_and_figures_are_searched():
    by_name = make_case(institution=make_institution(other_names="农行\n农业银行"))
    by_term = make_case(terms=(make_term(name="长租公寓"),))
    by_figure = make_case()
    by_figure.figures.update(label="续贷余额")
    assert (found(q="农行"), found(q="长租公寓"), found(q="续贷余额")) == (
        [by_name.code],
        [by_term.code],
        [by_figure.code],
    )


def test_every_word_must_stand_somewhere():
    both = make_case(title="绿色票据")
    make_case(title="绿色债券")
    assert found(q="绿色 票据") == [both.code]


def test_search_respects_the_other_filters(client):
    case = make_case(title="绿色票据", institution=make_institution(slug="bank"))
    make_case(title="绿色票据")
    assert found(q="绿色票据", institution="bank") == [case.code]


def test_draft_is_not_found():
    make_case(title="绿色票据", status="draft")
    assert found(q="绿色票据") == []


def test_asked_order_wins_over_relevance():
    first = make_case(code="b1-0101", background="票据")
    second = make_case(code="b1-0102", title="票据")
    assert found(q="票据", sort="code") == [first.code, second.code]
    assert found(q="票据") == [second.code, first.code]


def test_page_and_api_agree(client):
    case = make_case(title="绿色票据")
    make_case()
    assert [item.code for item in client.get("/cases/?q=绿色票据").context["listing"].page] == [case.code]
    assert [item["code"] for item in client.get("/api/v1/cases/?q=绿色票据").json()["results"]] == [case.code]


def test_search_is_a_condition_that_can_be_removed(client):
    make_case()
    assert ("搜索：绿色", "/cases/?sort=code") in client.get("/cases/?q=绿色&sort=code&page=1").context["listing"].pills


@pytest.mark.parametrize("item_count", [1, 3])
def test_search_queries_do_not_grow(client, django_assert_num_queries, item_count):
    for _ in range(item_count):
        make_case(title="绿色票据")
    with django_assert_num_queries(11):
        client.get("/cases/?q=绿色票据")


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE cases_case; --", '"', "%", "_", "\\", "*", "NEAR(", "a" * 300, "贷" * 300, "😀" * 50, "，。；", "\u202e反", "AND OR NOT", "()"]
)  # fmt: skip
def test_hostile_text_is_answered_quickly(client, text):
    make_case()
    start = time.perf_counter()
    assert client.get("/cases/", {"q": text}).status_code == 200
    assert time.perf_counter() - start < 2


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=300))
def test_any_text_is_answered(text):
    found(q=text)


@given(st.text(max_size=600))
def test_normalised_text_is_short_and_stable(text):
    once = normalise(text)
    assert len(once) <= MAX_LENGTH
    assert "\x00" not in once


def test_words_and_grams():
    assert words("“云快贷”，农行 云快贷") == ["云快贷", "农行"]
    assert grams("没有抵押怎么贷款 ABN") == ["abn", "抵押", "贷款"]
