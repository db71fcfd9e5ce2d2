"""A process has what the first reader would wait for before it takes a request."""

import importlib.util
from logging import getLogger
from types import SimpleNamespace

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import OperationalError, close_old_connections, connection

from cases.search import bitmaps, names
from cases.search.bitmaps import IndexState
from portal import warming
from tests.factories import index_all, make_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def application():
    """The whole site; the test keeps its connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield WSGIHandler()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def cold(monkeypatch):
    make_case(title="绿色出行贷款")
    index_all()
    monkeypatch.setattr(bitmaps, "_committed", IndexState())
    monkeypatch.setattr(bitmaps, "_uncommitted", IndexState())
    names.segmenter.cache_clear()


def test_dictionaries_and_bitmaps_are_there_before_the_first_reader(application, cold):
    assert warming.warm_up(application) == ["200", "200", "200"]
    assert names.segmenter.cache_info().currsize == 1
    assert bitmaps._uncommitted.stamp  # a test is inside a transaction
    assert bitmaps._uncommitted.facet_bitmaps


@pytest.mark.parametrize("hosts", [["*"], [".example.org"], ["cases.example.org", "127.0.0.1"]])
def test_the_site_is_asked_by_a_name_it_knows(application, cold, settings, hosts):
    settings.ALLOWED_HOSTS = hosts
    assert set(warming.warm_up(application)) == {"200"}


def test_without_a_database_the_process_starts_all_the_same(application, cold, monkeypatch):
    def gone(*_: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(connection, "cursor", gone)
    assert all(status >= "500" for status in warming.warm_up(application))


def test_gunicorn_warms_every_process_up(application, cold, caplog, monkeypatch, tmp_path):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    found = importlib.util.spec_from_file_location("conf", "deploy/gunicorn.conf.py")
    conf = importlib.util.module_from_spec(found)
    found.loader.exec_module(conf)
    caplog.set_level("INFO", "gunicorn.error")
    conf.post_worker_init(SimpleNamespace(wsgi=application, log=getLogger("gunicorn.error")))
    assert "warm: 200 200 200" in caplog.text
