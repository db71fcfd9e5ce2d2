import hashlib
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from hypothesis import settings

# One profile for every property: what a test asserts may not depend on how busy the machine is.
settings.register_profile("portal", deadline=None)
settings.load_profile("portal")

# What the tables, their triggers and the rows that ``migrate`` writes are made from.
TABLES = ("requirements.txt", "portal/settings.py", "cases/migrations/*.py", "cases/models/*.py")


@pytest.fixture(scope="session")
def migrated_file(request) -> Path | None:
    """Where an SQLite database is kept from run to run as ``migrate`` leaves it; None on other engines."""
    cache = getattr(request.config, "cache", None)
    if connection.vendor != "sqlite" or cache is None:
        return None
    files = [path for pattern in TABLES for path in sorted(django_settings.BASE_DIR.glob(pattern))]
    state = hashlib.sha256(b"".join(path.name.encode() + path.read_bytes() for path in files)).hexdigest()
    return cache.mkdir("database") / f"{state[:20]}.sqlite3"


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb, django_db_modify_db_settings, migrated_file) -> bool:
    """Begin with the kept database, where it is of these tables: migrating an empty one takes seconds a worker."""
    if migrated_file is None or not migrated_file.exists():
        return django_db_keepdb
    shutil.copyfile(migrated_file, connection.settings_dict["TEST"]["NAME"])
    return True


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker, migrated_file):
    """Keep the database once it is migrated; on PostgreSQL empty it quickly."""
    if connection.vendor == "postgresql":
        connection.ops.sql_flush = partial(deletes, connection.ops.sql_flush)
    if migrated_file is None or migrated_file.exists():
        return
    for outdated in set(migrated_file.parent.glob("*.sqlite3")) - {migrated_file}:
        outdated.unlink(missing_ok=True)
    unfinished = migrated_file.with_suffix(f".{os.getpid()}")
    with django_db_blocker.unblock(), closing(sqlite3.connect(unfinished)) as copy:
        connection.ensure_connection()
        connection.connection.backup(copy)
    os.replace(unfinished, migrated_file)


def deletes(truncates: Callable[..., list[str]], style, tables: list[str], **options: bool) -> list[str]:
    """Empty ``tables`` after a test with transactions of its own: for few rows in a fiftieth of TRUNCATE's time."""
    if any(options.values()):  # numbers anew, or other tables too: not after tests
        return truncates(style, tables, **options)
    return [f"DELETE FROM {connection.ops.quote_name(table)}" for table in tables]  # noqa: S608 -- Django's names


@pytest.fixture(autouse=True)
def _empty_cache():
    for cache in caches.all(initialized_only=False):
        cache.clear()


@pytest.fixture
def staff_client(client, db):
    """A client logged in as a member of staff with every permission."""
    user = get_user_model().objects.create_superuser("staff", password="not-a-secret")
    client.force_login(user)
    return client


@pytest.fixture(scope="session")
def _seeded_database(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        call_command("seed", verbosity=0)


@pytest.fixture
def seeded(_seeded_database, db):
    """The real collections, as ``make run`` loads them: once for all tests that ask, each in its own transaction."""


def needs_collections(item) -> bool:
    return "_seeded_database" in getattr(item, "fixturenames", ())


def pytest_itemcollected(item):
    """Mark what ``make test-fast`` leaves out wherever it stands.

    That is the real collections, properties tried by chance, and all cases of a test but its first.
    """
    if needs_collections(item) or hasattr(getattr(item, "obj", None), "hypothesis"):
        item.add_marker("slow")
    if any(getattr(getattr(item, "callspec", None), "indices", {}).values()):
        item.add_marker("further")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Run the tests on the real collections last: what is loaded for them stays, and other tests begin empty."""
    items.sort(key=needs_collections)
