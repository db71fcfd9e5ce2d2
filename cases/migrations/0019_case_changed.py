"""An index that says, without reading texts, when the cases of a category, institution or collection last changed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0018_comments")]

    operations = [
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["status", "updated_at", "published_at", "category", "institution", "collection"],
                name="case_changed",
            ),
        ),
    ]
