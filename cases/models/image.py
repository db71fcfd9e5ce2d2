"""Pictures of a case, and the places they have in its text."""

import re
from collections.abc import Callable, Container

from django.db import models
from django.db.models import Q

SHOWN_HEIGHT = 1000
# Stands where a file gave no words for a picture; publishing stops at it (content_checks).
MISSING_ALT = "（待补：图中是什么）"
# A line of its own: moved like any line, and plain words to whoever does not know it. Markdown's ![]() would want an
# address, which changes with the file, and half-width signs.
PLACE = re.compile(r"^[ \t\u3000]*〔[ \t]*图[ \t]*(\d{1,4})[ \t]*〕[ \t\u3000\r]*$", re.MULTILINE)


def place_of(number: int) -> str:
    """Return the line that stands for the image of ``number`` in the text of its case."""
    return f"〔图 {number}〕"


def placed_numbers(text: str) -> list[int]:
    """List the numbers of the images that have a place in ``text``, in its order."""
    return [int(found) for found in PLACE.findall(text)]


def change_places(text: str, change: Callable[[int], str]) -> str:
    """Return ``text`` with what ``change`` makes of each number in place of its line."""
    return PLACE.sub(lambda found: change(int(found[1])), text)


def keep_places(text: str, numbers: Container[int] = ()) -> str:
    """Return ``text`` without the places of images other than those of ``numbers``."""
    kept = change_places(text, lambda number: place_of(number) if number in numbers else "")
    return text if kept == text else re.sub(r"\n{3,}", "\n\n", kept).strip()


class CaseImageManager(models.Manager):
    def get_by_natural_key(self, case: str, order: int) -> "CaseImage":
        return self.get(case__code=case, order=order)


class CaseImage(models.Model):
    """A picture with the words a reader who cannot see it needs.

    ``file`` is the JPEG or PNG every program opens, ``renditions`` the WebP sizes beside it, by rising width:
    ``[{"name": "cases/2026/….webp", "width": 480, "height": 270}, …]``. Files are written by ``cases.editing.images``
    and never change under their name. ``number`` is what places in the text go by: given once, whatever becomes of order
    and file.
    """

    case = models.ForeignKey("Case", verbose_name="案例", on_delete=models.CASCADE, related_name="images")
    order = models.PositiveSmallIntegerField("顺序", default=0)
    number = models.PositiveSmallIntegerField("编号", default=0, editable=False)
    # Width and height are written with the file, so that reading a row never opens it.
    file = models.ImageField("图片", upload_to="cases/%Y/")
    renditions = models.JSONField("各种尺寸", default=list, editable=False)
    width = models.PositiveIntegerField("宽", editable=False, default=0)
    height = models.PositiveIntegerField("高", editable=False, default=0)
    caption = models.CharField("图注", max_length=160, blank=True)
    alt = models.CharField("替代文字", max_length=160, help_text="给看不见图的读者：图上是什么。")

    objects = CaseImageManager()

    class Meta:
        verbose_name = verbose_name_plural = "图片"
        ordering = ("case", "order")
        constraints = [
            models.UniqueConstraint(fields=("case", "order"), name="image_unique_order"),
            models.UniqueConstraint(fields=("case", "number"), name="image_unique_number"),
            models.CheckConstraint(condition=~Q(alt=""), name="image_has_alt"),
        ]

    def __str__(self) -> str:
        return self.caption or self.alt

    def natural_key(self) -> tuple[str, int]:
        return (self.case.code, self.order)

    natural_key.dependencies = ["cases.case"]

    def derive(self) -> None:
        """Number a row from before there were numbers."""
        self.number = self.number or self.order

    def save(self, *args, **kwargs) -> None:
        self.derive()
        super().save(*args, **kwargs)

    @property
    def place(self) -> str:
        """The line that stands for the picture in the text."""
        return place_of(self.number)

    @property
    def names(self) -> list[str]:
        """Names in storage of every file of the picture."""
        return [self.file.name, *(rendition["name"] for rendition in self.renditions)]

    @property
    def srcset(self) -> str:
        """The WebP sizes as the ``srcset`` of a ``<source>``; empty for a picture without any."""
        url = self.file.storage.url
        return ", ".join(f"{url(rendition['name'])} {rendition['width']}w" for rendition in self.renditions)

    @property
    def shown_width(self) -> int:
        """The width a page gives the picture, in CSS pixels: a tall one is not taller than ``SHOWN_HEIGHT``."""
        return max(1, min(self.width, self.width * SHOWN_HEIGHT // max(self.height, 1)))

    @property
    def shown_height(self) -> int:
        return min(self.height, SHOWN_HEIGHT)

    @property
    def thumbnail_url(self) -> str:
        """The address of the smallest file."""
        return self.file.storage.url(self.renditions[0]["name"]) if self.renditions else self.file.url
