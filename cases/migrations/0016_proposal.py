"""What editors miss in the vocabulary: a table, and for every group of staff the right to see it and to ask."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.db import migrations, models


def grant(apps, schema_editor):
    using = schema_editor.connection.alias
    config = apps.get_app_config("cases")
    # Permissions are made after the last migration, too late for this one.
    present, config.models_module = getattr(config, "models_module", None), True
    create_permissions(config, apps=apps, verbosity=0, using=using)
    config.models_module = present
    permissions = apps.get_model("auth", "Permission").objects.using(using).filter(content_type__app_label="cases")
    for name in ("编辑", "审核", "管理员"):
        group, _ = apps.get_model("auth", "Group").objects.using(using).get_or_create(name=name)
        group.permissions.add(*permissions.filter(codename__in=("view_proposal", "add_proposal")))


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0015_collection_place'),
        ("auth", "0012_alter_user_first_name_max_length"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('keyword', '关键词'), ('product', '产品'), ('institution', '机构')], default='keyword', max_length=12, verbose_name='要加什么')),
                ('name', models.CharField(max_length=40, verbose_name='名称')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='为什么要加')),
                ('proposed_at', models.DateTimeField(auto_now_add=True, verbose_name='何时')),
                ('accepted', models.BooleanField(null=True, verbose_name='采纳')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='何时定的')),
                ('case', models.ForeignKey(blank=True, help_text='采纳以后就给这一篇加上（还是草稿的话）；产品记在这一篇的机构名下。', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='proposals', to='cases.case', verbose_name='为哪一篇')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁定的')),
                ('proposed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁提的')),
            ],
            options={
                'verbose_name': '提议',
                'verbose_name_plural': '提议',
                'ordering': ('-proposed_at', '-pk'),
                'constraints': [models.UniqueConstraint(condition=models.Q(('accepted', None)), fields=('kind', 'name'), name='proposal_waits_once')],
            },
        ),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
