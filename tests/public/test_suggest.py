"""Suggestions as a fragment, a page and JSON; the description browsers read."""

import gzip
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from tests.factories import index_all, make_case, make_institution

pytestmark = pytest.mark.django_db

OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


@pytest.fixture
def case():
    case = make_case(title="微众<b>银行</b>帮扶", institution=make_institution(short_name="微众银行", slug="webank"))
    index_all()
    return case


def test_script_gets_options_alone(client, case):
    response = client.get("/suggest/", {"q": "weiz"}, headers={"HX-Request": "true"})
    body = response.content.decode()
    assert body.startswith('<div role="group" aria-label="机构">')
    assert 'role="option"' in body
    assert 'href="/institutions/webank/"' in body
    assert "HX-Request" in response["Vary"]


def test_titles_are_escaped(client, case):
    for headers in ({}, {"HX-Request": "true"}):
        body = client.get("/suggest/", {"q": "微众"}, headers=headers).content.decode()
        assert "<b>银行" not in body
        assert "&lt;b&gt;银行" in body


def test_without_a_script_it_is_a_page_of_links(client, case):
    body = client.get("/suggest/", {"q": "weiz"}).content.decode()
    assert "<h1>" in body
    assert 'href="/institutions/webank/"' in body
    assert 'role="option"' not in body


def test_page_says_where_else_to_look(client, case):
    body = client.get("/suggest/", {"q": "zzzz<i>"}).content.decode()
    assert 'href="/cases/?q=zzzz%3Ci%3E"' in body
    assert client.get("/suggest/").status_code == 200


def test_json_is_what_browsers_expect(client, case):
    response = client.get("/suggest.json", {"q": "weiz"})
    typed, labels, notes, addresses = response.json()
    assert response["Content-Type"] == "application/x-suggestions+json"
    assert typed == "weiz"
    assert labels == ["微众银行", "微众", case.title]
    assert notes == ["机构 · 1 篇", "搜索", "案例 · 微众银行"]
    assert addresses[0] == "http://testserver/institutions/webank/"
    assert addresses[2] == f"http://testserver/cases/{case.code}/"


@pytest.mark.parametrize("path", ["/suggest/", "/suggest.json"])
@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("q=" + "a" * 10_000, 414),
        ("q=%00", 400),
        ("q=%ed%a0%80", 400),
        ("q=%ff", 400),
        ("", 200),
        ("q=", 200),
        ("q=！？…", 200),
        ("q=😀😀", 200),
        ("q=%01%1b%7f", 200),
        ("q=a&q=b&x=1", 200),
        ("q=" + "%E5%86%9C" * 800, 200),
        ("q='\"><script>alert(1)</script>", 200),
    ],
)
def test_hostile_input_is_no_500(client, case, path, query, status):
    for headers in ({}, {"HX-Request": "true"}):
        response = client.get(f"{path}?{query}", headers=headers)
        assert response.status_code == status
        assert b"<script>alert" not in response.content or response["Content-Type"].startswith("application/")


def test_opensearch_names_search_and_suggestions(client):
    response = client.get("/opensearch.xml")
    assert response["Content-Type"] == "application/opensearchdescription+xml"
    root = ET.fromstring(response.content)  # noqa: S314 -- our own
    assert len(root.findtext(f"{OPENSEARCH}ShortName")) <= 16
    templates = {url.get("type"): url.get("template") for url in root.findall(f"{OPENSEARCH}Url") if not url.get("rel")}
    assert templates == {
        "text/html": "http://testserver/cases/?q={searchTerms}",
        "application/atom+xml": "http://testserver/feeds/cases.atom?q={searchTerms}",
        "application/x-suggestions+json": "http://testserver/suggest.json?q={searchTerms}",
    }
    for template in templates.values():
        assert client.get(template.replace("{searchTerms}", "%E5%BE%AE")).status_code == 200


@pytest.mark.parametrize("path", ["/", "/cases/", "/about/"])
def test_scripts_of_a_page_stay_within_their_budget(client, path):
    sources = re.findall(r'<script src="/static/([^"]+)"', client.get(path).content.decode())
    assert len(sources) >= 3
    assert sum(len(gzip.compress(Path(finders.find(source)).read_bytes())) for source in sources) < 25_000


@pytest.mark.parametrize("path", ["/", "/cases/", "/about/", "/nothing/"])
def test_every_page_names_the_description_and_has_one_search_box(client, path):
    body = client.get(path).content.decode()
    assert 'type="application/opensearchdescription+xml" title="普惠金融案例库" href="/opensearch.xml"' in body
    assert body.count('data-suggest="/suggest/"') == 1
    assert body.count('id="q"') == 1
