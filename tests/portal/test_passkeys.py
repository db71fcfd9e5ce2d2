"""Passkeys as the second step: whose they are, and what they open. The ceremonies themselves: tests/browser/test_passkeys.py."""

import json

import pytest
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnCredential

from portal import passkeys
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PAGE = "/admin/second-factor/"
ASK, CHECK, NEW, KEEP = (f"/admin/passkeys/{name}/" for name in ("ask", "check", "new", "keep"))


def make_passkey(user, name: str = "电脑") -> WebAuthnCredential:
    key = f"{user.pk}-{name}".encode()
    return WebAuthnCredential.objects.create(user=user, name=name, credential_id=key, public_key=b"x", transports=[])


@pytest.fixture
def user():
    return make_user("编辑", username="li")


def logged_in(user, *, is_verified: bool = False) -> Client:
    client = Client()
    client.force_login(user)
    if is_verified:
        session = client.session
        device = WebAuthnCredential.objects.filter(user=user).first() or make_passkey(user)
        session["otp_device_id"] = device.persistent_id
        session.save()
    return client


def send(client: Client, path: str, **words: object):
    return client.post(path, json.dumps(words), content_type="application/json")


def test_a_password_alone_opens_nothing_once_there_is_a_passkey(user):
    make_passkey(user)
    client = logged_in(user)
    assert client.get("/admin/")["Location"].startswith(PAGE)
    page = client.get(PAGE).content.decode()
    assert "用通行密钥" in page
    assert "二维码" not in page  # nobody sets another step up without the first


def test_a_passkey_is_enough_where_everybody_must_have_a_second_step(user, settings):
    settings.SECOND_FACTOR = True
    assert logged_in(user).get("/admin/").status_code == 302
    assert logged_in(user, is_verified=True).get("/admin/").status_code == 200


def test_the_browser_is_asked_for_this_accounts_passkeys_of_this_host(user):
    make_passkey(user)
    make_passkey(make_user("编辑"))
    asked = send(logged_in(user), ASK).json()
    assert asked["rpId"] == "testserver"
    assert len(asked["allowCredentials"]) == 1


@pytest.mark.parametrize("path", [ASK, CHECK, NEW, KEEP])
def test_nobody_comes_in_by_a_passkey_without_the_password(path):
    answer = send(Client(), path)
    assert answer.status_code in (400, 401, 403)


def test_what_no_passkey_signed_opens_nothing(user):
    make_passkey(user)
    client = logged_in(user)
    send(client, ASK)
    assert 400 <= send(client, CHECK, id="x", rawId="x", type="public-key", response={}).status_code < 500
    assert 400 <= send(client, CHECK).status_code < 500  # a question is answered once
    assert client.get("/admin/").status_code == 302


def test_without_the_second_step_no_passkey_is_added_named_or_removed(user):
    passkey = make_passkey(user)
    client = logged_in(user)
    assert send(client, NEW).status_code == 403
    assert client.post(f"/admin/passkeys/{passkey.pk}/", {"remove": "1"}).status_code in (302, 403)
    assert WebAuthnCredential.objects.get().name == "电脑"


def test_a_passkey_of_another_account_is_not_there(user):
    foreign = make_passkey(make_user("编辑"))
    assert logged_in(user, is_verified=True).post(f"/admin/passkeys/{foreign.pk}/", {"remove": "1"}).status_code == 404
    assert WebAuthnCredential.objects.filter(pk=foreign.pk).exists()


def test_there_are_so_many_and_no_more(user, monkeypatch):
    monkeypatch.setattr(passkeys, "MOST", 1)
    assert send(logged_in(user, is_verified=True), NEW).status_code == 403


def test_names_are_words_and_no_markup(user):
    passkey = make_passkey(user)
    client = logged_in(user, is_verified=True)
    client.post(f"/admin/passkeys/{passkey.pk}/", {"name": "<b>家</b>" + "长" * 99})
    assert len(WebAuthnCredential.objects.get().name) == passkeys.NAME_LENGTH
    assert "<b>家" not in client.get(PAGE).content.decode()


def test_the_app_can_be_added_beside_a_passkey(user):
    client = logged_in(user, is_verified=True)
    assert "二维码" in client.get(f"{PAGE}?app=1").content.decode()
    assert TOTPDevice.objects.filter(user=user, confirmed=False).exists()


def test_taking_one_away_stands_in_the_log(user, caplog):
    caplog.set_level("INFO", "portal.security")
    passkey = make_passkey(user)
    logged_in(user, is_verified=True).post(f"/admin/passkeys/{passkey.pk}/", {"remove": "1"})
    assert "passkey_removed user=li" in caplog.text
    assert not WebAuthnCredential.objects.exists()
