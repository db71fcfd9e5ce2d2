"""Ids of requests, lines of the log, slow queries, numbers for Prometheus."""

import json
import logging
import logging.config

import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpResponse

from portal.observing import RequestIdFilter, RequestIdMiddleware, watch_queries


@pytest.mark.parametrize("given", ["0af7651916cd43dd8448eb211c80319c", "front-1.a_b-42"])
def test_a_request_keeps_the_name_the_front_gave_it(client, db, given):
    assert client.get("/robots.txt", headers={"X-Request-ID": given}).headers["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["", "short", "a" * 65, "evil id here", "编号编号编号编号", "a\nb: c d e f g"])
def test_a_name_that_is_none_is_replaced(rf, given):
    answer = RequestIdMiddleware(lambda request: HttpResponse())
    name = answer(rf.get("/", headers={"X-Request-ID": given})).headers["X-Request-ID"]
    assert len(name) == 32
    assert int(name, 16)


def test_two_requests_have_two_names(rf):
    answer = RequestIdMiddleware(lambda request: HttpResponse())
    assert answer(rf.get("/")).headers["X-Request-ID"] != answer(rf.get("/")).headers["X-Request-ID"]


def formatted(handler: logging.Handler, message: str, **extra) -> str:
    record = logging.makeLogRecord(
        {"name": "portal.slow", "levelno": 30, "levelname": "WARNING", "msg": message, **extra}
    )
    RequestIdFilter().filter(record)
    return handler.formatter.format(record)


def console(kind: str) -> logging.Handler:
    """The handler of the settings, as PORTAL_LOG_FORMAT would make it."""
    known = json.loads(json.dumps(settings.LOGGING))
    known["handlers"]["console"]["formatter"] = kind
    configurator = logging.config.DictConfigurator(known)
    configurator.config["formatters"] = {kind: configurator.configure_formatter(known["formatters"][kind])}
    configurator.config["filters"] = {"request_id": RequestIdFilter()}
    return configurator.configure_handler(known["handlers"]["console"])


def test_a_line_of_json_says_when_what_and_in_which_request(rf):
    lines = []
    handler = console("json")

    def view(request):
        lines.append(formatted(handler, "慢", milliseconds=250))
        return HttpResponse()

    RequestIdMiddleware(view)(rf.get("/", headers={"X-Request-ID": "request-0001"}))
    line = json.loads(lines[0])
    assert line.pop("time")
    assert line == {
        "level": "WARNING", "logger": "portal.slow", "request_id": "request-0001", "message": "慢", "milliseconds": 250,
    }  # fmt: skip
    assert "慢" in lines[0]


def test_a_line_of_text_outside_of_requests_has_no_id():
    assert formatted(console("text"), "started") == "WARNING portal.slow [-] started"


@pytest.fixture
def watched(db):
    before = [*connection.execute_wrappers]
    watch_queries(connection=connection)
    watch_queries(connection=connection)  # as after a reconnection
    yield
    connection.execute_wrappers[:] = before


@pytest.mark.parametrize(("limit", "lines"), [(0.000001, 1), (60_000, 0)])
def test_slow_queries_are_logged_once_and_without_what_was_asked_for(watched, settings, caplog, limit, lines):
    settings.SLOW_QUERY_MS = limit
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 WHERE 'x' = %s", ["a reader's address"])
    slow = [record for record in caplog.records if record.name == "portal.slow"]
    assert len(slow) == lines
    assert all("SELECT 1 WHERE" in record.getMessage() and "address" not in record.getMessage() for record in slow)


@pytest.mark.parametrize("brought", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": ""}])
def test_numbers_are_for_whoever_brings_the_token(client, db, settings, brought):
    settings.METRICS_TOKEN = "a-long-random-text"
    assert client.get("/metrics", headers=brought).status_code == 404
    answer = client.get("/metrics", headers={"Authorization": "Bearer a-long-random-text"})
    assert answer.status_code == 200
    assert "python_info" in answer.content.decode()


def test_without_a_token_there_are_no_numbers(client, db, settings):
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
