"""Addresses of the site itself, and requests no page can mean."""

import pytest
from django.db import DatabaseError, connection

pytestmark = pytest.mark.django_db


def test_healthz_checks_the_database(client):
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok", "database": "ok"})


def test_healthz_is_503_without_a_database(client, monkeypatch):
    def broken(*args, **kwargs):
        raise DatabaseError("gone")

    monkeypatch.setattr(connection, "cursor", broken)
    assert client.get("/healthz").status_code == 503


def test_favicon_leads_to_the_icon(client):
    assert client.get("/favicon.ico")["Location"] == "/static/favicon.svg"


def test_robots_names_the_sitemap(client):
    assert "Sitemap: http://testserver/sitemap.xml" in client.get("/robots.txt").content.decode()


def test_unknown_address_is_a_chinese_404(client):
    response = client.get("/nothing/")
    assert response.status_code == 404
    assert "没有找到这一页" in response.content.decode()


def test_broken_page_is_a_chinese_500(client, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr("cases.public.browse.contents.institutions_by_type", lambda items: 1 / 0)
    response = client.get("/institutions/")
    assert response.status_code == 500
    assert "网站出了点问题" in response.content.decode()


def test_ten_thousand_characters_of_query_are_refused(client):
    response = client.get("/cases/?q=" + "a" * 10_000)
    assert response.status_code == 414
    assert "网址太长" in response.content.decode()


@pytest.mark.parametrize("query", ["q=%ff%fe", "category=%c3%28", "page=%ed%a0%80", "need=%00"])
def test_bytes_that_are_not_text_are_refused(client, query):
    response = client.get(f"/cases/?{query}")
    assert response.status_code == 400
    assert "不是 UTF-8" in response.content.decode()
    assert client.get(f"/api/v1/cases/?{query}").json()["detail"].startswith("网址里有")


@pytest.mark.parametrize(
    "path",
    [
        "/cases/%ff/",
        "/categories/nope/",
        "/collections/nope/",
        "/institutions/nope/",
        "/cases/sz2020-9999/",
        "/cases/x/preview/",
    ],
)
def test_things_that_do_not_exist_are_no_500(client, path):
    assert client.get(path).status_code in (400, 403, 404)


def test_elder_mode_is_switched_by_a_plain_form_and_kept(client):
    response = client.post("/reading-mode/", {"mode": "elder", "next": "/cases/?sort=code"})
    assert (response.status_code, response["Location"]) == (302, "/cases/?sort=code")
    assert 'class="elder" data-size="1"' in client.get("/cases/").content.decode()
    client.post("/reading-mode/", {"mode": "elder-3", "next": "/"})
    assert 'class="elder" data-size="3"' in client.get("/cases/").content.decode()
    client.post("/reading-mode/", {"mode": "standard", "next": "/"})
    assert 'class="elder"' not in client.get("/cases/").content.decode()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "?x=1", ""])
def test_elder_mode_does_not_lead_elsewhere(client, target):
    assert client.post("/reading-mode/", {"mode": "elder", "next": target})["Location"] == "/"


@pytest.mark.parametrize("path", ["/reading-mode/", "/cases/", "/admin/login/", "/admin/cases/case/add/"])
def test_large_body_is_refused_unread_but_from_staff(client, path):
    response = client.post(path, data=b"x" * 65_537, content_type="application/octet-stream")
    assert response.status_code == 413
    assert "太大" in response.content.decode()


def test_staff_may_send_large_forms(staff_client):
    body = b"x" * 65_537
    response = staff_client.post("/admin/cases/case/add/", data=body, content_type="application/octet-stream")
    assert response.status_code == 200


def test_unknown_mode_is_refused(client):
    assert client.post("/reading-mode/", {"mode": "dark"}).status_code == 400


def test_only_who_chose_a_reading_mode_has_pages_that_depend_on_a_cookie(client):
    assert "Cookie" not in client.get("/cases/")["Vary"]
    client.post("/reading-mode/", {"mode": "elder", "next": "/"})
    assert "Cookie" in client.get("/cases/")["Vary"]


def test_list_stays_within_its_budget_compressed(client, seeded):
    response = client.get("/cases/", headers={"accept-encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
    assert len(response.content) < 40_000


def test_only_own_files_may_load(client):
    policy = client.get("/")["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
