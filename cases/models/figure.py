"""Key figures: numbers as printed, and as quantities that can be sorted and compared."""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Self

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from cases.models.base import published_case
from cases.models.dates import YEAR_HELP, PrintedDateField, partial_dates
from cases.models.units import Bound, FigureKind, bound_of, unit_of

SENTENCE = re.compile(r"[^。！？；\n|]*[。！？；]?")
MARKUP = re.compile(r"^\s*(?:[-*+]\s+|\d+[.)]\s+|#+\s*|>\s*)|\*\*|`")
# In the order in which a figure is looked for: results name it most exactly.
SECTIONS = ("results", "approach", "background", "summary")
AMOUNT = {"max_digits": 30, "decimal_places": 8, "null": True, "blank": True, "editable": False}


class KeyFigureQuerySet(models.QuerySet):
    def published(self) -> Self:
        """Figures of cases the public may see."""
        return self.filter(published_case("case"))

    def not_hidden(self) -> Self:
        """The same figures as ``published``, asked for so that a database can walk along an index of figures and need not
        look up the case of each: all but those of cases that are hidden."""
        return self.exclude(case__in=self.hidden_cases())

    def of_hidden(self) -> Self:
        """The other figures."""
        return self.filter(case__in=self.hidden_cases())

    def hidden_cases(self) -> models.QuerySet:
        cases = apps.get_model("cases", "Case").objects
        return cases.exclude(published_case()).order_by().values("pk")


class KeyFigureManager(models.Manager.from_queryset(KeyFigureQuerySet)):
    def get_by_natural_key(self, case: str, order: int) -> "KeyFigure":
        return self.get(case__code=case, order=order)


class KeyFigure(models.Model):
    """A figure as printed, traceable to its case and to the sentence it stands in.

    ``amount`` (for a range up to ``amount_to``) is ``number`` in ``base_unit``: 元, 户, 笔, %, 天 …; two figures may be
    compared where kind and base unit are the same. These, the bound and the sortable date are derived by ``derive``.
    """

    DERIVED = ("kind", "bound", "base_unit", "amount", "amount_to", "as_of_date", "section", "sentence")

    case = models.ForeignKey("Case", verbose_name="案例", on_delete=models.CASCADE, related_name="figures")
    order = models.PositiveSmallIntegerField("顺序", default=0)
    label = models.CharField("说明", max_length=60)
    value = models.CharField("数值（照印）", max_length=60, help_text="照原文写，含“超”“近”“约”，例如“超 3200 亿元”。")
    number = models.DecimalField("数", max_digits=20, decimal_places=4, null=True, blank=True)
    number_to = models.DecimalField(
        "到", max_digits=20, decimal_places=4, null=True, blank=True, help_text="只在区间时填：5～8 天填 5 和 8。"
    )
    unit = models.CharField("单位", max_length=20, blank=True)
    as_of = PrintedDateField("截至", max_length=40, blank=True, help_text=YEAR_HELP)
    note = models.CharField("注", max_length=200, blank=True)
    editor_note = models.CharField(
        "编者注", max_length=200, blank=True, help_text="我们的话，例如“疑为误印”；与来源分开显示。"
    )
    is_headline = models.BooleanField("大字显示", default=False, help_text="每篇两三个，放在正文开头。")

    kind = models.CharField("类别", max_length=8, choices=FigureKind.choices, default=FigureKind.OTHER, editable=False)
    bound = models.CharField("界", max_length=8, choices=Bound.choices, default=Bound.EXACT, editable=False)
    base_unit = models.CharField("基本单位", max_length=20, blank=True, editable=False)
    amount = models.DecimalField("折合", **AMOUNT)
    amount_to = models.DecimalField("折合到", **AMOUNT)
    as_of_date = models.CharField("截至，供排序", max_length=10, blank=True, editable=False)
    section = models.CharField("所在部分", max_length=12, blank=True, editable=False)
    sentence = models.TextField("所在句子", blank=True, editable=False)

    objects = KeyFigureManager()

    class Meta:
        verbose_name = verbose_name_plural = "关键数据"
        ordering = ("case", "order")
        indexes = [
            models.Index(fields=("kind", "base_unit", "amount"), name="figure_by_size"),
            models.Index(fields=("kind", "base_unit", "as_of_date"), name="figure_by_date"),
        ]
        constraints = [
            models.UniqueConstraint(fields=("case", "order"), name="figure_unique_order"),
            models.CheckConstraint(condition=Q(number__isnull=True) | ~Q(unit=""), name="figure_number_has_unit"),
            models.CheckConstraint(condition=~Q(label="") & ~Q(value=""), name="figure_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.label}：{self.value}"

    def natural_key(self) -> tuple[str, int]:
        return (self.case.code, self.order)

    natural_key.dependencies = ["cases.case"]

    @property
    def number_agrees(self) -> bool:
        """Say whether ``number`` is one of the numbers in ``value``, as far as digits show it: 12.6 is not in “12.7 亿元”.

        Powers aside, since 3 千万元 is 3000 万元; words without digits (近三万元) cannot be held against a number.
        """
        printed = unicodedata.normalize("NFKC", self.value).replace(",", "")
        digits = [significant(found) for found in re.findall(r"\d+(?:\.\d+)?", printed)]
        known = {*digits, "".join(digits)}
        numbers = [number for number in (self.number, self.number_to) if number is not None]
        return not digits or all(significant(str(abs(Decimal(number)))) in known for number in numbers)

    def clean(self) -> None:
        if not self.number_agrees:
            raise ValidationError({"number": f"“数”和“数值”不一致：数值写的是“{self.value}”。"})

    def derive(self) -> None:
        """Set what follows from the printed words: kind, base unit, amounts, bound and date."""
        unit = unit_of(self.unit)
        self.kind, self.base_unit = (unit.kind, unit.base) if self.unit else (FigureKind.OTHER, "")
        self.bound = bound_of(self.value)
        self.amount = None if self.number is None else round(Decimal(self.number) * unit.factor, 8)
        self.amount_to = None if self.number_to is None else round(Decimal(self.number_to) * unit.factor, 8)
        self.as_of_date = next(reversed(partial_dates(self.as_of)), "")

    def locate(self, sections: Mapping[str, str]) -> None:
        """Set the first of ``sections`` (name to text) whose text holds the printed value, and the sentence it stands in."""
        self.section = self.sentence = ""
        pattern = value_pattern(self.value)
        for name, text in sections.items():
            for sentence in SENTENCE.findall(text):
                if pattern.search(sentence):
                    self.section, self.sentence = name, MARKUP.sub("", sentence).strip()
                    return

    def save(self, *args, **kwargs) -> None:
        self.derive()
        super().save(*args, **kwargs)


def significant(number: str) -> str:
    """The digits of a number without its point and the zeros around: 12.60 and 1260 are both 126."""
    return number.replace(".", "").strip("0") or "0"


def value_pattern(value: str) -> re.Pattern:
    """A printed value as a text holds it, with blanks or without; not as the end of a longer number."""
    spaced = r"\s*".join(re.escape(character) for character in value if not character.isspace())
    return re.compile(rf"(?<![\d.]){spaced}" if value[:1].isdigit() else spaced)
