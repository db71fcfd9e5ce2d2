"""The pictures of a Word file: bytes as found, if they are what a browser or Pillow can take."""

import hashlib
import warnings
from collections import Counter
from io import BytesIO
from pathlib import PurePosixPath

from PIL import Image

from cases.imports.captions import Placed
from cases.imports.document import Picture, WordFileError
from cases.imports.docx import limits
from cases.imports.docx.package import BOMB, Package
from cases.imports.docx.sniff import refuse

FORMATS = {"PNG": "png", "JPEG": "jpg", "GIF": "gif", "BMP": "bmp", "TIFF": "tif", "WEBP": "webp"}
MAX_EDGE = 2000  # of what is stored, see renditions.py
TINY = 8  # pixels: rules and spacers


def read_pictures(
    package: Package, placed: list[Placed], keep_bytes: bool = True
) -> tuple[tuple[Picture, ...], Counter, list[str]]:
    """The pictures in order, each once (without ``keep_bytes`` only their names and words); why others were left (vector, broken, large, many, tiny, twice); the captions
    of those, whose words would be lost with them."""
    found: list[Picture] = []
    left: Counter = Counter()
    captions: list[str] = []
    seen: dict[str, int] = {}
    total = pixels = 0
    for item in placed:
        data, reason = _bytes(package, item.ref.part)
        digest = hashlib.sha256(data).hexdigest()
        if not reason and digest in seen:
            _complete(found, seen[digest], item)
            reason = "twice"
        if not reason and (len(found) >= limits.PICTURES or total + len(data) > limits.PICTURES_BYTES):
            reason = "many"
        kind, work = ("", 0) if reason else _kind(data)
        if kind in FORMATS.values() and pixels + work > limits.PIXELS_TO_DECODE:
            reason = "many"
        if reason or kind not in FORMATS.values():
            left[reason or kind] += 1
            captions.append(item.caption)
            continue
        seen[digest] = len(found)
        total, pixels = total + len(data), pixels + work
        kept = data if keep_bytes else b""
        found.append(Picture(f"{len(found) + 1:02}.{kind}", kept, item.section, item.caption, item.ref.alt))
    told = {picture.caption for picture in found}
    return tuple(found), left, [caption for caption in dict.fromkeys(captions) if caption and caption not in told]


def _complete(found: list[Picture], index: int, item: Placed) -> None:
    """A picture met again may bring the caption the first one lacked."""
    old = found[index]
    found[index] = Picture(old.name, old.data, old.section, old.caption or item.caption, old.alt or item.ref.alt)


def _bytes(package: Package, part: str) -> tuple[bytes, str]:
    if PurePosixPath(part.lower()).suffix in (".emf", ".wmf", ".svg", ".emz", ".wmz"):
        return b"", "vector"
    if not package.has(part):
        return b"", "broken"
    try:
        return package.read(part, limits.PICTURE_BYTES), ""
    except WordFileError as error:
        return b"", "broken" if error.code == "corrupt" else "large"


def _kind(data: bytes) -> tuple[str, int]:
    """The file ending for the picture's real format, or the reason it is left; how many pixels are to be decoded."""
    if data[:4] in (b"\xd7\xcd\xc6\x9a", b"\x01\x00\x00\x00", b"\x01\x00\x09\x00") or b"<svg" in data[:1000]:
        return "vector", 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(BytesIO(data), formats=list(FORMATS)) as image:
                name, width, height = image.format, image.width, image.height
        except MemoryError:
            raise
        except Image.DecompressionBombError as error:
            raise refuse("zip-bomb", BOMB) from error
        except Exception:  # Pillow raises many kinds on hostile bytes (struct.error, SyntaxError, …): all mean "broken"
            return "broken", 0
    if width * height > limits.PIXELS:
        return "large", 0
    work = width * height // (4 if name == "JPEG" and max(width, height) >= 2 * MAX_EDGE else 1)
    return "tiny" if width < TINY or height < TINY else FORMATS[name], work
