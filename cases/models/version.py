"""What a case (or an institution, term, category, collection) was after every write: who, when, why, and the whole of it."""

from typing import Self

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef


class VersionEvent(models.TextChoices):
    BASE = "base", "修改前的内容"
    CREATED = "created", "新建"
    CHANGED = "changed", "修改"
    SUBMITTED = "submitted", "送审"
    WITHDRAWN = "withdrawn", "撤回送审"
    RETURNED = "returned", "退回"
    PUBLISHED = "published", "发布"
    SCHEDULED = "scheduled", "定时发布"
    ARCHIVED = "archived", "归档"
    REOPENED = "reopened", "重新编辑"
    REVISED = "revised", "开修订稿"
    RESTORED = "restored", "恢复旧版本"
    DELETED = "deleted", "删除"


class VersionQuerySet(models.QuerySet):
    def of(self, item: models.Model) -> Self:
        """The versions of one object, newest first."""
        return self.filter(kind=item._meta.model_name, object_id=item.pk).order_by("-number")

    def deleted_cases(self) -> Self:
        """The last state of cases that are gone and whose code nobody has taken up again, latest first."""
        living = apps.get_model("cases", "Case").objects.filter(code=OuterRef("code"))
        gone = self.filter(kind="case", event=VersionEvent.DELETED).exclude(code="")
        return gone.exclude(Exists(living)).select_related("user").order_by("-made_at", "-pk")


class Version(models.Model):
    """One state of one object.

    ``kind`` is the model's name, ``data`` what ``cases.editing.serialization.serialize`` made of it. Rows outlive their object and
    the account of ``user``, whose name is kept.
    """

    kind = models.CharField(max_length=20)
    object_id = models.PositiveBigIntegerField()
    number = models.PositiveIntegerField("版本")
    code = models.CharField(max_length=60)
    label = models.CharField("对象", max_length=200)
    data = models.JSONField()
    event = models.CharField("动作", max_length=12, choices=VersionEvent.choices)
    comment = models.TextField("说明", blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="谁", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    user_name = models.CharField("谁", max_length=150, blank=True)
    made_at = models.DateTimeField("何时", auto_now_add=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "版本"
        ordering = ("kind", "object_id", "-number")
        constraints = [
            models.UniqueConstraint(fields=("kind", "object_id", "number"), name="version_unique_number"),
            models.CheckConstraint(condition=models.Q(event__in=VersionEvent.values), name="version_known_event"),
        ]
        indexes = [models.Index(fields=("kind", "event", "-made_at"), name="version_by_event")]

    def __str__(self) -> str:
        return f"{self.label} 第 {self.number} 版"
