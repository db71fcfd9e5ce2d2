"""Cards for other sites: framed by anyone, able to do nothing."""

import pytest

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
    assert (data["type"], data["version"], data["width"], data["height"]) == ("rich", "1.0", 400, 360)
    assert data["author_name"] == "某银行"
    assert 'src="http://testserver/embed/sz2020-0101/" width="400" height="360"' in data["html"]
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
