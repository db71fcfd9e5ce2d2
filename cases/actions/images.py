"""Pictures of a case: checked, encoded anew, stored in the sizes a page needs."""

from collections.abc import Iterable
from functools import partial

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db.models import Max, Q
from django.utils import timezone

from cases.actions.cases import case_changed
from cases.actions.files import atomic_with_files, remove_after_commit, unique_stem, write_file
from cases.actions.media import names_in_version
from cases.actions.versions import record_base
from cases.imports.renditions import CheckedPicture, read_picture
from cases.models import Case, CaseImage, Version


def add_case_image(
    *,
    case: Case,
    data: bytes | CheckedPicture,
    caption: str,
    alt: str,
    user: AbstractBaseUser,
    order: int | None = None,
) -> CaseImage:
    """Add a picture; without ``order`` it comes last.

    Raises ``PictureError`` for a picture that cannot be taken, ``ValidationError`` for words or an order that cannot.
    """
    picture = _checked(data)  # takes a second or two: not while others wait to write
    with atomic_with_files():
        _hold(case)
        image = CaseImage(case=case, order=order or _next_order(case), caption=caption.strip(), alt=alt.strip())
        _check_words(image)
        _store(image, picture)
        image.save()
        case_changed(case=case, user=user)
    return image


def replace_case_image(*, image: CaseImage, data: bytes | CheckedPicture, user: AbstractBaseUser) -> CaseImage:
    """Another picture in the same place; caption, alternative text and order are saved as they stand on ``image``."""
    picture = _checked(data)
    with atomic_with_files():
        _hold(image.case)
        before = CaseImage.objects.get(pk=image.pk)
        image.order = image.order or _next_order(image.case)
        _check_words(image)
        remove_after_commit(before.names, unless=partial(names_in_use, image.case))
        _store(image, picture)
        image.save()
        case_changed(case=image.case, user=user)
    return image


@atomic_with_files()
def save_case_image(*, image: CaseImage, user: AbstractBaseUser) -> CaseImage:
    """Write new words or a new order of a picture whose file stays; without an order it comes last."""
    image.order = image.order or _next_order(image.case)
    _hold(image.case)
    _check_words(image)
    image.save(update_fields=["order", "caption", "alt"])
    case_changed(case=image.case, user=user)
    return image


@atomic_with_files()
def delete_case_images(*, images: Iterable[CaseImage], user: AbstractBaseUser) -> None:
    """Delete pictures and, once that is committed, the files that no version names either."""
    keys = [image.pk for image in images]
    for case in Case.objects.filter(images__in=keys).distinct().order_by("pk"):
        _hold(case)
        rows = CaseImage.objects.filter(case=case, pk__in=keys)
        remove_after_commit([name for row in rows for name in row.names], unless=partial(names_in_use, case))
        rows.delete()
        case_changed(case=case, user=user)


def names_in_use(case: Case) -> set[str]:
    """Names of files that pictures or versions of ``case``, its original and its revisions still hold.

    A revision takes the pictures of its original over, files and all; an old version may be restored.
    """
    code = case.code.partition("-r")[0]
    family = Q(code=code) | Q(code__startswith=f"{code}-r")
    rows = CaseImage.objects.filter(case__in=Case.objects.filter(family))
    versions = Version.objects.filter(family, kind="case").values_list("data__images", flat=True)
    named = {name for row in rows for name in row.names}
    return named.union(*(names_in_version(images) for images in versions.iterator()))


def _hold(case: Case) -> None:
    """Others at the pictures of the same case wait; its state before the first write is kept as a version."""
    Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    record_base(item=case)


def _checked(data: bytes | CheckedPicture) -> CheckedPicture:
    return data if isinstance(data, CheckedPicture) else read_picture(data)


def _next_order(case: Case) -> int:
    return (CaseImage.objects.filter(case=case).aggregate(last=Max("order"))["last"] or 0) + 1


def _check_words(image: CaseImage) -> None:
    if not image.alt:
        raise ValidationError({"alt": "请写替代文字：给看不见图的读者，图上是什么。"})
    image.clean_fields(exclude=["case", "file", "renditions"])
    if CaseImage.objects.filter(case=image.case_id, order=image.order).exclude(pk=image.pk).exists():
        raise ValidationError({"order": f"顺序 {image.order} 已有图片，请换一个数，或留空排在最后。"})


def _store(image: CaseImage, picture: CheckedPicture) -> None:
    """Write the files of ``picture`` and name them on ``image``."""
    folder, stem = f"cases/{timezone.localdate():%Y}", unique_stem(picture.fallback.data)
    fallback = picture.fallback
    image.file = write_file(folder=folder, stem=stem, suffix=fallback.suffix, data=fallback.data)
    image.width, image.height = fallback.width, fallback.height
    image.renditions = [
        {
            "name": write_file(folder=folder, stem=f"{stem}-{webp.width}", suffix=webp.suffix, data=webp.data),
            "width": webp.width,
            "height": webp.height,
        }
        for webp in picture.webp
    ]
