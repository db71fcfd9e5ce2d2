"""The private link: what an institution sees and says, and what it cannot do."""

from datetime import timedelta

import pytest
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from cases.models import Comment, Verification
from cases.verification.actions import MOST_REMARKS, ask, link, withdraw
from tests.factories import make_case, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return make_case(status="draft", title="小店贷款", background="小店**缺抵押物**，借不到钱。")


@pytest.fixture
def asked(case):
    until = timezone.localdate() + timedelta(days=14)
    return ask(case=case, recipient="农行深圳分行", address="", until=until, user=None)


def say(client, asked, **fields):
    words = {"field": "background", "quote": "缺抵押物", "proposed": "缺少抵押物", "text": "", **fields}
    return client.post(link(asked), words)


def text_of(answer) -> str:
    return answer.content.decode()


def test_link_shows_a_draft_that_readers_cannot_see(client, case, asked):
    assert client.get(case.get_absolute_url()).status_code == 404
    body = text_of(client.get(link(asked)))
    assert "小店贷款" in body
    assert "<strong>缺抵押物</strong>" in body
    assert "农行深圳分行" in body
    asked.refresh_from_db()
    assert asked.opened_at is not None
    assert asked.state == "打开看过，还没有答"


def test_page_is_kept_by_nobody_and_told_to_nobody(client, asked):
    answer = client.get(link(asked))
    assert "no-store" in answer["Cache-Control"]
    assert "noindex" in answer["X-Robots-Tag"]
    assert answer["Referrer-Policy"] == "same-origin"


def test_page_takes_as_many_queries_with_three_remarks_as_with_one(client, asked, django_assert_num_queries):
    say(client, asked)
    client.get(link(asked))
    for _ in range(2):
        with django_assert_num_queries(15):
            client.get(link(asked))
        say(client, asked)
        say(client, asked)


@pytest.mark.parametrize(
    "token",
    ["1", "1:", "1:x", signing.Signer(salt="other").sign("1"), signing.Signer(salt="cases.verification").sign("999")],
)
def test_link_nobody_gave_out_opens_nothing(client, asked, token):
    answer = client.get(reverse("verification:page", args=[token]))
    assert answer.status_code == 404
    assert "小店贷款" not in text_of(answer)


@pytest.mark.parametrize("way", ["withdrawn", "over"])
def test_link_that_is_over_opens_nothing_and_takes_nothing(client, asked, way):
    if way == "withdrawn":
        withdraw(verification=asked, user=None)
    else:
        Verification.objects.update(until=timezone.localdate() - timedelta(days=1))
    assert client.get(link(asked)).status_code == 410
    answer = say(client, asked)
    assert answer.status_code == 410
    assert "请联系协会" in text_of(answer)
    assert not Comment.objects.exists()


def test_remark_changes_no_text_and_is_shown_to_staff(client, case, asked):
    assert say(client, asked, text="按合同写法").status_code == 302
    case.refresh_from_db()
    assert case.background == "小店**缺抵押物**，借不到钱。"
    client.force_login(make_user("编辑"))
    body = text_of(client.get(reverse("admin:cases_case_change", args=[case.pk])))
    assert "农行深圳分行（机构核对）" in body
    assert "<ins>缺少抵押物</ins>" in body
    assert "采纳，换上这句" in body
    assert "机构核对有意见的" in text_of(client.get(reverse("admin:index")))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"proposed": " ", "text": ""}, "意见还没有写"),
        ({"text": "长" * 501}, "最多 500 字"),
        ({"quote": "长" * 201}, "最多 200 字"),
        ({"field": "status"}, "请选一个部分"),
    ],
)
def test_wrong_remark_is_refused_in_words_and_stays_typed(client, asked, fields, words):
    answer = say(client, asked, **fields)
    assert answer.status_code == 400
    assert words in text_of(answer)
    assert not Comment.objects.exists()
    if fields.get("field", "background") == "background":
        assert 'value="' + fields.get("quote", "缺抵押物") in text_of(answer)


def test_remark_is_taken_back_until_somebody_saw_to_it(client, asked):
    say(client, asked)
    say(client, asked)
    first, second = Comment.objects.all()
    Comment.objects.filter(pk=second.pk).update(resolved_at=timezone.now())
    for key in (first.pk, second.pk, "x", "9" * 30):
        client.post(link(asked), {"back": key})
    assert list(Comment.objects.all()) == [second]


def test_remark_of_another_institution_is_not_taken_back_from_here(client, asked):
    until = timezone.localdate()
    other = ask(case=asked.case, recipient="别家", address="", until=until, user=None)
    say(client, other)
    client.post(link(asked), {"back": Comment.objects.get().pk})
    assert Comment.objects.count() == 1


def test_remarks_have_an_end(client, asked):
    Comment.objects.bulk_create(
        Comment(case=asked.case, field="background", text="意见", verification=asked) for _ in range(MOST_REMARKS)
    )
    answer = say(client, asked)
    assert answer.status_code == 400
    assert f"已经有 {MOST_REMARKS} 条" in text_of(answer)


def test_answer_that_all_is_right(client, asked):
    assert client.post(link(asked), {"answer": "right", "name": "王芳 公司部"}).status_code == 302
    asked.refresh_from_db()
    assert (asked.is_right, asked.state) == (True, "王芳 公司部说没有错")
    assert "收到了" in text_of(client.get(link(asked)))


@pytest.mark.parametrize(
    ("has_remark", "fields", "words"),
    [
        (True, {"answer": "right", "name": "王"}, "先把那几条撤回"),
        (False, {"answer": "wrong", "name": "王"}, "还没有记下要改的地方"),
        (False, {"answer": "right", "name": " "}, "请写上核对人"),
        (False, {"answer": "maybe", "name": "王"}, "请选“没有错”"),
    ],
)
def test_answer_that_contradicts_the_remarks_is_refused(client, asked, has_remark, fields, words):
    if has_remark:
        say(client, asked)
    answer = client.post(link(asked), fields)
    assert answer.status_code == 400
    assert words in text_of(answer)
    asked.refresh_from_db()
    assert asked.answered_at is None


def test_markup_in_a_remark_is_text(client, asked):
    say(client, asked, text="<script>alert(1)</script>")
    assert "<script>alert(1)" not in text_of(client.get(link(asked)))
