"""One index, many readers and writers: undone writes, threads, processes, and time passing."""

import os
import subprocess
import sys
from datetime import timedelta
from secrets import token_hex
from threading import Thread
from unittest import mock

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import ProtectedError
from django.http import QueryDict
from django.utils import timezone
from pyroaring import BitMap

from cases.editing.edit import delete_cases
from cases.editing.vocabulary import delete_vocabulary
from cases.editing.workflow import archive_case
from cases.models import Case, Institution, SearchDocument, SearchState
from cases.public.filters import CaseFilter
from cases.public.listing import build_facets
from cases.search import matching, names
from cases.search.bitmaps import IndexState, current, read_bitmaps
from cases.search.checking import check_index
from cases.search.index import index_cases
from cases.search.results import search
from tests.bench.databases import database
from tests.factories import index_all, make_case, make_institution, make_term, save_case, save_vocabulary

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    case = make_case(title="绿色票据", terms=(make_term("need", name="长租公寓"),))
    index_all()
    return case


def found(text: str) -> list[int]:
    return list(search(text).keys)


def labels(facet: str) -> list[str]:
    case_filter = CaseFilter(QueryDict("q=绿色票据"))
    groups = {group.name: group for group in build_facets(case_filter, "/cases/")}
    return [value.label for value in groups[facet].values] if facet in groups else []


def undone(action) -> None:
    """Run ``action`` and look at what it did, then take it back."""
    with transaction.atomic():
        action()
        found("绿色票据")
        labels("need")
        transaction.set_rollback(True)


def test_undone_change_of_status_leaves_the_bitmaps_of_the_process_right(case):
    undone(lambda: archive_case(case=case, user=None))
    assert found("绿色票据") == [case.pk]
    assert case.pk in current().visible()
    assert check_index() == {}


def test_undone_new_case_is_gone_from_every_bitmap(case):
    undone(lambda: save_case(case=Case(title="绿色票据", code="x", status="published", published_at=case.published_at,
                                       collection=case.collection, category=case.category,
                                       institution=case.institution), user=None))  # fmt: skip
    assert found("绿色票据") == [case.pk]
    assert all(members <= BitMap([case.pk]) for members in current().facet_bitmaps.values())
    assert check_index() == {}


def test_undone_name_is_no_longer_known(case):
    term = case.terms.get()
    term.name = "珠江口公寓"
    undone(lambda: save_vocabulary(item=term, user=None))
    assert labels("need") == ["长租公寓"]
    assert (found("“珠江口公寓”"), found("“长租公寓”")) == ([], [case.pk])


def test_renamed_and_deleted_terms_change_the_offered_filters_at_once(case):
    term = case.terms.get()
    term.name = "珠江口公寓"
    save_vocabulary(item=term, user=None)
    assert labels("need") == ["珠江口公寓"]
    delete_vocabulary(item=term, user=None)
    assert labels("need") == []


def test_words_of_new_titles_leave_the_segmenter_alone(case):
    before = names.segmenter(current().names_stamp)
    case.title = "绿色票据火箭发动机"
    save_case(case=case, user=None)
    assert names.segmenter(current().names_stamp) is before
    assert found("火箭发动机") == [case.pk]


def test_text_alone_leaves_the_bitmaps_alone(case):
    before = current()
    case.background = "水电站"
    save_case(case=case, user=None)
    assert current().stamp != before.stamp
    assert current().facet_bitmaps == before.facet_bitmaps
    assert found("水电站") == [case.pk]


def test_institution_that_cases_need_keeps_its_names(case):
    with pytest.raises((ProtectedError, ValidationError)), transaction.atomic():
        delete_vocabulary(item=case.institution, user=None)
    assert found(case.institution.short_name) == [case.pk]


def test_cases_of_a_merged_institution_are_found_by_the_other_name(case):
    old, new = case.institution, make_institution(name="珠江口银行", short_name="珠江口银行")
    save_vocabulary(item=new, user=None)
    for moved in Case.objects.filter(institution=old):
        moved.institution = new
        save_case(case=moved, user=None)
    delete_vocabulary(item=Institution.objects.get(pk=old.pk), user=None)
    assert (found("“珠江口银行”"), found(f"“{old.short_name}”")) == ([case.pk], [])
    assert search(f"机构:{old.short_name}").unknown == [f"机构:{old.short_name}"]
    assert check_index() == {}


def test_scheduled_case_appears_when_its_time_comes_without_a_write():
    later = timezone.now() + timedelta(hours=1)
    case = make_case(title="绿色票据", published_at=later)
    index_all()
    before = current()
    assert found("绿色票据") == []
    with mock.patch("django.utils.timezone.now", return_value=later + timedelta(seconds=1)):
        assert found("绿色票据") == [case.pk]
        assert [shown.pk for shown in CaseFilter(QueryDict("q=绿色票据")).qs[:]] == [case.pk]
    assert current() is before


def test_what_was_looked_up_is_bounded_and_forgotten_with_the_next_write(case, monkeypatch):
    monkeypatch.setattr(matching, "MAX_LOOKUPS", 10)
    for n in range(30):
        search(f"词语{n}号")
    assert 0 < len(current().lookups) <= 10
    save_case(case=case, user=None)
    case.background = "水电站"
    save_case(case=case, user=None)
    assert current().lookups == {}


def test_threads_may_forget_what_another_is_reading(monkeypatch):
    """Every thread clears the memo all the time; no look-up may fail for it."""
    monkeypatch.setattr(matching, "MAX_LOOKUPS", 1)
    state = IndexState()
    engine = mock.Mock(ids=lambda scope, tokens, prefix: BitMap([1]))
    monkeypatch.setitem(matching.ENGINES, connection.vendor, engine)
    failed = []

    def look_up(thread: int) -> None:
        try:
            for n in range(2000):
                matching.lookup(state, "body", (f"{thread}{n % 3}",))
        except KeyError as error:
            failed.append(error)

    threads = [Thread(target=look_up, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


@pytest.mark.django_db(transaction=True)
def test_bitmaps_brought_up_to_date_are_those_of_the_tables(django_assert_max_num_queries):
    cases = [make_case(terms=(make_term(),)) for _ in range(6)]
    index_all()
    first = current()
    for change in (
        lambda: archive_case(case=cases[0], user=None),
        lambda: delete_cases(cases=[cases[1]], user=None),
        lambda: cases[2].terms.set([make_term("keyword")]) or index_cases([cases[2].pk]),
        lambda: index_cases([make_case().pk]),
        lambda: make_case() and SearchState.objects.update(stamp=token_hex(8)),  # a case the index does not know
        lambda: (delete_cases(cases=[cases[3]], user=None), index_cases([make_case().pk])),
    ):
        change()
        with django_assert_max_num_queries(6):
            state = current()
        assert {key: found for key, found in state.facet_bitmaps.items() if found} == read_bitmaps()
    assert (state.epoch, state.generation > first.generation) == (first.epoch, True)


@pytest.mark.django_db(transaction=True)
def test_generation_given_twice_after_a_rollback_is_two_states():
    case, other = make_case(), make_case()
    index_all()
    before = current()
    undone(lambda: archive_case(case=case, user=None))
    archive_case(case=other, user=None)
    assert current().generation == before.generation + 1
    assert set(current().visible()) == {case.pk}


@pytest.mark.django_db(transaction=True)
def test_state_seen_in_a_transaction_is_seen_by_no_other_thread_before_it_is_committed():
    case = make_case()
    index_all()
    current()
    seen: list[BitMap] = []

    def look() -> None:
        seen.append(current().visible())
        connection.close()

    with transaction.atomic():
        archive_case(case=case, user=None)
        assert not current().visible()
        reader = Thread(target=look)
        reader.start()
        reader.join()
    assert seen == [BitMap([case.pk])]
    assert not current().visible()


@pytest.mark.django_db(transaction=True)
def test_restored_database_is_read_anew_whatever_its_generation(monkeypatch):
    case = make_case()
    index_all()
    state = current()
    Case.objects.filter(pk=case.pk).update(status="archived")  # as a restore writes: rows alone, the index emptied
    SearchDocument.objects.all().delete()
    SearchState.objects.all().delete()
    assert not current().visible()
    index_all()
    SearchState.objects.update(generation=state.generation + 5)
    assert not current().visible()


def test_without_an_index_the_tables_are_read_every_time():
    case = make_case()
    assert list(current().visible()) == [case.pk]
    assert make_case().pk in current().visible()
    assert current() != IndexState()


WRITER = """
import django
django.setup()
import sys
from django.db import transaction
from cases.models import Case
from cases.search.index import index_cases
from cases.search.results import search
for n in range(8):
    for key in Case.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            status = "published" if n % 2 else "archived"
            Case.objects.filter(pk=key).update(title=f"绿色票据{sys.argv[1]}{n}", status=status)
            index_cases([key])
        search("绿色票据")
"""
MAKER = """
import django
django.setup()
from django.core.management import call_command
from tests.factories import index_all, make_case
call_command("migrate", verbosity=0)
for n in range(6):
    make_case(title="绿色票据")
index_all()
"""
CHECKER = """
import django
django.setup()
from cases.models import Case
from cases.search.bitmaps import IndexState, current, read_bitmaps
from cases.search.checking import check_index
from cases.search.results import search
assert check_index() == {}, check_index()
assert set(search("绿色票据").keys) == set(Case.objects.published().values_list("pk", flat=True))
"""


@pytest.mark.slow
def test_two_processes_writing_the_same_cases_leave_the_index_right():
    with database(connection.vendor) as url:
        environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings", "REDIS_URL": ""}

        def start(script: str, *arguments: str) -> subprocess.Popen:
            return subprocess.Popen([sys.executable, "-c", script, *arguments], env=environment)

        assert start(MAKER).wait(timeout=1200) == 0
        writers = [start(WRITER, name) for name in ("甲", "乙")]
        assert [writer.wait(timeout=1200) for writer in writers] == [0, 0]
        assert start(CHECKER).wait(timeout=1200) == 0
