"""Following a list by mail: nobody is written to who did not say yes twice, and each new case is told of once."""

import re
from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.utils import timezone

from cases.following import actions, sending
from cases.following.actions import Wish, follow
from cases.following.sending import send_digests
from cases.models import Follower, Frequency, Term
from cases.search.bitmaps import current
from tests.factories import index_all, make_case, make_category, make_institution, make_term

pytestmark = pytest.mark.django_db

ASKED = {"address": "reader@example.org", "frequency": "weekly", "query": "need=slow"}
LINK = re.compile(r"http://testserver(/follow/\S+)")


@pytest.fixture(autouse=True)
def lists():
    """Two conditions; the site's own address is the test client's."""
    make_term("need", name="缺抵押", slug="slow")
    make_category(name="绿色金融", slug="green")


@pytest.fixture(autouse=True)
def _site(settings):
    settings.SITE_URL = "http://testserver"


def follow_list(query: str = "need=slow", *, days_ago: int = 10, address: str = "reader@example.org") -> Follower:
    """A follower who was last told ``days_ago`` days ago and is due."""
    follower = follow(wish=Wish(address, query, "weekly"))
    Follower.objects.filter(pk=follower.pk).update(
        told_until=timezone.now() - timedelta(days=days_ago), due_on=timezone.localdate()
    )
    return follower


def publish(title: str, *, days_ago: float = 1, **fields):
    terms = tuple(Term.objects.filter(slug="slow")) if fields.pop("is_slow", True) else ()
    case = make_case(title=title, terms=terms, published_at=timezone.now() - timedelta(days=days_ago), **fields)
    index_all()
    return case


def link_of(message) -> str:
    return LINK.search(message.body).group(1)


# --- saying yes twice ------------------------------------------------------------------------------------------------


def test_nothing_is_kept_until_the_mailbox_says_yes(client):
    response = client.post("/follow/", ASKED)
    assert (response.status_code, response["Location"]) == (302, "/follow/sent/")
    assert Follower.objects.count() == 0
    (letter,) = mail.outbox
    assert letter.to == ["reader@example.org"]
    assert "缺抵押" in letter.body
    link = link_of(letter)
    page = client.get(link)
    assert (page.status_code, page["X-Robots-Tag"], page["Referrer-Policy"]) == (200, "noindex", "same-origin")
    assert Follower.objects.count() == 0  # what only opens links says nothing
    assert "已经订阅" in client.post(link).content.decode()
    follower = Follower.objects.get()
    assert (follower.address, follower.query, follower.frequency) == tuple(
        ASKED[n] for n in ("address", "query", "frequency")
    )
    assert follower.due_on == timezone.localdate() + timedelta(days=7)


def test_saying_yes_again_changes_how_often_and_tells_nothing_twice(client):
    follower = follow_list()
    told = Follower.objects.get().told_until
    client.post("/follow/", {**ASKED, "frequency": "monthly"})
    client.post(link_of(mail.outbox[0]))
    again = Follower.objects.get()
    assert (again.pk, again.frequency, again.told_until) == (follower.pk, "monthly", told)


def test_a_list_is_followed_under_one_query_however_it_was_spelled(client):
    client.post("/follow/", {**ASKED, "query": "sort=code&need=slow&need=slow&category=green&page=4&utm=x"})
    client.post(link_of(mail.outbox[0]))
    assert Follower.objects.get().query == "category=green&need=slow"


def test_a_link_that_was_changed_or_is_old_does_not_begin_anything(client, monkeypatch):
    client.post("/follow/", ASKED)
    link = link_of(mail.outbox[0])
    assert client.post(link[:-3] + "xx/").status_code == 404
    monkeypatch.setattr(actions, "CONFIRM_WITHIN", timedelta(seconds=-1))
    response = client.post(link)
    assert response.status_code == 404
    assert "三天内有效" in response.content.decode()
    assert Follower.objects.count() == 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"address": ""}, "请写上邮箱地址"),
        ({"address": "reader@"}, "写得不完整"),
        ({"address": "a@example.org\nBcc: b@example.org"}, "写得不完整"),
        ({"frequency": "hourly"}, "每天、每周或每月"),
        ({"query": "need=nope"}, "没有 “nope” 这个选项"),
        ({"query": "need=%00slow%00x"}, "没有 “slowx” 这个选项"),
        ({"query": "q=" + "%E5%BA%94" * 199}, "减少几个条件"),
    ],
)
def test_what_cannot_be_meant_is_said_and_nothing_is_lost(client, wrong, said):
    response = client.post("/follow/", {**ASKED, "frequency": "monthly", **wrong})
    body = response.content.decode()
    assert response.status_code == 400
    assert said in body
    if "address" not in wrong:
        assert 'value="reader@example.org"' in body
    if "frequency" not in wrong:
        assert '<option value="monthly" selected>' in body
    assert mail.outbox == []


def test_an_address_is_asked_three_times_a_day_and_nobody_can_tell(client):
    answers = [
        client.post("/follow/", {**ASKED, "address": address}) for address in ["a@example.org"] * 4 + ["A@example.org"]
    ]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, "/follow/sent/")}
    assert len(mail.outbox) == 3
    follow_list(address="known@example.org")
    known, unknown = (
        client.post("/follow/", {**ASKED, "address": f"{name}@example.org"}) for name in ("known", "unknown")
    )
    assert (known.status_code, known["Location"], known.content) == (
        unknown.status_code,
        unknown["Location"],
        unknown.content,
    )
    assert known.cookies == unknown.cookies


def test_a_client_that_asks_too_often_is_told_when_to_come_back(client):
    for number in range(20):
        assert client.post("/follow/", {**ASKED, "address": f"a{number}@example.org"}).status_code == 302
    response = client.post("/follow/", ASKED)
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert 'value="reader@example.org"' in response.content.decode()
    assert client.post("/follow/", ASKED, REMOTE_ADDR="10.0.0.9").status_code == 302


def test_a_mail_server_that_is_away_loses_nothing(client, monkeypatch):
    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    response = client.post("/follow/", ASKED)
    assert response.status_code == 503
    assert 'value="reader@example.org"' in response.content.decode()


def refuse(*args) -> None:
    raise ConnectionRefusedError


@pytest.mark.parametrize("path", ["/cases/?need=slow", "/categories/green/?need=slow"])
def test_a_list_offers_to_be_followed(client, path):
    body = client.get(path).content.decode()
    query = client.get(path).context["listing"].query
    assert f'<input type="hidden" name="query" value="{query.replace("&", "&amp;")}">' in body
    assert 'action="/follow/"' in body


def test_the_page_of_the_form_stands_alone(client):
    body = client.get("/follow/?query=need%3Dslow").content.decode()
    assert "缺抵押" in body
    assert 'href="/cases/?need=slow"' in body


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_the_pages_do_not_grow(client, django_assert_num_queries, count):
    for number in range(count):
        publish(f"题名 {number}")
    current()
    with django_assert_num_queries(6):  # state of the index, cases to come; the condition; names
        client.get("/follow/?query=need%3Dslow")


# --- digests ---------------------------------------------------------------------------------------------------------


def test_a_digest_holds_exactly_the_new_cases_of_the_list_and_why(client):
    follow_list("category=green&category=other&need=slow&need=dear")
    green = make_category(name="别的主题", slug="other")
    make_term("need", name="太贵", slug="dear")
    bank = make_institution(name="某银行")
    publish("新的 & 好的", category=green, institution=bank, summary="摘要在此\n")
    publish("旧的", category=green, days_ago=11)
    publish("别的难处", category=green, is_slow=False)
    publish("别的章节")
    publish("草稿", category=green, status="draft")
    publish("还没到时候", category=green, days_ago=-1)
    assert send_digests() == (1, 0)
    (letter,) = mail.outbox
    assert letter.to == ["reader@example.org"]
    assert re.findall(r"^\d+\. (.+)", letter.body, re.M) == ["新的 & 好的"]
    assert "某银行" in letter.body
    assert "   摘要在此\n   为什么有它：章节：别的主题；解决问题：缺抵押\n" in letter.body
    assert letter.subject == "普惠金融案例库：1 篇新案例（绿色金融，别的主题，太贵，缺抵押）"
    assert "http://testserver/cases/?category=green&category=other&need=dear&need=slow\n" in letter.body


def test_words_are_a_reason(client):
    publish("票据贴现")
    publish("别的")
    follow_list("q=%E7%A5%A8%E6%8D%AE", days_ago=5)
    assert send_digests() == (1, 0)
    assert "1. 票据贴现" in mail.outbox[0].body
    assert "2. " not in mail.outbox[0].body
    assert "为什么有它：与“票据”有关\n" in mail.outbox[0].body


def test_the_same_day_and_the_next_tell_nothing_twice(client):
    follow_list()
    publish("新的")
    assert send_digests() == (1, 0)
    assert send_digests() == (0, 0)
    Follower.objects.update(due_on=timezone.localdate())
    assert send_digests() == (0, 0)
    assert len(mail.outbox) == 1


def test_a_case_published_between_two_digests_is_in_the_second(client):
    follow_list()
    publish("甲")
    send_digests()
    publish("乙", days_ago=0)
    Follower.objects.update(due_on=timezone.localdate())
    assert send_digests() == (0, 0)  # just published: it settles first
    Follower.objects.update(due_on=timezone.localdate())
    publish("丙", days_ago=11 / 1440)
    Follower.objects.update(told_until=timezone.now() - timedelta(minutes=20))
    assert send_digests() == (1, 0)
    assert re.findall(r"^\d+\. (.+)", mail.outbox[1].body, re.M) == ["丙"]


def test_who_is_not_due_waits(client):
    follow_list()
    Follower.objects.update(due_on=timezone.localdate() + timedelta(days=1))
    publish("新的")
    assert send_digests() == (0, 0)
    assert mail.outbox == []


def test_a_killed_run_sends_nothing_twice(client, monkeypatch):
    """Killed while the second of three letters goes: the next run sends the third, and no letter again."""
    for name in "abc":
        follow_list(address=f"{name}@example.org")
    publish("新的")
    sends = EmailBackend.send_messages

    def killed(backend, messages) -> int:
        if messages[0].to == ["b@example.org"]:
            raise KeyboardInterrupt
        return sends(backend, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", killed)
    with pytest.raises(KeyboardInterrupt):
        send_digests()
    monkeypatch.setattr(EmailBackend, "send_messages", sends)
    assert send_digests() == (1, 0)
    assert [letter.to for letter in mail.outbox] == [["a@example.org"], ["c@example.org"]]


def test_two_runs_at_once_send_one_letter(client, monkeypatch):
    follow_list()
    publish("新的")
    build = sending.digest

    def overtaken(*args, **kwargs):
        letter = build(*args, **kwargs)
        monkeypatch.setattr(sending, "digest", build)
        assert send_digests() == (1, 0)
        return letter

    monkeypatch.setattr(sending, "digest", overtaken)
    assert send_digests() == (0, 0)
    assert len(mail.outbox) == 1


def test_a_letter_that_could_not_go_is_due_again(client, monkeypatch):
    follow_list()
    publish("新的")
    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", refuse)
        with pytest.raises(CommandError, match="1 封没有发出"):
            call_command("send_digests", verbosity=0)
    assert send_digests() == (1, 0)


def test_a_condition_that_is_gone_ends_it_with_a_word(client):
    follow_list()
    Term.objects.update(slug="renamed")
    publish("新的", is_slow=False)
    assert send_digests() == (1, 0)
    assert "重新选" in mail.outbox[0].subject
    assert "“slow”" in mail.outbox[0].body
    assert Follower.objects.count() == 0


def test_a_long_digest_says_how_many_more(client, monkeypatch):
    monkeypatch.setattr("cases.following.letters.MOST", 2)
    follow_list()
    for title in "甲乙丙":
        publish(title)
    send_digests()
    assert "还有 1 篇" in mail.outbox[0].body


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_a_run_do_not_grow_with_the_cases(client, django_assert_num_queries, count):
    follow_list()
    for number in range(count):
        publish(f"新的 {number}")
    current()
    # due, new cases, mark; state of the index and cases to come; five of names, twice but for what is kept; the conditions;
    # cases of the list with their figures
    with django_assert_num_queries(17):
        assert send_digests() == (1, 0)


def test_a_run_with_nothing_due_asks_once(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert send_digests() == (0, 0)


# --- leaving ---------------------------------------------------------------------------------------------------------


def test_one_click_leaves_and_forgets_the_address(client):
    follow_list()
    other = follow_list(address="other@example.org")
    publish("新的")
    send_digests()
    letter = mail.outbox[0]
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = urlsplit(letter.extra_headers["List-Unsubscribe"].strip("<>")).path
    assert link in letter.body
    assert "退订以后" in client.get(link).content.decode()
    assert Follower.objects.count() == 2
    for _ in range(2):
        response = client.post(link, {"List-Unsubscribe": "One-Click"})
        assert response.status_code == 200
        assert "已经从这个订阅里删除" in response.content.decode()
        assert list(Follower.objects.all()) == [other]


def test_a_broken_link_for_leaving_says_what_to_do(client):
    for response in (client.get("/follow/leave/x/"), client.post("/follow/leave/x:y:z/")):
        assert response.status_code == 404
        assert "整行复制" in response.content.decode()


@pytest.mark.parametrize(
    ("frequency", "day", "following"),
    [
        ("daily", date(2026, 12, 31), date(2027, 1, 1)),
        ("weekly", date(2026, 2, 25), date(2026, 3, 4)),
        ("monthly", date(2026, 12, 15), date(2027, 1, 15)),
        ("monthly", date(2027, 1, 31), date(2027, 2, 28)),
        ("monthly", date(2026, 11, 21), date(2026, 12, 21)),
    ],
)
def test_the_next_letter_is_due_by_the_calendar(frequency, day, following):
    assert Frequency(frequency).after(day) == following
