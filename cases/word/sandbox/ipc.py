"""A document on its way from the reading process: a line of JSON, then the bytes of the images. Never pickle: the sender has
read a stranger's file, and what it says is checked."""

import json
from dataclasses import asdict, replace
from decimal import Decimal
from typing import BinaryIO

from cases.editing.renditions import MAX_EDGE, CheckedImage, Rendition
from cases.word.document import FigureCandidate, Notice, ProductTerms, WordDocument, WordFileError, WordImage

NUMBERS = ("number", "number_to")
SUFFIXES = {"jpg", "png", "webp"}


def send(document: WordDocument, stream: BinaryIO) -> None:
    """Write ``document`` and the others of its file; of images only what was encoded anew."""
    data: list[bytes] = []
    stream.write(json.dumps(_plain(document, data)).encode() + b"\n")
    for part in data:
        stream.write(part)


def _plain(document: WordDocument, data: list[bytes]) -> dict:
    """Return what JSON can hold of ``document``, and put the bytes of its images behind ``data``."""
    plain = asdict(replace(document, images=(), others=()))
    packed = [pack_image(image.encoded) for image in document.images]
    plain["images"] = [
        {name: getattr(image, name) for name in ("name", "section", "caption", "alt", "problem", "number")}
        | {"sizes": sizes}
        for image, (sizes, _) in zip(document.images, packed, strict=True)
    ]
    for figure in plain["figures"]:
        figure |= {name: None if figure[name] is None else str(figure[name]) for name in NUMBERS}
    data += [part for _, part in packed]
    plain["others"] = [_plain(other, data) for other in document.others]
    return plain


def send_error(error: WordFileError, stream: BinaryIO) -> None:
    """Write what was wrong in place of a document."""
    stream.write(json.dumps({"code": error.code, "message": str(error)}).encode() + b"\n")


def receive(stream: BinaryIO) -> WordDocument:
    """Read the document, or raise the ``WordFileError`` that was sent in its place; ``ValueError`` if it was cut short."""
    line = stream.readline()
    if not line.endswith(b"\n"):
        raise ValueError("cut short")
    plain = json.loads(line)
    if "code" in plain:
        raise WordFileError(plain["code"], plain["message"])
    document = _document(plain, stream)
    if stream.read(1):
        raise ValueError("too long")
    return document


def _document(plain: dict, stream: BinaryIO) -> WordDocument:
    images = []
    for image in plain.pop("images"):
        sizes = image.pop("sizes")
        data = stream.read(sum(size["bytes"] for size in sizes))
        images.append(WordImage(encoded=unpack_image(sizes, data), **image))
    figures = [
        FigureCandidate(**figure | {name: None if figure[name] is None else Decimal(figure[name]) for name in NUMBERS})
        for figure in plain.pop("figures")
    ]
    rows = {
        "notices": tuple(Notice(**notice) for notice in plain.pop("notices")),
        "products": tuple(ProductTerms(**product) for product in plain.pop("products")),
        "highlights": tuple(plain.pop("highlights")),
        "mentions": tuple(plain.pop("mentions")),
        "advice": tuple((kind, text) for kind, text in plain.pop("advice")),
        "others": tuple(_document(other, stream) for other in plain.pop("others")),
    }
    return WordDocument(images=tuple(images), figures=tuple(figures), **rows, **plain)


def pack_image(image: CheckedImage | None) -> tuple[list[dict], bytes]:
    """Return an image as (format, width, height and length of each size, their bytes one behind the other)."""
    renditions = (image.fallback, *image.webp) if image else ()
    sizes = [
        {"suffix": one.suffix, "width": one.width, "height": one.height, "bytes": len(one.data)} for one in renditions
    ]
    return sizes, b"".join(one.data for one in renditions)


def unpack_image(sizes: list[dict], data: bytes) -> CheckedImage | None:
    """Undo ``pack_image``; raise ``ValueError`` where the two do not belong together."""
    renditions, start = [], 0
    for size in sizes:
        suffix, width, height, length = size["suffix"], size["width"], size["height"], size["bytes"]
        if suffix not in SUFFIXES or not (0 < width <= MAX_EDGE and 0 < height <= MAX_EDGE and length > 0):
            raise ValueError("no image")
        renditions.append(Rendition(suffix, width, height, data[start : start + length]))
        start += length
    if start != len(data):
        raise ValueError("cut short")
    return CheckedImage(renditions[0], tuple(renditions[1:])) if renditions else None
