"""Bombs and knots for the guarded reader: name -> a function making (bytes, codes it may give)."""

import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO

from tests.word.docx_hostile import OK, Hostile, with_part
from tests.word.docx_raw import HEAD, ROOT_RELS, case, document_xml, p, parts_of, picture, zipped


def traps() -> dict[str, Callable[[], Hostile]]:
    """Bombs and knots; made when asked for, since some are large."""
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    paragraphs = {"too-complex", "zip-bomb"}
    text = p("文。")
    return {
        "a billion laughs": lambda: (_with_doctype(f'<!ENTITY l0 "lol">{lol}', "&l9;"), {"unsafe"}),
        "an outside entity": lambda: (_with_doctype('<!ENTITY e SYSTEM "file:///etc/passwd">', "&e;"), {"unsafe"}),
        "an outside document type": lambda: (
            zipped(
                parts_of("")
                | {"word/document.xml": f'<!DOCTYPE w SYSTEM "http://127.0.0.1:9/x.dtd">{document_xml("")[55:]}'}
            ),
            {"unsafe", "corrupt"},
        ),
        "entities in utf-16": lambda: (
            zipped(
                parts_of("")
                | {
                    "word/document.xml": '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE d [<!ENTITY a "x">]><d>&a;</d>'.encode(
                        "utf-16"
                    )
                }
            ),
            {"unsafe"},
        ),
        "entities in the relationships": lambda: (
            zipped(parts_of(text) | {"_rels/.rels": ROOT_RELS.replace("?>", '?><!DOCTYPE d [<!ENTITY a "x">]>', 1)}),
            {"unsafe"},
        ),
        "entities in utf-7": lambda: (
            zipped(
                parts_of("")
                | {"word/document.xml": b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE d+AD4-<d/>'}
            ),
            {"unsafe", "corrupt"},
        ),
        "nested 10,000 deep": lambda: (
            zipped(parts_of("<w:sdt><w:sdtContent>" * 10_000 + "</w:sdtContent></w:sdt>" * 10_000)),
            {"too-complex"},
        ),
        "nested 240 deep": lambda: (zipped(parts_of("<w:ins>" * 240 + p("x") + "</w:ins>" * 240)), {OK, "too-complex"}),
        "runs nested 240 deep": lambda: (
            zipped(parts_of(p("<w:smartTag>" * 240 + "</w:smartTag>" * 240) + text)),
            {OK, "too-complex"},
        ),
        "tables nested 60 deep": lambda: (
            zipped(parts_of("<w:tbl><w:tr><w:tc>" * 60 + text + "</w:tc></w:tr></w:tbl>" * 60)),
            {"too-complex"},
        ),
        "text boxes nested 60 deep": lambda: (
            zipped(
                parts_of(
                    "<w:p><w:r><w:pict><v:textbox><w:txbxContent>" * 40
                    + text
                    + "</w:txbxContent></v:textbox></w:pict></w:r></w:p>" * 40
                )
            ),
            {OK, "too-complex", "no-text"},
        ),
        "a million empty paragraphs": lambda: (zipped(parts_of("<w:p/>" * 1_000_000)), paragraphs),
        "20,000 paragraphs": lambda: (zipped(parts_of(text * 20_000)), paragraphs),
        "a table of 100,000 cells": lambda: (
            zipped(parts_of("<w:tbl>" + ("<w:tr>" + "<w:tc><w:p/></w:tc>" * 100 + "</w:tr>") * 1000 + "</w:tbl>")),
            paragraphs,
        ),
        "a cell over a million columns": lambda: (
            zipped(
                parts_of(
                    '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="1000000"/></w:tcPr>'
                    + text
                    + "</w:tc></w:tr></w:tbl>"
                )
            ),
            {OK},
        ),
        "one paragraph of 5 MB": lambda: (zipped(parts_of(p("文" * 1_700_000))), {"too-complex", "corrupt"}),
        "one word of 500 KB": lambda: (zipped(parts_of(p("a" * 500_000))), {OK, "too-complex"}),
        "half a million stars": lambda: (zipped(parts_of(p("*" * 500_000))), {OK, "too-complex"}),
        "half a million brackets": lambda: (zipped(parts_of(p("[" * 500_000))), {OK, "too-complex"}),
        "half a million digits": lambda: (zipped(parts_of(p("1" * 500_000))), {OK, "too-complex"}),
        "half a million figures": lambda: (zipped(parts_of(p("3万元，" * 100_000))), {OK, "too-complex"}),
        "half a million chinese digits": lambda: (zipped(parts_of(p("千" * 500_000))), {OK, "too-complex"}),
        "half a million labels": lambda: (zipped(parts_of(p("申报单位：" * 100_000))), {OK, "too-complex"}),
        "half a million blanks": lambda: (zipped(parts_of(p("x" + " " * 500_000 + "y"))), {OK, "too-complex"}),
        "half a million hints": lambda: (zipped(parts_of(p("〔填：" * 100_000))), {OK, "too-complex"}),
        "100,000 runs": lambda: (
            zipped(parts_of(p("<w:r><w:t>a</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>b</w:t></w:r>" * 50_000))),
            {OK, "too-complex"},
        ),
        "100,000 fields": lambda: (
            zipped(parts_of(p('<w:r><w:fldChar w:fldCharType="begin"/></w:r>' * 100_000) + text)),
            {OK, "too-complex"},
        ),
        "50,000 attributes": lambda: (
            zipped(parts_of("<w:p " + " ".join(f'a{n}="1"' for n in range(50_000)) + "/>" + text)),
            {OK, "too-complex", "corrupt"},
        ),
        "50,000 namespaces": lambda: (
            zipped(parts_of("<w:p " + " ".join(f'xmlns:n{n}="u{n}"' for n in range(50_000)) + "/>" + text)),
            {OK, "too-complex", "corrupt"},
        ),
        "styles in a circle": lambda: (
            _styles(
                '<w:style w:styleId="A"><w:basedOn w:val="B"/></w:style><w:style w:styleId="B"><w:basedOn w:val="A"/></w:style>'
            ),
            {OK},
        ),
        "50,000 styles in a row": lambda: (
            _styles(
                "".join(
                    f'<w:style w:styleId="{n or "A"}"><w:basedOn w:val="{n + 1}"/></w:style>' for n in range(50_000)
                )
            ),
            {OK},
        ),
        "numbering beyond all bounds": lambda: (_numbering("999999999999999999999", "99999"), {OK}),
        "numbering that is no number": lambda: (_numbering("NaN", "-1"), {OK}),
        "a gigabyte of spaces": lambda: (_bomb(1 << 30), {"zip-bomb"}),
        "100 MB of spaces": lambda: (_bomb(100 << 20), {"zip-bomb"}),
        "20 MB of spaces": lambda: (_bomb(20 << 20), {"zip-bomb", "corrupt", "too-complex", OK}),
        "a size that lies": lambda: (_lying(), {"corrupt", "zip-bomb"}),
        "entries that overlap": lambda: (_overlapping(), {"corrupt", "zip-bomb"}),
        "10,000 entries": lambda: (
            zipped(parts_of(text) | {f"word/media/{n}.png": b"" for n in range(10_000)}),
            {"zip-bomb"},
        ),
        "a huge directory": lambda: (_huge_directory(), {"zip-bomb", "corrupt"}),
        "a bomb in a bomb": lambda: (with_part("word/embeddings/a.zip", _bomb(20 << 20)), {OK}),
        "a picture of 900 million pixels": lambda: (_pixels(30_000, 30_000), {"zip-bomb"}),
        "a picture of 100 million pixels": lambda: (_pixels(10_000, 10_000), {OK}),
        "a picture with a false checksum": lambda: (_pixels(10, 10), {OK}),
    }


def _with_doctype(entities: str, use: str) -> bytes:
    xml = document_xml(f"<w:p><w:r><w:t>{use}</w:t></w:r></w:p>")
    return zipped(parts_of("") | {"word/document.xml": xml.replace(HEAD, f"{HEAD}<!DOCTYPE w [{entities}]>")})


def _styles(styles: str) -> bytes:
    return zipped(parts_of(case(p("文。", style="A")), styles=styles))


def _numbering(start: str, level: str) -> bytes:
    numbering = (
        f'<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="{level}"><w:start w:val="{start}"/><w:numFmt w:val="decimal"/>'
        f'<w:lvlText w:val="{"%1" * 50_000}"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    props = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>'
    return zipped(parts_of(case(p("文。", props=props)), numbering=numbering))


def _bomb(size: int) -> bytes:
    """A document of ``size`` spaces."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in parts_of("").items():
            if name != "word/document.xml":
                archive.writestr(name, text)
        head, tail = document_xml("@").split("@")
        with archive.open("word/document.xml", "w", force_zip64=False) as stream:
            stream.write(head.encode())
            for _ in range(size >> 20):
                stream.write(b" " * (1 << 20))
            stream.write(tail.encode())
    return buffer.getvalue()


def _lying() -> bytes:
    """The directory says the document is small; it is not."""
    data = bytearray(_bomb(60 << 20))
    at = data.rfind(b"word/document.xml")
    data[at - 46 + 24 : at - 46 + 28] = struct.pack("<I", 5000)
    return bytes(data)


def _overlapping() -> bytes:
    """All entries of the directory point at the same bytes."""
    data = bytearray(zipped(parts_of(case(p("文。"))) | {f"word/media/{n}.png": "x" * 5000 for n in range(50)}))
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 42 : at + 46] = struct.pack("<I", 0)
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(data)


def _huge_directory() -> bytes:
    """A directory of 30 MB, its count a lie."""
    entry = (
        b"PK\x01\x02" + struct.pack("<6H3I5H2I", *(20, 20, 0, 0, 0, 0), *(0, 0, 0), *(1, 0, 0, 0, 0), *(0, 0)) + b"a"
    )
    directory = entry * 600_000
    return b"PK\x03\x04" + directory + b"PK\x05\x06" + struct.pack("<4H2IH", 0, 0, 9, 9, len(directory), 4, 0)


def _pixels(width: int, height: int) -> bytes:
    """A PNG that says it is ``width`` by ``height``, with nothing in it."""
    header = struct.pack(">II5B", width, height, 8, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(b"")) + _chunk(b"IEND", b"")
    parts = parts_of(case(p("文。", picture("i"))), ("i", "image", "media/a.png"))
    return zipped(parts | {"word/media/a.png": png})


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
