"""Real Chromium against the real collections."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from functools import partial

import pytest
from django.core.management import call_command
from django.db import connection
from playwright.sync_api import BrowserContext, expect, sync_playwright

# Playwright's sync API runs an event loop in this thread; Django's ORM is still called synchronously.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
PASSWORD = "not-a-secret-9"
# Milliseconds for anything a page is waited for: a busy machine makes tests slow, never red.
PATIENCE = 180_000
expect.set_options(timeout=PATIENCE)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


def pytest_collection_modifyitems(items):
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium():
    if not CHROMIUM:
        reason = "Chromium is not installed (apt-get install chromium)"
        if os.environ.get("PORTAL_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS, timeout=PATIENCE)
        browser.new_context = partial(patient_context, browser.new_context)
        yield browser
        browser.close()


def patient_context(new_context: Callable[..., BrowserContext], **options) -> BrowserContext:
    """Open a context whose pages are waited for as long as ``PATIENCE``."""
    context = new_context(**options)
    context.set_default_timeout(PATIENCE)
    return context


@pytest.fixture(scope="session")
def collections_kept():
    """The database as seeding left it, from the first test that seeded on (SQLite alone)."""
    kept = sqlite3.connect(":memory:", check_same_thread=False)
    yield kept
    kept.close()


@pytest.fixture
def site(transactional_db, live_server, collections_kept):
    """The address of a server with the real collections: seeded once, then copied back, a tenth of the time."""
    if connection.vendor != "sqlite":
        call_command("seed", verbosity=0)
        return live_server.url
    connection.ensure_connection()
    if collections_kept.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        collections_kept.backup(connection.connection)
    else:
        call_command("seed", verbosity=0)
        connection.connection.backup(collections_kept)
    return live_server.url


@pytest.fixture
def page(chromium):
    """A page that fails the test on any console error, policy violation or script error."""
    context = chromium.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    complaints = []
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert [text for text in complaints if "status of 40" not in text] == []


@pytest.fixture
def desk(chromium, transactional_db, live_server):
    """``desk(user)``: the first page of the staff desk in a browser of that user's own. See ``PASSWORD``."""
    contexts = []

    def log_in(user):
        context = chromium.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})
        contexts.append(context)
        opened = context.new_page()
        opened.goto(f"{live_server.url}/admin/")
        opened.fill("#id_username", user.username)
        opened.fill("#id_password", PASSWORD)
        opened.click("input[type=submit]")
        return opened

    yield log_in
    for context in contexts:
        context.close()
