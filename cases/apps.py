from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class CasesConfig(AppConfig):
    name = "cases"
    verbose_name = "案例库"
    default = True


class StaffDeskConfig(admin_apps.AdminConfig):
    """Django's admin with the staff desk's first page."""

    default = False
    default_site = "cases.desk.site.StaffDesk"
