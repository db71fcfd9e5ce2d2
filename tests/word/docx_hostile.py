"""Files nobody should send: formats under a false name, damage, bombs, traps. Name -> (bytes, codes it may give).

``OK`` among the codes means that a document may come of it; an empty set means any refusal will do.
"""

import random
import zipfile
from collections.abc import Iterator
from io import BytesIO

from tests.word.docx_files import styled_case
from tests.word.docx_raw import NS, ROOT_RELS, TYPES, case, document_xml, p, parts_of, picture, relationships, zipped

OK = "ok"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
Hostile = tuple[bytes, set[str]]


def with_part(name: str, content: bytes | str, *rels: tuple) -> bytes:
    return zipped(parts_of(case(p("做了。")), *rels) | {name: content})


def false_names() -> dict[str, Hostile]:
    """Other formats under the name of a Word file."""
    stream = "WordDocument".encode("utf-16-le")
    return {
        "nothing": (b"", {"empty"}),
        "a pdf": (b"%PDF-1.7\n%\xe2\xe3", {"pdf-corrupt"}),
        "a pdf after rubbish": (b"\n\n  %PDF-1.4", {"pdf-corrupt"}),
        "an rtf": (b"{\\rtf1\\ansi}", {"rtf"}),
        "a web page": (b"<!DOCTYPE html><html><body>x", {"html"}),
        "a web page with a mark": (b"\xef\xbb\xbf<HTML>", {"html"}),
        "xhtml": (b'<?xml version="1.0"?><html xmlns="x"/>', {"html"}),
        "a web archive": (b"MIME-Version: 1.0\nContent-Type: multipart/related", {"html"}),
        "flat word xml": (b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w/>', {"word-xml"}),
        "a package in one xml": (
            b'<?xml version="1.0"?><pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"/>',
            {"word-xml"},
        ),
        "plain text": ("就是一段文字".encode(), {"corrupt"}),
        "text in gbk": ("就是一段文字".encode("gbk"), {"corrupt"}),
        "nul bytes": (b"\0" * 5000, {"corrupt"}),
        "lone surrogates": ("\ud800\udfff文".encode("utf-8", "surrogatepass"), {"corrupt"}),
        "a png": (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, {"not-word"}),
        "a jpeg": (b"\xff\xd8\xff\xe0" + b"\0" * 50, {"not-word"}),
        "a rar": (b"Rar!\x1a\x07\0", {"not-word"}),
        "a program": (b"MZ\x90\0", {"not-word"}),
        "an old word file": (OLE + stream, {"doc"}),
        "an encrypted word file": (OLE + "EncryptedPackage".encode("utf-16-le"), {"encrypted"}),
        "an old workbook": (OLE + "Workbook".encode("utf-16-le"), {"not-word"}),
        "an old slide show": (OLE + "PowerPoint Document".encode("utf-16-le"), {"not-word"}),
        "another compound file": (OLE, {"not-word"}),
        "only the zip's mark": (b"PK\x03\x04", {"corrupt"}),
        "an empty zip": (zipped({}), {"not-word"}),
        "an end record alone": (b"PK\x05\x06" + b"\xff" * 18, {"corrupt", "zip-bomb"}),
        "a zip of texts": (zipped({"readme.txt": "x"}), {"not-word"}),
        "a workbook": (zipped({"[Content_Types].xml": TYPES, "xl/workbook.xml": "<x/>"}), {"not-word"}),
        "a slide show": (zipped({"[Content_Types].xml": TYPES, "ppt/presentation.xml": "<x/>"}), {"not-word"}),
        "a jar": (zipped({"META-INF/MANIFEST.MF": "x", "A.class": "x"}), {"not-word"}),
        "an odt": (zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"}), {"odt"}),
        "an ods": (
            zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": ""}),
            {"not-word"},
        ),
        "a word file in a zip": (zipped({"稿.docx": styled_case()}), {"not-word"}),
        "no content types": (zipped({"word/document.xml": document_xml(p("x"))}), {"corrupt"}),
    }


def damage() -> Iterator[tuple[str, Hostile]]:
    """A good file cut short, with bits turned over, with bytes before and behind it."""
    data = styled_case()
    for percent in (1, 2, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99):
        yield f"cut at {percent}%", (data[: len(data) * percent // 100], {"corrupt"})
    for cut in (1, 2, 10, 21, 22, 60):
        yield f"without its last {cut} bytes", (data[:-cut], {"corrupt", OK})
    for seed in range(24):
        yield (
            f"bits turned over, {seed}",
            (_flipped(data, seed), {"corrupt", "not-word", "encrypted", "zip-bomb", "unsafe", OK}),
        )
    yield "rubbish before it", (b"GARBAGE!" + data, {"corrupt"})
    yield "rubbish behind it", (data + b"\0" * 1000, {OK, "corrupt"})
    yield "twice in a row", (data + data, {OK, "corrupt", "zip-bomb"})


def _flipped(data: bytes, seed: int) -> bytes:
    generator, changed = random.Random(seed), bytearray(data)
    for _ in range(1 + seed * 3):
        changed[generator.randrange(len(changed))] ^= 1 << generator.randrange(8)
    return bytes(changed)


def parts() -> dict[str, Hostile]:
    """Parts missing, false, doubled, badly named."""
    good = parts_of(case(p("做了。")))
    xml = good["word/document.xml"]
    absent = {name: text for name, text in good.items() if name != "word/document.xml"}
    types_macro = TYPES.replace(
        "vnd.openxmlformats-officedocument.wordprocessingml.document.main", "vnd.ms-word.document.macroEnabled.main"
    )
    return {
        "no document": (zipped(absent), {"corrupt"}),
        "no relationships at all": (
            zipped({name: good[name] for name in ("[Content_Types].xml", "word/document.xml")}),
            {OK},
        ),
        "a document of nothing": (zipped(good | {"word/document.xml": ""}), {"corrupt"}),
        "a document without body": (zipped(good | {"word/document.xml": f"<w:document {NS}/>"}), {"corrupt"}),
        "a document of another kind": (zipped(good | {"word/document.xml": "<html/>"}), {"corrupt"}),
        "broken xml": (zipped(good | {"word/document.xml": xml[:-40]}), {"corrupt"}),
        "xml with nul": (zipped(good | {"word/document.xml": xml.replace("做", "\0")}), {"corrupt"}),
        "xml with control characters": (zipped(good | {"word/document.xml": xml.replace("做", "&#1;")}), {"corrupt"}),
        "xml with a surrogate": (zipped(good | {"word/document.xml": xml.replace("做", "&#xD800;")}), {"corrupt"}),
        "xml in a false encoding": (zipped(good | {"word/document.xml": xml.encode("gbk")}), {"corrupt"}),
        "xml in an unknown encoding": (
            zipped(good | {"word/document.xml": xml.replace("UTF-8", "X-NONE")}),
            {"corrupt"},
        ),
        "xml in utf-16": (zipped(good | {"word/document.xml": xml.replace("UTF-8", "UTF-16").encode("utf-16")}), {OK}),
        "unbound prefixes": (zipped(good | {"word/document.xml": "<w:document><w:body/></w:document>"}), {"corrupt"}),
        "a directory for a document": (zipped(absent | {"word/document.xml/": ""}), {"corrupt"}),
        "two documents": (_doubled(good), {"corrupt"}),
        "broken styles": (with_part("word/styles.xml", "<w:styles", ("s", "styles", "styles.xml")), {"corrupt"}),
        "broken relationships": (zipped(good | {"word/_rels/document.xml.rels": "<R"}), {"corrupt"}),
        "missing styles": (zipped(parts_of(case(p("做了。")), ("s", "styles", "none.xml"))), {OK}),
        "a picture that is not there": (
            zipped(parts_of(case(p("文", picture("i"))), ("i", "image", "media/none.png"))),
            {OK},
        ),
        "a picture pointing at the text": (
            zipped(parts_of(case(p("文", picture("i"))), ("i", "image", "document.xml"))),
            {OK},
        ),
        "a picture outside": (
            zipped(parts_of(case(p("文", picture("i"))), ("i", "image", "../../../etc/passwd"))),
            {OK},
        ),
        "a picture on the web": (
            zipped(parts_of(case(p("文", picture("i"))), ("i", "image", "http://127.0.0.1:9/a.png", "External"))),
            {OK},
        ),
        "a template on the web": (
            zipped(parts_of(case(p("文。")), ("t", "attachedTemplate", "http://127.0.0.1:9/t.dotm", "External"))),
            {OK},
        ),
        "a document on the web": (
            zipped(
                good | {"_rels/.rels": relationships(("r", "officeDocument", "http://127.0.0.1:9/d.xml", "External"))}
            ),
            {OK},
        ),
        "a document that is its own styles": (zipped(parts_of(case(p("文。")), ("s", "styles", "document.xml"))), {OK}),
        "relationships in a circle": (
            zipped(good | {"_rels/.rels": ROOT_RELS.replace("word/document.xml", "_rels/.rels")}),
            {"corrupt"},
        ),
        "macros by type": (zipped(good | {"[Content_Types].xml": types_macro}), {"macro"}),
        "macros by part": (with_part("word/vbaProject.bin", b"x"), {"macro"}),
        "a name that climbs": (with_part("../../etc/cron.d/x", b"x"), {"unsafe"}),
        "a name that climbs with back slashes": (with_part("word\\..\\..\\x", b"x"), {"unsafe"}),
        "an absolute name": (with_part("/etc/passwd", b"x"), {"unsafe"}),
        "a name on a drive": (with_part("C:/x", b"x"), {"unsafe"}),
        "a symbolic link": (_linked(good), {"unsafe"}),
        "an encrypted entry": (_marked_encrypted(zipped(good)), {"encrypted"}),
        "an unknown compression": (zipped(good, compression=zipfile.ZIP_BZIP2), {"corrupt"}),
        "lzma": (zipped(good, compression=zipfile.ZIP_LZMA), {"corrupt"}),
        "pictures alone": (zipped(parts_of(p(picture("i")), ("i", "image", "media/a.png"))), {"no-text"}),
        "blanks alone": (zipped(parts_of(p(" \u3000\n") * 9)), {"no-text"}),
    }


def _doubled(good: dict) -> bytes:
    buffer = BytesIO(zipped(good))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("WORD/Document.xml", good["word/document.xml"])
    return buffer.getvalue()


def _linked(good: dict) -> bytes:
    buffer = BytesIO(zipped(good))
    with zipfile.ZipFile(buffer, "a") as archive:
        info = zipfile.ZipInfo("word/media/link.png")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return buffer.getvalue()


def _marked_encrypted(data: bytes) -> bytes:
    changed, at = bytearray(data), 0
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = 0
        while (at := changed.find(mark, at)) >= 0:
            changed[at + offset] |= 1
            at += 4
    return bytes(changed)
