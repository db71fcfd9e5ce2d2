from django.db import migrations, models
from django.db.models import F


def stamp_sets(apps, schema_editor):
    """Give the sets that are there a stamp, so that processes need not read them again with every write."""
    apps.get_model("cases", "SearchState").objects.update(sets_stamp=F("stamp"))


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_sheet_import")]

    operations = [
        migrations.AddField("searchstate", "sets_stamp", models.CharField(default="", max_length=16)),
        migrations.RunPython(stamp_sets, migrations.RunPython.noop),
    ]
