"""机构核对: who was asked to check a case, until when, and what came of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class VerificationQuerySet(models.QuerySet):
    def open(self) -> "VerificationQuerySet":
        """Those whose link still opens."""
        return self.filter(withdrawn_at=None, until__gte=timezone.localdate())

    def unanswered(self) -> "VerificationQuerySet":
        """Those that were to come back by now, and did not."""
        return self.filter(withdrawn_at=None, answered_at=None, until__lt=timezone.localdate())


class Verification(models.Model):
    """One institution asked about one case; ``is_right`` is what it answered, None while it has not.

    The link is made of the key and a signature (``verification.actions.link``), so that no table holds what opens it.
    """

    case = models.ForeignKey("Case", verbose_name="案例", on_delete=models.CASCADE, related_name="verifications")
    recipient = models.CharField("请谁核对", max_length=60)
    address = models.EmailField("邮箱", blank=True)
    until = models.DateField("请在哪天以前核对")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    is_right = models.BooleanField("核对结果", null=True)
    answered_by = models.CharField("核对人", max_length=60, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    reminded_on = models.DateField(null=True)

    objects = VerificationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "机构核对"
        ordering = ("-asked_at", "-pk")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, is_right=None) | Q(answered_at__isnull=False, is_right__isnull=False),
                name="verification_answer_is_whole",
            )
        ]

    def __str__(self) -> str:
        return f"{self.recipient}核对{self.case_id}"

    @property
    def is_open(self) -> bool:
        return self.withdrawn_at is None and self.until >= timezone.localdate()

    @property
    def state(self) -> str:
        """What a clerk wants to know of it, in a few words."""
        if self.answered_at:
            return f"{self.answered_by}说{'没有错' if self.is_right else '有要改的'}"
        if self.withdrawn_at:
            return "收回了"
        if not self.is_open:
            return "到期没有回"
        return "打开看过，还没有答" if self.opened_at else "还没有打开"
