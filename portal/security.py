"""Who tried to come in, who was refused, who took everything along: the security log, and the brake on passwords.

Lines go to the logger ``portal.security``, each with ``event``, ``user`` and ``address`` (PORTAL_LOG_FORMAT=json writes them as fields).
The tries are counted by django-axes in the database, so that all nodes know of them: ten wrong passwords for an account or
from an address, and both wait a quarter of an hour.
"""

import logging
from collections.abc import Callable
from ipaddress import ip_address
from smtplib import SMTPException

from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.cache import cache
from django.core.mail import send_mail
from django.db.models.signals import post_save
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from rest_framework.throttling import BaseThrottle

log = logging.getLogger("portal.security")
MINUTES = 15
NAME_KEPT = 60  # characters of what was typed as a name: it may be a password
ACCOUNTS = ("auth", "otp_totp", "otp_static", "django_otp_webauthn")


def address_of(request: HttpRequest | None) -> str | None:
    """Where a request comes from, where it has an address; behind a proxy, what the proxy says (``NUM_PROXIES``), never the
    client's own word."""
    told = BaseThrottle().get_ident(request) if request is not None else ""
    try:
        return str(ip_address(told or ""))
    except ValueError:
        return None


def note(
    event: str, request: HttpRequest | None, *, user: object = "", level: int = logging.INFO, **more: object
) -> None:
    """Write one line: ``login_failed user=li address=203.0.113.9 path=/admin/login/``."""
    fields = {
        "user": str(user)[:NAME_KEPT],
        "address": address_of(request) or "-",
        "path": getattr(request, "path", ""),
        **more,
    }
    text = " ".join(f"{name}={_one_word(str(value))}" for name, value in fields.items())
    log.log(level, "%s %s", event, text, extra={"event": event, **fields})


def _one_word(value: str) -> str:
    """``value``, quoted where it could be taken for more than one field, or for another line."""
    return value if value.isprintable() and value and " " not in value else repr(value)


class SecurityLogMiddleware:
    """Note what was refused, and every file that staff take away. Stands below the middleware that knows the user."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 403:
            note("refused", request, user=request.user, level=logging.WARNING)
        elif request.path.startswith("/admin/") and response.get("Content-Disposition", "").startswith("attachment"):
            note("exported", request, user=request.user, file=response["Content-Disposition"].partition("filename=")[2])
        return response


def locked(request: HttpRequest, *_: object) -> HttpResponse:
    """The page for who has tried too often, whatever the password."""
    message = f"密码错的次数太多，这个账号或这台设备 {MINUTES} 分钟内不能登录。忘了密码请找管理员重设；不是您本人试的，也请告诉管理员。"
    response = render(request, "error.html", {"title": "暂时不能登录", "message": message}, status=429)
    response["Retry-After"] = str(MINUTES * 60)
    return response


def listen() -> None:
    """Connect the log to what Django and axes tell. Once, when the project is loaded."""
    from axes.signals import user_locked_out  # noqa: PLC0415 -- models are loaded only now

    user_logged_in.connect(_logged_in)
    user_logged_out.connect(_logged_out)
    user_login_failed.connect(_failed)
    user_locked_out.connect(_locked_out)
    post_save.connect(_account_changed, sender=LogEntry)


def _logged_in(request: HttpRequest, user: object, **_: object) -> None:
    note("login", request, user=user)


def _logged_out(request: HttpRequest, user: object, **_: object) -> None:
    note("logout", request, user=user or "")


def _failed(credentials: dict, request: HttpRequest | None = None, **_: object) -> None:
    note("login_failed", request, user=credentials.get("username") or "", level=logging.WARNING)


def _locked_out(request: HttpRequest, username: str, **_: object) -> None:
    note("locked", request, user=username, level=logging.WARNING)
    user = get_user_model().objects.filter(username=username, is_active=True).exclude(email="").first()
    # Told once, however long somebody goes on.
    if user is None or not cache.add(f"security:told:{user.pk}", "", MINUTES * 60):
        return
    text = (
        f"有人从 {address_of(request) or '未知地址'} 用您的账号“{username}”登录工作台，密码错了多次，账号停用 {MINUTES} 分钟。\n"
        "如果不是您本人，请告诉管理员，并换一个没有在别处用过的密码。"
    )
    try:
        send_mail("普惠金融案例库：有人多次试您的密码", text, None, [user.email])
    except (OSError, SMTPException):
        log.exception("the owner of a locked account could not be told")


def _account_changed(instance: LogEntry, **_: object) -> None:
    if instance.content_type and instance.content_type.app_label in ACCOUNTS:
        note("account_changed", None, user=instance.user, of=instance.object_repr, what=instance.get_change_message())
