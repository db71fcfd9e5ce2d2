"""Addresses of following by mail."""

from django.urls import path

from cases.following import views

app_name = "following"

urlpatterns = [
    path("follow/", views.start, name="start"),
    path("follow/sent/", views.sent, name="sent"),
    path("follow/yes/<str:token>/", views.confirm, name="confirm"),
    path("follow/leave/<str:token>/", views.unfollow, name="leave"),
]
