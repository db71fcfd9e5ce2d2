"""The session of one who works here: ended when idle, and of no use before the second step."""

import time
from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django_otp import user_has_device

DUE, SEEN, BEGAN = "second_factor_due", "seen_at", "began_at"
SEEN_EVERY = 300  # seconds between two notes that somebody is there: a write each
OPEN = (
    "second_factor",
    "admin:logout",
    "sign_out_everywhere",
    "passkey_ask",
    "passkey_check",
    "passkey_new",
    "passkey_keep",
)


class StaffSessionMiddleware:
    """Log out who did nothing for ``IDLE_SECONDS``, and everyone ``SESSION_COOKIE_AGE`` after the login, which Django puts off with
    every save of the session; lead to the second step who has not taken it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        user_logged_in.connect(begin)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Readers have no session, and none is asked for.
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            return self.get_response(request)
        now, seen = int(time.time()), request.session.get(SEEN, 0)
        is_over = now - request.session.get(BEGAN, now) > settings.SESSION_COOKIE_AGE
        if is_over or (seen and now - seen > settings.IDLE_SECONDS):
            logout(request)
            return self.get_response(request)
        if now - seen > SEEN_EVERY:
            request.session[SEEN] = now
        if request.session.get(DUE) and not request.user.is_verified() and _is_staffs(request):
            return redirect(f"{reverse('second_factor')}?{urlencode({'next': request.get_full_path()})}")
        return self.get_response(request)


def begin(request: HttpRequest, user: object, **_: object) -> None:
    """Note at the login when it was, and whether this account has, or must have, a second step."""
    request.session[SEEN] = request.session[BEGAN] = int(time.time())
    if user.is_staff and (settings.SECOND_FACTOR or user_has_device(user)):
        request.session[DUE] = True


def end_all(user: object) -> int:
    """End every session of the account, wherever it is open; return how many."""
    own = [
        session.pk
        for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator()
        if session.get_decoded().get("_auth_user_id") == str(user.pk)
    ]
    return Session.objects.filter(pk__in=own).delete()[0]


def _is_staffs(request: HttpRequest) -> bool:
    if request.path in {reverse(name) for name in OPEN}:
        return False
    return request.path.startswith("/admin/") or request.path.endswith("/preview/")
