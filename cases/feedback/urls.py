"""Addresses of what readers tell the desk."""

from django.urls import path

from cases.feedback import views

app_name = "feedback"

urlpatterns = [
    path("feedback/", views.write, name="write"),
    path("feedback/sent/", views.sent, name="sent"),
]
