"""Texts in other languages, and what the groups of staff may do with them."""

from django.contrib.auth.management import create_permissions
from django.db import migrations, models

GROUPS = {
    "编辑": ("view_translation",),
    "审核": ("view_translation",),
    "管理员": tuple(f"{action}_translation" for action in ("view", "add", "change", "delete")),
}


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
    dependencies = [("cases", "0021_verification"), ("auth", "0012_alter_user_first_name_max_length")]

    operations = [
        migrations.CreateModel(
            "Translation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(max_length=10, verbose_name="语言")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("case", "案例"),
                            ("institution", "机构"),
                            ("category", "章节主题"),
                            ("collection", "案例集"),
                            ("term", "标签"),
                            ("glossaryentry", "词条"),
                        ],
                        max_length=20,
                        verbose_name="类别",
                    ),
                ),
                (
                    "key",
                    models.CharField(
                        help_text="案例编号、网址名；标签写成 need/no-collateral。",
                        max_length=120,
                        verbose_name="编号或网址名",
                    ),
                ),
                ("texts", models.JSONField(blank=True, default=dict, verbose_name="译文")),
                ("sources", models.JSONField(blank=True, default=dict, editable=False, verbose_name="译自")),
            ],
            options={
                "verbose_name": "译文",
                "verbose_name_plural": "译文",
                "ordering": ("language", "kind", "key"),
                "constraints": [
                    models.UniqueConstraint(fields=("language", "kind", "key"), name="translation_once"),
                ],
            },
        ),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
