"""Sheets that staff handed in and have not agreed to yet."""

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

LIFETIME = timedelta(days=1)


class SheetImportQuerySet(models.QuerySet):
    def of(self, user) -> Self:
        """What ``user`` handed in and may still confirm: nobody sees another's."""
        return self.filter(user=user.pk, created_at__gt=timezone.now() - LIFETIME)

    def expired(self) -> Self:
        return self.filter(created_at__lte=timezone.now() - LIFETIME)


class SheetImport(models.Model):
    """A file read, waiting for the person who handed it in to say yes; gone after ``LIFETIME``.

    ``data`` is what ``SheetFile.as_json`` gives: the rows, never the file itself.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    filename = models.CharField("文件名", max_length=200)
    data = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = SheetImportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "待确认的表格"
        default_permissions = ()

    def __str__(self) -> str:
        return self.filename
