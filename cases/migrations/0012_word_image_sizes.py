"""Images of waiting Word files are kept encoded anew, in every size."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0011_search_generation")]

    operations = [
        migrations.AddField("wordpicture", "sizes", models.JSONField("各种尺寸", default=list)),
    ]
