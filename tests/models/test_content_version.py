"""Whatever readers could see changed makes another version; what they cannot see makes none."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from cases.models import Case, KeyFigure, RelatedCase, SearchName, Version
from cases.models import content_version as module
from cases.models.content_version import PRIVATE, current_version, read_stamps, watched
from tests.factories import (
    make_case,
    make_category,
    make_chapter,
    make_collection,
    make_document,
    make_entry,
    make_institution,
    make_product,
    make_term,
)

pytestmark = pytest.mark.django_db(transaction=True)  # PostgreSQL tells at the end of a transaction


@pytest.fixture
def case():
    return make_case(terms=(make_term(),))


def is_new(change) -> bool:
    before = current_version().token
    change()
    return current_version().token != before


MAKERS = [make_category, make_institution, make_collection, make_term, make_product, make_document, make_entry]


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_names_and_words_count_when_made_changed_and_deleted(make):
    assert is_new(make)
    row = make()
    field = next(name for name in ("name", "title", "term") if hasattr(row, name))
    assert is_new(lambda: type(row).objects.filter(pk=row.pk).update(**{field: "别的名字"}))
    assert is_new(row.delete)


CHANGES = {
    "text": lambda case: Case.objects.filter(pk=case.pk).update(title="新题名"),
    "archived": lambda case: Case.objects.filter(pk=case.pk).update(status="archived"),
    "deleted": lambda case: case.delete(),
    "figure added": lambda case: KeyFigure.objects.create(case=case, order=9, label="户数", value="3 户"),
    "figures added at once": lambda case: KeyFigure.objects.bulk_create([KeyFigure(case=case, order=9, label="a", value="1")]),
    "figure deleted": lambda case: case.figures.all().delete(),
    "terms": lambda case: case.terms.clear(),
    "document": lambda case: case.documents.add(make_document()),
    "chapter": lambda case: make_chapter(case.collection, make_category()),
    "book": lambda case: type(case.collection).objects.update(title="新书名"),
    "by hand": lambda case: connection.cursor().execute("UPDATE cases_case SET title = 'x'"),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_belongs_to_a_public_case_counts(case, change):
    assert is_new(lambda: change(case))


@pytest.mark.parametrize("status", ["draft", "in-review", "archived"])
def test_a_case_that_nobody_sees_counts_only_once_it_is_published(case, status):
    hidden = make_case(collection=case.collection, category=case.category, status=status, published_at=None)
    assert not is_new(lambda: Case.objects.filter(pk=hidden.pk).update(title="还没有定"))
    assert not is_new(lambda: hidden.figures.update(label="还没有定"))
    assert not is_new(lambda: hidden.terms.set(case.terms.all()))
    assert is_new(lambda: Case.objects.filter(pk=hidden.pk).update(status="published", published_at=timezone.now()))


def test_likeness_counts_where_one_of_the_two_is_public(case):
    other = make_case()
    assert is_new(lambda: RelatedCase.objects.create(case=case, other=other, rank=1, score=1, reason="同一产品"))


def test_a_scheduled_case_counts_when_its_time_has_come(case, monkeypatch):
    due = timezone.now() + timedelta(minutes=5)
    Case.objects.filter(pk=case.pk).update(published_at=due)
    before = current_version()
    monkeypatch.setattr(module.timezone, "now", lambda: due)
    after = current_version()
    assert after.token != before.token
    assert after.changed_at == int(due.timestamp())


def test_every_day_is_another_version(case, monkeypatch):
    before, tomorrow = current_version().token, timezone.now() + timedelta(days=1)
    monkeypatch.setattr(module.timezone, "now", lambda: tomorrow)
    assert current_version().token != before


def test_a_write_taken_back_changes_nothing(case):
    def write_and_take_back() -> None:
        with transaction.atomic():
            Case.objects.update(title="x")
            transaction.set_rollback(True)

    assert not is_new(write_and_take_back)


def test_the_version_is_one_query(case, django_assert_num_queries):
    current_version()
    with django_assert_num_queries(1):
        current_version()


def test_an_emptied_database_gets_a_version_of_its_own(case):
    before = current_version().token
    module.ContentVersion.objects.all().delete()
    after = current_version().token
    assert after != before
    module.begin()  # another who found it empty at the same moment
    assert current_version().token == after


def test_every_table_is_watched_or_said_to_be_private():
    names = {model.__name__ for model in apps.get_app_config("cases").get_models()}
    assert names >= PRIVATE
    assert {Version.__name__, SearchName.__name__} <= PRIVATE
    with connection.cursor() as cursor:
        assert len(module._known(cursor)) == 3 * len(watched())


def test_migrating_leaves_the_watch_in_place(case):
    call_command("migrate", verbosity=0)
    assert is_new(lambda: Case.objects.update(title="x"))


# --- stamps of cases ---------------------------------------------------------------------------------------------------


def stamps() -> dict[int, str]:
    return read_stamps([*Case.objects.values_list("pk", flat=True)])


@pytest.mark.parametrize("change", ["text", "figure added", "figures added at once", "figure deleted", "terms"])
def test_what_belongs_to_one_case_gives_it_alone_another_stamp(case, change):
    other = make_case(collection=case.collection, category=case.category, institution=case.institution)
    before = stamps()
    CHANGES[change](case)
    after = stamps()
    assert after[case.pk] != before[case.pk]
    assert after[other.pk] == before[other.pk]


def test_a_row_put_in_where_it_may_be_there_already_counts(case):
    term, before = make_term(), stamps()
    Case.terms.through.objects.bulk_create([Case.terms.through(case=case, term=term)], ignore_conflicts=True)
    assert stamps()[case.pk] != before[case.pk]


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_what_cases_share_gives_all_of_them_another_stamp(case, make):
    row = make()
    field, before = next(name for name in ("name", "title", "term") if hasattr(row, name)), stamps()
    type(row).objects.filter(pk=row.pk).update(**{field: "别的名字"})
    assert stamps()[case.pk] != before[case.pk]


def test_likeness_stamps_both(case):
    other, third = make_case(), make_case()
    before = stamps()
    RelatedCase.objects.create(case=case, other=other, rank=1, score=1, reason="同一产品")
    after = stamps()
    assert [after[key] == before[key] for key in (case.pk, other.pk, third.pk)] == [False, False, True]


def test_only_what_readers_see_has_a_stamp(case):
    later = make_case(published_at=timezone.now() + timedelta(hours=1))
    draft = make_case(status="draft", published_at=None)
    assert stamps().keys().isdisjoint({later.pk, draft.pk})
    key, before = case.pk, stamps()
    Case.objects.filter(pk=key).update(status="archived")
    assert stamps() == {}
    Case.objects.filter(pk=key).update(status="published")
    assert stamps()[key] not in before.values()
    Case.objects.filter(pk=key).delete()
    assert not module.CaseStamp.objects.filter(case_id=key).exists()


def test_stamps_of_an_emptied_database_are_new(case):
    before = stamps()
    module.ContentVersion.objects.all().delete()
    assert stamps()[case.pk] != before[case.pk]


def test_stamps_are_one_query(case, django_assert_num_queries):
    read_stamps([case.pk])
    with django_assert_num_queries(1):
        assert read_stamps([case.pk, 0]).keys() == {case.pk}
