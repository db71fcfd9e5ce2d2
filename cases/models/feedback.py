"""What readers tell the desk, without an account: an error in a case, or a case they looked for in vain."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class FeedbackKind(models.TextChoices):
    ERROR = "error", "报告错误"
    WISH = "wish", "求案例"


class Feedback(models.Model):
    """An error (of ``case``, in the words ``quote``), or a wish; the same wish of several readers is one row with its count.

    ``address`` is where the reader wants an answer; it goes when staff have seen to it (``feedback.actions.settle``).
    """

    kind = models.CharField("是什么", max_length=8, choices=FeedbackKind.choices)
    case = models.ForeignKey(
        "Case", verbose_name="哪一篇", null=True, on_delete=models.CASCADE, related_name="feedback"
    )
    quote = models.CharField("原话", max_length=200, blank=True)
    text = models.CharField("说了什么", max_length=500)
    address = models.EmailField("回信地址", blank=True)
    count = models.PositiveIntegerField("几位读者", default=1)
    made_at = models.DateTimeField("何时", auto_now_add=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="谁处理的", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    settled_at = models.DateTimeField("何时处理的", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "读者来信"
        ordering = ("-made_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=("text",), condition=Q(kind=FeedbackKind.WISH, settled_at=None), name="feedback_wish_once"
            ),
            models.CheckConstraint(
                condition=Q(kind=FeedbackKind.WISH) | Q(case__isnull=False), name="feedback_error_of_a_case"
            ),
        ]

    def __str__(self) -> str:
        return self.text
