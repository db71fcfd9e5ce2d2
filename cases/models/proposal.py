"""What an editor missed in the vocabulary and asks for: nothing of it is seen by readers until a reviewer says yes."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class ProposalKind(models.TextChoices):
    KEYWORD = "keyword", "关键词"
    PRODUCT = "product", "产品"
    INSTITUTION = "institution", "机构"


class Proposal(models.Model):
    """A word, product or institution asked for, for which case, and what was decided; ``accepted`` is None while it waits."""

    kind = models.CharField("要加什么", max_length=12, choices=ProposalKind.choices, default=ProposalKind.KEYWORD)
    name = models.CharField("名称", max_length=40)
    note = models.CharField("为什么要加", max_length=200, blank=True)
    case = models.ForeignKey(
        "Case",
        verbose_name="为哪一篇",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="proposals",
        help_text="采纳以后就给这一篇加上（还是草稿的话）；产品记在这一篇的机构名下。",
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="谁提的", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    proposed_at = models.DateTimeField("何时", auto_now_add=True)
    accepted = models.BooleanField("采纳", null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="谁定的", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField("何时定的", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "提议"
        ordering = ("-proposed_at", "-pk")
        constraints = [
            models.UniqueConstraint(fields=("kind", "name"), condition=Q(accepted=None), name="proposal_waits_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}“{self.name}”"
