from contextlib import suppress
from pathlib import Path

from django.apps import AppConfig
from django.conf import settings
from django.contrib import admin
from django.db.backends.signals import connection_created

from portal.observing import watch_queries


class PortalConfig(AppConfig):
    """The project itself: its commands, and its eyes on the database."""

    name = "portal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from portal.security import listen  # noqa: PLC0415 -- models are loaded only now

        listen()
        # Their tables are no desk's affair: staff set their second step up on a page of their own.
        from django_otp.plugins.otp_static.models import StaticDevice  # noqa: PLC0415
        from django_otp.plugins.otp_totp.models import TOTPDevice  # noqa: PLC0415

        admin.site.unregister([StaticDevice, TOTPDevice])
        connection_created.connect(keep_private)
        if settings.SLOW_QUERY_MS:
            connection_created.connect(watch_queries)


def keep_private(connection, **_: object) -> None:
    """Let nobody else on this machine read a database in a file: it holds passwords' hashes and sessions. The files that
    SQLite puts beside it take over its mode."""
    path = Path(str(connection.settings_dict["NAME"]))
    if connection.vendor == "sqlite" and path.is_file() and path.stat().st_mode & 0o077:
        with suppress(OSError):  # another user's, read only
            path.chmod(0o600)
