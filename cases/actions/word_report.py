"""What a clerk decides on the report of an import: which figures to take, what the pictures show."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max

from cases.actions.cases import case_changed
from cases.actions.versions import record_base
from cases.actions.workflow import may_edit
from cases.models import Case, CaseImage, KeyFigure, WordImport
from cases.models.image import MISSING_ALT

NOT_YOURS = "这篇案例已经送审或发布，你的账号不能再改它；需要改的话，请先撤回送审。"
AT_ONCE = "同时有人在改这篇案例的数据，这次没有存上，请再按一次保存。"


@dataclass(frozen=True)
class FigurePick:
    """A candidate to take, as the clerk left it; ``number`` only with a ``unit``."""

    label: str
    value: str
    number: Decimal | None = None
    unit: str = ""
    as_of: str = ""
    is_headline: bool = False


@dataclass(frozen=True)
class PictureWords:
    """What stands under a picture, and what is said to those who cannot see it (empty: still missing)."""

    caption: str
    alt: str


def save_report(
    *,
    word_import: WordImport,
    user: AbstractBaseUser | None,
    figures: Mapping[int, FigurePick],
    pictures: Mapping[int, PictureWords],
) -> int:
    """Take ``figures`` (by their place among the candidates) and write ``pictures`` (by primary key) into the draft.

    Returns how many figures are new: one taken before is not taken again. Raises ``ValidationError`` where the draft
    is gone or somebody else is writing its figures.
    """
    try:
        with transaction.atomic():
            locked = WordImport.objects.select_for_update().filter(pk=word_import.pk).first()
            case = Case.objects.select_for_update().filter(pk=locked.case_id).first() if locked else None
            if locked is None or case is None:
                raise ValidationError("这份来稿的草稿已经被删除了。")
            if user is not None and not may_edit(user, case):
                raise ValidationError(NOT_YOURS)
            record_base(item=case)
            taken = _take(locked, case, figures)
            _describe(case, pictures)
            case_changed(case=case, user=user)
            return taken
    except IntegrityError as error:  # the draft's own form gave a figure the same place meanwhile
        raise ValidationError(AT_ONCE) from error


def _take(word_import: WordImport, case: Case, picks: Mapping[int, FigurePick]) -> int:
    new = [place for place in sorted(picks) if not word_import.figures[place]["taken"]]
    last = case.figures.aggregate(last=Max("order"))["last"] or 0
    for order, place in enumerate(new, last + 1):
        pick = picks[place]
        KeyFigure.objects.create(case=case, order=order, **vars(pick))
        word_import.figures[place]["taken"] = True
    word_import.save(update_fields=["figures"])
    return len(new)


def _describe(case: Case, words: Mapping[int, PictureWords]) -> None:
    for image in CaseImage.objects.filter(case=case, pk__in=words):
        image.caption, image.alt = words[image.pk].caption, words[image.pk].alt.strip() or MISSING_ALT
        image.save(update_fields=["caption", "alt"])
