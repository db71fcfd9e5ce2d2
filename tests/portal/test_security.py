"""Whoever tries passwords is stopped, and who runs the portal can say afterwards what happened."""

import logging

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client

from tests.factories import make_case, make_user

pytestmark = pytest.mark.django_db
LOGIN = "/admin/login/"
RIGHT = "sieben Worte für ein Schloss"


@pytest.fixture
def user():
    user = make_user("编辑", username="li", email="li@example.org")
    user.set_password(RIGHT)
    user.save()
    return user


@pytest.fixture
def lines(caplog):
    """The events noted so far, with their fields."""
    caplog.set_level(logging.INFO, logger="portal.security")
    return lambda *names: [
        tuple(getattr(record, name) for name in ("event", *names))
        for record in caplog.records
        if record.name == "portal.security"
    ]


def log_in(password: str, *, username: str = "li", address: str = "203.0.113.1", **headers: str):
    return Client().post(LOGIN, {"username": username, "password": password}, REMOTE_ADDR=address, headers=headers)


def test_the_right_password_comes_in_and_is_noted(user, lines):
    assert log_in(RIGHT).status_code == 302
    assert lines("user", "address") == [("login", "li", "203.0.113.1")]


def test_ten_wrong_passwords_lock_the_account_from_everywhere_and_tell_its_owner(user, lines):
    answers = [log_in("wrong", address=f"203.0.113.{number}") for number in range(10)]
    assert [answer.status_code for answer in answers] == [200] * 9 + [429]
    locked = log_in(RIGHT, address="198.51.100.7")
    assert locked.status_code == 429
    assert "15 分钟" in locked.content.decode()
    assert locked["Retry-After"] == "900"
    assert ("locked", "li") in lines("user")
    assert [letter.to for letter in mail.outbox] == [["li@example.org"]]  # once, though tried again
    assert "密码错了多次" in mail.outbox[0].body


def test_ten_wrong_passwords_lock_the_address_for_every_account(user):
    for number in range(10):
        log_in("wrong", username=f"somebody{number}")
    assert log_in(RIGHT).status_code == 429
    assert log_in(RIGHT, address="198.51.100.7").status_code == 302


def test_a_locked_account_costs_no_hashing(user, monkeypatch):
    for _ in range(10):
        log_in("wrong")
    monkeypatch.setattr(get_user_model(), "check_password", lambda *_: pytest.fail("hashed"))
    assert log_in("wrong").status_code == 429


def test_success_forgets_what_went_wrong_before(user):
    for _ in range(2):
        for _ in range(9):
            log_in("wrong")
        assert log_in(RIGHT).status_code == 302


def test_nobody_escapes_by_naming_another_address(user, settings):
    for number in range(10):
        answer = log_in("wrong", username=f"somebody{number}", **{"X-Forwarded-For": f"10.0.0.{number}"})
    assert answer.status_code == 429


def test_behind_a_proxy_its_word_counts_and_not_the_clients(user, monkeypatch):
    monkeypatch.setattr("rest_framework.settings.api_settings.NUM_PROXIES", 1)
    for number in range(10):
        told = f"10.0.0.{number}, 203.0.113.9"  # the last was added by the proxy
        log_in("wrong", username=f"somebody{number}", address="127.0.0.1", **{"X-Forwarded-For": told})
    assert log_in(RIGHT, address="127.0.0.1", **{"X-Forwarded-For": "203.0.113.9"}).status_code == 429
    assert log_in(RIGHT, address="127.0.0.1", **{"X-Forwarded-For": "203.0.113.10"}).status_code == 302


def test_failures_refusals_exports_and_new_accounts_are_noted(user, staff_client, lines):
    log_in("wrong")
    Client().get(f"/cases/{make_case().code}/preview/")
    reader = Client()
    reader.force_login(user)
    reader.get("/admin/auth/user/")
    staff_client.get("/admin/cases/case/sheet/export/xlsx")
    staff_client.post(
        "/admin/auth/user/add/", {"username": "neu", "usable_password": "true", "password1": RIGHT, "password2": RIGHT}
    )
    found = lines("user")
    assert ("login_failed", "li") in found
    assert ("refused", "AnonymousUser") in found
    assert ("refused", "li") in found
    assert ("exported", "staff") in found
    assert ("account_changed", "staff") in found


def test_a_name_cannot_write_a_line_of_its_own(lines, caplog):
    log_in("wrong", username="x\nlogin user=admin address=127.0.0.1")
    message = next(record.getMessage() for record in caplog.records if record.name == "portal.security")
    assert "\n" not in message
    assert message.startswith("login_failed user='x\\nlogin")


def test_no_password_stands_in_the_log(user, caplog):
    caplog.set_level(logging.DEBUG)
    log_in("a very special secret")
    log_in(RIGHT)
    assert "special" not in caplog.text
    assert RIGHT not in caplog.text
