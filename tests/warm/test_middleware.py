"""What readers are answered from what is kept, and what caches are told."""

import gzip
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import caches
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory

from cases.models import Case
from portal.warm import middleware, pages
from tests.factories import index_all, make_case, make_term

pytestmark = pytest.mark.django_db(transaction=True)  # inside a transaction nothing is kept
PAGES = [
    "/",
    "/cases/",
    "/api/v1/cases/",
    "/feeds/cases.atom",
    "/sitemap.xml",
    "/glossary/",
    "/llms.txt",
    "/oai?verb=Identify",
]


@pytest.fixture
def case():
    case = make_case(title="绿色出行", terms=(make_term(),))
    index_all()
    return case


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_rendered_once_and_then_costs_one_query(client, case, path, django_assert_num_queries):
    first = client.get(path)
    with django_assert_num_queries(1):
        second = client.get(path)
    assert (second.status_code, second.content, second["Content-Type"]) == (200, first.content, first["Content-Type"])
    assert second["Content-Security-Policy"] == first["Content-Security-Policy"]


@pytest.mark.parametrize("path", [*PAGES, "/cases.csv", "/cases.bib"])
def test_who_has_a_page_gets_304_for_one_query(client, case, path, django_assert_num_queries):
    tag = client.get(path)["ETag"]
    with django_assert_num_queries(1):
        again = client.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    Case.objects.filter(pk=case.pk).update(title="新题名")
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_a_date_tells_as_well_but_not_within_the_seconds_it_counts(client, case, monkeypatch):
    assert "Last-Modified" not in client.get("/cases/")
    later = middleware.time.time() + 60
    monkeypatch.setattr(middleware.time, "time", lambda: later)
    changed = client.get("/cases/")["Last-Modified"]
    assert client.get("/cases/", headers={"If-Modified-Since": changed}).status_code == 304
    # A tag is surer than a date.
    assert client.get("/cases/", headers={"If-Modified-Since": changed, "If-None-Match": '"x"'}).status_code == 200


def test_it_is_compressed_once_for_who_accepts_that(client, case):
    plain = client.get("/cases/")
    packed = client.get("/cases/", headers={"Accept-Encoding": "br, gzip"})
    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert int(packed["Content-Length"]) == len(packed.content)


def test_caches_in_front_may_keep_a_readers_page_and_no_cookie_spoils_it(client, case, settings):
    response = client.get("/cases/")
    assert response["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "Cookie" not in response["Vary"]
    assert not response.cookies
    settings.SHARED_SECONDS = 10
    response = client.get("/cases/")
    assert response["Cache-Control"] == "public, max-age=0, s-maxage=10, stale-if-error=86400"
    assert response["CDN-Cache-Control"] == "public, max-age=10, stale-while-revalidate=60"


def test_a_reading_mode_is_a_page_of_its_own_for_no_shared_cache(client, case, django_assert_num_queries):
    client.get("/cases/")
    client.post("/reading-mode/", {"mode": "elder", "next": "/cases/"})
    elder = client.get("/cases/")
    assert 'class="elder"' in elder.content.decode()
    assert elder["Cache-Control"] == "private, no-cache"
    assert "Cookie" in elder["Vary"]
    with django_assert_num_queries(1):
        assert client.get("/cases/").content == elder.content
    assert 'class="elder"' not in Client().get("/cases/").content.decode()


def test_staff_are_neither_answered_from_it_nor_kept(client, staff_client, case):
    reader = Client()
    reader.get("/cases/")
    response = staff_client.get("/cases/")
    assert response["Cache-Control"] == "private, no-cache"
    assert "Cookie" in response["Vary"]
    caches["pages"].clear()
    staff_client.get("/cases/")
    assert pages.find(middleware.read_address(response.wsgi_request).key) is None


@pytest.mark.parametrize(
    "path", ["/healthz", "/follow/?query=", "/cases/sz-none/", "/cases/?page=99", "/cases/?need=nothing"]
)
def test_what_is_for_nobody_else_is_rendered_each_time(client, case, path):
    answers = [client.get(path) for _ in range(2)]
    assert all("ETag" not in answer for answer in answers)
    assert all("public" not in answer.get("Cache-Control", "") for answer in answers)


def test_every_host_has_pages_of_its_own(client, case, settings):
    settings.ALLOWED_HOSTS = ["a.example", "b.example"]
    client.get("/cases/", headers={"host": "a.example"})
    other = client.get("/cases/", headers={"host": "b.example"}).content.decode()
    assert "//b.example/cases/" in other
    assert "a.example" not in other


@pytest.mark.parametrize(
    "headers",
    [
        {"x-forwarded-host": "evil.example"},
        {"x-forwarded-proto": "https"},
        {"x-forwarded-port": "666"},
        {"x-host": "evil.example"},
        {"forwarded": "host=evil.example"},
        {"x-original-url": "/admin/"},
        {"x-http-method-override": "POST"},
        {"origin": "https://evil.example"},
    ],
)
def test_no_header_poisons_what_others_get(client, case, headers):
    client.get("/cases/", headers=headers)
    clean = client.get("/cases/").content
    caches["pages"].clear()
    assert client.get("/cases/").content == clean
    assert b"evil.example" not in clean
    assert b"666" not in clean


def test_a_foreign_host_is_refused_though_the_page_is_kept(client, case):
    client.get("/cases/")
    assert client.get("/cases/", headers={"host": "evil.example"}).status_code == 400


def test_a_view_says_no_by_its_cache_control(client, case, monkeypatch):
    assert not middleware._may_be_kept(HttpResponse(headers={"Cache-Control": "private, max-age=60"}))
    assert not middleware._may_be_kept(HttpResponse(headers={"Vary": "Cookie"}))
    assert not middleware._may_be_kept(HttpResponse(status=404))
    assert middleware._may_be_kept(HttpResponse(headers={"Cache-Control": "max-age=60", "Vary": "HX-Request"}))
    with_cookie = HttpResponse()
    with_cookie.set_cookie("csrftoken", "x")
    assert not middleware._may_be_kept(with_cookie)


def test_what_is_too_large_is_sent_and_not_kept(client, case, monkeypatch):
    monkeypatch.setattr(pages, "LARGEST", 10)
    assert client.get("/cases/")["ETag"] == client.get("/cases/")["ETag"]
    assert pages.find(middleware.read_address(client.get("/cases/").wsgi_request).key) is None


def test_a_rush_for_one_page_renders_it_once(case, monkeypatch):
    """Twelve readers at once; the first takes until the others are there."""
    rendered, others = [], threading.Semaphore(0)
    find = pages.find

    def counted(key: str, token: str = "") -> pages.Page | None:
        others.release()
        return find(key, token)

    def slow(request) -> HttpResponse:
        rendered.append(request.path)
        for _ in range(24):  # each of the others has looked once, and once more while it waits
            others.acquire(timeout=300)
        return HttpResponse("x" * 300)

    monkeypatch.setattr(pages, "find", counted)
    monkeypatch.setattr(pages, "PATIENCE", 300)
    monkeypatch.setattr(pages, "RENDERING_SECONDS", 300)
    page_cache = middleware.PageCacheMiddleware(slow)

    def ask(_: int) -> bytes:
        try:
            return page_cache(asked()).content
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(ask, range(12)))
    assert rendered == ["/cases/"]
    assert set(answers) == {b"x" * 300}


def test_who_would_wait_for_what_is_not_kept_does_not(case):
    answers = []

    def forbidden(request) -> HttpResponse:
        answers.append(request.path)
        return HttpResponse("x", status=404)

    page_cache = middleware.PageCacheMiddleware(forbidden)
    for _ in range(3):
        page_cache(asked())
    assert len(answers) == 3


def test_a_page_that_fails_leaves_nobody_waiting(case):
    calls = iter([ZeroDivisionError, None])

    def once_broken(request) -> HttpResponse:
        if error := next(calls):
            raise error
        return HttpResponse("whole")

    page_cache = middleware.PageCacheMiddleware(once_broken)
    with pytest.raises(ZeroDivisionError):
        page_cache(asked())
    assert page_cache(asked()).content == b"whole"


def asked():
    return RequestFactory().get("/cases/")
