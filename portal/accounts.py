"""One's own account: the second step, a forgotten password, the end of all sessions. Passkeys: ``portal.passkeys``."""

import segno
from django import forms
from django.contrib import admin, messages
from django.contrib.auth import logout, views
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django_otp import login as confirm_session
from django_otp import match_token
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from rest_framework.throttling import SimpleRateThrottle

from portal.passkeys import passkeys_of
from portal.security import note
from portal.sessions import end_all

CODES = 10
WRONG = "验证码不对，或者刚才错了几次要等一会儿。请看手机上现在的六位数字；也可以填一个备用码。"


class TokenForm(forms.Form):
    token = forms.CharField(
        label="验证码", max_length=16, widget=forms.TextInput({"autocomplete": "one-time-code", "autofocus": True})
    )


@never_cache
@login_required(login_url="admin:login")
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for the code of the app, or a backup code; who has no app connected connects one here."""
    user = request.user
    has_app, passkeys = TOTPDevice.objects.filter(user=user, confirmed=True).exists(), passkeys_of(user)
    is_known = has_app or bool(passkeys)
    wants_app = not has_app and "app" in request.GET and user.is_verified()
    if is_known and user.is_verified() and not wants_app:
        return _page(
            request,
            is_verified=True,
            has_app=has_app,
            passkeys=passkeys,
            codes=_new_codes(user) if "new-codes" in request.POST else [],
        )
    device = (
        None
        if is_known and not wants_app
        else TOTPDevice.objects.get_or_create(user=user, confirmed=False, defaults={"name": "手机"})[0]
    )
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        token = form.cleaned_data["token"].replace(" ", "")
        if is_known and (found := match_token(user, token)):
            confirm_session(request, found)
            note("second_factor", request, user=user, device=found.persistent_id)
            return HttpResponseRedirect(_target(request))
        if device and device.verify_token(token):
            device.confirmed = True
            device.save()
            confirm_session(request, device)
            note("second_factor_set", request, user=user)
            return _page(request, is_verified=True, has_app=True, passkeys=passkeys, codes=_new_codes(user))
        note("second_factor_failed", request, user=user)
        form.add_error("token", WRONG)
    picture = segno.make(device.config_url).svg_data_uri(scale=5, border=3) if device else ""
    secret = _in_groups(device.config_url.partition("secret=")[2].partition("&")[0]) if device else ""
    return _page(
        request, form=form, picture=picture, secret=secret, has_app=has_app, passkeys=passkeys, target=_target(request)
    )


@require_POST
@login_required(login_url="admin:login")
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End this session and every other of the account."""
    note("sign_out_everywhere", request, user=request.user, sessions=end_all(request.user))
    logout(request)
    messages.success(request, "已经在所有设备上退出。")
    return redirect("admin:login")


class ResetThrottle(SimpleRateThrottle):
    """How many letters one client may ask for."""

    rate = "5/hour"

    def get_cache_key(self, request: HttpRequest, view: None) -> str:
        return f"account:reset:{self.get_ident(request)}"


class ResetView(views.PasswordResetView):
    """Send a letter to who forgot the password; what is answered says nothing of whether there is such an account."""

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not ResetThrottle().allow_request(request, None):
            context = {
                "title": "请过一会儿再试",
                "message": "这台设备一小时里要求重设密码的次数太多了，请过一会儿再试，或者请管理员帮忙。",
            }
            return render(request, "error.html", context, status=429)
        note("password_reset_asked", request)
        return super().post(request, *args, **kwargs)


@transaction.atomic
def _new_codes(user: object) -> list[str]:
    """Make backup codes, each good for one login; earlier ones are void."""
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="备用码")
    codes = [StaticToken.random_token() for _ in range(CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


def _in_groups(text: str) -> str:
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def _target(request: HttpRequest) -> str:
    target = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if is_ours and target.startswith("/") else reverse("admin:index")


def _page(request: HttpRequest, **context: object) -> HttpResponse:
    return render(
        request, "admin/second_factor.html", {**admin.site.each_context(request), "title": "两步验证", **context}
    )
