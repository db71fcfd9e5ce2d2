"""What the groups of staff may do with the rows of a case, and with products, documents and the glossary."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

ROWS = ("highlight", "advice", "editornote", "offer", "caselink")
REFERENCE = ("product", "document", "glossaryentry")
ACTIONS = ("view", "add", "change", "delete")
EDITOR = {f"{action}_{row}" for action in ACTIONS for row in ROWS} | {f"view_{model}" for model in REFERENCE}
MANAGER = EDITOR | {f"{action}_{model}" for action in ACTIONS for model in REFERENCE}
GROUPS = {"编辑": EDITOR, "审核": EDITOR, "管理员": MANAGER}


def grant(apps, schema_editor):
    using = schema_editor.connection.alias
    config = apps.get_app_config("cases")
    # Permissions are made after the last migration, too late for this one.
    present, config.models_module = getattr(config, "models_module", None), True
    create_permissions(config, apps=apps, verbosity=0, using=using)
    config.models_module = present
    permissions = apps.get_model("auth", "Permission").objects.using(using).filter(content_type__app_label="cases")
    for name, codenames in GROUPS.items():
        group, _ = apps.get_model("auth", "Group").objects.using(using).get_or_create(name=name)
        group.permissions.add(*permissions.filter(codename__in=codenames))


class Migration(migrations.Migration):
    dependencies = [("cases", "0013_search_rows"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
