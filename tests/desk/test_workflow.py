"""The staff desk: steps that ask first, history that shows and restores, two people at one case, what there is to do."""

import pytest
from django.urls import reverse

from cases.editing.workflow import publish_case, return_case, submit_case
from cases.models import Case, Version
from tests.factories import make_finished_draft, make_term, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    return make_user("编辑", username="xiaolin")


@pytest.fixture
def reviewer():
    return make_user("审核", username="laochen")


@pytest.fixture
def draft(editor):
    return make_finished_draft(title="绿色票据", editor=editor)


@pytest.fixture
def desk(client):
    """``desk(user)``: a client logged in as that user."""

    def enter(user):
        client.force_login(user)
        return client

    return enter


def step_url(case: Case, name: str) -> str:
    return reverse("admin:cases_case_step", args=[case.pk, name])


def change_url(case: Case) -> str:
    return reverse("admin:cases_case_change", args=[case.pk])


def form_of(client, case: Case) -> dict:
    """What a browser sends back for the form of ``case`` as it stands."""
    context = client.get(change_url(case)).context
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    data = {}
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is not None and value is not False:
                data[bound.html_name] = (
                    [item.pk if hasattr(item, "pk") else item for item in value] if isinstance(value, list) else value
                )
    return data


# --- steps -----------------------------------------------------------------------------------------------------------


def test_step_asks_before_it_acts(desk, draft, editor):
    client = desk(editor)
    assert "送审以后等审核" in client.get(step_url(draft, "submit")).content.decode()
    assert Case.objects.get().status == "draft"
    assert client.post(step_url(draft, "submit"))["Location"] == change_url(draft)
    assert Case.objects.get().status == "in-review"


def test_form_shows_the_steps_open_to_its_reader(desk, draft, editor, reviewer):
    assert [step.name for step in desk(editor).get(change_url(draft)).context["steps"]] == ["submit"]
    assert [step.name for step in desk(reviewer).get(change_url(draft)).context["steps"]] == [
        "submit",
        "publish",
        "archive",
    ]


def test_saving_and_going_on_leads_to_the_page_that_asks(desk, draft, editor):
    client = desk(editor)
    response = client.post(change_url(draft), {**form_of(client, draft), "title": "新题名", "_submit": "1"})
    assert response["Location"] == step_url(draft, "submit")
    assert (Case.objects.get().title, Case.objects.get().status) == ("新题名", "draft")


def test_publishing_page_says_what_is_missing_and_refuses(desk, reviewer):
    case = make_finished_draft(summary="")
    page = desk(reviewer).get(step_url(case, "publish"))
    assert "缺摘要" in page.content.decode()
    response = desk(reviewer).post(step_url(case, "publish"))
    assert (response.status_code, Case.objects.get().status) == (400, "draft")


def test_return_without_a_comment_is_refused_and_the_reason_is_said(desk, draft, editor, reviewer):
    submit_case(case=draft, user=editor)
    response = desk(reviewer).post(step_url(draft, "return"), {"comment": ""})
    assert (response.status_code, "写明要改什么" in response.content.decode()) == (400, True)


def test_comment_is_kept_where_the_step_comes_too_late(desk, draft, editor, reviewer):
    submit_case(case=draft, user=editor)
    publish_case(case=draft, user=reviewer)
    response = desk(reviewer).post(step_url(draft, "return"), {"comment": "写了很久的意见"})
    assert (response.status_code, "写了很久的意见" in response.content.decode()) == (409, True)


@pytest.mark.parametrize("at", [("2999-13-01", "09:00"), ("明天", ""), ("2999-01-01", "25:00")])
def test_time_that_is_none_is_refused(desk, draft, reviewer, at):
    response = desk(reviewer).post(step_url(draft, "publish"), {"at_0": at[0], "at_1": at[1]})
    assert (response.status_code, Case.objects.get().status) == (400, "draft")


def test_unknown_step_and_unknown_case_are_404(desk, draft, reviewer):
    assert desk(reviewer).get(step_url(draft, "explode")).status_code == 404
    assert desk(reviewer).get(reverse("admin:cases_case_step", args=[999_999, "publish"])).status_code == 404


def test_list_action_asks_before_it_publishes(desk, draft, reviewer):
    url, data = reverse("admin:cases_case_changelist"), {"action": "publish_selected", "_selected_action": [draft.pk]}
    assert "发布所选的 1 篇案例" in desk(reviewer).post(url, data).content.decode()
    assert Case.objects.get().status == "draft"
    desk(reviewer).post(url, {**data, "confirmed": "1"})
    assert Case.objects.get().is_published


def test_status_cannot_be_slipped_in_through_the_form(desk, draft, editor):
    client = desk(editor)
    client.post(
        change_url(draft),
        {**form_of(client, draft), "status": "published", "published_at_0": "2020-01-01", "published_at_1": "09:00"},
    )
    assert Case.objects.get().status == "draft"


def test_editor_reads_but_does_not_write_what_is_public(desk, draft, editor, reviewer):
    publish_case(case=draft, user=reviewer)
    client = desk(editor)
    page = client.get(change_url(draft))
    assert "要改先开修订稿" in page.content.decode()
    assert client.post(change_url(draft), {"title": "偷改"}).status_code == 403
    client.post(step_url(draft, "revise"))
    revision = Case.objects.get(revises=draft)
    assert client.post(change_url(revision), {**form_of(client, revision), "title": "改好了"}).status_code == 302
    assert Case.objects.published().get().title == "绿色票据"


def test_editor_throws_a_revision_away_but_no_case(desk, draft, editor, reviewer):
    client = desk(editor)
    assert client.post(reverse("admin:cases_case_delete", args=[draft.pk]), {"post": "yes"}).status_code == 403
    publish_case(case=draft, user=reviewer)
    client.post(step_url(draft, "revise"))
    revision = Case.objects.get(revises=draft)
    assert client.post(reverse("admin:cases_case_delete", args=[revision.pk]), {"post": "yes"}).status_code == 302
    assert Case.objects.get().pk == draft.pk


def test_numbers_stand_in_the_form_as_people_write_them(desk, draft, editor):
    draft.figures.update(number="8.4")
    body = desk(editor).get(change_url(draft)).content.decode()
    assert 'value="8.4"' in body


# --- two people at one case ------------------------------------------------------------------------------------------


def test_second_of_two_people_is_told_and_nothing_is_overwritten(desk, draft, editor, reviewer):
    mine = form_of(desk(editor), draft)
    theirs = form_of(desk(reviewer), draft)
    desk(reviewer).post(change_url(draft), {**theirs, "title": "对方的题名"})
    response = desk(editor).post(change_url(draft), {**mine, "title": "我的题名"})
    body = response.content.decode()
    assert response.status_code == 409
    assert "laochen" in body
    assert "对方的题名" in body
    assert "你也改过" in body
    assert 'value="我的题名"' in body
    assert Case.objects.get().title == "对方的题名"


def test_what_only_the_other_changed_is_taken_over(desk, draft, editor, reviewer):
    mine = form_of(desk(editor), draft)
    keyword = make_term("keyword")
    theirs = form_of(desk(reviewer), draft)
    desk(reviewer).post(change_url(draft), {**theirs, "summary": "对方的摘要", "terms": [*theirs["terms"], keyword.pk]})
    response = desk(editor).post(change_url(draft), {**mine, "title": "我的题名"})
    form = response.context["adminform"].form
    assert (response.status_code, form["summary"].value(), form["title"].value()) == (409, "对方的摘要", "我的题名")
    assert str(keyword.pk) in form["terms"].value()


def test_saving_once_more_is_a_decision_and_goes_through(desk, draft, editor, reviewer):
    mine, theirs = form_of(desk(editor), draft), form_of(desk(reviewer), draft)
    desk(reviewer).post(change_url(draft), {**theirs, "title": "对方的题名"})
    told = desk(editor).post(change_url(draft), {**mine, "title": "我的题名"})
    again = {**mine, "title": "我的题名", "base_version": told.context["adminform"].form["base_version"].value()}
    assert desk(editor).post(change_url(draft), again).status_code == 302
    assert Case.objects.get().title == "我的题名"
    assert Version.objects.filter(data__title="对方的题名").exists()


def test_line_ends_of_the_browser_are_no_change(desk, editor):
    case = make_finished_draft(background="一\n\n二", editor=editor)
    client = desk(editor)
    client.post(change_url(case), {**form_of(client, case), "background": "一\r\n\r\n二"})
    assert Version.objects.of(case).count() == 1
    assert Case.objects.get().background == "一\n\n二"


# --- history ---------------------------------------------------------------------------------------------------------


def test_history_shows_who_and_what_word_by_word(desk, draft, editor):
    client = desk(editor)
    client.post(
        change_url(draft), {**form_of(client, draft), "title": "绿色债券", "background": "背景" * 40 + "新的结尾"}
    )
    body = client.get(reverse("admin:cases_case_history", args=[draft.pk])).content.decode()
    assert "xiaolin" in body
    assert "<del>绿色票据</del> → <ins>绿色债券</ins>" in body
    assert "新的结尾</ins>" in body


@pytest.mark.parametrize("versions", [1, 5])
def test_history_queries_do_not_grow(desk, editor, django_assert_num_queries, versions):
    case = make_finished_draft(editor=editor)
    client = desk(editor)
    for n in range(versions):
        client.post(change_url(case), {**form_of(client, case), "title": f"题名 {n}"})
    with django_assert_num_queries(7):
        client.get(reverse("admin:cases_case_history", args=[case.pk]))


def test_version_is_restored_as_a_draft_from_the_history(desk, draft, editor):
    client = desk(editor)
    client.post(change_url(draft), {**form_of(client, draft), "title": "改坏了"})
    first = Version.objects.of(draft).get(number=1)
    response = client.post(reverse("admin:cases_case_restore", args=[first.pk]))
    assert response["Location"] == change_url(draft)
    assert Case.objects.get().title == "绿色票据"


def test_deleted_case_is_listed_and_recovered(desk, draft):
    manager = make_user("管理员")
    client = desk(manager)
    client.post(reverse("admin:cases_case_delete", args=[draft.pk]), {"post": "yes"})
    assert Case.objects.count() == 0
    assert "绿色票据" in client.get(reverse("admin:cases_case_deleted")).content.decode()
    client.post(reverse("admin:cases_case_restore", args=[Version.objects.deleted_cases().get().pk]))
    assert Case.objects.get().code == draft.code


def test_restoring_is_never_a_get(desk, draft, editor):
    submit_case(case=draft, user=editor)
    version = Version.objects.of(draft).first()
    assert desk(editor).get(reverse("admin:cases_case_restore", args=[version.pk])).status_code == 405


def test_vocabulary_has_its_history(desk):
    term = make_term(name="旧名")
    client = desk(make_user("管理员"))
    data = {"facet": term.facet, "name": "新名", "slug": term.slug, "order": 1, "description": ""}
    client.post(reverse("admin:cases_term_change", args=[term.pk]), data)
    body = client.get(reverse("admin:cases_term_history", args=[term.pk])).content.decode()
    assert "<del>旧名</del> → <ins>新名</ins>" in body


# --- what there is to do ---------------------------------------------------------------------------------------------


def lists(client) -> dict[str, int]:
    return {item.title: item.count for item in client.get(reverse("admin:index")).context["todo_lists"]}


def test_first_page_says_what_waits_for_whom(desk, draft, editor, reviewer):
    assert lists(desk(editor)) == {"我没写完的": 1}
    submit_case(case=draft, user=editor)
    assert lists(desk(editor)) == {"我送审的": 1}
    assert lists(desk(reviewer)) == {"等我审核的": 1}
    return_case(case=draft, user=reviewer, comment="写明日期")
    assert lists(desk(editor)) == {"退回给我的": 1}
    assert "写明日期" in desk(editor).get(reverse("admin:index")).content.decode()


@pytest.mark.parametrize("count", [1, 12])
def test_first_page_queries_do_not_grow(desk, editor, django_assert_max_num_queries, count):
    for _ in range(count):
        make_finished_draft(editor=editor)
    client = desk(editor)
    with django_assert_max_num_queries(19):
        assert lists(client) == {"我没写完的": count}


def test_todo_links_lead_to_the_same_cases(desk, draft, editor):
    client = desk(editor)
    item = client.get(reverse("admin:index")).context["todo_lists"][0]
    assert [case.pk for case in client.get(item.url).context["cl"].result_list] == [draft.pk]
