"""Pictures out of Word files into a case."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser

from cases.actions.images import add_case_image
from cases.imports.document import Picture
from cases.imports.renditions import CheckedPicture, PictureError, read_picture
from cases.models import Case
from cases.models.image import MISSING_ALT
from cases.search.analysis import clean

MAX_WORDS = 160
FULL_PICTURES = 6  # a file with forty photographs may not keep a worker for half a minute


@dataclass(frozen=True)
class ReadyPicture:
    """A picture of a file, decoded: ``checked`` is ``None`` where it cannot be taken, and ``problem`` says why."""

    place: int
    picture: Picture
    checked: CheckedPicture | None
    problem: str = ""


def ready_pictures(pictures: Iterable[Picture]) -> list[ReadyPicture]:
    """Decode and encode anew: before the transaction, not while others wait to write. Half a second each for the first
    ``FULL_PICTURES``; the others, at most 1200 pixels long, a fifth of one."""
    return [_ready(place, picture) for place, picture in enumerate(pictures, 1)]


def store_pictures(*, case: Case, pictures: Iterable[ReadyPicture], user: AbstractBaseUser | None) -> None:
    """Add the pictures that can be taken to ``case``; one without words for those who cannot see it says so."""
    for ready in pictures:
        if ready.checked is not None:
            add_case_image(
                case=case,
                data=ready.checked,
                caption=clean(ready.picture.caption)[:MAX_WORDS],
                alt=clean(ready.picture.alt)[:MAX_WORDS].strip() or MISSING_ALT,
                user=user,
            )


def _ready(place: int, picture: Picture) -> ReadyPicture:
    try:
        return ReadyPicture(place, picture, read_picture(picture.data, brisk=place > FULL_PICTURES))
    except PictureError as error:
        return ReadyPicture(place, picture, None, str(error))
