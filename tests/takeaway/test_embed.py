"""Cards for other sites: framed by anyone, able to do nothing."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from lxml import html

from cases.models import Case
from tests.factories import make_case, make_institution

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return make_case(code="sz2020-0101", title='甲 "乙" <丙>', institution=make_institution(name="某银行"), figures=3)


def test_a_card_may_be_framed_and_runs_nothing(client, case):
    response = client.get("/embed/sz2020-0101/")
    policy = response["Content-Security-Policy"]
    assert "X-Frame-Options" not in response
    assert "frame-ancestors *" in policy
    assert "default-src 'none'" in policy
    body = response.content.decode()
    assert "<script" not in body
    assert "甲 &quot;乙&quot; &lt;丙&gt;" in body
    assert body.count("<li>") == 2


def test_a_card_tells_its_source_its_date_and_where_the_whole_stands(client, case):
    Case.objects.update(updated_at=datetime(2026, 3, 1, 12, tzinfo=UTC))
    body = client.get("/embed/sz2020-0101/").content.decode()
    assert f"出处：{case.collection}，2020；" in body
    assert "2026 年 3 月 1 日更新" in body
    assert '<a class="whole" href="/cases/sz2020-0101/"' in body


def test_the_code_to_copy_is_whole_whatever_the_title(client, case):
    """What is copied is the text of the element, so a quotation mark of the title is escaped twice in the page."""
    body = client.get("/cases/sz2020-0101/").content.decode()
    copied = unescape(re.search(r'<code id="embed-code">(.+?)</code>', body).group(1))
    (frame,) = html.fromstring(f"<div>{copied}</div>").findall("iframe")
    assert frame.get("title") == case.headline
    assert client.get(frame.get("src").removeprefix("http://testserver")).status_code == 200
    for figure in case.figures.all():
        assert f'href="/embed/sz2020-0101/?figure={figure.order}"' in body


def test_every_other_page_stays_out_of_frames(client, case):
    for path in ("/", "/cases/", "/cases/sz2020-0101/"):
        response = client.get(path)
        assert response["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in response["Content-Security-Policy"]


def test_a_figure_has_its_own_card(client, case):
    figure = case.figures.get(order=2)
    figure.sentence = "所在的句子。"
    figure.save()
    body = client.get("/embed/sz2020-0101/?figure=2").content.decode()
    assert figure.value in body
    assert "所在的句子。" in body
    assert '/cases/sz2020-0101/#figure-2"' in body
    assert client.get("/embed/sz2020-0101/?figure=9").status_code == 404


def test_oembed_gives_a_frame_that_fits(client, case):
    answer = client.get(
        "/oembed", {"url": "http://testserver/cases/sz2020-0101/", "maxwidth": "400", "maxheight": "9999"}
    )
    data = answer.json()
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert (data["type"], data["version"], data["width"], data["height"]) == ("rich", "1.0", 400, 400)
    assert data["author_name"] == "某银行"
    assert 'src="http://testserver/embed/sz2020-0101/" width="400" height="400"' in data["html"]
    assert "&lt;丙&gt;" in data["html"]
    page = client.get("/cases/sz2020-0101/").content.decode()
    assert (
        'type="application/json+oembed" href="http://testserver/oembed?url=http%3A//testserver/cases/sz2020-0101/"'
        in page
    )


def test_oembed_of_a_figure(client, case):
    data = client.get("/oembed", {"url": "http://testserver/cases/sz2020-0101/#figure-3"}).json()
    assert "/embed/sz2020-0101/?figure=3" in data["html"]
    assert data["title"].startswith(case.figures.get(order=3).label)


@pytest.mark.parametrize(
    "url",
    ["", "x", "http://other.example/cases/sz2020-0101/", "http://testserver/cases/", "http://testserver/nothing/", "http://[",
     "http://testserver/cases/sz2020-0199/", "http://testserver/cases/sz2020-0101/#figure-9"],
)  # fmt: skip
def test_what_is_no_case_here_is_404(client, case, url):
    assert client.get("/oembed", {"url": url}).status_code == 404


def test_drafts_have_no_card(client):
    make_case(code="sz2020-0102", status="draft", published_at=None)
    assert client.get("/embed/sz2020-0102/").status_code == 404
    assert client.get("/oembed", {"url": "http://testserver/cases/sz2020-0102/"}).status_code == 404


def test_xml_is_not_implemented(client, case):
    assert client.get("/oembed", {"url": "http://testserver/cases/sz2020-0101/", "format": "xml"}).status_code == 501


@pytest.mark.parametrize("figures", [1, 3])
def test_queries_of_a_card_do_not_grow(client, django_assert_num_queries, figures):
    make_case(code="sz2020-0103", figures=figures)
    with django_assert_num_queries(3):  # the case, its headline figures, all of them
        client.get("/embed/sz2020-0103/")
    with django_assert_num_queries(4):  # and the one asked for
        client.get("/oembed", {"url": "http://testserver/cases/sz2020-0103/#figure-1"})
