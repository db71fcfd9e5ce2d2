"""Images of a case: checked, encoded anew, stored in the sizes a page needs."""

from collections.abc import Iterable
from functools import partial

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q

from cases.editing.edit import edit_case, edit_cases
from cases.editing.image_rows import check_words, next_order, place_image, store
from cases.editing.media import names_in_version
from cases.editing.renditions import CheckedImage, read_image
from cases.editing.writing import remove_after_commit
from cases.models import Case, CaseImage, Version


def add_case_image(
    *,
    case: Case,
    data: bytes | CheckedImage,
    caption: str,
    alt: str,
    user: AbstractBaseUser,
    order: int | None = None,
) -> CaseImage:
    """Add an image; without ``order`` it comes last.

    Raises ``ImageError`` for an image that cannot be taken, ``ValidationError`` for words or an order that cannot.
    """
    checked = _checked(data)  # takes a second or two: not while others wait to write
    with edit_case(case, user=user):
        return place_image(case=case, checked=checked, caption=caption, alt=alt, order=order)


def replace_case_image(*, image: CaseImage, data: bytes | CheckedImage, user: AbstractBaseUser) -> CaseImage:
    """Put another image in the same place; caption, alternative text and order are saved as they stand on ``image``."""
    checked = _checked(data)
    with edit_case(image.case, user=user):
        before = CaseImage.objects.get(pk=image.pk)
        image.order = image.order or next_order(image.case)
        check_words(image)
        remove_after_commit(before.names, unless=partial(names_in_use, image.case))
        store(image, checked)
        image.save()
    return image


def save_case_image(*, image: CaseImage, user: AbstractBaseUser) -> CaseImage:
    """Write new words or a new order of an image whose file stays; without an order it comes last."""
    with edit_case(image.case, user=user):
        image.order = image.order or next_order(image.case)
        check_words(image)
        image.save(update_fields=["order", "caption", "alt"])
    return image


@edit_cases()
def delete_case_images(*, images: Iterable[CaseImage], user: AbstractBaseUser) -> None:
    """Delete images and, once that is committed, the files that no version names either."""
    keys = [image.pk for image in images]
    for case in Case.objects.filter(images__in=keys).distinct().order_by("pk"):
        with edit_case(case, user=user):
            rows = CaseImage.objects.filter(case=case, pk__in=keys)
            remove_after_commit([name for row in rows for name in row.names], unless=partial(names_in_use, case))
            rows.delete()


def names_in_use(case: Case) -> set[str]:
    """Names of files that images or versions of ``case``, its original and its revisions still hold.

    A revision takes the images of its original over, files and all; an old version may be restored.
    """
    code = case.code.partition("-r")[0]
    family = Q(code=code) | Q(code__startswith=f"{code}-r")
    rows = CaseImage.objects.filter(case__in=Case.objects.filter(family))
    versions = Version.objects.filter(family, kind="case").values_list("data__images", flat=True)
    named = {name for row in rows for name in row.names}
    return named.union(*(names_in_version(images) for images in versions.iterator()))


def _checked(data: bytes | CheckedImage) -> CheckedImage:
    return data if isinstance(data, CheckedImage) else read_image(data)
