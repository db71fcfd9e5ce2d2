"""What the search promises on real queries: as good as written down, and the same on both engines.

``first_five.tsv`` is made on SQLite by ``python -m tests.bench.search_quality --golden``.
"""

import pytest
from django.db import connection

from cases.models import Case
from cases.search.results import search
from tests.bench.search_quality import GOLDEN, SETS, SHOWN, every_query, measures, ranks, read

pytestmark = pytest.mark.django_db  # else the file run by itself finds no tables
NEEDS_POSTGRES = "compares PostgreSQL with SQLite: set DATABASE_URL to a PostgreSQL database"


@pytest.fixture(scope="module")
def found(_seeded_database, django_db_blocker) -> dict[str, list[str]]:
    """The real collections searched once for all tests below."""
    with django_db_blocker.unblock():
        codes = dict(Case.objects.values_list("pk", "code"))
        answers = {}
        for query in every_query():
            hits = search(query)
            answers[query] = [codes[key] for key in hits.page(hits.keys, 0, SHOWN)]
    return answers


@pytest.fixture(scope="module")
def golden() -> dict[str, list[str]]:
    rows = (line.split("\t") for line in GOLDEN.read_text(encoding="utf-8").splitlines()[1:])
    return {query: codes.split() for query, codes in rows}


def test_golden_file_has_every_query_and_no_other(golden):
    assert list(golden) == every_query()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the golden file is made on SQLite")
def test_golden_file_is_current(found, golden):
    assert {query: codes[:5] for query, codes in found.items()} == golden


@pytest.mark.skipif(connection.vendor != "postgresql", reason=NEEDS_POSTGRES)
def test_both_engines_give_the_same_first_five(found, golden):
    same = sum(found[query][:5] == codes for query, codes in golden.items())
    assert same / len(golden) >= 0.95


@pytest.mark.parametrize(
    ("name", "least_mrr", "least_in_five"),
    [("tuned", 0.96, 0.98), ("hold-out", 0.95, 0.98), ("paraphrased", 0.84, 0.92)],
)
def test_the_right_case_is_found_at_the_top(found, name, least_mrr, least_in_five):
    mrr, _, _, in_five = measures(ranks(read(SETS[name]), found))
    assert (mrr >= least_mrr, in_five >= least_in_five) == (True, True)
