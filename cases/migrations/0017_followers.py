"""Readers who follow a list by mail."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0016_proposal'),
    ]

    operations = [
        migrations.CreateModel(
            name='Follower',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.EmailField(max_length=254, verbose_name='邮箱')),
                ('query', models.CharField(blank=True, max_length=1500, verbose_name='条件')),
                ('frequency', models.CharField(choices=[('daily', '每天'), ('weekly', '每周'), ('monthly', '每月')], default='weekly', max_length=8, verbose_name='多久一封')),
                ('told_until', models.DateTimeField(default=django.utils.timezone.now, verbose_name='讲到')),
                ('due_on', models.DateField(db_index=True, verbose_name='下一封')),
            ],
            options={
                'verbose_name': '邮件订阅',
                'verbose_name_plural': '邮件订阅',
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('address', 'query'), name='follower_once_per_list')],
            },
        ),
    ]
