from django.apps import AppConfig
from django.conf import settings
from django.db.backends.signals import connection_created

from portal.observing import watch_queries


class PortalConfig(AppConfig):
    """The project itself: its commands, and its eyes on the database."""

    name = "portal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        if settings.SLOW_QUERY_MS:
            connection_created.connect(watch_queries)
