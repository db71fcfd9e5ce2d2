"""The one address behind a private link."""

from django.urls import path

from cases.verification.views import page

app_name = "verification"

urlpatterns = [path("verify/<str:token>/", page, name="page")]
