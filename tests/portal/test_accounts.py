"""The second step, the end of sessions, forgotten passwords, and passwords that would be guessed."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from portal import sessions
from tests.factories import make_case, make_user

pytestmark = pytest.mark.django_db
PAGE = "/admin/second-factor/"


@pytest.fixture
def user():
    return make_user("编辑", username="li", email="li@example.org", password="ein altes Wort")


def logged_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def code_of(user) -> str:
    """What the app shows now, as if none had been used before."""
    TOTPDevice.objects.filter(user=user).update(
        last_t=-1, throttling_failure_count=0, throttling_failure_timestamp=None
    )
    return f"{totp(TOTPDevice.objects.get(user=user).bin_key):06}"


@pytest.fixture
def codes(user) -> list[str]:
    """The backup codes of ``user``, who has set up a second step."""
    client = logged_in(user)
    client.get(PAGE)
    page = client.post(PAGE, {"token": code_of(user)}).content.decode()
    return re.findall(r"<li><code>(\w+)</code>", page)


def test_setting_up_shows_a_picture_and_gives_backup_codes_once(user):
    client = logged_in(user)
    page = client.get(PAGE).content.decode()
    assert 'src="data:image/svg+xml' in page
    assert client.get("/admin/").status_code == 200  # nobody is forced
    assert "验证码不对" in client.post(PAGE, {"token": "000000"}).content.decode()
    page = client.post(PAGE, {"token": code_of(user)}).content.decode()
    assert page.count("<li><code>") == 10
    assert "<li><code>" not in client.get(PAGE).content.decode()


@pytest.mark.parametrize("path", ["/admin/", "/admin/cases/case/", "/admin/password_change/", "/admin/jsi18n/"])
def test_a_password_alone_opens_nothing_once_there_is_a_second_step(user, codes, path):
    client = logged_in(user)
    response = client.get(path)
    assert (response.status_code, response["Location"].partition("?")[0]) == (302, PAGE)
    assert client.post(path, {}).status_code == 302
    preview = client.get(f"/cases/{make_case(status='draft').code}/preview/")
    assert preview["Location"].startswith(PAGE)
    assert client.get("/cases/").status_code == 200


def test_the_code_of_the_app_opens_and_leads_on(user, codes):
    client = logged_in(user)
    response = client.post(f"{PAGE}?next=/admin/cases/case/", {"token": code_of(user)})
    assert response["Location"] == "/admin/cases/case/"
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_it_leads_nowhere_else(user, codes, target):
    assert logged_in(user).post(f"{PAGE}?next={target}", {"token": code_of(user)})["Location"] == "/admin/"


def test_a_backup_code_opens_once(user, codes):
    assert logged_in(user).post(PAGE, {"token": codes[0]}).status_code == 302
    assert "验证码不对" in logged_in(user).post(PAGE, {"token": codes[0]}).content.decode()


def test_guessing_codes_is_slowed_down(user, codes):
    client, right = logged_in(user), code_of(user)
    for _ in range(3):
        client.post(PAGE, {"token": "000000"})
    assert client.post(PAGE, {"token": right}).status_code == 200  # even the right one, for a while


def test_everybody_must_where_the_setting_says_so(user, settings):
    settings.SECOND_FACTOR = True
    client = logged_in(user)
    assert client.get("/admin/")["Location"].startswith(PAGE)
    client.get(PAGE)
    client.post(PAGE, {"token": code_of(user)})
    assert client.get("/admin/").status_code == 200


def test_new_backup_codes_make_the_old_ones_void(user, codes):
    client = logged_in(user)
    client.post(PAGE, {"token": code_of(user)})
    new = re.findall(r"<li><code>(\w+)</code>", client.post(PAGE, {"new-codes": "1"}).content.decode())
    assert len(new) == 10
    assert not StaticToken.objects.filter(token__in=codes).exists()


def test_an_administrator_drops_the_second_step_of_who_lost_the_phone(user, codes, staff_client):
    action = {"action": "drop_second_factor_selected", "_selected_action": user.pk}
    assert staff_client.post("/admin/auth/user/", action).status_code == 302
    assert logged_in(user).get("/admin/").status_code == 200


def test_leaving_everywhere_ends_every_session_of_the_account_and_no_other(user):
    here, there, colleague = logged_in(user), logged_in(user), logged_in(make_user("编辑"))
    assert here.post("/admin/sign-out-everywhere/").status_code == 302
    assert [client.get("/admin/").status_code for client in (here, there, colleague)] == [302, 302, 200]


def test_who_does_nothing_for_an_hour_logs_in_again(user, monkeypatch):
    client, now = logged_in(user), sessions.time.time()
    for minutes, status in ((50, 200), (100, 200), (170, 302)):  # a page read in between counts
        monkeypatch.setattr(sessions.time, "time", lambda minutes=minutes: now + 60 * minutes)
        assert client.get("/admin/").status_code == status


def test_who_is_always_busy_logs_in_again_after_twelve_hours(user, monkeypatch):
    client, now = logged_in(user), sessions.time.time()
    for hours in range(25):
        monkeypatch.setattr(sessions.time, "time", lambda hours=hours: now + 1800 * hours)
        assert client.get("/admin/").status_code == 200, hours
    monkeypatch.setattr(sessions.time, "time", lambda: now + 1800 * 25)
    assert client.get("/admin/").status_code == 302


def test_a_forgotten_password_is_set_anew_by_mail(user):
    client = Client()
    assert "/admin/password_reset/" in client.get("/admin/login/").content.decode()
    client.post("/admin/password_reset/", {"email": user.email})
    link = re.search(r"http://testserver(/\S+)", mail.outbox[0].body).group(1)
    form = client.get(link, follow=True)
    client.post(
        form.redirect_chain[-1][0], {"new_password1": "drei Worte im Nebel", "new_password2": "drei Worte im Nebel"}
    )
    user.refresh_from_db()
    assert user.check_password("drei Worte im Nebel")


def test_asking_for_letters_tells_nothing_of_accounts_and_is_slowed_down(user):
    client = Client()
    answers = [
        client.post("/admin/password_reset/", {"email": address}) for address in (user.email, "nobody@example.org")
    ]
    assert len({(answer.status_code, answer["Location"]) for answer in answers}) == 1
    assert [client.post("/admin/password_reset/", {"email": user.email}).status_code for _ in range(4)][-1] == 429
    assert len(mail.outbox) == 4


@pytest.mark.parametrize(
    "password",
    [
        "edi2edi2edi2",
        "szba2024szba",
        "Passw0rd!Passw0rd!",
        "aaaaaaaaaaaaaaaaaaaa",
        "1qaz2wsx3edc",
        "Zhang.Wei.2026",
        "shenzhen2026",
        "short-1x",
    ],
)
def test_what_would_be_guessed_is_no_password(password):
    person = get_user_model()(username="edi2", last_name="Zhang", first_name="Wei", email="zhangwei@example.org")
    with pytest.raises(ValidationError):
        validate_password(password, person)


@pytest.mark.parametrize("password", ["sieben Worte für ein Schloss", "wq7-Lk2p-x9Ta-44", "青山不老绿水长流又是一程"])
def test_what_nobody_guesses_is_taken(password):
    validate_password(password, get_user_model()(username="edi2"))


def test_a_very_long_password_costs_no_more_than_a_long_one():
    validate_password("wq7-Lk2p-x9Ta" * 300, get_user_model()(username="edi2"))
