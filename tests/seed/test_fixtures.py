"""The collections that come with the project."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from cases.models import Case, Collection, Institution, SeedRecord, Term
from cases.seed.seeding import FIRST_FILES, LAST_FILES, fixture_files

ROOT = Path(__file__).resolve().parents[2] / "fixtures"
CASE_FILES = [path for path in fixture_files(ROOT) if path.name not in (*FIRST_FILES, *LAST_FILES)]
COUNTS = [10, 7, 8, 8, 5, 6, 6, 5, 5, 2, 3]

pytestmark = pytest.mark.django_db


def test_home_shows_the_chapters_with_their_counts(client, seeded):
    chapters = client.get("/").context["chapters"]
    assert [chapter.case_count for chapter in chapters] == COUNTS
    assert [chapter.number for chapter in chapters] == list(range(1, 12))


def test_codes_are_those_of_the_book_and_every_case_has_its_page(client, seeded):
    codes = [
        f"sz2020-{chapter:02d}{order:02d}" for chapter, count in enumerate(COUNTS, 1) for order in range(1, count + 1)
    ]
    assert (
        list(Case.objects.published().filter(collection__slug="sz2020").order_by("code").values_list("code", flat=True))
        == codes
    )
    for code in codes:
        assert client.get(f"/cases/{code}/").status_code == 200


def test_twenty_nine_institutions_hand_in_the_book(seeded):
    assert Institution.objects.filter(cases__collection__slug="sz2020").distinct().count() == 29


def test_all_six_collections_are_there(seeded):
    assert set(Collection.objects.values_list("slug", flat=True)) == {
        "sz2020",
        "ccb2023",
        "fs2024",
        "ccb2021",
        "gz2021",
        "zj2024",
    }


def test_every_case_can_be_read_and_found(seeded):
    for case in Case.objects.published().prefetch_related("terms", "figures"):
        assert case.summary, case.code
        assert case.terms.all(), case.code


@pytest.mark.parametrize("path", CASE_FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_file_loads_alone_after_the_reference_data(path):
    call_command(
        "loaddata",
        *[str(ROOT / name) for name in FIRST_FILES],
        verbosity=0,
    )
    call_command("loaddata", str(path), verbosity=0)
    assert Case.objects.count() == len(
        re.findall(r"^- model: cases.case$", path.read_text(encoding="utf-8"), re.MULTILINE)
    )


@pytest.mark.slow
def test_loading_takes_a_few_queries_for_each_object(db):
    queries = []
    with connection.execute_wrapper(lambda execute, *args: queries.append(args[0][:9]) or execute(*args)):
        call_command("seed", verbosity=0)
    assert len(queries) / SeedRecord.objects.count() < 9


def test_untouched_collections_are_never_taken_for_edited(seeded, capsys):
    SeedRecord.objects.filter(model="file").delete()
    call_command("seed", update=True)
    said = capsys.readouterr().out
    assert "未变" in said
    assert "修改" not in said
    assert "更新" not in said


def test_terms_say_what_they_mean_and_browsing_facets_stay_short(seeded):
    for facet in ("audience", "need", "instrument"):
        assert 8 <= Term.objects.filter(facet=facet).count() <= 21
    assert Term.objects.filter(facet="priority").count() == 5
    assert list(Term.objects.filter(description="")) == []
