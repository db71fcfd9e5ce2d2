"""The desk speaks Chinese, and calls people by their names."""

import pytest
from django.urls import reverse

from cases.editing.images import add_case_image
from cases.models import Version
from tests.factories import make_case, make_user, save_case
from tests.image_files import picture_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    user = make_user("编辑", username="xiaoli", last_name="李", first_name="小编")
    client.force_login(user)
    return user


@pytest.mark.parametrize("name", ["index", "auth_user_add", "cases_case_changelist", "cases_case_add", "login"])
def test_no_words_of_django_stay_english(staff_client, name):
    if name == "login":
        staff_client.logout()
    body = staff_client.get(reverse(f"admin:{name}")).content.decode()
    for words in ("Model name", "Add link", "Change or view", "After you", "Whether the user", "Forgotten", "Welcome"):
        assert words not in body


def test_people_are_called_by_their_names(client, editor):
    case = make_case(status="draft", editor=editor)
    save_case(case=case, user=editor)
    case.title = "新题名"
    save_case(case=case, user=editor)
    address = reverse("admin:cases_case_change", args=[case.pk])
    for page in (reverse("admin:cases_case_changelist"), address, reverse("admin:cases_case_history", args=[case.pk])):
        body = client.get(page).content.decode()
        assert "李小编" in body
        assert "xiaoli" not in body
    assert Version.objects.of(case).first().user_name == "李小编"


def test_history_prints_no_storage_paths(client, editor, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    case = make_case(status="draft")
    add_case_image(case=case, data=picture_bytes(), caption="门店", alt="一家店", user=editor)
    body = client.get(reverse("admin:cases_case_history", args=[case.pk])).content.decode()
    assert "门店 · 一家店" in body
    assert "cases/20" not in body
    assert ".jpg" not in body
