"""What readers tell the desk: an error, a wish; what is refused, counted, settled and forgotten."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from cases.feedback.actions import settle
from cases.feedback.views import ClientThrottle, SiteThrottle
from cases.models import Feedback
from tests.factories import make_case, make_user

pytestmark = pytest.mark.django_db
WRITE = "/feedback/"


def send(client, **fields):
    return client.post(WRITE, {"text": "金额应该是 3 亿元", **fields})


def text_of(answer) -> str:
    return answer.content.decode()


def test_error_is_kept_with_its_case_and_words(client):
    case = make_case()
    assert send(client, case=case.code, quote="2 亿元", address="a@example.com").status_code == 302
    found = Feedback.objects.get()
    assert (found.kind, found.case, found.quote, found.address) == ("error", case, "2 亿元", "a@example.com")


def test_page_of_a_case_leads_to_the_form_and_the_form_names_the_case(client):
    case = make_case(title="小店贷款")
    address = f"{WRITE}?case={case.code}"
    assert f'href="{address}"' in text_of(client.get(case.get_absolute_url()))
    body = text_of(client.get(f"{address}&quote=两天放款"))
    assert "小店贷款" in body
    assert 'value="两天放款"' in body


def test_search_without_hits_offers_to_ask_for_a_case(client):
    body = text_of(client.get("/cases/?q=量子贷款机器人"))
    assert "求一个案例" in body
    assert "量子贷款机器人" in text_of(client.get(f"{WRITE}?text=量子贷款机器人"))


def test_same_wish_is_one_row_and_counted(client):
    for words in ("养老 贷款", " 养老  贷款 ", "养老　贷款"):
        send(client, text=words)
    assert list(Feedback.objects.values_list("text", "count", "kind")) == [("养老 贷款", 3, "wish")]


def test_wish_that_was_settled_is_a_new_one(client):
    send(client, text="养老")
    settle(feedback=Feedback.objects.get(), user=make_user("编辑"))
    send(client, text="养老")
    assert Feedback.objects.count() == 2


@pytest.mark.parametrize("draft", [True, False])
def test_case_that_readers_cannot_see_takes_no_report(client, draft):
    code = make_case(status="draft").code if draft else "nothing"
    assert client.get(f"{WRITE}?case={code}").status_code == 404
    assert send(client, case=code).status_code == 404
    assert not Feedback.objects.exists()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"text": " "}, "还没有写"),
        ({"text": "长" * 501}, "最多 500 字，现在 501 字"),
        ({"quote": "长" * 201}, "最多 200 字"),
        ({"address": "nobody"}, "邮箱地址写得不完整"),
        ({"text": "a\x00b"}, "空字符"),
    ],
)
def test_what_cannot_be_taken_is_said_and_stays_typed(client, fields, words):
    answer = send(client, **fields)
    assert answer.status_code == 400
    assert words in text_of(answer)
    assert not Feedback.objects.exists()
    if fields.get("text", "") not in (" ", "a\x00b"):
        assert fields.get("text", "金额应该是 3 亿元") in text_of(answer)


@pytest.mark.parametrize(("throttle", "words"), [(ClientThrottle, "这台设备"), (SiteThrottle, "今天收到的来信太多了")])
def test_flood_is_refused_and_what_was_written_stays(client, monkeypatch, throttle, words):
    monkeypatch.setattr(throttle, "rate", "1/hour")
    assert send(client).status_code == 302
    answer = send(client, text="第二封")
    assert (answer.status_code, Feedback.objects.count()) == (429, 1)
    assert int(answer["Retry-After"]) > 0
    assert words in text_of(answer)
    assert "第二封" in text_of(answer)


def test_form_sets_no_cookie_and_is_not_for_search_engines(client):
    answer = client.get(WRITE)
    assert answer.cookies == {}
    assert answer["X-Robots-Tag"] == "noindex"


def test_letter_waits_on_the_first_page_until_it_is_settled(client):
    send(client, address="a@example.com", text="<b>养老</b>")
    editor = make_user("编辑")
    client.force_login(editor)
    assert "1 封读者来信没处理" in text_of(client.get(reverse("admin:index")))
    body = text_of(client.get(reverse("admin:cases_feedback_changelist")))
    assert "&lt;b&gt;养老" in body
    client.post(reverse("admin:cases_feedback_settle", args=[Feedback.objects.get().pk]))
    found = Feedback.objects.get()
    assert (found.settled_by, found.address) == (editor, "")
    assert "读者来信没处理" not in text_of(client.get(reverse("admin:index")))


def test_nobody_without_the_right_settles(client):
    send(client)
    with pytest.raises(PermissionDenied):
        settle(feedback=Feedback.objects.get(), user=make_user())
