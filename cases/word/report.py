"""Decisions of a clerk on the report of an import: its place, which figures to take, what the images show; or forgets it."""

from collections.abc import Iterable, Mapping

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max

from cases.editing.edit import edit_case, edit_cases
from cases.editing.permissions import may_edit
from cases.editing.renditions import read_image
from cases.models import Case, CaseImage, CaseStatus, Category, Collection, Institution, KeyFigure, WordImport
from cases.models.image import MISSING_ALT
from cases.word.actions import make_draft
from cases.word.document import WordImage
from cases.word.sandbox.ipc import unpack_image
from cases.word.values import FigurePick, ImageWords

NOT_YOURS = "这篇案例已经送审，你的账号现在不能改它；要改，请先在案例页上撤回送审。"
PUBLIC = "这篇案例已经发布，不能再从来稿里取用；要改，请在案例页上开修订稿。"
AT_ONCE = "同时有人在改这篇案例的数据，这次没有存上，请再按一次保存。"


def save_report(
    *,
    word_import: WordImport,
    user: AbstractBaseUser | None,
    figures: Mapping[int, FigurePick],
    images: Mapping[int, ImageWords],
) -> int:
    """Take ``figures`` (by their place among the candidates) and write ``images`` (by primary key) into the draft.

    Returns how many figures are new: one taken before is not taken again. Raises ``ValidationError`` where the draft
    is gone or somebody else is writing its figures.
    """
    try:
        with transaction.atomic():
            locked = WordImport.objects.select_for_update().filter(pk=word_import.pk).first()
            case = Case.objects.select_for_update().filter(pk=locked.case_id).first() if locked else None
            if locked is None or case is None:
                raise ValidationError("这份来稿的草稿已经被删除了。")
            if case.status == CaseStatus.PUBLISHED:
                raise ValidationError(PUBLIC)
            if user is not None and not may_edit(user, case):
                raise ValidationError(NOT_YOURS)
            with edit_case(case, user=user):
                new = [place for place in sorted(figures) if not locked.figures[place]["taken"]]
                last = case.figures.aggregate(last=Max("order"))["last"] or 0
                for order, place in enumerate(new, last + 1):
                    KeyFigure.objects.create(case=case, order=order, **vars(figures[place]))
                    locked.figures[place]["taken"] = True
                locked.save(update_fields=["figures"])
                for image in CaseImage.objects.filter(case=case, pk__in=images):
                    words = images[image.pk]
                    image.caption, image.alt = words.caption, words.alt.strip() or MISSING_ALT
                    image.save(update_fields=["caption", "alt"])
            return len(new)
    except IntegrityError as error:  # the draft's own form gave a figure the same place meanwhile
        raise ValidationError(AT_ONCE) from error


def complete_import(
    *,
    word_import: WordImport,
    user: AbstractBaseUser,
    collection: Collection,
    category: Category,
    institution: Institution,
    title: str = "",
) -> WordImport:
    """Make the draft that waited for its place.

    Raises ``ValidationError`` where it was made already, or the chapter does not exist; the import waits on.
    """
    images = []
    for row in word_import.pictures.all():
        data = bytes(row.data)  # without sizes, kept as found in the file before images came encoded anew
        encoded = unpack_image(row.sizes, data) if row.sizes else read_image(data)
        images.append(WordImage("", "", row.caption, row.alt, encoded=encoded))
    with edit_cases():
        locked = WordImport.objects.select_for_update().get(pk=word_import.pk)
        if not locked.is_pending:
            raise ValidationError("这份来稿已经建成草稿了。")
        locked.collection = collection
        locked.parsed["title"] = title.strip() or locked.parsed["title"]
        make_draft(locked, category, institution, images, user)
        locked.pictures.all().delete()
        locked.save()
        return locked


@transaction.atomic
def discard_imports(*, word_imports: Iterable[WordImport], user: AbstractBaseUser) -> None:
    """Forget that these files came; a draft made from one stays. The same file can then be imported anew."""
    WordImport.objects.filter(pk__in=[one.pk for one in word_imports]).delete()
