"""Which database answers whom. Stand-ins of SQLite: what is asked is which connection a request gets, not what is in it."""

from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import connection, connections
from django.http import HttpResponse

from portal import replicas
from portal.replicas import ReplicaMiddleware


@pytest.fixture
def copies(tmp_path, monkeypatch, django_db_blocker):
    """Two copies, replica_0 and replica_1, each a file of its own."""
    for number in range(2):
        known = connections.settings["default"] | {
            "ENGINE": "django.db.backends.sqlite3", "NAME": str(tmp_path / f"copy_{number}"), "OPTIONS": {}, "CONN_HEALTH_CHECKS": True,
        }  # fmt: skip
        monkeypatch.setitem(connections.settings, f"replica_{number}", known)
    with django_db_blocker.unblock():
        yield [str(tmp_path / f"copy_{number}") for number in range(2)]
    for number in range(2):
        connections[f"replica_{number}"].close()
        del connections[f"replica_{number}"]


def answer(request) -> HttpResponse:
    return HttpResponse(str(connection.settings_dict["NAME"]))


def databases(request, times: int = 2) -> set[str]:
    ask = ReplicaMiddleware(answer)
    return {ask(request).content.decode() for _ in range(times)}


@pytest.fixture
def primary() -> str:
    return str(connection.settings_dict["NAME"])


def test_readers_take_turns_at_the_copies(rf, copies):
    assert databases(rf.get("/cases/")) == set(copies)
    assert databases(rf.head("/cases/")) == set(copies)


@pytest.mark.parametrize("path", ["/admin/", "/follow/yes/token/", "/healthz", "/readyz"])
def test_what_asks_after_its_own_writes_asks_the_primary(rf, copies, primary, path):
    assert databases(rf.get(path)) == {primary}


def test_what_may_write_goes_to_the_primary(rf, copies, primary):
    assert databases(rf.post("/reading-mode/")) == {primary}


def test_staff_see_public_pages_as_they_left_them(rf, copies, primary):
    rf.cookies[settings.SESSION_COOKIE_NAME] = "a session"
    assert databases(rf.get("/cases/")) == {primary}


def test_connection_is_the_primary_again_after_a_request(rf, copies, primary):
    def fail(request):
        raise ValueError("broken page")

    with pytest.raises(ValueError, match="broken page"):
        ReplicaMiddleware(fail)(rf.get("/"))
    assert str(connection.settings_dict["NAME"]) == primary


def test_a_copy_that_is_gone_is_read_for_by_the_others_and_asked_again_later(rf, copies, monkeypatch, caplog):
    clock = [1000.0]
    monkeypatch.setattr(replicas, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    away = connections["replica_0"].settings_dict["NAME"]
    connections["replica_0"].settings_dict["NAME"] = "/nowhere/copy"
    ask = ReplicaMiddleware(answer)
    assert {ask(rf.get("/")).content.decode() for _ in range(4)} == {copies[1]}
    assert len(caplog.records) == 1
    connections["replica_0"].settings_dict["NAME"] = away
    clock[0] += replicas.REST_SECONDS
    assert {ask(rf.get("/")).content.decode() for _ in range(2)} == set(copies)


def test_without_any_copy_the_primary_answers(rf, copies, primary, caplog):
    for number in range(2):
        connections[f"replica_{number}"].settings_dict["NAME"] = "/nowhere/copy"
    assert databases(rf.get("/")) == {primary}


def test_nothing_stands_in_the_way_where_there_are_no_copies():
    with pytest.raises(MiddlewareNotUsed):
        ReplicaMiddleware(answer)
