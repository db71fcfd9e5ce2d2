"""Rows and files of images, for whoever edits their case already: ``images`` is the way in for everyone else."""

import hashlib
import secrets

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone

from cases.editing.renditions import CheckedImage
from cases.editing.writing import write_file
from cases.models import Case, CaseImage, Version


def place_image(
    *,
    case: Case,
    checked: CheckedImage,
    caption: str,
    alt: str,
    order: int | None = None,
    number: int | None = None,
) -> CaseImage:
    """Write an image of a case inside an edit of it; without ``order`` it comes last, ``number`` is the next by itself.

    Raises ``ValidationError`` for words or an order that cannot be taken.
    """
    image = CaseImage(case=case, order=order or next_order(case), caption=caption.strip(), alt=alt.strip())
    image.number = number or next_number(case)
    check_words(image)
    store(image, checked)
    image.save()
    return image


def next_order(case: Case) -> int:
    return (CaseImage.objects.filter(case=case).aggregate(last=Max("order"))["last"] or 0) + 1


def next_number(case: Case) -> int:
    """Return a number that no image of the case has or had: what is left of its place would show another image."""
    rows = CaseImage.objects.filter(case=case).values_list("number", flat=True)
    past = Version.objects.of(case).values_list("data__images", flat=True)
    return 1 + max((*rows, *(image.get("number", 0) for images in past for image in images or ())), default=0)


def check_words(image: CaseImage) -> None:
    if not image.alt:
        raise ValidationError({"alt": "请写替代文字：给看不见图的读者，图上是什么。"})
    image.clean_fields(exclude=["case", "file", "renditions"])
    if CaseImage.objects.filter(case=image.case_id, order=image.order).exclude(pk=image.pk).exists():
        raise ValidationError({"order": f"顺序 {image.order} 已有图片，请换一个数，或留空排在最后。"})


def store(image: CaseImage, checked: CheckedImage) -> None:
    """Write the files of ``checked`` and name them on ``image``."""
    fallback, folder = checked.fallback, f"cases/{timezone.localdate():%Y}"
    # Used once and guessed by no one who has the image: two rows never share a file, one could be deleted while the
    # other is being written.
    stem = f"{hashlib.sha256(fallback.data).hexdigest()[:32]}-{secrets.token_hex(6)}"
    image.file = write_file(folder=folder, stem=stem, suffix=fallback.suffix, data=fallback.data)
    image.width, image.height = fallback.width, fallback.height
    image.renditions = [
        {
            "name": write_file(folder=folder, stem=f"{stem}-{webp.width}", suffix=webp.suffix, data=webp.data),
            "width": webp.width,
            "height": webp.height,
        }
        for webp in checked.webp
    ]
