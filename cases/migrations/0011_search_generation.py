import secrets

from django.db import migrations, models


def begin_epoch(apps, schema_editor):
    apps.get_model("cases", "SearchState").objects.update(epoch=secrets.token_hex(8), stamp=secrets.token_hex(8))


class Migration(migrations.Migration):
    """Bitmaps are built in memory from the tables: their rows go, and documents say when they were written."""

    dependencies = [("cases", "0010_term_other_names")]

    operations = [
        migrations.DeleteModel("SearchSet"),
        migrations.RemoveField("searchstate", "sets_stamp"),
        migrations.AddField("searchstate", "generation", models.PositiveBigIntegerField(default=0)),
        migrations.AddField("searchstate", "epoch", models.CharField(default="", max_length=16)),
        migrations.RenameField("searchdocument", "sets", "bitmap_keys"),
        migrations.AddField(
            "searchdocument", "generation", models.PositiveBigIntegerField(db_index=True, default=0)
        ),
        migrations.RunPython(begin_epoch, migrations.RunPython.noop),
    ]
