"""What stands beside a case's text as rows: firsts and prizes, advice, editors' notes, terms of products, links."""

from django.db import models
from django.db.models import F, Q

from cases.models.base import published_case
from cases.models.dates import YEAR_HELP, PrintedDateField


class CaseRowManager(models.Manager):
    def get_by_natural_key(self, case: str, order: int) -> models.Model:
        return self.get(case__code=case, order=order)


class CaseRow(models.Model):
    """A row of a case, in the order an editor gave it."""

    case = models.ForeignKey("Case", verbose_name="案例", on_delete=models.CASCADE, related_name="%(class)ss")
    order = models.PositiveSmallIntegerField("顺序", default=0)

    objects = CaseRowManager()

    class Meta:
        abstract = True
        ordering = ("case", "order")
        constraints = [models.UniqueConstraint(fields=("case", "order"), name="%(class)s_unique_order")]

    def natural_key(self) -> tuple[str, int]:
        return (self.case.code, self.order)

    natural_key.dependencies = ["cases.case"]


class Highlight(CaseRow):
    """What is no figure and yet worth a line: a first, a prize, a date."""

    text = models.CharField("要点", max_length=120, help_text="首创、获奖、日期等，不是数字。")
    as_of = PrintedDateField("时间", max_length=40, blank=True, help_text=YEAR_HELP)

    class Meta(CaseRow.Meta):
        verbose_name = verbose_name_plural = "要点"

    def __str__(self) -> str:
        return self.text


class StepKind(models.TextChoices):
    PATH = "path", "路径"
    TIMELINE = "timeline", "经过"


class Step(CaseRow):
    """One arrow of a drawn mechanism, from whom to whom; or one date of a drawn timeline. From the case's own text."""

    kind = models.CharField("类别", max_length=8, choices=StepKind.choices, default=StepKind.PATH)
    as_of = PrintedDateField("时间", max_length=40, blank=True, help_text=YEAR_HELP)
    source = models.CharField("从谁", max_length=40, blank=True)
    text = models.CharField("做什么", max_length=80)
    amount = models.CharField("多少、多久", max_length=60, blank=True)
    target = models.CharField("到谁", max_length=40, blank=True)

    class Meta(CaseRow.Meta):
        verbose_name = verbose_name_plural = "路径与经过"
        constraints = [
            models.UniqueConstraint(fields=("case", "order"), name="step_unique_order"),
            models.CheckConstraint(
                condition=(Q(kind="path") & ~Q(source="") & ~Q(target="")) | (Q(kind="timeline") & ~Q(as_of="")),
                name="step_has_its_ends",
                violation_error_message="路径要写从谁、到谁；经过要写时间。",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class AdviceKind(models.TextChoices):
    SUITS = "suits", "适合谁"
    NEEDS = "needs", "需要什么"
    STEPS = "steps", "怎么做"
    RISK = "risk", "谁担风险"
    LESSONS = "lessons", "难点与教训"
    UNSAID = "unsaid", "原文没有说的"


class Advice(CaseRow):
    """可以照着做的: what a colleague elsewhere needs in order to do the same, from the source alone."""

    case = models.ForeignKey("Case", verbose_name="案例", on_delete=models.CASCADE, related_name="advice")
    kind = models.CharField("类别", max_length=8, choices=AdviceKind.choices)
    text = models.CharField("内容", max_length=200)

    class Meta(CaseRow.Meta):
        verbose_name = verbose_name_plural = "可以照着做的"

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.text}"


class NoteKind(models.TextChoices):
    CONTRADICTION = "contradiction", "原文前后不一"
    MISPRINT = "misprint", "疑为误印"
    LATER = "later", "后来的变化"
    REMARK = "remark", "说明"


class EditorNote(CaseRow):
    """编者注: ours, and marked so; the source's facts and ours never mix."""

    kind = models.CharField("类别", max_length=16, choices=NoteKind.choices, default=NoteKind.REMARK)
    text = models.CharField("编者注", max_length=400)

    class Meta(CaseRow.Meta):
        verbose_name = verbose_name_plural = "编者注"

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.text}"


class OfferQuerySet(models.QuerySet):
    def published(self) -> models.QuerySet:
        """Terms told by cases the public may see."""
        return self.filter(published_case("case"))


class Offer(CaseRow):
    """What one case says of one product: for whom, how much, how long, on what terms; as printed.

    ``max_amount`` is the most that one client can get, in 元, for sorting; empty where the source does not say.
    """

    product = models.ForeignKey("Product", verbose_name="产品", on_delete=models.PROTECT, related_name="offers")
    audience = models.CharField("适用对象", max_length=200, blank=True)
    amount = models.CharField("额度", max_length=200, blank=True)
    max_amount = models.PositiveBigIntegerField("单户最高（元）", null=True, blank=True)
    term = models.CharField("期限", max_length=120, blank=True)
    rate = models.CharField("利率与费用", max_length=200, blank=True)
    conditions = models.CharField("条件与办理", max_length=400, blank=True)
    as_of = PrintedDateField("时间", max_length=40, blank=True, help_text=YEAR_HELP)

    objects = CaseRowManager.from_queryset(OfferQuerySet)()

    class Meta(CaseRow.Meta):
        verbose_name = verbose_name_plural = "产品条件"
        constraints = [
            models.UniqueConstraint(fields=("case", "order"), name="offer_unique_order"),
            models.UniqueConstraint(fields=("case", "product"), name="offer_once_per_case"),
        ]

    def __str__(self) -> str:
        return str(self.product)


class CaseLink(CaseRow):
    """Two cases of the same product, project or firm, with the reason a reader is told; valid both ways."""

    case = models.ForeignKey("Case", verbose_name="案例", on_delete=models.CASCADE, related_name="links")
    other = models.ForeignKey("Case", verbose_name="另一篇", on_delete=models.CASCADE, related_name="links_here")
    reason = models.CharField("原因", max_length=120)

    class Meta(CaseRow.Meta):
        verbose_name = verbose_name_plural = "同一件事的案例"
        constraints = [
            models.UniqueConstraint(fields=("case", "order"), name="caselink_unique_order"),
            models.UniqueConstraint(fields=("case", "other"), name="caselink_once"),
            models.CheckConstraint(condition=~Q(case=F("other")), name="caselink_not_itself"),
        ]

    def __str__(self) -> str:
        return self.reason
