"""The three groups of staff, with exactly the permissions they need."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

PARTS = ("keyfigure", "caseimage")
VOCABULARY = ("collection", "chapter", "category", "institution", "term")


def every(actions, models):
    return {f"{action}_{model}" for action in actions for model in models}


EDITOR = every(("view",), ("case", *PARTS, *VOCABULARY)) | {"add_case", "change_case"} | every(("add", "change", "delete"), PARTS)
REVIEWER = EDITOR | {"publish_case"}
MANAGER = (
    REVIEWER
    | {"delete_case"}
    | every(("add", "change", "delete"), VOCABULARY)
    | {"view_user", "add_user", "change_user", "view_group"}
)
GROUPS = {"编辑": EDITOR, "审核": REVIEWER, "管理员": MANAGER}


def make_groups(apps, schema_editor):
    using = schema_editor.connection.alias
    for label in ("cases", "auth"):  # permissions are made after the last migration, too late for this one
        config = apps.get_app_config(label)
        present, config.models_module = getattr(config, "models_module", None), True
        create_permissions(config, apps=apps, verbosity=0, using=using)
        config.models_module = present
    permission = apps.get_model("auth", "Permission").objects.using(using)
    for name, codenames in GROUPS.items():
        group, _ = apps.get_model("auth", "Group").objects.using(using).get_or_create(name=name)
        found = permission.filter(content_type__app_label__in=("cases", "auth"), codename__in=codenames)
        missing = codenames - set(found.values_list("codename", flat=True))
        if missing:
            raise RuntimeError(f"no such permissions: {sorted(missing)}")
        group.permissions.add(*found)


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0003_workflow"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    # Going back leaves the groups: people are in them.
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
