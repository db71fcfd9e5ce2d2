"""What cases refer to: products a client can ask for, official documents, words explained."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from cases.models.base import lines, published_case


class ProductManager(models.Manager):
    def get_by_natural_key(self, institution: str, name: str) -> "Product":
        return self.get(institution__slug=institution, name=name)


class Product(models.Model):
    """Something a client can ask an institution for; what each case says of its terms is an ``Offer``."""

    institution = models.ForeignKey(
        "Institution", verbose_name="机构", on_delete=models.PROTECT, related_name="products"
    )
    name = models.CharField("名称", max_length=60)
    other_names = models.TextField("其他叫法", blank=True, help_text="一行一个。")
    description = models.CharField("是什么", max_length=120, blank=True)

    objects = ProductManager()

    class Meta:
        verbose_name = verbose_name_plural = "产品"
        ordering = ("name", "institution")
        constraints = [models.UniqueConstraint(fields=("institution", "name"), name="product_once_per_institution")]

    def __str__(self) -> str:
        return f"{self.institution.short_name} {self.name}"

    def natural_key(self) -> tuple[str, str]:
        return (self.institution.slug, self.name)

    natural_key.dependencies = ["cases.institution"]

    def get_absolute_url(self) -> str:
        return f"{reverse('cases:product-list')}#product-{self.pk}"

    @property
    def other_name_list(self) -> list[str]:
        return lines(self.other_names)


class DocumentQuerySet(models.QuerySet):
    def cited(self) -> models.QuerySet:
        """Documents that a case the public may see refers to."""
        through = self.model.cases.through.objects.filter(published_case("case"), document=OuterRef("pk"))
        return self.filter(Exists(through))


class DocumentManager(models.Manager.from_queryset(DocumentQuerySet)):
    def get_by_natural_key(self, title: str) -> "Document":
        return self.get(title=title)


class Document(models.Model):
    """A law, notice, plan or standard that cases refer to, by its whole official title."""

    title = models.CharField("标题", max_length=160, unique=True, help_text="全称，不带书名号。")
    number = models.CharField("文号", max_length=60, blank=True)
    issuer = models.CharField("发文机关", max_length=160, blank=True, help_text="用顿号分开。")
    issued_on = models.CharField(
        "日期", max_length=10, blank=True, help_text="2020-02-01、2020-02 或 2020；不确定就留空。"
    )
    url = models.URLField("网址", blank=True)
    note = models.CharField("注", max_length=120, blank=True)

    objects = DocumentManager()

    class Meta:
        verbose_name = verbose_name_plural = "文件"
        ordering = ("title",)

    def __str__(self) -> str:
        return f"《{self.title}》"

    def natural_key(self) -> tuple[str]:
        return (self.title,)

    def get_absolute_url(self) -> str:
        return f"{reverse('cases:document-list')}#document-{self.pk}"


class GlossaryManager(models.Manager):
    def get_by_natural_key(self, term: str) -> "GlossaryEntry":
        return self.get(term=term)


class GlossaryEntry(models.Model):
    """A term of the trade, explained in our words."""

    term = models.CharField("词", max_length=40, unique=True)
    other_names = models.TextField("其他叫法", blank=True, help_text="一行一个，例如缩写。")
    definition = models.CharField("解释", max_length=300)

    objects = GlossaryManager()

    class Meta:
        verbose_name = verbose_name_plural = "词条"
        ordering = ("term",)
        constraints = [models.CheckConstraint(condition=~Q(definition=""), name="glossary_explains")]

    def __str__(self) -> str:
        return self.term

    def natural_key(self) -> tuple[str]:
        return (self.term,)

    def get_absolute_url(self) -> str:
        return f"{reverse('cases:glossary')}#term-{self.pk}"

    @property
    def other_name_list(self) -> list[str]:
        return lines(self.other_names)
