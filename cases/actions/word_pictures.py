"""Pictures out of Word files into a case. ``store_picture`` is the one place where they become files."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max
from PIL import Image

from cases.models import Case, CaseImage
from cases.models.image import MISSING_ALT

EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "GIF": "gif", "WEBP": "webp"}
MAX_PIXELS = 40_000_000
MAX_WORDS = 160
UNREADABLE = "这张图打不开，或者不是 JPEG、PNG、GIF、WebP 格式"


@transaction.atomic
def store_picture(*, case: Case, data: bytes, caption: str, alt: str, user: AbstractBaseUser | None) -> CaseImage:
    """Add a picture at the end of ``case``; without ``alt`` it says that the words are missing.

    Raises ``ValidationError`` where ``data`` is no picture we show. The file is written at once: call this inside
    ``files_removed_on_failure``.
    """
    extension = check_picture(data)
    last = CaseImage.objects.filter(case=case).aggregate(last=Max("order"))["last"] or 0
    image = CaseImage(
        case=case,
        order=last + 1,
        caption=caption[:MAX_WORDS],
        alt=alt[:MAX_WORDS].strip() or MISSING_ALT,
        file=ContentFile(data, name=f"{case.code}-{uuid4().hex[:12]}.{extension}"),
    )
    with files_removed_on_failure() as stored:
        stored.append(image)
        image.save()
    return image


def check_picture(data: bytes) -> str:
    """The extension for ``data``; ``ValidationError`` where it is not a whole picture of a known kind and size."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # our own limit of pixels is lower than the one Pillow warns about
            with Image.open(io.BytesIO(data), formats=list(EXTENSIONS)) as picture:
                extension, pixels = EXTENSIONS[picture.format], picture.width * picture.height
                picture.verify()
            if pixels > MAX_PIXELS:
                raise ValidationError(f"这张图有 {pixels // 10_000} 万像素，太大了")
            with Image.open(io.BytesIO(data), formats=list(EXTENSIONS)) as picture:
                picture.load()
    except ValidationError:
        raise
    except Exception as error:  # Pillow's decoders raise whatever broken data leads them to
        raise ValidationError(UNREADABLE) from error
    return extension


@contextmanager
def files_removed_on_failure() -> Iterator[list[CaseImage]]:
    """Collects pictures whose files are to go when the block fails; the database takes back its rows by itself."""
    stored: list[CaseImage] = []
    try:
        yield stored
    except BaseException:
        for image in stored:
            image.file.storage.delete(image.file.name)
        raise
