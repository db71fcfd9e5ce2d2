"""A document on its way from the reading process: a line of JSON, then the pictures' bytes. Never pickle: the sender
has read a stranger's file."""

import json
from dataclasses import asdict, replace
from decimal import Decimal
from typing import BinaryIO

from cases.imports.document import FigureCandidate, Notice, Picture, WordDocument, WordFileError


def send(document: WordDocument, stream: BinaryIO) -> None:
    plain = asdict(replace(document, pictures=()))
    plain["pictures"] = [
        asdict(replace(picture, data=b"")) | {"data": len(picture.data)} for picture in document.pictures
    ]
    for figure in plain["figures"]:
        figure["number"] = None if figure["number"] is None else str(figure["number"])
    stream.write(json.dumps(plain).encode() + b"\n")
    for picture in document.pictures:
        stream.write(picture.data)


def send_error(error: WordFileError, stream: BinaryIO) -> None:
    stream.write(json.dumps({"code": error.code, "message": str(error)}).encode() + b"\n")


def receive(stream: BinaryIO) -> WordDocument:
    """The document, or the ``WordFileError`` that was sent in its place; ``ValueError`` if it was cut short."""
    line = stream.readline()
    if not line.endswith(b"\n"):
        raise ValueError("cut short")
    plain = json.loads(line)
    if "code" in plain:
        raise WordFileError(plain["code"], plain["message"])
    pictures = []
    for picture in plain.pop("pictures"):
        size = picture.pop("data")
        pictures.append(Picture(data=stream.read(size), **picture))
        if len(pictures[-1].data) != size:
            raise ValueError("cut short")
    if stream.read(1):
        raise ValueError("too long")
    figures = [
        FigureCandidate(**{**figure, "number": None if figure["number"] is None else Decimal(figure["number"])})
        for figure in plain.pop("figures")
    ]
    notices = [Notice(**notice) for notice in plain.pop("notices")]
    return WordDocument(pictures=tuple(pictures), figures=tuple(figures), notices=tuple(notices), **plain)
