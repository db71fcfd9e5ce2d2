"""Cases that members handed in as Word files: what came, what became of it, and what still waits for a person."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from cases.models.base import person_name


class WordUpload(models.Model):
    """One upload of one or many files.

    ``lines`` holds a dictionary for each file, in the order they came: ``filename``, ``outcome`` (an ``Outcome`` of
    cases.word.files), ``message``, ``word_import`` (primary key or None).
    """

    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="上传的人", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    uploaded_at = models.DateTimeField("上传时间", default=timezone.now, editable=False)
    lines = models.JSONField("各个文件", default=list, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "一次上传"
        ordering = ("-uploaded_at",)
        default_permissions = ()

    def __str__(self) -> str:
        return f"{timezone.localtime(self.uploaded_at):%Y-%m-%d %H:%M} 上传的 {len(self.lines)} 个文件"


class WordImportOutcome(models.TextChoices):
    DRAFT = "draft", "已建草稿"
    PENDING = "pending", "待补全"


class WordImportQuerySet(models.QuerySet):
    def for_report(self) -> Self:
        """Imports with the case and the people their report names."""
        return self.select_related("case", "uploaded_by", "upload", "collection")


class WordImport(models.Model):
    """One Word file that was read, known by the digest of its bytes; the file itself is not kept.

    ``notices``: ``{"level", "text"}`` each. ``figures``: candidates in the order of the text, each with ``taken``.
    ``parsed``: the text of the case, only while it waits for what the file did not say (outcome ``pending``).
    """

    digest = models.CharField("SHA-256", max_length=64, unique=True, editable=False)
    filename = models.CharField("文件名", max_length=200)
    title = models.CharField("题名", max_length=120, blank=True)
    upload = models.ForeignKey(
        WordUpload, verbose_name="同一次上传", null=True, on_delete=models.SET_NULL, related_name="imports"
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="导入的人", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    uploaded_at = models.DateTimeField("导入时间", default=timezone.now, editable=False)
    outcome = models.CharField("结果", max_length=10, choices=WordImportOutcome.choices)
    notices = models.JSONField("说明", default=list, blank=True)
    figures = models.JSONField("数据备选", default=list, blank=True)
    parsed = models.JSONField("读出的内容", default=dict, blank=True)
    collection = models.ForeignKey(
        "Collection", verbose_name="案例集", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    case = models.ForeignKey(
        "Case", verbose_name="草稿", null=True, blank=True, on_delete=models.SET_NULL, related_name="word_imports"
    )

    objects = WordImportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "案例来稿"
        ordering = ("-uploaded_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=WordImportOutcome.values), name="word_import_known_outcome"
            ),
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def is_pending(self) -> bool:
        return self.outcome == WordImportOutcome.PENDING

    @property
    def importer(self) -> str:
        """Who brought it in, by name."""
        return person_name(self.uploaded_by) or "命令行"


class WordPicture(models.Model):
    """An image of a file that waits to become a draft, encoded anew: ``sizes`` says what ``data`` holds, one behind the other.
    ``order`` is its number in the text, too.

    Rows from before there were sizes hold the file's own bytes.

    In the database, not in a folder: it comes and goes with its row, in the same transaction, and no address leads to it.
    """

    word_import = models.ForeignKey(WordImport, on_delete=models.CASCADE, related_name="pictures")
    order = models.PositiveSmallIntegerField(default=0)
    data = models.BinaryField()
    sizes = models.JSONField("各种尺寸", default=list)
    caption = models.CharField(max_length=160, blank=True)
    alt = models.CharField(max_length=160, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "来稿的图片"
        ordering = ("word_import", "order")
        default_permissions = ()

    def __str__(self) -> str:
        return self.caption or f"图片 {self.order}"
