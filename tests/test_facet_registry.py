"""One more facet in the registry, nothing else edited: everything that knows facets follows."""

import os
import subprocess
import sys

import pytest

from tests.bench.databases import database

SCRIPT = """
import importlib.util, sys
from pathlib import Path

# The registry as an editor of its file would leave it: one more entry before anything reads it.
spec = importlib.util.spec_from_file_location("cases.models.facets", Path("cases/models/facets.py").resolve())
facets = sys.modules["cases.models.facets"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(facets)
facets.FACETS["channel"] = facets.Facet("channel", "办理渠道", weight=9, reason="都走", sheet_help="办理的渠道。")

import django
django.setup()
from django.core.management import call_command
from django.db import connection
call_command("migrate", verbosity=0)
with connection.cursor() as cursor:
    cursor.execute("PRAGMA ignore_check_constraints = ON")  # the migration of the choices, which a real facet has

from django.test import Client
from django.test.utils import setup_test_environment
from cases.editing.content_checks import check_case
from cases.models import Case, RelatedCase
from cases.sheets.layout import CASES
from cases.sheets.lookup import Lookup
from tests.factories import index_all, make_case, make_term

online = make_term("channel", name="线上办理", slug="online")
one, two, other = make_case(terms=(online,)), make_case(terms=(online,)), make_case()
index_all()
setup_test_environment()
client = Client(headers={"host": "127.0.0.1"})

listing = client.get("/cases/?channel=online").context["listing"]
assert {card.pk for card in listing.page} == {one.pk, two.pk}
group = next(group for group in client.get("/cases/").context["listing"].facets if group.name == "channel")
assert (group.label, [(value.slug, value.count) for value in group.values]) == ("办理渠道", [("online", 2)])
assert client.get("/cases/?channel=nowhere").status_code == 400

assert client.get("/api/v1/cases/?channel=online").json()["count"] == 2
assert client.get("/api/v1/cases/?channel=nowhere").status_code == 400
assert "channel" in client.get("/api/v1/schema/").content.decode()
assert "channel" in {term["facet"] for term in client.get("/api/v1/terms/").json()["results"]}
assert "线上办理" in client.get("/feeds/cases.atom?channel=online").content.decode()

assert ("办理渠道", ["线上办理"]) in [(label, [term.name for term in terms])
    for label, terms in client.get(f"/cases/{one.code}/").context["term_groups"]]
assert "都走线上办理" in RelatedCase.objects.get(case=one, other=two).reason
assert "办理渠道" in client.get("/suggest/?q=线上").content.decode()

column = next(column for column in CASES.columns if column.name == "channel")
assert (column.heading, column.help) == ("办理渠道", "办理的渠道。")
assert "channel" in Lookup().names
asked = ["办理渠道" in "".join(check_case(case)) for case in (other, one)]
assert asked == [True, False]
print("followed")
"""


@pytest.mark.slow
def test_everything_follows_one_more_facet():
    with database("sqlite") as url:
        environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings", "REDIS_URL": ""}
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=False
        )
    assert done.stdout.endswith("followed\n"), done.stderr
