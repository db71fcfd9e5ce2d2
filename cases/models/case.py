"""Cases and their key figures."""

from collections.abc import Iterable
from typing import Self

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from cases.models.base import BOOK, case_code, published_case
from cases.models.dates import YEAR_HELP, PrintedDateField, partial_dates

SUMMARY_MAX = 200
SECTION_MAX = 20_000


class CaseStatus(models.TextChoices):
    DRAFT = "draft", "草稿"
    IN_REVIEW = "in-review", "待审"
    PUBLISHED = "published", "已发布"
    ARCHIVED = "archived", "已归档"


class CaseQuerySet(models.QuerySet):
    def published(self) -> Self:
        """What the public may see; ``Case.is_published`` is its twin for one case."""
        return self.filter(published_case())

    def with_chapter_number(self) -> Self:
        """Annotate ``chapter_number``: the number of the case's chapter in its collection."""
        chapters = apps.get_model("cases", "Chapter").objects
        chapter = chapters.filter(collection=OuterRef("collection"), category=OuterRef("category"))
        return self.annotate(chapter_number=Subquery(chapter.values("number")[:1]))

    def for_cards(self) -> Self:
        """Cases as lists show them: 1 query + headline figures."""
        headline = apps.get_model("cases", "KeyFigure").objects.filter(is_headline=True).order_by("order")
        return (
            self.select_related("collection", "category", "institution")
            .defer(*Case.SECTIONS)
            .prefetch_related(Prefetch("figures", headline, to_attr="headline_figures"))
        )

    def for_hits(self) -> Self:
        """Cases as a search shows them: cards with the text they were found by. 1 query + headline figures."""
        return self.for_cards().defer(None)

    def for_detail(self) -> Self:
        """One case with all its page shows."""
        return (
            self.select_related("collection", "category", "institution__parent")
            .with_chapter_number()
            .prefetch_related("figures", "terms", "images", "highlights", "steps", "advice", "editornotes", "documents")
            .prefetch_related("offers__product__institution")
        )

    def for_export_list(self) -> Self:
        """Cases as the API lists them: no full text, no figures."""
        return (
            self.select_related("collection", "category", "institution").defer(*Case.SECTIONS).prefetch_related("terms")
        )

    def for_export(self) -> Self:
        """Cases with every column of a table, an API answer or a document."""
        return self.select_related("collection", "category", "institution").prefetch_related("terms", "figures")

    def for_checking(self) -> Self:
        """Cases with all that ``check_case`` reads."""
        return self.for_export().prefetch_related("images")

    def for_recording(self) -> Self:
        """Cases with all that a version keeps and the index holds, but for the rows of kinds that few cases have.

        ``has_highlights`` and so on say whether there are any: asking for each kind would be a query each.
        """
        rows = {name: Case._meta.get_field(name).related_model for name in Case.ROWS if name != "figures"}
        rows["documents"] = Case.documents.through
        return (
            self.select_related("collection", "category", "institution__parent", "editor", "revises")
            .annotate(
                **{f"has_{name}": Exists(model.objects.filter(case=OuterRef("pk"))) for name, model in rows.items()}
            )
            .prefetch_related("terms", "figures")
        )


class CaseManager(models.Manager.from_queryset(CaseQuerySet)):
    def get_by_natural_key(self, code: str) -> "Case":
        return self.get(code=code)


class Case(models.Model):
    """One case: who was stuck, what an institution did, what came of it."""

    SECTIONS = ("background", "approach", "results")
    # Rows that belong to a case, by ``related_name``: versions, differences, restoring, revisions and export follow.
    ROWS = {
        "figures": "关键数据",
        "highlights": "要点",
        "steps": "路径与经过",
        "advice": "可以照着做的",
        "editornotes": "编者注",
        "offers": "产品条件",
        "links": "同一件事的案例",
        "images": "图片",
    }
    DERIVED = ("period_from",)  # follows from other fields at each save: neither written out nor compared

    code = models.CharField("编号", max_length=32, unique=True, validators=[case_code], editable=False)
    title = models.CharField("题名", max_length=120, help_text="印刷本上的题名，含副题。")
    subtitle = models.CharField("一句话", max_length=80, blank=True, help_text="用平常话说清案例讲的是什么。")
    collection = models.ForeignKey("Collection", verbose_name="案例集", on_delete=models.PROTECT, related_name="cases")
    category = models.ForeignKey("Category", verbose_name="章节", on_delete=models.PROTECT, related_name="cases")
    institution = models.ForeignKey("Institution", verbose_name="机构", on_delete=models.PROTECT, related_name="cases")
    order = models.PositiveSmallIntegerField("章内顺序", default=0, help_text="留 0 即排在本章最后。")
    summary = models.TextField("摘要", max_length=SUMMARY_MAX, blank=True, help_text="60-120 字，读者读到这里就能停。")
    background = models.TextField("背景", max_length=SECTION_MAX, blank=True, help_text="谁遇到了什么困难。Markdown。")
    approach = models.TextField(
        "做法", max_length=SECTION_MAX, blank=True, help_text="做了什么，写明产品和地点。Markdown。"
    )
    results = models.TextField("成效", max_length=SECTION_MAX, blank=True, help_text="结果和数字，写明日期。Markdown。")
    period = PrintedDateField("时间", max_length=80, blank=True, help_text=YEAR_HELP)
    period_from = models.CharField("时间，供排序", max_length=10, blank=True, editable=False)
    regions = models.CharField("地区", max_length=120, blank=True, help_text="用顿号分开。")
    terms = models.ManyToManyField("Term", verbose_name="标签", blank=True, related_name="cases")
    documents = models.ManyToManyField("Document", verbose_name="提到的文件", blank=True, related_name="cases")
    source_pages = models.CharField("出处页码", max_length=40, blank=True, help_text="印刷本里的页码；不知道就留空。")
    status = models.CharField("状态", max_length=12, choices=CaseStatus.choices, default=CaseStatus.DRAFT)
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="负责编辑",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="cases",
    )
    revises = models.ForeignKey(
        "self",
        verbose_name="修订的是",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.CASCADE,
        related_name="revisions",
    )
    submitted_at = models.DateTimeField("送审时间", null=True, blank=True, editable=False)
    returned_at = models.DateTimeField("退回时间", null=True, blank=True, editable=False)
    review_comment = models.TextField("退回意见", blank=True, editable=False)
    created_at = models.DateTimeField("建立时间", default=timezone.now, editable=False)
    updated_at = models.DateTimeField("最后修改", default=timezone.now, editable=False)

    objects = CaseManager()

    class Meta:
        verbose_name = verbose_name_plural = "案例"
        ordering = ("code",)
        permissions = [("publish_case", "可以审核、退回、发布和归档案例")]
        indexes = [
            models.Index(fields=("status", "-published_at", "code"), name="case_newest"),
            models.Index(fields=("status", "code"), name="case_by_code"),
            models.Index(fields=("collection", "category", "order", "code"), name="case_in_chapter"),
            models.Index(fields=("editor", "status"), name="case_of_editor"),
            # All that the sitemap asks: when the cases of a category … last changed.
            models.Index(
                fields=("status", "updated_at", "published_at", "category", "institution", "collection"),
                name="case_changed",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=CaseStatus.values), name="case_known_status"),
            models.CheckConstraint(
                condition=~Q(status="published") | Q(published_at__isnull=False), name="case_published_has_date"
            ),
            models.CheckConstraint(condition=~Q(title=""), name="case_has_title"),
            models.UniqueConstraint(
                fields=("revises",), name="case_one_revision", violation_error_message="这篇案例已经有一份修订稿。"
            ),
            models.CheckConstraint(
                condition=Q(revises__isnull=True) | Q(status__in=(CaseStatus.DRAFT, CaseStatus.IN_REVIEW)),
                name="case_revision_is_not_public",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def natural_key(self) -> tuple[str]:
        return (self.code,)

    natural_key.dependencies = [
        "cases.collection",
        "cases.category",
        "cases.institution",
        "cases.term",
        "cases.document",
    ]

    @classmethod
    def labels(cls, names: Iterable[str]) -> dict[str, str]:
        """Return what fields are called in Chinese, by name."""
        return {name: str(cls._meta.get_field(name).verbose_name) for name in names}

    def get_absolute_url(self) -> str:
        return reverse("cases:case-detail", args=[self.code])

    def derive(self) -> None:
        """Set what follows from other fields."""
        self.period_from = next(iter(partial_dates(self.period)), "")

    def save(self, *args, **kwargs) -> None:
        self.updated_at = timezone.now()
        self.derive()
        super().save(*args, **kwargs)

    def clean_fields(self, exclude: Iterable[str] | None = None) -> None:
        """Check every field; whether a row exists that was just read for a reference is not asked again."""
        references = (field for field in self._meta.concrete_fields if field.is_relation and field.is_cached(self))
        known = [field.name for field in references if getattr(self, field.name) is not None]
        super().clean_fields(exclude={*(exclude or ()), *known})

    def clean(self) -> None:
        if not (self.collection_id and self.category_id):
            return
        if not self.collection.chapters.filter(category=self.category_id).exists():
            raise ValidationError({"category": "这本案例集里没有这一章，请先在案例集里加上，或改选章节。"})

    @property
    def is_published(self) -> bool:
        """The twin of ``CaseQuerySet.published`` for a case in hand."""
        return (
            self.status == CaseStatus.PUBLISHED
            and self.published_at is not None
            and self.published_at <= timezone.now()
        )

    @property
    def is_scheduled(self) -> bool:
        return self.status == CaseStatus.PUBLISHED and not self.is_published

    @property
    def was_returned(self) -> bool:
        return self.status == CaseStatus.DRAFT and self.returned_at is not None

    @property
    def subtitle_leads(self) -> bool:
        """Say whether our plain sentence leads: in a printed book titles are slogans, elsewhere they are ours as well."""
        return bool(self.subtitle) and (self.collection_id is None or self.collection.kind == BOOK)

    @property
    def headline(self) -> str:
        """The line that leads wherever the case is shown."""
        return self.subtitle if self.subtitle_leads else self.title

    @property
    def second_line(self) -> str:
        """The line below: the printed title, or our sentence where the title leads."""
        return self.title if self.subtitle_leads else self.subtitle
