"""A passkey in real Chromium, with an authenticator that Chromium makes up: made, used at the login, named, taken away."""

from django_otp_webauthn.models import WebAuthnCredential

from tests.browser.conftest import PASSWORD
from tests.factories import make_user

PAGE = "/admin/second-factor/"


def with_authenticator(page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def log_in(page, site: str, user) -> None:
    page.goto(f"{site}/admin/login/?next=/admin/cases/case/")
    page.fill("#id_username", user.username)
    page.fill("#id_password", PASSWORD)
    page.click("input[type=submit]")


def test_a_passkey_is_made_named_used_and_taken_away(page, transactional_db, live_server):
    user = make_user("编辑", username="li", password=PASSWORD)
    site = live_server.url.replace("127.0.0.1", "localhost")  # a name: passkeys belong to no number
    with_authenticator(page)
    log_in(page, site, user)
    page.goto(f"{site}{PAGE}")
    page.fill("#passkey-name", "办公室的电脑")
    page.get_by_role("button", name="加一个通行密钥").click()
    page.get_by_role("button", name="删掉").wait_for()
    assert page.get_by_label("通行密钥的名字").input_value() == "办公室的电脑"

    page.context.clear_cookies()
    log_in(page, site, user)
    assert PAGE in page.url  # the password alone opens nothing any more
    page.get_by_role("button", name="用通行密钥").click()
    page.wait_for_url(f"{site}/admin/cases/case/")

    page.goto(f"{site}{PAGE}")
    page.get_by_label("通行密钥的名字").fill("家里的电脑")
    page.get_by_role("button", name="改名").click()
    page.get_by_text("名字改成了").wait_for()
    assert WebAuthnCredential.objects.get().name == "家里的电脑"
    page.get_by_role("button", name="删掉").click()
    page.get_by_text("以后不能用它登录").wait_for()
    assert not WebAuthnCredential.objects.exists()


def test_an_authenticator_that_says_no_is_told_in_chinese(page, transactional_db, live_server):
    site = live_server.url.replace("127.0.0.1", "localhost")
    log_in(page, site, make_user("编辑", username="li", password=PASSWORD))
    page.goto(f"{site}{PAGE}")
    page.route("**/passkeys/new/", lambda route: route.fulfill(status=403, body="{}"))
    page.get_by_role("button", name="加一个通行密钥").click()
    page.get_by_text("没有成功").wait_for()
    assert not WebAuthnCredential.objects.exists()
