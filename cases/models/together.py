"""Working on one case together: remarks at a place in its text, and who has it open. Both go with the case."""

from django.conf import settings
from django.db import models


class Comment(models.Model):
    """What one person says to another of a passage; ``field`` names the text it stands in, ``quote`` its words (or none).

    ``proposed`` are the words that should stand there instead. Said by a member of staff (``user``) or by an institution
    that was asked to check the case (``verification``).
    """

    case = models.ForeignKey("Case", on_delete=models.CASCADE, related_name="comments")
    field = models.CharField("哪一部分", max_length=20)
    quote = models.CharField("原话", max_length=200, blank=True)
    proposed = models.CharField("改成", max_length=500, blank=True)
    text = models.CharField("意见", max_length=500, blank=True)
    verification = models.ForeignKey(
        "Verification", null=True, blank=True, on_delete=models.CASCADE, related_name="remarks"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "意见"
        ordering = ("made_at", "pk")
        constraints = [
            models.CheckConstraint(condition=~models.Q(text="", proposed=""), name="comment_says_something"),
        ]

    def __str__(self) -> str:
        return self.text or self.proposed


class OpenForm(models.Model):
    """The form of a case in somebody's browser, and when it was last heard of."""

    case = models.ForeignKey("Case", on_delete=models.CASCADE, related_name="open_forms")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "打开的案例"
        constraints = [models.UniqueConstraint(fields=("case", "user"), name="openform_once")]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.user_id}"
