"""Asking institutions on the desk, their letters, and what staff make of their remarks."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from cases.editing.accepting import accept_comment, passage
from cases.models import Case, Comment, Verification
from cases.verification.actions import add_remark, ask
from tests.factories import make_case, make_institution, make_user

pytestmark = pytest.mark.django_db


def in_days(days: int):
    return timezone.localdate() + timedelta(days=days)


def remark_on(case, **words) -> Comment:
    asked = ask(case=case, recipient="银行", address="", until=in_days(3), user=None)
    fields = {"field": "background", "quote": "缺抵押物", "proposed": "缺少抵押物", "text": "", **words}
    return add_remark(verification=asked, **fields)


@pytest.fixture
def editor(client):
    user = make_user("编辑")
    client.force_login(user)
    return user


def page_of(*cases) -> str:
    return reverse("admin:cases_case_verifications", query={"case": [case.pk for case in cases]})


def wishes(institution, **fields) -> dict:
    values = {"wanted": "on", "recipient": "科技部", "address": "", "until": in_days(7).isoformat(), **fields}
    return {f"{institution.pk}-{name}": value for name, value in values.items()}


def test_two_cases_of_one_institution_make_one_letter_with_two_links(
    client, editor, django_capture_on_commit_callbacks
):
    bank = make_institution()
    cases = [make_case(institution=bank, status="draft", title=f"第{n}篇") for n in (1, 2)]
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(page_of(*cases), wishes(bank, address="a@example.com")).status_code == 302
    assert Verification.objects.count() == 2
    (letter,) = mail.outbox
    assert letter.to == ["a@example.com"]
    assert letter.subject == "请核对案例：第1篇等 2 篇"
    assert letter.body.count("/verify/") == 2


def test_without_an_address_the_clerk_gets_the_letter_to_send(client, editor):
    bank = make_institution()
    case = make_case(institution=bank, status="draft")
    client.post(page_of(case), wishes(bank))
    assert mail.outbox == []
    body = client.get(page_of(case)).content.decode()
    assert body.count("/verify/") == 2  # in the table and in the letter
    assert "还没有打开" in body


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"until": ""}, "必填"),
        ({"until": "2000-01-01"}, "之间"),
        ({"address": "nobody"}, "邮件地址"),
        ({"wanted": ""}, "没有勾选"),
    ],
)
def test_wrong_question_is_refused_in_words(client, editor, fields, words):
    bank = make_institution()
    case = make_case(institution=bank, status="draft")
    answer = client.post(page_of(case), wishes(bank, **fields))
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not Verification.objects.exists()


def test_one_wrong_institution_asks_none(client, editor):
    banks = [make_institution(), make_institution()]
    cases = [make_case(institution=bank, status="draft") for bank in banks]
    data = wishes(banks[0]) | wishes(banks[1], until="2000-01-01")
    assert client.post(page_of(*cases), data).status_code == 400
    assert not Verification.objects.exists()


def test_link_taken_back(client, editor):
    case = make_case(status="draft")
    asked = ask(case=case, recipient="银行", address="", until=in_days(3), user=editor)
    client.post(reverse("admin:cases_verification_withdraw", args=[asked.pk]))
    asked.refresh_from_db()
    assert asked.state == "收回了"


def test_nobody_without_the_right_asks():
    with pytest.raises(PermissionDenied):
        ask(case=make_case(), recipient="银行", address="", until=in_days(3), user=make_user())


def test_accepted_words_stand_in_the_draft(editor):
    case = make_case(status="draft", background="小店**缺抵押物**，借不到钱。")
    comment = remark_on(case)
    assert accept_comment(comment=comment, user=editor) == case
    case.refresh_from_db()
    assert case.background == "小店**缺少抵押物**，借不到钱。"
    comment.refresh_from_db()
    assert comment.resolved_by == editor


def test_accepted_words_of_a_public_case_stand_in_its_revision(editor):
    case = make_case(background="小店缺抵押物。")
    first, second = remark_on(case), remark_on(case, quote="小店", proposed="小商店")
    revision = accept_comment(comment=first, user=editor)
    assert revision.revises == case
    assert accept_comment(comment=second, user=editor) == revision
    assert Case.objects.get(pk=revision.pk).background == "小商店缺少抵押物。"
    assert Case.objects.get(pk=case.pk).background == "小店缺抵押物。"


@pytest.mark.parametrize("background", ["小店没有抵押物。", "缺抵押物，还是缺抵押物。"])
def test_words_that_stand_nowhere_or_twice_are_not_replaced(editor, background):
    case = make_case(status="draft", background=background)
    comment = remark_on(case)
    with pytest.raises(ValidationError, match="请打开案例自己改"):
        accept_comment(comment=comment, user=editor)
    case.refresh_from_db()
    comment.refresh_from_db()
    assert (case.background, comment.resolved_at) == (background, None)


def test_words_that_do_not_fit_are_not_taken(editor):
    case = make_case(status="draft", title="题名")
    comment = remark_on(case, field="title", quote="题名", proposed="长" * 300)
    with pytest.raises(ValidationError):
        accept_comment(comment=comment, user=editor)
    case.refresh_from_db()
    assert case.title == "题名"


def test_editor_accepts_nothing_while_a_case_is_reviewed(editor):
    comment = remark_on(make_case(status="in-review", background="小店缺抵押物。"))
    with pytest.raises(PermissionDenied):
        accept_comment(comment=comment, user=editor)


@pytest.mark.parametrize(
    ("source", "quote", "found"),
    [
        ("贷款 **300 万元**，两天", "贷款 300\u2060 万元", "贷款 **300 万元"),
        ("一行\n二行", "行二", "行\n二"),
        ("甲甲", "甲", None),
        ("甲", "", None),
        ("（a+b）", "a+b", "a+b"),
    ],
)
def test_passage_is_found_through_what_a_page_adds(source, quote, found):
    place = passage(source, quote)
    assert (source[slice(*place)] if place else None) == found


def test_institution_is_reminded_once(settings):
    case = make_case(status="draft")
    for days in (2, 30):
        ask(case=case, recipient="银行", address="a@example.com", until=in_days(days), user=None)
    ask(case=case, recipient="没有邮箱", address="", until=in_days(2), user=None)
    call_command("remind", verbosity=0)
    call_command("remind", verbosity=0)
    assert [letter.subject for letter in mail.outbox] == [f"还请核对案例：{case.title}"]


@pytest.mark.parametrize(("days", "count"), [(6, 0), (7, 1), (8, 0), (14, 1)])
def test_staff_are_reminded_a_week_to_the_day(settings, days, count, django_capture_on_commit_callbacks):
    settings.EMAIL_NOTICES = True
    make_user("审核", email="r@example.com")
    since = timezone.now() - timedelta(days=days, hours=1)
    for _ in range(2):
        Case.objects.filter(pk=make_case(status="in-review").pk).update(submitted_at=since)
    with django_capture_on_commit_callbacks(execute=True):
        call_command("remind", verbosity=0)
    assert [letter.subject for letter in mail.outbox] == ["有 2 篇案例在等你"] * count


def test_staff_are_not_written_to_where_notices_are_off(settings):
    settings.EMAIL_NOTICES = False
    make_user("审核", email="r@example.com")
    Case.objects.filter(pk=make_case(status="in-review").pk).update(submitted_at=timezone.now() - timedelta(days=7))
    call_command("remind", verbosity=0)
    assert mail.outbox == []
