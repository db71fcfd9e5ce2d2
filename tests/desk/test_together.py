"""Remarks at a place in the text, and who else has a case open."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.editing.edit import delete_cases
from cases.editing.together import HEARD_WITHIN
from cases.models import Comment, OpenForm
from tests.factories import make_case, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return make_case(status="in-review", background="小店缺抵押物。")


@pytest.fixture
def reviewer(client):
    user = make_user("审核", last_name="陈")
    client.force_login(user)
    return user


def say(client, case, **fields):
    words = {"field": "background", "quote": "缺抵押物", "text": "写明是哪一年。", **fields}
    return client.post(reverse("admin:cases_case_comments", args=[case.pk]), words)


def form_of(client, case) -> str:
    return client.get(reverse("admin:cases_case_change", args=[case.pk])).content.decode()


def test_remark_is_shown_to_the_editor_until_somebody_saw_to_it(client, case, reviewer):
    assert say(client, case).status_code == 302
    editor = make_user("编辑")
    client.force_login(editor)
    body = form_of(client, case)
    assert '<li data-field="background" data-quote="缺抵押物">' in body
    assert "写明是哪一年。" in body
    say(client, case, resolve=Comment.objects.get().pk)
    assert "写明是哪一年。" not in form_of(client, case)
    assert Comment.objects.get().resolved_by == editor


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"text": " "}, "意见还没有写"), ({"text": "长" * 501}, "最多 500 字"), ({"field": "status"}, "请选一个部分")],
)
def test_wrong_remark_is_refused_in_words(client, case, reviewer, fields, words):
    answer = say(client, case, **fields)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not Comment.objects.exists()


def test_remark_of_another_case_is_not_seen_to_from_here(client, case, reviewer):
    say(client, case)
    other = make_case()
    assert say(client, other, resolve=Comment.objects.get().pk).status_code == 404
    assert Comment.objects.get().resolved_at is None


def test_first_page_counts_what_waits_to_be_seen_to(client, case, reviewer):
    say(client, case)
    assert "1 条意见没处理" in client.get(reverse("admin:index")).content.decode()
    say(client, case, resolve=Comment.objects.get().pk)
    assert "意见没处理" not in client.get(reverse("admin:index")).content.decode()


def test_remarks_go_with_their_case(client, case, reviewer):
    say(client, case)
    delete_cases(cases=[case], user=None)
    assert not Comment.objects.exists()


def test_form_says_who_else_has_it_open_until_they_are_not_heard_of(client, case, reviewer):
    here = reverse("admin:cases_case_here", args=[case.pk])
    assert client.post(here).json() == {"others": []}
    client.force_login(make_user("编辑", last_name="林"))
    assert client.post(here).json() == {"others": ["陈"]}
    OpenForm.objects.filter(user=reviewer).update(seen_at=timezone.now() - HEARD_WITHIN - timedelta(seconds=1))
    assert client.post(here).json() == {"others": []}
