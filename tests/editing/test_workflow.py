"""A case goes from draft to publication by steps, each open to those who may take it."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from cases.editing.edit import delete_cases, edit_case
from cases.editing.revisions import open_revision, restore_version
from cases.editing.workflow import (
    archive_case,
    publish_case,
    reopen_case,
    reschedule_case,
    return_case,
    submit_case,
    unschedule_case,
    withdraw_case,
)
from cases.models import Case, Version
from cases.search.checking import check_index
from cases.search.results import search
from tests.factories import index_all, make_case, make_finished_draft, make_institution, make_term, make_user, save_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    return make_user("编辑")


@pytest.fixture
def reviewer():
    return make_user("审核")


@pytest.fixture
def draft(editor):
    case = make_finished_draft(title="绿色票据", editor=editor)
    index_all()
    return case


def events(case: Case) -> list[str]:
    return list(Version.objects.of(case).order_by("number").values_list("event", flat=True))


def test_editor_submits_reviewer_returns_editor_submits_again_reviewer_publishes(draft, editor, reviewer):
    submit_case(case=draft, user=editor)
    returned = return_case(case=draft, user=reviewer, comment="写明日期")
    assert (returned.status, returned.review_comment, returned.was_returned) == ("draft", "写明日期", True)
    again = submit_case(case=draft, user=editor)
    assert (again.review_comment, again.was_returned) == ("", False)
    assert publish_case(case=draft, user=reviewer).is_published
    assert events(draft) == ["base", "submitted", "returned", "submitted", "published"]


def test_editor_cannot_publish_return_or_archive(draft, editor):
    for step in (publish_case, archive_case):
        with pytest.raises(PermissionDenied):
            step(case=draft, user=editor)
    submit_case(case=draft, user=editor)
    with pytest.raises(PermissionDenied):
        return_case(case=draft, user=editor, comment="不行")
    draft.refresh_from_db()
    assert draft.status == "in-review"


def test_return_needs_a_comment(draft, editor, reviewer):
    submit_case(case=draft, user=editor)
    with pytest.raises(ValidationError, match="写明要改什么"):
        return_case(case=draft, user=reviewer, comment=" \n")


def test_a_step_taken_meanwhile_stops_the_second_person(draft, editor, reviewer):
    submit_case(case=draft, user=editor)
    publish_case(case=draft, user=reviewer)
    with pytest.raises(ValidationError, match="现在是“已发布”，不能退回"):
        return_case(case=draft, user=reviewer, comment="晚了")


@pytest.mark.parametrize("lack", ["summary", "background", "approach", "results"])
def test_unfinished_case_is_not_published(reviewer, lack):
    draft = make_finished_draft(**{lack: " "})
    with pytest.raises(ValidationError, match="还不能发布：缺"):
        publish_case(case=draft, user=reviewer)
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_case_without_terms_is_not_published(reviewer):
    with pytest.raises(ValidationError, match="没有标签"):
        publish_case(case=make_case(status="draft", published_at=None, figures=0), user=reviewer)


def test_case_without_figures_advice_or_any_other_rows_is_published(reviewer):
    draft = make_case(status="draft", published_at=None, figures=0, terms=(make_term("need"),))
    assert publish_case(case=draft, user=reviewer).is_published


def test_scheduled_case_shows_when_its_time_comes(draft, reviewer):
    case = publish_case(case=draft, user=reviewer, at=timezone.now() + timedelta(days=1))
    assert case.is_scheduled
    assert list(search("绿色票据").keys) == []
    Case.objects.filter(pk=case.pk).update(published_at=timezone.now() - timedelta(seconds=1))
    assert list(search("绿色票据").keys) == [case.pk]


def test_case_published_again_keeps_its_first_date(draft, reviewer):
    first = publish_case(case=draft, user=reviewer).published_at
    archive_case(case=draft, user=reviewer)
    reopen_case(case=draft, user=reviewer)
    assert publish_case(case=draft, user=reviewer).published_at == first


def test_withdrawn_case_is_a_draft_again(draft, editor):
    submit_case(case=draft, user=editor)
    assert withdraw_case(case=draft, user=editor).status == "draft"


def test_revision_leaves_the_public_case_alone_until_it_is_published(draft, editor, reviewer):
    original = publish_case(case=draft, user=reviewer)
    revision = open_revision(case=original, user=editor)
    with edit_case(revision, user=editor):
        revision.title = "绿色票据二"
        revision.save()
        revision.figures.all().delete()
        revision.figures.create(order=1, label="新数据", value="7 亿元", number=7, unit="亿元")
    assert (revision.code, Case.objects.published().get().title) == (f"{original.code}-r1", "绿色票据")
    public = publish_case(case=revision, user=reviewer)
    assert (public.pk, public.code, public.title) == (original.pk, original.code, "绿色票据二")
    assert [figure.label for figure in public.figures.all()] == ["新数据"]
    assert public.terms.count() == 4
    assert not Case.objects.filter(pk=revision.pk).exists()
    assert check_index() == {}


def test_a_case_has_one_revision_at_a_time_and_its_codes_are_not_used_again(draft, editor, reviewer):
    original = publish_case(case=draft, user=reviewer)
    revision = open_revision(case=original, user=editor)
    with pytest.raises(ValidationError, match="已经有一份修订稿"):
        open_revision(case=original, user=editor)
    delete_cases(cases=[revision], user=reviewer)
    assert open_revision(case=original, user=editor).code == f"{original.code}-r2"


def test_revision_is_not_counted_when_the_next_case_gets_its_code(draft, editor, reviewer):
    original = publish_case(case=draft, user=reviewer)
    open_revision(case=original, user=editor)
    fresh = Case(title="新的", collection=draft.collection, category=draft.category, institution=make_institution())
    save_case(case=fresh, user=editor)
    assert fresh.code == original.code[:-2] + f"{int(original.code[-2:]) + 1:02d}"


def test_old_version_of_a_draft_comes_back_in_the_draft(draft, editor):
    with edit_case(draft, user=editor):
        draft.summary = "改坏了"
        draft.save()
        draft.terms.clear()
        draft.figures.all().delete()
    first = Version.objects.of(draft).get(number=1)
    restored = restore_version(version=first, user=editor)
    assert (restored.pk, restored.status, restored.summary) == (draft.pk, "draft", first.data["summary"])
    assert (restored.figures.count(), restored.terms.count()) == (1, 4)
    assert events(draft) == ["base", "changed", "restored"]


def test_old_version_of_a_public_case_comes_back_as_a_revision(draft, editor, reviewer):
    publish_case(case=draft, user=reviewer)
    restored = restore_version(version=Version.objects.of(draft).get(number=1), user=editor)
    assert (restored.revises_id, restored.status) == (draft.pk, "draft")
    assert Case.objects.published().get().pk == draft.pk


def test_deleted_case_comes_back_under_its_code(draft, editor):
    code, figures = draft.code, draft.figures.count()
    delete_cases(cases=[draft], user=editor)
    version = Version.objects.deleted_cases().get()
    case = restore_version(version=version, user=editor)
    assert (case.code, case.status, case.figures.count(), case.terms.count()) == (code, "draft", figures, 4)
    assert Version.objects.deleted_cases().count() == 0
    assert check_index() == {}


def test_deleted_revision_comes_back_as_a_revision(draft, editor, reviewer):
    original = publish_case(case=draft, user=reviewer)
    revision = open_revision(case=original, user=editor)
    delete_cases(cases=[revision], user=editor)
    restored = restore_version(version=Version.objects.deleted_cases().get(), user=editor)
    assert (restored.revises_id, restored.title) == (original.pk, original.title)


def test_deleted_case_whose_institution_is_gone_says_what_to_do(draft, editor):
    delete_cases(cases=[draft], user=editor)
    draft.institution.delete()
    with pytest.raises(ValidationError, match="请先把它加回来"):
        restore_version(version=Version.objects.deleted_cases().get(), user=editor)


def test_a_save_that_changes_nothing_adds_no_version(draft, editor):
    for _ in range(2):
        save_case(case=draft, user=editor)
    assert events(draft) == ["base"]


def test_one_write_of_many_actions_is_one_version(draft, editor):
    with edit_case(draft, user=editor):
        for text in ("一", "二"):
            draft.summary = text
            save_case(case=draft, user=editor)
    assert events(draft) == ["base", "changed"]
    assert Version.objects.of(draft).first().data["summary"] == "二"


def test_name_of_who_wrote_outlives_the_account(draft, editor):
    submit_case(case=draft, user=editor)
    name = editor.username
    editor.delete()
    version = Version.objects.of(draft).first()
    assert (version.user, version.user_name) == (None, name)


def test_notices_go_to_reviewers_and_editors_where_settings_ask(draft, settings, django_capture_on_commit_callbacks):
    settings.EMAIL_NOTICES, settings.SITE_URL = True, "https://cases.example.org"
    draft.editor.email = "editor@example.org"
    draft.editor.save()
    reviewer = make_user("审核", email="reviewer@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        submit_case(case=draft, user=draft.editor)
        return_case(case=draft, user=reviewer, comment="写明日期")
    assert [message.to for message in mail.outbox] == [["reviewer@example.org"], ["editor@example.org"]]
    assert f"https://cases.example.org/admin/cases/case/{draft.pk}/change/" in mail.outbox[0].body
    assert "写明日期" in mail.outbox[1].body


def test_no_notice_without_the_setting(draft, editor, django_capture_on_commit_callbacks):
    make_user("审核", email="reviewer@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        submit_case(case=draft, user=editor)
    assert mail.outbox == []


# --- schedules and four eyes ----------------------------------------------------------------------------------------


@pytest.fixture
def scheduled(draft, reviewer):
    return publish_case(case=draft, user=reviewer, at=timezone.now() + timedelta(days=1))


def test_schedule_is_moved_or_brought_forward_to_now(scheduled, reviewer):
    later = timezone.now() + timedelta(days=9)
    assert reschedule_case(case=scheduled, user=reviewer, at=later).published_at == later
    assert reschedule_case(case=scheduled, user=reviewer).is_published
    assert events(scheduled)[-2:] == ["scheduled", "published"]
    with pytest.raises(ValidationError, match="没有等着定时发布"):
        reschedule_case(case=scheduled, user=reviewer, at=later)


def test_schedule_is_cancelled_in_one_step(scheduled, reviewer):
    case = unschedule_case(case=scheduled, user=reviewer)
    assert (case.status, case.published_at) == ("in-review", None)
    with pytest.raises(ValidationError):
        unschedule_case(case=case, user=reviewer)


def test_with_four_eyes_nobody_publishes_what_they_alone_wrote(draft, reviewer, settings):
    settings.FOUR_EYES = True
    with edit_case(draft, user=reviewer):
        draft.summary = "我写的摘要"
        draft.save()
    with pytest.raises(ValidationError, match="另一个人"):
        publish_case(case=draft, user=reviewer)
    assert publish_case(case=draft, user=make_user("审核")).is_published


def test_with_four_eyes_a_revision_needs_another_person_too(draft, editor, reviewer, settings):
    original = publish_case(case=draft, user=reviewer)
    settings.FOUR_EYES = True
    revision = open_revision(case=original, user=editor)
    with edit_case(revision, user=reviewer):
        revision.summary = "我写的摘要"
        revision.save()
    with pytest.raises(ValidationError, match="另一个人"):
        publish_case(case=revision, user=reviewer)
    with edit_case(revision, user=editor):
        revision.results = "两个人写的"
        revision.save()
    assert publish_case(case=revision, user=reviewer).results == "两个人写的"


def test_without_the_setting_one_person_may_do_both(draft, reviewer):
    with edit_case(draft, user=reviewer):
        draft.summary = "我写的摘要"
        draft.save()
    assert publish_case(case=draft, user=reviewer).is_published
