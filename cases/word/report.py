"""Decisions of a clerk on the report of an import: its place, which figures to take, what the images show; or forgets it."""

from collections.abc import Iterable, Mapping

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Max

from cases.editing.edit import edit_case, edit_cases
from cases.editing.permissions import may_edit
from cases.editing.renditions import read_image
from cases.models import (
    Case,
    CaseImage,
    CaseStatus,
    Category,
    Collection,
    Institution,
    KeyFigure,
    WordImport,
    WordImportOutcome,
    WordUpload,
)
from cases.models.image import MISSING_ALT, change_places, place_of
from cases.word.document import SECTION_NAMES, WordImage
from cases.word.drafts import make_draft
from cases.word.recognition.markdown import escape
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
        images.append(WordImage("", "", row.caption, row.alt, encoded=encoded, number=row.order))
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
def join_import(*, word_import: WordImport, user: AbstractBaseUser) -> WordImport:
    """Put a case that a file was wrongly split at behind the one before it, as a heading and its text; return that one.

    Raises ``ValidationError`` where there is none before it, or one of the two is a draft already.
    """
    locked = WordImport.objects.select_for_update().filter(pk=word_import.pk, outcome=WordImportOutcome.PENDING).first()
    piece = locked.parsed.get("piece") if locked else None
    others = WordImport.objects.select_for_update().filter(outcome=WordImportOutcome.PENDING)
    others = others.filter(parsed__piece__file=piece["file"], parsed__piece__at__lt=piece["at"]) if piece else []
    before = max(others, key=lambda one: one.parsed["piece"]["at"], default=None)
    if before is None:
        raise ValidationError("它前面没有还没建草稿的一篇，并不进去。")
    last = before.pictures.aggregate(last=Max("order"))["last"] or 0
    for name in SECTION_NAMES[1:]:
        locked.parsed[name] = change_places(locked.parsed[name], lambda number: place_of(number + last))
    parts = [f"### {escape(locked.parsed['title'])}", *(locked.parsed[name] for name in SECTION_NAMES[:3])]
    before.parsed["approach"] = "\n\n".join(filter(None, [before.parsed["approach"], *parts]))
    before.parsed["results"] = "\n\n".join(filter(None, [before.parsed["results"], locked.parsed["results"]]))
    for name in ("highlights", "advice", "products"):
        before.parsed[name] += locked.parsed[name]
    before.figures += locked.figures
    before.notices += [one for one in locked.notices if one not in before.notices]
    locked.pictures.update(word_import=before, order=F("order") + last)
    before.save()
    if locked.upload_id:
        upload = WordUpload.objects.select_for_update().get(pk=locked.upload_id)
        upload.lines = [line for line in upload.lines if line["word_import"] != locked.pk]
        upload.save(update_fields=["lines"])
    locked.delete()
    return before


@transaction.atomic
def discard_imports(*, word_imports: Iterable[WordImport], user: AbstractBaseUser) -> None:
    """Forget that these files came; a draft made from one stays. The same file can then be imported anew."""
    WordImport.objects.filter(pk__in=[one.pk for one in word_imports]).delete()
