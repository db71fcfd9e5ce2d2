from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.db.models.signals import post_migrate, pre_migrate


class CasesConfig(AppConfig):
    name = "cases"
    verbose_name = "案例库"
    default = True

    def ready(self) -> None:
        from cases.models import content_version  # noqa: PLC0415 -- models are loaded only now

        pre_migrate.connect(content_version.unwatch, sender=self)
        post_migrate.connect(content_version.watch, sender=self)


class StaffDeskConfig(admin_apps.AdminConfig):
    """Django's admin with the staff desk's first page."""

    default = False
    default_site = "cases.desk.site.StaffDesk"
