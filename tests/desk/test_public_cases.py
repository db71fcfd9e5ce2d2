"""The form of a case that readers see: a revision, or a correction that shows what they will see change."""

from decimal import Decimal

import pytest
from django.urls import reverse

from cases.editing.revisions import open_revision
from cases.models import Case
from tests.desk.test_case import sent
from tests.factories import LONG_AGO, make_finished_draft, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return make_finished_draft(status="published", published_at=LONG_AGO, background="原来的背景")


@pytest.fixture
def reviewer(client):
    client.force_login(make_user("审核"))
    return client


def address(case: Case) -> str:
    return reverse("admin:cases_case_change", args=[case.pk])


def post(client, case: Case, page=None, **changes):
    page = page or client.get(address(case))
    return client.post(address(case), sent(page) | changes)


def test_form_of_a_public_case_has_no_plain_save(reviewer, case):
    body = reviewer.get(address(case)).content.decode()
    assert 'name="_save"' not in body
    assert 'name="_revise" class="default"' in body
    assert "直接更正…" in body


@pytest.mark.parametrize("button", ["_correct", "_save", "_continue"])
def test_every_button_asks_and_shows_what_readers_will_see(reviewer, case, button):
    response = post(reviewer, case, background="新的背景", **{button: "ask"})
    body = response.content.decode()
    assert response.status_code == 200
    assert "读者会马上看到这些变化" in body
    assert "<del>原来的背景</del> → <ins>新的背景</ins>" in body
    assert "请更正" not in body
    assert Case.objects.get().background == "原来的背景"


def test_confirmed_correction_is_what_was_shown(reviewer, case):
    asked = post(reviewer, case, background="新的背景", _correct="ask")
    digest = asked.context["public_change"].digest
    again = post(reviewer, case, asked, background="又改了", _correct=digest)
    assert (again.status_code, Case.objects.get().background) == (200, "原来的背景")
    digest = again.context["public_change"].digest
    assert post(reviewer, case, again, _correct=digest)["Location"] == address(case)
    assert Case.objects.published().get().background == "又改了"


def test_what_would_not_be_published_is_refused_and_nothing_typed_is_lost(reviewer, case):
    response = post(reviewer, case, background="", summary="新的摘要", _correct="ask")
    body = response.content.decode()
    assert response.status_code == 400
    assert "缺背景。" in body
    assert "新的摘要" in body
    assert "确认更正" not in body
    assert (Case.objects.get().background, Case.objects.get().summary) == ("原来的背景", case.summary)


def test_rows_are_part_of_the_question(reviewer, case):
    response = post(reviewer, case, **{"figures-0-value": "99 亿元", "figures-0-number": "99", "_correct": "ask"})
    assert "99 亿元" in str(response.context["public_change"].differences)
    digest = response.context["public_change"].digest
    assert post(reviewer, case, response, _correct=digest).status_code == 302
    assert case.figures.get().number == Decimal(99)


def test_opening_a_revision_takes_what_was_typed_along(reviewer, case):
    response = post(reviewer, case, background="写了一半", **{"figures-0-label": "新的说明", "_revise": "开修订稿"})
    revision = Case.objects.get(revises=case)
    assert response["Location"] == address(revision)
    assert (revision.background, revision.figures.get().label) == ("写了一半", "新的说明")
    case.refresh_from_db()
    assert case.background == "原来的背景"
    assert "继续写修订稿" in reviewer.get(address(case)).content.decode()


def test_opening_a_revision_with_nothing_typed(reviewer, case):
    response = post(reviewer, case, _revise="开修订稿")
    assert response["Location"] == address(Case.objects.get(revises=case))


def test_second_revision_is_refused_and_what_was_typed_stays(reviewer, case):
    page = reviewer.get(address(case))
    open_revision(case=case, user=None)
    response = post(reviewer, case, page, background="写了一半", _revise="1")
    assert "已经有一份修订稿" in response.content.decode()
    assert "写了一半" in response.content.decode()


def test_editor_is_changed_without_a_question(reviewer, case):
    user = make_user("编辑")
    post(reviewer, case, editor=user.pk, _correct="ask")
    case.refresh_from_db()
    assert case.editor == user


@pytest.mark.parametrize(("status", "said"), [("published", "读者现在看得到"), ("draft", "读者看不到（草稿）")])
def test_page_that_deletes_says_who_sees_the_case_and_that_it_can_come_back(staff_client, case, status, said):
    Case.objects.update(status=status)
    body = staff_client.get(reverse("admin:cases_case_delete", args=[case.pk])).content.decode()
    assert said in body
    assert "删错了可以恢复" in body


def test_deleting_several_says_so_too(staff_client, case):
    data = {"action": "delete_selected", "_selected_action": [case.pk, make_finished_draft().pk]}
    body = staff_client.post(reverse("admin:cases_case_changelist"), data).content.decode()
    assert body.count("读者现在看得到") == 1
    assert "删错了可以恢复" in body


def test_who_may_only_read_sees_numbers_as_people_write_them(client, case):
    case.figures.update(number="12.6")
    client.force_login(make_user("编辑"))
    body = client.get(address(case)).content.decode()
    assert "12.6" in body
    assert "12.6000" not in body
