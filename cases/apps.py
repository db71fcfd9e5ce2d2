from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "cases"
    verbose_name = "案例库"
    default_auto_field = "django.db.models.BigAutoField"
