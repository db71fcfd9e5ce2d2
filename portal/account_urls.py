"""Addresses of one's own account on the desk, beside those of Django's admin."""

from django.contrib.auth import views
from django.urls import path

from portal import accounts, passkeys

# The names are those by which the page of the login finds the first.
urlpatterns = [
    path("password_reset/", accounts.ResetView.as_view(), name="admin_password_reset"),
    path("password_reset/done/", views.PasswordResetDoneView.as_view(), name="password_reset_done"),
    path("reset/<uidb64>/<token>/", views.PasswordResetConfirmView.as_view(), name="password_reset_confirm"),
    path("reset/done/", views.PasswordResetCompleteView.as_view(), name="password_reset_complete"),
    path("second-factor/", accounts.second_factor, name="second_factor"),
    path("passkeys/new/", passkeys.New.as_view(), name="passkey_new"),
    path("passkeys/keep/", passkeys.Keep.as_view(), name="passkey_keep"),
    path("passkeys/ask/", passkeys.Ask.as_view(), name="passkey_ask"),
    path("passkeys/check/", passkeys.Check.as_view(), name="passkey_check"),
    path("passkeys/<int:pk>/", passkeys.change, name="passkey_change"),
    path("sign-out-everywhere/", accounts.sign_out_everywhere, name="sign_out_everywhere"),
]
