from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0014_content_permissions")]

    operations = [
        migrations.AddField(
            "collection",
            "place",
            models.CharField(blank=True, help_text="编印单位所在的城市，引文里要写。", max_length=40, verbose_name="出版地"),
        ),
    ]
