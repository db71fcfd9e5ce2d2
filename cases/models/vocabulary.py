"""The words cases are filed under: categories (chapters as themes) and the faceted vocabulary."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from cases.models.base import SlugManager, ascii_slug, lines
from cases.models.facets import FACET_CHOICES, FACETS


class Category(models.Model):
    """A theme that chapters of several collections share, e.g. 绿色金融."""

    name = models.CharField("名称", max_length=20, unique=True)
    slug = models.CharField("网址名", max_length=40, unique=True, validators=[ascii_slug])
    mark = models.CharField("标记", max_length=1, blank=True, help_text="一个汉字，全站不变，例如“绿”。")
    slogan = models.TextField("口号", blank=True, help_text="章首页上的口号，一行一句。")
    intro = models.TextField("导语", blank=True)
    order = models.PositiveSmallIntegerField("顺序", default=100)

    objects = SlugManager()

    class Meta:
        verbose_name = verbose_name_plural = "章节主题"
        ordering = ("order", "slug")

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

    def get_absolute_url(self) -> str:
        return reverse("cases:category-detail", args=[self.slug])

    @property
    def slogan_lines(self) -> list[str]:
        return lines(self.slogan)


class TermManager(models.Manager):
    def get_by_natural_key(self, facet: str, slug: str) -> "Term":
        return self.get(facet=facet, slug=slug)


class Term(models.Model):
    """One word of the controlled vocabulary, e.g. need / 缺抵押缺担保."""

    facet = models.CharField("类别", max_length=12, choices=FACET_CHOICES)
    name = models.CharField("名称", max_length=40)
    slug = models.SlugField("网址名", max_length=60, allow_unicode=True)
    description = models.CharField("说明", max_length=120, blank=True)
    other_names = models.TextField("其他叫法", blank=True, help_text="读者会用的平常话，一行一个，例如“没房子抵押”。")
    order = models.PositiveSmallIntegerField("顺序", default=100)

    objects = TermManager()

    class Meta:
        verbose_name = verbose_name_plural = "标签"
        ordering = ("facet", "order", "slug")
        constraints = [
            models.UniqueConstraint(fields=("facet", "slug"), name="term_unique_slug"),
            models.UniqueConstraint(fields=("facet", "name"), name="term_unique_name"),
            models.CheckConstraint(condition=Q(facet__in=list(FACETS)), name="term_known_facet"),
        ]

    def __str__(self) -> str:
        return f"{self.get_facet_display()}：{self.name}"

    def natural_key(self) -> tuple[str, str]:
        return (self.facet, self.slug)

    def get_absolute_url(self) -> str:
        return reverse("cases:case-list", query={self.facet: self.slug})

    @property
    def other_name_list(self) -> list[str]:
        return lines(self.other_names)
