"""A 管理员 keeps the accounts of staff, and cannot make anyone more than that."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager_client(client):
    client.force_login(make_user("管理员"))
    return client


def test_manager_makes_an_editor(manager_client):
    data = {
        "username": "xiaolin", "usable_password": "true", "password1": "long-enough-9", "password2": "long-enough-9",
        "is_staff": "on", "groups": [Group.objects.get(name="编辑").pk],
    }  # fmt: skip
    assert manager_client.post(reverse("admin:auth_user_add"), data).status_code == 302
    user = get_user_model().objects.get(username="xiaolin")
    assert user.has_perm("cases.change_case")
    assert not user.has_perm("cases.publish_case")


def test_manager_cannot_make_a_superuser_or_hand_out_single_permissions(manager_client):
    user = make_user("编辑")
    data = {
        "username": user.username,
        "is_active": "on",
        "is_staff": "on",
        "is_superuser": "on",
        "user_permissions": [Permission.objects.first().pk],
    }
    assert manager_client.post(reverse("admin:auth_user_change", args=[user.pk]), data).status_code == 302
    user.refresh_from_db()
    assert (user.is_superuser, user.user_permissions.count()) == (False, 0)


def test_manager_does_not_see_superusers(manager_client, django_user_model):
    root = django_user_model.objects.create_superuser("root", password="not-a-secret")
    assert "root" not in manager_client.get(reverse("admin:auth_user_changelist")).content.decode()
    for page in ("change", "password_change"):
        name = "auth_user_password_change" if page == "password_change" else "auth_user_change"
        response = manager_client.post(reverse(f"admin:{name}", args=[root.pk]), {"password1": "x", "password2": "x"})
        assert response.status_code in (302, 404)
    assert django_user_model.objects.get(pk=root.pk).check_password("not-a-secret")


@pytest.mark.parametrize(("group", "may_log_in"), [("编辑", True), ("", False)])
def test_a_new_account_in_a_group_can_log_in_without_a_further_tick(manager_client, group, may_log_in):
    data = {
        "username": "xiaolin", "usable_password": "true", "password1": "long-enough-9", "password2": "long-enough-9",
        "groups": [found.pk for found in Group.objects.filter(name=group)],
    }  # fmt: skip
    assert manager_client.post(reverse("admin:auth_user_add"), data).status_code == 302
    assert get_user_model().objects.get(username="xiaolin").is_staff == may_log_in
