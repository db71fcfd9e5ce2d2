"""The images of a Word file: which line is the caption of which, what can be taken, and their pixels encoded anew."""

import hashlib
import re
import warnings
from collections import Counter
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from PIL import Image

from cases.editing.renditions import MAX_EDGE, ImageError, read_image
from cases.word.document import WordDocument, WordFileError, WordImage, refuse
from cases.word.docx import limits
from cases.word.docx.blocks import Block, ImageRef, Paragraph
from cases.word.docx.package import Package
from cases.word.recognition.layout_tables import CAPTION, MAX_CAPTION
from cases.word.recognition.markdown import plain

if TYPE_CHECKING:
    from cases.word.pdf.pages import Images

FORMATS = {"PNG": "png", "JPEG": "jpg", "GIF": "gif", "BMP": "bmp", "TIFF": "tif", "WEBP": "webp"}
VECTOR = (".emf", ".wmf", ".svg", ".emz", ".wmz")
FIGURE_NUMBER = re.compile(r"^(?:图片?|附图)\s*(\d{1,3}(?:[-—.]\d{1,2})?)")
PLACE = re.compile("\ue002(\\d+)\ue003")  # in a text: where the n-th image of the file stands
TINY = 8  # pixels: rules and spacers
FULL_IMAGES = 6  # the others are at most 1200 pixels long: a file with forty photographs may not take half a minute
TOO_MANY = "图片太多，放不下了。请分几次上传。"
TOO_LARGE = "图片太大，解不开。请先缩小再上传。"


@dataclass
class Placed:
    """An image at its place: the section it stands in, the words under or over it, and its number there (图 1)."""

    ref: ImageRef
    section: str
    caption: str = ""
    number: str = ""


class Captions:
    """Pairs captions with the images next to them, as images, captions and text come."""

    def __init__(self) -> None:
        self.placed: list[Placed] = []
        self._waiting: list[Placed] = []

    def add_images(self, refs: list[ImageRef], section: str) -> list[str]:
        """Take images that stand in ``section``; return what marks their places in its text until they have numbers."""
        new = [Placed(ref, section) for ref in refs]
        first = len(self.placed)
        self.placed += new
        self._waiting += new
        return [f"\ue002{first + place}\ue003" for place in range(len(new))]

    def attach(self, block: Paragraph) -> bool:
        """Take ``block`` as the caption of the images just before it; return False where it is text."""
        if not self._waiting or not is_caption(block):
            return False
        text = plain(block)
        caption = (CAPTION.sub("", text, count=1) if not text.startswith("图为") else text).strip() or text
        number = FIGURE_NUMBER.match(text)
        for placed in self._waiting:
            placed.caption, placed.number = caption[:160], number[1] if number else ""
        self.reset()
        return True

    def number_mentioned(self, text: str) -> list[str]:
        """Keep the numbers that ``text`` refers to (见图 1) in the captions, which readers see; list them."""
        found = []
        for placed in self.placed:
            if placed.number and re.search(rf"图\s*{re.escape(placed.number)}(?![\d.])", text):
                placed.caption = f"图 {placed.number} {placed.caption}"[:160]
                found.append(placed.number)
        return list(dict.fromkeys(found))

    def reset(self) -> None:
        """Forget the images before a text: what follows it is no caption of theirs."""
        self._waiting = []


def is_caption(block: Block | None) -> bool:
    if not isinstance(block, Paragraph) or block.listed:
        return False
    text = plain(block)
    if not text or len(text) > MAX_CAPTION:
        return False
    return (block.role == "caption" and not text.startswith("表")) or (
        bool(CAPTION.match(text)) and "。" not in text[:-1]
    )


def captions_below(blocks: list[Block]) -> list[Block]:
    """Move a caption that stands over its image under it."""

    def is_image(block: Block | None) -> bool:
        return isinstance(block, Paragraph) and bool(block.images) and not block.text

    blocks = list(blocks)
    for index in range(len(blocks) - 1):
        line, image = blocks[index], blocks[index + 1]
        before = blocks[index - 1] if index else None
        after = blocks[index + 2] if index + 2 < len(blocks) else None
        if is_caption(line) and not line.images and is_image(image) and not is_image(before) and not is_caption(after):
            blocks[index], blocks[index + 1] = image, line
    return blocks


def read_images(
    package: "Package | Images", placed: list[Placed]
) -> tuple[tuple[WordImage, ...], dict[int, int], Counter, list[str]]:
    """Read the images in order, each once.

    Return them, the number of each place that shows one, how many were left for which reason (vector, broken, large, many,
    tiny, twice), and the captions of those left, whose words would be lost with them.
    """
    found: dict[str, WordImage] = {}
    places: dict[str, int] = {}
    left: Counter = Counter()
    captions: list[str] = []
    total = pixels = 0
    for place, item in enumerate(placed):
        data, reason = _read_part(package, item.ref.part)
        digest = hashlib.sha256(data).hexdigest()
        kind, work = "", 0
        if not reason and digest in found:
            old, reason = found[digest], "twice"  # it may bring the caption that the first one lacked
            found[digest] = replace(old, caption=old.caption or item.caption, alt=old.alt or item.ref.alt)
        if not reason and (len(found) >= limits.IMAGES or total + len(data) > limits.IMAGES_BYTES):
            reason = "many"
        if not reason:
            kind, reason, work = _inspect(data)
        if not reason and pixels + work > limits.PIXELS_TO_DECODE:
            reason = "many"
        if reason:
            left[reason] += 1
            captions.append(item.caption)
        else:
            total, pixels = total + len(data), pixels + work
            name = f"{len(found) + 1:02}.{kind}"
            found[digest] = WordImage(name, item.section, item.caption, item.ref.alt, data)
            places[digest] = place
    kept = {image.caption for image in found.values()}
    lost = [words for words in dict.fromkeys(captions) if words and words not in kept]
    numbers = number_images([placed[place].number for place in places.values()])
    images = tuple(replace(image, number=number) for image, number in zip(found.values(), numbers, strict=True))
    return images, dict(zip(places.values(), numbers, strict=True)), left, lost


def number_images(printed: list[str]) -> list[int]:
    """Number images by what is printed under them (图 3), each number once; the others by what is free."""
    numbers: list[int] = []
    for text in printed:
        number = int(text) if text.isdecimal() else 0
        numbers.append(number if number not in numbers else 0)
    free = (number for number in range(1, 2000) if number not in numbers)
    return [number or next(free) for number in numbers]


def write_places(text: str, numbers: dict[int, int]) -> str:
    """Write the places of images as the portal does (``models.image.PLACE``), and take out those of images left behind."""

    def line(found: re.Match) -> str:
        number = numbers.get(int(found[1]))
        return f"〔图 {number}〕" if number else ""

    return re.sub(r"\n{3,}", "\n\n", PLACE.sub(line, text)).strip()


def _read_part(package: "Package | Images", part: str) -> tuple[bytes, str]:
    """Return the bytes of a part, or none and the reason it is left."""
    if PurePosixPath(part.lower()).suffix in VECTOR:
        return b"", "vector"
    if not package.has(part):
        return b"", "broken"
    try:
        return package.read(part, limits.IMAGE_BYTES), ""
    except WordFileError as error:
        return b"", "broken" if error.code == "corrupt" else "large"


def _inspect(data: bytes) -> tuple[str, str, int]:
    """Return the file ending for the image's real format, the reason it is left, and how many pixels are to be decoded."""
    if data[:4] in (b"\xd7\xcd\xc6\x9a", b"\x01\x00\x00\x00", b"\x01\x00\x09\x00") or b"<svg" in data[:1000]:
        return "", "vector", 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(BytesIO(data), formats=list(FORMATS)) as image:
                name, width, height = image.format, image.width, image.height
        except MemoryError:
            raise
        except Image.DecompressionBombError as error:
            raise refuse("zip-bomb") from error
        except Exception:  # Pillow raises many kinds on hostile bytes (struct.error, SyntaxError, …): all mean "broken"
            return "", "broken", 0
    if width * height > limits.PIXELS:
        return "", "large", 0
    work = width * height // (4 if name == "JPEG" and max(width, height) >= 2 * MAX_EDGE else 1)
    return FORMATS[name], "tiny" if width < TINY or height < TINY else "", work


def encode_images(document: WordDocument) -> WordDocument:
    """Decode every image completely and encode it anew: of a file's images nothing but their pixels is kept."""
    images, total = [], 0
    for number, image in enumerate(document.images, 1):
        encoded, problem = None, ""
        try:
            encoded = read_image(image.data, fast=number > FULL_IMAGES)
            total += sum(len(one.data) for one in (encoded.fallback, *encoded.webp))
            if total > limits.ENCODED_BYTES:
                encoded, problem = None, TOO_MANY
        except ImageError as error:
            problem = str(error)
        except MemoryError:
            problem = TOO_LARGE
        images.append(replace(image, data=b"", encoded=encoded, problem=problem))
    others = tuple(map(encode_images, document.others))
    return replace(document, images=tuple(images), others=others)
