"""Institutions whose cases are told."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from cases.models.base import SlugManager, ascii_slug, lines


class InstitutionType(models.TextChoices):
    STATE = "state", "国有大型商业银行"
    POLICY = "policy", "政策性银行"
    DEVELOPMENT = "development", "开发性金融机构"
    JOINT_STOCK = "joint-stock", "股份制商业银行"
    CITY = "city", "城市商业银行"
    RURAL = "rural", "农村商业银行"
    VILLAGE = "village", "村镇银行"
    PRIVATE = "private", "民营银行"
    FOREIGN = "foreign", "外资银行"
    CARD_CENTRE = "card-centre", "信用卡中心"
    TRUST = "trust", "信托公司"
    CONSUMER = "consumer-finance", "消费金融公司"
    LEASING = "leasing", "金融租赁公司"
    FINANCE = "finance-company", "财务公司"
    PUBLIC = "public", "政府与监管部门"
    OTHER = "other", "其他机构"


class Institution(models.Model):
    """A bank, branch, trust … that hands in cases; a branch names its parent."""

    name = models.CharField("全称", max_length=80, unique=True)
    short_name = models.CharField("简称", max_length=40, unique=True)
    slug = models.CharField("网址名", max_length=60, unique=True, validators=[ascii_slug])
    other_names = models.TextField("其他叫法", blank=True, help_text="读者和来稿里会用的叫法，一行一个，例如“农行”。")
    type = models.CharField("类型", max_length=20, choices=InstitutionType.choices)
    parent = models.ForeignKey(
        "self", verbose_name="上级机构", null=True, blank=True, on_delete=models.PROTECT, related_name="branches"
    )
    website = models.URLField("网站", blank=True)
    profile = models.TextField("简介", blank=True)

    objects = SlugManager()

    class Meta:
        verbose_name = verbose_name_plural = "机构"
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(condition=Q(type__in=InstitutionType.values), name="institution_known_type"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="institution_not_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.short_name

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

    def clean(self) -> None:
        ancestor, seen = self.parent, {self.pk}
        while ancestor is not None:
            if ancestor.pk in seen:
                raise ValidationError({"parent": "上级机构不能绕回到自己。"})
            seen.add(ancestor.pk)
            ancestor = ancestor.parent

    def get_absolute_url(self) -> str:
        return reverse("cases:institution-detail", args=[self.slug])

    @property
    def other_name_list(self) -> list[str]:
        return lines(self.other_names)
