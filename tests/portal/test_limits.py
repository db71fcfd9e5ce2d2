"""One address may not keep everybody else from searching."""

import pytest
from django.test import Client

from tests.factories import make_case

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _three_a_minute(settings):
    settings.PAGE_RATE = "3/min"


def statuses(*paths: str, client: Client | None = None, **more: object) -> list[int]:
    return [(client or Client()).get(path, **more).status_code for path in paths]


@pytest.mark.parametrize(
    "path", ["/cases/?q={}", "/suggest/?q={}", "/cases/?page_size={}", "/find/?need=&x={}", "/cases.csv?x={}"]
)
def test_the_fourth_in_a_minute_waits(path):
    assert statuses(*(path.format(number) for number in range(4)))[3] == 429


def test_a_cookie_that_opens_nothing_is_no_way_round():
    client = Client()
    client.cookies["sessionid"] = "x" * 32
    assert statuses(*["/cases/?q=a"] * 4, client=client)[3] == 429


def test_it_is_said_in_chinese_and_when_to_come_back():
    statuses(*["/cases/?q=a"] * 3)
    response = Client().get("/cases/?q=a")
    assert "稍等" in response.content.decode()
    assert 0 < int(response["Retry-After"]) <= 61


def test_forms_count_as_well():
    answers = [Client().post("/reading-mode/", {"mode": "elder", "next": "/"}).status_code for _ in range(4)]
    assert answers == [302, 302, 302, 429]


def test_other_addresses_plain_pages_staff_and_the_api_are_not_counted(staff_client):
    case = make_case()
    statuses(*["/cases/?q=a"] * 4)
    assert statuses("/cases/?q=a", REMOTE_ADDR="203.0.113.9") == [200]
    assert statuses(*["/", "/cases/", f"/cases/{case.code}/", "/healthz"] * 2) == [200] * 8
    assert statuses(*["/cases/?q=a"] * 4, client=staff_client) == [200] * 4
    assert statuses("/api/v1/cases/?page_size=1") == [200]


@pytest.mark.django_db(transaction=True)
def test_what_is_kept_already_is_not_counted():
    make_case()
    assert statuses(*["/cases/?sort=code"] * 6) == [200] * 6
