"""What the portal stands on fails: readers go on reading where they can, nobody is told that something was saved."""

import errno
import socket
import time

import pytest
from django.core.files.storage import default_storage
from django.db import OperationalError, connection
from django.test import Client

from cases.editing import writing
from cases.models import ContentVersion
from portal import caches as portal_caches
from portal import health
from portal.caches import ForgivingRedisCache
from portal.warm import middleware
from tests.factories import make_case


@pytest.fixture(autouse=True)
def _no_rest(monkeypatch):
    monkeypatch.setattr(portal_caches, "_rests_until", {})


# --- Redis


@pytest.fixture
def silent_server():
    """The address of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def use(cache: ForgivingRedisCache) -> None:
    cache.set("a", 1)
    assert cache.get("a") == 1
    assert not cache.add("a", 2)
    assert cache.incr("a") == 2
    cache.set_many({"b": 3})
    assert cache.get_many(["a", "b"]) == {"a": 2, "b": 3}
    cache.delete("a")
    assert cache.get("a", "none") == "none"
    cache.clear()
    assert "b" not in cache


def test_without_redis_the_process_remembers_for_itself():
    use(ForgivingRedisCache("redis://127.0.0.1:1/0", {}))


def test_a_redis_that_hangs_is_waited_for_once(silent_server, monkeypatch):
    cache, asked = ForgivingRedisCache(silent_server, {}), []
    monkeypatch.setattr(portal_caches.log, "warning", lambda *_: asked.append(1))
    monkeypatch.setattr(portal_caches, "REST_SECONDS", 3600)
    use(cache)
    assert asked == [1]


def test_redis_is_used_again_once_it_answers(monkeypatch):
    cache = ForgivingRedisCache("redis://127.0.0.1:1/0", {})
    cache.set("a", "remembered")
    assert cache.is_resting
    portal_caches._rests_until.clear()  # the rest is over
    monkeypatch.setattr(cache, "memory", None)  # and memory not asked any more
    monkeypatch.setattr(type(cache._cache), "get", lambda *_: "from Redis")
    assert cache.get("a") == "from Redis"


# --- the database


class Broken:
    """``current_version`` of a database that is gone until ``heal``."""

    def __init__(self, monkeypatch) -> None:
        self.asked, self.is_well, self.real = 0, False, middleware.current_version
        monkeypatch.setattr(middleware, "current_version", self)

    def __call__(self):
        self.asked += 1
        if self.is_well:
            return self.real()
        raise OperationalError("server closed the connection unexpectedly")


@pytest.mark.django_db(transaction=True)
def test_pages_read_before_are_read_on_with_a_word_on_it(client, monkeypatch):
    make_case(title="绿色出行")
    before = client.get("/cases/")
    answer = client.get("/api/v1/cases/").json()
    database = Broken(monkeypatch)
    page = client.get("/cases/")
    assert page.status_code == 200
    assert "先前保存" in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    assert page.content.decode().replace(middleware.BANNER, "") == before.content.decode()
    assert client.get("/api/v1/cases/").json() == answer
    assert database.asked == 1  # not by everyone while it rests
    assert client.get("/cases/", headers={"If-None-Match": before["ETag"]}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_it_heals_by_itself(client, monkeypatch):
    client.get("/cases/")
    monkeypatch.setattr(middleware, "REST_SECONDS", 0)
    database = Broken(monkeypatch)
    assert "先前保存" in client.get("/cases/").content.decode()
    database.is_well = True
    assert "先前保存" not in client.get("/cases/").content.decode()


def broken_cursor(*_: object, **__: object) -> None:
    raise OperationalError("connection refused")


@pytest.mark.django_db(transaction=True)
def test_what_nobody_read_before_says_come_back(client, monkeypatch):
    client.raise_request_exception = False
    Broken(monkeypatch)
    page = client.get("/institutions/")
    assert (page.status_code, page["Retry-After"]) == (503, "30")
    assert "数据库暂时连不上" in page.content.decode()
    assert client.get("/api/v1/terms/").json()["status"] == 503


@pytest.mark.django_db
@pytest.mark.parametrize(
    "error", [OperationalError("database or disk is full"), OSError(errno.ENOSPC, "No space left on device")]
)
def test_what_cannot_be_saved_says_so(staff_client, monkeypatch, error):
    def fail(*_: object, **__: object) -> None:
        raise error

    staff_client.raise_request_exception = False
    monkeypatch.setattr("cases.models.Institution.save", fail)
    fields = {"name": "新机构", "short_name": "新", "slug": "new", "type": "state"}
    page = staff_client.post("/admin/cases/institution/add/", fields)
    assert page.status_code == 503
    assert "没有保存" in page.content.decode()


def test_a_picture_that_did_not_fit_leaves_nothing_on_the_full_disk(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)

    def half(name: str, content) -> str:
        (tmp_path / name).write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(default_storage, "save", half)
    with pytest.raises(OSError, match="No space"):
        writing.write_file(folder=".", stem="a", suffix="jpg", data=b"whole")
    assert list(tmp_path.iterdir()) == []


# --- probes


@pytest.mark.django_db
def test_all_is_well(client):
    assert client.get("/livez").json() == {"status": "ok"}
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert set(answer.json()["parts"]) == set(health.PARTS)


@pytest.mark.django_db
def test_live_asks_nobody(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/livez").status_code == 200


@pytest.mark.django_db
def test_a_database_that_is_gone_makes_unready_and_nothing_else(client, monkeypatch):
    monkeypatch.setattr(connection, "cursor", broken_cursor)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "ill")
    assert "数据库连不上" in answer.json()["parts"]["database"]
    assert client.get("/livez").status_code == 200


@pytest.mark.django_db
def test_a_clock_behind_what_was_written_makes_unready(client):
    ContentVersion.objects.update_or_create(pk=1, defaults={"stamp": "x", "changed_at": int(time.time()) + 2 * 86_400})
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "时钟慢了" in answer.json()["parts"]["clock"]


@pytest.mark.django_db
def test_a_full_disk_or_a_missing_redis_is_said_and_readers_go_on(client, monkeypatch):
    monkeypatch.setattr(health, "FREE_BYTES", 10**18)
    resting = ForgivingRedisCache("redis://127.0.0.1:1/0", {})
    monkeypatch.setattr(health, "cache", resting)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "limping")
    assert {name for name, state in answer.json()["parts"].items() if state != "ok"} == {"cache", "disk"}
    assert Client().get("/cases/").status_code == 200
