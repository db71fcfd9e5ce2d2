"""Keys that are no keys, sent to the desk."""

import pytest
from django.urls import reverse

from tests.factories import make_case

pytestmark = pytest.mark.django_db
LIST, ADD = reverse("admin:cases_case_changelist"), reverse("admin:cases_case_add")
AUTOCOMPLETE = reverse("admin:autocomplete")
HUGE = "9" * 30


@pytest.mark.parametrize("key", ["abc", "1.5", "", "-", HUGE, "１", "\0", "1 OR 1=1"])
def test_no_key_makes_an_error_of_the_server(staff_client, key):
    make_case()
    staff_client.raise_request_exception = False
    asked = [
        staff_client.post(LIST, {"action": "delete_selected", "_selected_action": key}),
        staff_client.post(LIST, {"action": "publish_selected", "_selected_action": [key, key]}),
        staff_client.get(ADD, {"collection": key, "category": key, "institution": key}),
        staff_client.get(LIST, {"collection__id__exact": key}),
        staff_client.get(reverse("admin:cases_case_change", args=[key or "x"])),
        staff_client.get(
            AUTOCOMPLETE, {"app_label": "cases", "model_name": "case", "field_name": "institution", "term": key}
        ),
    ]
    assert [response.status_code for response in asked if response.status_code >= 500] == []


def test_it_is_said_in_chinese_and_nothing_is_changed(staff_client):
    response = staff_client.post(LIST, {"action": "delete_selected", "_selected_action": "abc", "post": "yes"})
    assert response.status_code == 400
    assert "什么都没有改" in response.content.decode()
