"""The shelf as its address says: order, title, notes, what cannot be shown."""

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from cases.public.shelf import NOTE_MAX, TITLE_MAX, pack, read_shelf, unpack
from tests.factories import make_case

pytestmark = pytest.mark.django_db


def address(*codes: str, suffix: str = "", **fields) -> str:
    path = reverse("cases:shelf").rstrip("/") + (suffix or "/")
    return f"{path}?{urlencode({'case': codes, **fields}, doseq=True)}"


def text_of(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def cases():
    return [make_case(title=f"第{name}篇案例") for name in "甲乙丙"]


def test_shelf_keeps_its_order_title_and_notes(client, cases):
    one, two, three = (case.code for case in cases)
    body = text_of(client.get(address(three, one, two, title="我要学的", note=f"{one}.{pack('先看这篇')}")))
    places = [body.index(f'<li data-code="{code}">') for code in (three, one, two)]
    assert places == sorted(places)
    assert "<h1 data-shelf-title>我要学的</h1>" in body
    assert "先看这篇" in body


@pytest.mark.parametrize("count", [1, 3])
def test_shelf_costs_as_many_queries_for_many_cases(client, cases, count, django_assert_num_queries):
    url = address(*(case.code for case in cases[:count]))
    client.get(url)
    with django_assert_num_queries(8):
        client.get(url)


def test_empty_shelf_says_how_to_fill_it(client):
    answer = client.get(reverse("cases:shelf"))
    assert answer.status_code == 200
    assert "点“收入书架”" in text_of(answer)


def test_case_that_is_not_public_is_named_and_not_shown(client, cases):
    draft = make_case(status="draft", title="还没有发布")
    body = text_of(client.get(address(cases[0].code, draft.code, "nothing")))
    assert f"现在看不到：{draft.code}、nothing" in body
    assert "还没有发布" not in body
    assert f'<li data-code="{cases[0].code}">' in body


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title": "长" * (TITLE_MAX + 1)}, f"最多 {TITLE_MAX} 字"),
        ({"note": "x.!!!"}, "有一条注读不出来"),
        ({"note": f"x.{pack('长' * (NOTE_MAX + 1))}"}, "有一条注读不出来"),
        ({"case": [f"c-{n}" for n in range(201)]}, "最多放 200 篇"),
    ],
)
def test_what_an_address_cannot_mean_is_said(client, fields, words):
    answer = client.get(
        address(**{"case": [], **fields}) if "case" not in fields else f"/shelf/?{urlencode(fields, doseq=True)}"
    )
    assert answer.status_code == 200
    assert words in text_of(answer)


@pytest.mark.parametrize("note", ["", "注", "🏦 emoji", "两\n行", "a" * 300])
def test_note_comes_back_from_an_address(note):
    assert unpack(pack(note)) == note


@pytest.mark.parametrize("text", ["AA", "!", "é", "2D0", "\x00"])
def test_what_is_no_note_is_never_an_error(text):
    assert unpack(text) in (None, "")


def test_markup_in_title_and_note_is_text(client, cases):
    code, bad = cases[0].code, "<script>x</script>"
    assert bad not in text_of(client.get(address(code, title=bad, note=f"{code}.{pack(bad)}")))


def test_shelf_is_not_for_search_engines(client, cases):
    assert '<meta name="robots" content="noindex, follow">' in text_of(client.get(address(cases[0].code)))


def test_address_of_a_shelf_says_all_of_it(cases):
    data = QueryDict(
        address(cases[1].code, cases[0].code, title="名字", note=f"{cases[0].code}.{pack('注')}").partition("?")[2]
    )
    shelf = read_shelf(data)
    again = read_shelf(QueryDict(shelf.address().partition("?")[2]))
    assert (again, again.errors) == (shelf, [])
    assert "note" not in shelf.address(with_notes=False)
