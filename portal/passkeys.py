"""Passkeys as the second step: django-otp-webauthn asks and checks, this names them, notes who used one, and takes them away.

Its own script speaks English and four other languages; ours is ``static/desk/passkeys.js``, which says it in Chinese. A passkey counts
wherever a code of the app does (``user_has_device``, ``is_verified``): so ``PORTAL_SECOND_FACTOR`` is met by either.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST
from django_otp_webauthn import views
from django_otp_webauthn.helpers import WebAuthnHelper
from django_otp_webauthn.models import WebAuthnCredential

from portal.security import note

NAME = "通行密钥"
MOST = 10  # of one account
NAME_LENGTH = 40


def host_of(request: HttpRequest) -> str:
    """The name a passkey belongs to: that of the address, which ``ALLOWED_HOSTS`` has let through."""
    return request.get_host().partition(":")[0]


def passkeys_of(user: object) -> QuerySet[WebAuthnCredential]:
    return WebAuthnCredential.objects.filter(user=user, confirmed=True).order_by("pk")


class Helper(WebAuthnHelper):
    """What the library asks of a site: the browser's page must be of this very host."""

    def get_allowed_origins(self) -> list[str]:
        return [f"{self.request.scheme}://{self.request.get_host()}"]


class New(views.BeginCredentialRegistrationView):
    """Begin a new passkey: of who has taken the second step, or has none yet."""

    def check_can_register(self) -> None:
        if passkeys_of(self.request.user).count() >= MOST:
            raise PermissionDenied


class Keep(views.CompleteCredentialRegistrationView):
    """Keep the new passkey under the name its owner gave it."""

    def post(self, request: HttpRequest) -> JsonResponse:
        answer = super().post(request)
        name = str(request.data.get("name", "")).strip()[:NAME_LENGTH] if isinstance(request.data, dict) else ""
        passkey = passkeys_of(request.user).latest("pk")
        passkey.name = name or NAME
        passkey.save(update_fields=["name"])
        note("passkey_added", request, user=request.user, passkey=passkey.name)
        return answer


class Ask(views.BeginCredentialAuthenticationView):
    """Ask the browser for a passkey of who has logged in with a password."""


class Check(views.CompleteCredentialAuthenticationView):
    """Take what the browser answered as the second step; only a passkey of this account."""

    def check_device_usable(self, device: WebAuthnCredential) -> None:
        super().check_device_usable(device)
        if device.user_id != self.request.user.pk:
            raise PermissionDenied

    def complete_auth(self, device: WebAuthnCredential) -> None:
        super().complete_auth(device)
        note("second_factor", self.request, user=self.request.user, device=device.persistent_id)


@require_POST
@login_required(login_url="admin:login")
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a passkey of one's own another name, or take it away; after the second step alone."""
    if not request.user.is_verified():
        raise PermissionDenied
    passkey = get_object_or_404(passkeys_of(request.user), pk=pk)
    if "remove" in request.POST:
        passkey.delete()
        note("passkey_removed", request, user=request.user, passkey=passkey.name)
        messages.success(request, f"“{passkey.name}”删掉了，以后不能用它登录。")
    else:
        passkey.name = request.POST.get("name", "").strip()[:NAME_LENGTH] or passkey.name
        passkey.save(update_fields=["name"])
        messages.success(request, f"名字改成了“{passkey.name}”。")
    return redirect("second_factor")
