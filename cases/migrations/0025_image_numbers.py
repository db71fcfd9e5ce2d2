"""Numbers of images, by which places in a text name them: the order they have now, in what versions hold, too."""

from django.db import migrations, models
from django.db.models import F


def number(apps, schema_editor):
    apps.get_model("cases", "CaseImage").objects.update(number=F("order"))
    versions = apps.get_model("cases", "Version").objects.filter(kind="case", data__images__0__isnull=False)
    for version in versions.iterator(chunk_size=100):
        for image in version.data["images"]:
            image.setdefault("number", image.get("order", 0))
        version.save(update_fields=["data"])


class Migration(migrations.Migration):
    dependencies = [("cases", "0024_steps")]

    operations = [
        migrations.AddField(
            model_name="caseimage",
            name="number",
            field=models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="编号"),
        ),
        migrations.RunPython(number, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="caseimage",
            constraint=models.UniqueConstraint(fields=("case", "number"), name="image_unique_number"),
        ),
    ]
