"""Publishing a revision keeps what was changed on the original since it was opened."""

import pytest
from django.urls import reverse

from cases.editing.edit import edit_case
from cases.editing.gate import Public
from cases.editing.revisions import UndecidedError, open_revision, restore_version
from cases.editing.workflow import publish_case
from cases.models import Case, Version
from tests.factories import LONG_AGO, make_finished_draft, make_term, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def original():
    return make_finished_draft(status="published", published_at=LONG_AGO, figures=3, title="题", summary="摘")


@pytest.fixture
def revision(original):
    return open_revision(case=original, user=None)


def write(case: Case, **fields) -> None:
    with edit_case(case, user=None, public=Public.CORRECTED) as case:
        for name, value in fields.items():
            setattr(case, name, value)
        case.save()


def write_figure(case: Case, order: int, **fields) -> None:
    with edit_case(case, user=None, public=Public.CORRECTED):
        figure = case.figures.get(order=order)
        for name, value in fields.items():
            setattr(figure, name, value)
        figure.save()


def labels(case: Case) -> list[str]:
    return [figure.label for figure in case.figures.all()]


def test_what_only_one_of_them_changed_is_kept(original, revision):
    write(revision, title="修订的题名")
    write(original, summary="后来更正的摘要")
    write_figure(revision, 1, label="修订的")
    write_figure(original, 3, label="更正的")
    term = make_term()
    with edit_case(original, user=None, public=Public.CORRECTED):
        original.terms.add(term)
    publish_case(case=revision, user=None)
    case = Case.objects.published().get()
    assert (case.title, case.summary) == ("修订的题名", "后来更正的摘要")
    assert (labels(case)[0], labels(case)[2], term in case.terms.all()) == ("修订的", "更正的", True)


@pytest.mark.parametrize("side", ["mine", "theirs"])
def test_what_both_changed_is_decided_by_a_person(original, revision, side):
    write(revision, title="修订的题名")
    write(original, title="更正的题名")
    write_figure(revision, 2, label="修订的")
    write_figure(original, 2, label="更正的")
    with pytest.raises(UndecidedError, match="题名、关键数据") as asked:
        publish_case(case=revision, user=None)
    assert Case.objects.published().get().title == "更正的题名"
    decided = {contest.name: getattr(contest, side) for contest in asked.value.adoption.contests}
    publish_case(case=revision, user=None, decided=decided)
    case = Case.objects.get()
    word = {"mine": "修订的", "theirs": "更正的"}[side]
    assert (case.title, labels(case)[1]) == (f"{word}题名", word)


def test_a_decision_holds_for_what_was_shown_only(original, revision):
    write(revision, title="修订的题名")
    write(original, title="更正的题名")
    with pytest.raises(UndecidedError) as asked:
        publish_case(case=revision, user=None)
    decided = {contest.name: contest.mine for contest in asked.value.adoption.contests}
    write(original, title="又更正的题名")
    with pytest.raises(UndecidedError):
        publish_case(case=revision, user=None, decided=decided)


def test_revision_from_an_old_version_keeps_later_corrections_of_other_fields(original):
    write(original, title="后来的题名")
    old = Version.objects.of(original).get(number=1)
    revision = restore_version(version=old, user=None)
    write(original, summary="更正的摘要")
    publish_case(case=revision, user=None)
    case = Case.objects.get()
    assert (case.title, case.summary) == ("题", "更正的摘要")


def test_page_shows_what_readers_will_see_asks_and_offers_no_date(client, original, revision):
    client.force_login(make_user("审核"))
    write(revision, title="修订的题名")
    write(original, title="更正的题名")
    url = reverse("admin:cases_case_step", args=[revision.pk, "publish"])
    page = client.get(url)
    body = page.content.decode()
    assert "读者会看到这些变化" in body
    assert "<del>更正的题名</del> → <ins>修订的题名</ins>" in body
    assert "用原文现在的：更正的题名" in body
    assert 'name="at_0"' not in body
    assert client.post(url).status_code == 400
    contest = page.context["adoption"].contests[0]
    assert client.post(url, {contest.name: contest.theirs}).status_code == 302
    assert Case.objects.get().title == "更正的题名"
