"""Each ill of an installation, made on purpose, is told in plain Chinese; nothing well is called ill."""

import os
import secrets
import smtplib
import time
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.utils import timezone

from cases.models import Case, SearchDocument
from portal.doctor import data, environment, services
from portal.doctor.findings import Level, examine
from tests.factories import make_case


@pytest.fixture
def server(settings):
    """Settings of a server that is well."""
    settings.DEBUG = False
    settings.SECRET_KEY = secrets.token_urlsafe(50)
    settings.HTTPS = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.ALLOWED_HOSTS = ["cases.example.org"]
    settings.SITE_URL = "https://cases.example.org"
    return settings


def levels(check) -> list[Level]:
    return [finding.level for finding in check()]


GOOD, NOTE, ERROR = ([level] for level in Level)


@pytest.mark.parametrize("check", [environment.debug, environment.secret_key, environment.https, environment.addresses])
def test_settings_of_a_server_that_is_well_are_good(server, check):
    assert levels(check) == GOOD


@pytest.mark.parametrize(
    ("check", "changes", "level"),
    [
        (environment.debug, {"DEBUG": True}, ERROR),
        (environment.debug, {"DEBUG": True, "ALLOWED_HOSTS": ["127.0.0.1"]}, NOTE),
        (environment.secret_key, {"SECRET_KEY": "x"}, ERROR),
        (environment.secret_key, {"SECRET_KEY": "a" * 60}, ERROR),
        (environment.https, {"HTTPS": False}, NOTE),
        (environment.https, {"SECURE_PROXY_SSL_HEADER": None}, NOTE),
        (environment.addresses, {"SITE_URL": "https://other.example.org"}, ERROR),
        (environment.addresses, {"ALLOWED_HOSTS": ["*"]}, ERROR),
        (environment.mail_sender, {"EMAIL_HOST": "mail.example.org", "DEFAULT_FROM_EMAIL": "a@b.invalid"}, ERROR),
        (environment.second_factor, {"SECOND_FACTOR": False}, NOTE),
        (environment.second_factor, {"SECOND_FACTOR": True}, GOOD),
        (services.soffice, {"PORTAL_SOFFICE": ""}, NOTE),
        (services.soffice, {"PORTAL_SOFFICE": "/nowhere/soffice"}, NOTE),
        (services.soffice, {"PORTAL_SOFFICE": "/bin/sh"}, GOOD),
        (services.mail, {"EMAIL_HOST": ""}, NOTE),
        (services.cache_answers, {"REDIS_URL": ""}, NOTE),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_one_setting_that_is_wrong_is_told(server, check, changes, level):
    for name, value in changes.items():
        setattr(server, name, value)
    assert levels(check) == level


def test_folder_that_cannot_be_written_to_is_named(settings, tmp_path):
    blocked = tmp_path / "file"
    blocked.touch()
    settings.MEDIA_ROOT = blocked / "media"
    ill = [finding for finding in services.folders() if finding.level is Level.ERROR]
    assert [(finding.subject, str(blocked) in finding.says) for finding in ill] == [("图片目录", True)]


@pytest.mark.parametrize(("free", "level"), [(0.5, ERROR), (3, NOTE), (50, GOOD)])
def test_disk_is_told_before_it_is_full(monkeypatch, free, level):
    monkeypatch.setattr(services.shutil, "disk_usage", lambda path: type("Usage", (), {"free": free * services.GB}))
    assert levels(services.disk) == level


def test_cache_that_keeps_nothing_is_ill(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    assert levels(services.cache_answers) == ERROR


def test_redis_that_is_away_is_told_though_the_site_goes_on(settings):
    redis = {"BACKEND": "portal.caches.ForgivingRedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES, settings.REDIS_URL = {"default": redis}, redis["LOCATION"]
    assert levels(services.cache_answers) == ERROR


def test_static_files_of_another_version_are_told(server, tmp_path):
    server.STATIC_ROOT = tmp_path
    assert levels(services.static_files) == ERROR
    call_command("collectstatic", interactive=False, verbosity=0)
    (tmp_path / "staticfiles.json").touch()
    assert levels(services.static_files) == GOOD
    (tmp_path / "favicon.svg").write_text("of the version before")
    assert "旧 1 个" in next(services.static_files()).says


def test_books_that_wait_long_say_that_nobody_makes_them(settings, tmp_path):
    settings.TAKEAWAY_MAKER, settings.TAKEAWAY_DIR = "worker", tmp_path
    assert levels(services.maker) == GOOD
    (tmp_path / "book.pdf.ask").touch()
    long_ago = time.time() - services.WAITING_SECONDS - 60
    os.utime(tmp_path / "book.pdf.ask", (long_ago, long_ago))
    assert levels(services.maker) == ERROR


@pytest.mark.parametrize(
    "problem", [ConnectionRefusedError(111, "refused"), smtplib.SMTPAuthenticationError(535, b"no")]
)
def test_mail_that_does_not_go_out_is_told(settings, monkeypatch, problem):
    def fail(self):
        raise problem

    settings.EMAIL_HOST = "mail.example.org"
    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.open", fail, raising=False)
    assert levels(services.mail) == ERROR


def test_fonts_of_books_are_there_or_missed(monkeypatch, tmp_path):
    assert levels(services.fonts) == GOOD
    monkeypatch.setattr(services, "FONTS", [str(tmp_path)])
    assert levels(services.fonts) == ERROR


def test_database_others_may_read_is_told(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    file = tmp_path / "portal.sqlite3"
    file.touch(mode=0o600)
    assert levels(services.readable_by_others) == []
    file.chmod(0o644)
    assert levels(services.readable_by_others) == NOTE


def subjects(level: Level) -> list[str]:
    return [finding.subject for finding in data.database() if finding.level is level]


def test_data_that_is_well_is_good_but_for_the_missing_account(db):
    make_case()
    call_command("reindex", verbosity=0)
    assert (subjects(Level.ERROR), subjects(Level.NOTE)) == ([], ["账号"])


def test_database_that_is_away_is_told_and_nothing_more_is_asked(monkeypatch, db):
    def fail():
        raise DatabaseError("connection refused\nIs the server running?")

    with monkeypatch.context() as away:
        away.setattr(connection, "ensure_connection", fail)
        findings = list(data.database())
    assert [finding.level for finding in findings] == ERROR
    assert "connection refused。" in findings[0].says


def test_tables_of_an_older_version_are_told(monkeypatch, db):
    monkeypatch.setattr(data.MigrationExecutor, "migration_plan", lambda self, targets: ["one", "two"])
    assert "2 步" in [finding.says for finding in data.database()][-1]


def test_clock_that_is_behind_is_told(db):
    case = make_case()
    Case.objects.filter(pk=case.pk).update(updated_at=timezone.now() + timedelta(days=2))
    assert levels(data.clock) == ERROR


def test_index_out_of_step_is_told_with_the_command_that_mends_it(db):
    make_case()
    call_command("reindex", verbosity=0)
    SearchDocument.objects.all().delete()
    assert all("manage.py reindex" in finding.says for finding in data.index())
    assert set(levels(data.index)) == set(ERROR)


def test_a_check_that_breaks_is_a_finding_and_stops_no_other():
    def broken():
        raise RuntimeError("strange\nand more")

    findings = list(examine([broken, services.fonts]))
    assert [finding.level for finding in findings] == ERROR + GOOD
    assert findings[0].says.endswith("RuntimeError strange")


def test_command_ends_with_1_where_something_is_wrong_and_says_all_counts(settings, db, capsys, tmp_path, monkeypatch):
    settings.VAR_DIR = settings.TAKEAWAY_DIR = tmp_path
    settings.DEBUG = True
    monkeypatch.setattr(data, "check_index", dict)  # tests that commit leave tokens, which no flush takes away
    call_command("doctor")
    told = capsys.readouterr().out
    assert "错误 0" in told
    settings.ALLOWED_HOSTS = ["cases.example.org"]
    with pytest.raises(CommandError, match="错误 1"):
        call_command("doctor")
    assert "请设 DJANGO_DEBUG=0" in capsys.readouterr().out
