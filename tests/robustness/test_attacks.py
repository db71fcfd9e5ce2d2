"""Attacks that no single room is alone with, tried on every address of the portal."""

import re
import socket
from urllib.parse import quote, urlsplit

import pytest
from django.conf import settings as site
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cases.background.files import Order
from cases.models import Case, EditorNote, Institution
from cases.takeaway.books import make_book
from tests.factories import index_all
from tests.robustness.whole import Whole, body_of, client_of, routes

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# What takes a POST without a token: a cookie alone brings nothing about there. Each view says why.
NO_TOKEN = {"reading-mode", "start", "confirm", "leave", "page", "write", "oai", "case-preview"}
FRAMED = {"embed"}
TARGETS = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "javascript:alert(1)",
    "https:evil.example",
    "http:///evil.example/",
]
ELSEWHERE = "http://169.254.169.254/latest/meta-data"


@pytest.fixture
def whole(settings):
    settings.TAKEAWAY_MAKER = "worker"
    return Whole()


def test_no_form_of_staff_is_taken_without_its_token(whole):
    client = Client(enforce_csrf_checks=True)
    client.force_login(whole.superuser)
    before = Case.objects.count()
    answers = {
        route: client.post(
            route.address(whole.arguments(route)), {"post": "yes", "title": "x", "mode": "elder", "next": "/"}
        ).status_code
        for route in routes()
        if route.name not in {*NO_TOKEN, "logout"}
    }
    assert {route for route, status in answers.items() if status not in (403, 405, 404)} == set()
    assert sum(status == 403 for status in answers.values()) > 80
    assert Case.objects.count() == before


def test_nothing_but_what_is_made_for_it_stands_in_a_frame(whole):
    client, framed, pages = client_of(whole.superuser), set(), 0
    for route in routes():
        response = client.get(route.address(whole.arguments(route)))
        body_of(response)
        if not response.get("Content-Type", "").startswith("text/html"):
            continue
        pages += 1
        policy = response["Content-Security-Policy"]
        if response.get("X-Frame-Options") != "DENY" or "frame-ancestors 'none'" not in policy:
            framed.add(route.name)
    assert framed == FRAMED
    assert pages > 80


@pytest.mark.parametrize("target", TARGETS)
def test_no_address_leads_to_another_site(whole, target):
    whole.superuser.set_password("not-a-secret")
    whole.superuser.save()
    name = {"username": whole.superuser.username, "password": "not-a-secret"}
    asked = [Client().post(f"/admin/login/?next={quote(target)}", {**name, "next": target})]
    asked += [client_of(whole.superuser).post(f"/admin/logout/?next={quote(target)}", {"next": target})]
    asked += [Client().post("/reading-mode/", {"mode": "elder", "next": target})]
    for name in ("next", "url", "return", "continue"):
        asked += [
            client_of(whole.superuser).get(route.address(whole.arguments(route)), {name: target})
            for route in routes()
            if not route.places
        ]
    led = [response["Location"] for response in asked if "Location" in response]
    for response in asked:
        body_of(response)
    assert led
    assert [
        place
        for place in led
        if urlsplit(place).netloc not in ("", "testserver") or place.startswith(("//", "/\\", "\\"))
    ] == []


@pytest.fixture
def connections(monkeypatch):
    """Where this process connected to, this machine left out."""
    found, connect, look_up = [], socket.socket.connect, socket.getaddrinfo

    def noted(self, address):
        if not isinstance(address, str) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            found.append(address)
            raise OSError("nobody there")
        return connect(self, address)

    def looked_up(host, *arguments, **more):
        if host not in ("127.0.0.1", "::1", "localhost", None):
            found.append(host)
        return look_up(host, *arguments, **more)

    monkeypatch.setattr(socket.socket, "connect", noted)
    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    return found


def test_no_address_in_a_text_is_ever_asked(whole, connections):
    text = f"![图]({ELSEWHERE}/a.png) [链接]({ELSEWHERE}) <img src='{ELSEWHERE}/b.png'> {ELSEWHERE}"
    Case.objects.update(background=text, approach=text, results=text)
    EditorNote.objects.update(text=text)
    Institution.objects.update(website=ELSEWHERE, profile=text)
    index_all()
    client = client_of(whole.superuser)
    for route in routes():
        body_of(client.get(route.address(whole.arguments(route)), {"url": ELSEWHERE}))
    for suffix in ("md", "docx", "epub", "pdf"):
        assert make_book(
            Order("case", whole.case.code, "", suffix, "a4", "https://cases.example.org", ""), lambda step: None
        )
    client.post("/admin/cases/case/render/", {"text": text})
    assert connections == []


def test_every_file_has_a_name_that_a_header_can_carry(whole):
    named = {}
    for route in routes():
        response = client_of(whole.superuser).get(route.address(whole.arguments(route)))
        body_of(response)
        if "Content-Disposition" in response:
            named[route] = response["Content-Disposition"]
    assert len(named) > 15
    assert [told for told in named.values() if not re.fullmatch(r"[\x20-\x7e]+", told)] == []
    assert any("filename*=utf-8''%" in told.lower() for told in named.values())  # a Chinese one


@pytest.mark.parametrize(
    "name", ["案例\r\nX-Evil: 1.docx", '案例"; X=1.xlsx', "案例\u2028.docx", "普惠" * 80 + ".docx"]
)
def test_a_name_handed_in_writes_no_header(whole, name):
    for path, box in (("import/", "files"), ("sheet/", "file")):
        response = client_of(whole.superuser).post(
            f"/admin/cases/case/{path}", {box: SimpleUploadedFile(name, b"PK\x03\x04")}, follow=True
        )
        assert response.status_code < 500
        assert not [key for key, value in response.headers.items() if "evil" in key.lower() or "\n" in value]


# Everything that takes the code of a case, or searches; {} is the code.
WITH_CODE = [
    "/cases/{}/", "/en/cases/{}/", "/cases/{}.md", "/cases/{}.pdf", "/cases/{}.bib", "/cases/{}.csv", "/embed/{}/", "/api/v1/cases/{}/",
    "/oembed?url=http%3A%2F%2Ftestserver%2Fcases%2F{}%2F", "/oai?verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:testserver:{}",
    "/compare/?case={}", "/feedback/?case={}", "/shelf/?case={}", "/shelf.md?case={}", "/figures/?case={}", "/suggest/?q={}", "/suggest.json?q={}",
    "/cases/?q={}", "/api/v1/cases/?q={}", "/api/v1/figures/?case={}", "/feeds/cases.atom?q={}", "/cases/{}/preview/",
]  # fmt: skip


@pytest.mark.parametrize("path", WITH_CODE)
def test_a_draft_is_not_told_from_a_case_that_is_not_there(whole, path):
    """Same length, same book, so that what is repeated of the address is as long."""
    draft = whole.draft.code
    nothing = draft[:-2] + ("98" if draft.endswith("99") else "99")
    assert not Case.objects.filter(code=nothing).exists()
    answers = []
    for code in (draft, nothing):
        response = Client().get(path.format(code))
        body = body_of(response)
        hidden = re.sub(
            rb"<responseDate>[^<]+|<updated>[^<]+|[0-9a-f]{32}",
            b"",
            body.replace(code.encode(), b"CODE").replace(code[-4:].encode(), b"ODE"),
        )
        answers.append((response.status_code, response.get("Location", "").replace(code, "CODE"), hidden))
    assert answers[0] == answers[1]
    assert whole.draft.title.encode() not in answers[0][2]


def test_the_site_believes_no_proxy_unless_told():
    assert site.USE_X_FORWARDED_HOST is False
    assert site.USE_X_FORWARDED_PORT is False
