"""Settings under test: the real ones, with a fast hasher and files in a folder that goes away."""

import os
import tempfile

os.environ.setdefault("DJANGO_SECRET_KEY", "tests-only-not-a-secret")
os.environ["DJANGO_HTTPS"] = "0"

from portal.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MEDIA_ROOT = tempfile.mkdtemp(prefix="portal-media-")
TAKEAWAY_DIR = Path(tempfile.mkdtemp(prefix="portal-takeaway-"))  # noqa: F405
FILE_UPLOAD_TEMP_DIR = tempfile.mkdtemp(prefix="portal-uploads-")
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":  # noqa: F405
    # A file, not memory: the server of the browser tests answers in threads, and SQLite in memory would have them share
    # one connection, whose statements then break each other ("another row available"). Nothing here outlives the run.
    DATABASES["default"]["TEST"] = {"NAME": os.path.join(tempfile.mkdtemp(prefix="portal-db-"), "test.sqlite3")}  # noqa: F405
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"  # noqa: F405
else:
    DATABASES["default"]["OPTIONS"]["connect_timeout"] = 60  # noqa: F405 -- a busy machine makes tests slow, never red
PAGE_RATE = ""  # tests of limits set one
PORTAL_SOFFICE = ""  # tests of conversion name one
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True

if REDIS_URL:  # noqa: F405
    # Each worker clears its own Redis database, not its neighbour's.
    base, _, number = REDIS_URL.rpartition("/")  # noqa: F405
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    for cache in CACHES.values():  # noqa: F405
        cache["LOCATION"] = f"{base}/{int(number) - worker}"
        cache["OPTIONS"] = {"socket_timeout": 60, "socket_connect_timeout": 60}
