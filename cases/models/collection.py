"""Collections (案例集) and the chapters they are made of."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse

from cases.models.base import BOOK, SlugManager, ascii_slug


class CollectionKind(models.TextChoices):
    BOOK = BOOK, "案例集"
    PRESS = "press", "媒体报道"
    OFFICIAL = "official", "官方资料"


class CollectionQuerySet(models.QuerySet):
    def newest_first(self) -> Self:
        """Collections as staff fill them: the association's own books on top, those begun last first.

        Its own are those of the publisher of the first book; a press report of a later year is not the book in hand.
        """
        own = Collection.objects.filter(kind=BOOK).order_by("order", "pk").values("publisher")[:1]
        is_own = models.Case(models.When(kind=BOOK, publisher=models.Subquery(own), then=1), default=0)
        return self.annotate(is_own=is_own).order_by("-is_own", "-pk")


class Collection(models.Model):
    """A publication: a yearly book of the association, or another source of cases."""

    ROWS = {"chapters": "章"}

    title = models.CharField("书名", max_length=100, unique=True)
    slug = models.CharField("网址名", max_length=20, unique=True, validators=[ascii_slug])
    kind = models.CharField("种类", max_length=10, choices=CollectionKind.choices, default=CollectionKind.BOOK)
    publisher = models.CharField("编印单位或报刊", max_length=80)
    place = models.CharField("出版地", max_length=40, blank=True, help_text="编印单位所在的城市，引文里要写。")
    published_on = models.CharField("出版日期", max_length=10, blank=True, help_text="2022-01-07、2022-01 或 2022。")
    year = models.PositiveSmallIntegerField("年份")
    period = models.CharField("时间范围", max_length=80, blank=True)
    preface = models.TextField("前言", blank=True)
    source_note = models.CharField("来源说明", max_length=300, blank=True)
    source_url = models.URLField("来源网址", blank=True)
    submitted_count = models.PositiveIntegerField("征集案例数", null=True, blank=True)
    submitting_institutions = models.PositiveIntegerField("提供案例的机构数", null=True, blank=True)
    selected_count = models.PositiveIntegerField("入选案例数", null=True, blank=True)
    order = models.PositiveSmallIntegerField("顺序", default=100)

    objects = SlugManager.from_queryset(CollectionQuerySet)()

    class Meta:
        verbose_name = verbose_name_plural = "案例集"
        ordering = ("order", "-year", "slug")
        constraints = [
            models.CheckConstraint(condition=Q(year__gte=1990, year__lte=2100), name="collection_plausible_year"),
            models.CheckConstraint(
                condition=Q(submitted_count__isnull=True)
                | Q(selected_count__isnull=True)
                | Q(selected_count__lte=models.F("submitted_count")),
                name="collection_selected_of_submitted",
            ),
        ]

    def __str__(self) -> str:
        return f"《{self.title}》"

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

    def get_absolute_url(self) -> str:
        return reverse("cases:collection-detail", args=[self.slug])


class ChapterManager(models.Manager):
    def get_by_natural_key(self, collection: str, category: str) -> "Chapter":
        return self.get(collection__slug=collection, category__slug=category)


class Chapter(models.Model):
    """One chapter of one collection: the number a category has in that book."""

    collection = models.ForeignKey(Collection, verbose_name="案例集", on_delete=models.CASCADE, related_name="chapters")
    category = models.ForeignKey("Category", verbose_name="主题", on_delete=models.PROTECT, related_name="chapters")
    number = models.PositiveSmallIntegerField("章号")
    first_page = models.PositiveSmallIntegerField("起始页", null=True, blank=True, help_text="印刷本目录里的页码。")

    last_serial = models.PositiveSmallIntegerField("已用序号", default=0, editable=False)

    objects = ChapterManager()

    class Meta:
        verbose_name = verbose_name_plural = "案例集的章"
        ordering = ("collection", "number")
        constraints = [
            models.UniqueConstraint(fields=("collection", "category"), name="chapter_once_per_collection"),
            models.UniqueConstraint(fields=("collection", "number"), name="chapter_unique_number"),
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=99), name="chapter_two_digits"),
        ]

    def __str__(self) -> str:
        return f"{self.collection.slug} 第 {self.number} 章 {self.category.name}"

    def natural_key(self) -> tuple[str, str]:
        return (self.collection.slug, self.category.slug)

    natural_key.dependencies = ["cases.collection", "cases.category"]
