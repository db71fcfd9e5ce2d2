import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.core.management import call_command


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


@pytest.fixture
def staff_client(client, db):
    """A client logged in as a member of staff with every permission."""
    user = get_user_model().objects.create_superuser("staff", password="not-a-secret")
    client.force_login(user)
    return client


@pytest.fixture
def seeded(db):
    """The real collections, as ``make run`` loads them."""
    call_command("seed", verbosity=0)
