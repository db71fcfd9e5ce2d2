import pytest
from django.contrib.auth import get_user_model
from django.core.cache import caches
from django.core.management import call_command
from hypothesis import settings

# One profile for every property: what a test asserts may not depend on how busy the machine is.
settings.register_profile("portal", deadline=None)
settings.load_profile("portal")


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
    """Mark what ``make test-fast`` leaves out wherever it stands: the real collections, and properties tried by chance."""
    if needs_collections(item) or hasattr(getattr(item, "obj", None), "hypothesis"):
        item.add_marker("slow")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Run the tests on the real collections last: what is loaded for them stays, and other tests begin empty."""
    items.sort(key=needs_collections)
