"""Readers who follow a list by mail."""

from calendar import monthrange
from datetime import date, timedelta

from django.db import models
from django.utils import timezone

QUERY_MAX = 1500  # with the address it must fit into one entry of an index of PostgreSQL


class Frequency(models.TextChoices):
    DAILY = "daily", "每天"
    WEEKLY = "weekly", "每周"
    MONTHLY = "monthly", "每月"

    def after(self, day: date) -> date:
        """The day of the digest after one on ``day``; of a month, its same day or its last."""
        if self != Frequency.MONTHLY:
            return day + timedelta(days=1 if self == Frequency.DAILY else 7)
        year, month = divmod(12 * day.year + day.month, 12)
        return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


class Follower(models.Model):
    """An address that said yes, twice, to mail about one list: gone, address and all, when its reader leaves.

    ``query`` is the list's canonical query string. Digests tell of cases that came out after ``told_until``; the next
    is due on the day ``due_on``.
    """

    address = models.EmailField("邮箱")
    query = models.CharField("条件", max_length=QUERY_MAX, blank=True)
    frequency = models.CharField("多久一封", max_length=8, choices=Frequency.choices, default=Frequency.WEEKLY)
    told_until = models.DateTimeField("讲到", default=timezone.now)
    due_on = models.DateField("下一封", db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = "邮件订阅"
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=("address", "query"), name="follower_once_per_list")]

    def __str__(self) -> str:
        return f"{self.get_frequency_display()} {self.query}"
