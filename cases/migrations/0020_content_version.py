"""The row that the triggers of ``cases.models.content_version`` write; they come with every ``migrate``, not with one migration."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0019_case_changed")]

    operations = [
        migrations.CreateModel(
            "ContentVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stamp", models.CharField(max_length=32)),
                ("changed_at", models.PositiveBigIntegerField()),
            ],
            options={"verbose_name": "内容版本", "verbose_name_plural": "内容版本"},
        ),
    ]
