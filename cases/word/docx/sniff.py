"""The kind of a file, by its bytes, not by its name."""

import re
from typing import BinaryIO, Literal

from cases.word.document import SAVE_AS, WordFileError, not_word, refuse
from cases.word.docx.limits import FILE_BYTES

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
STREAMS = (("EncryptedPackage", "encrypted"), ("WordDocument", "doc"), ("Workbook", "xls"), ("PowerPoint", "ppt"))
PDF = re.compile(rb"^[^\x89]{0,1019}?%PDF-", re.DOTALL)  # a text may stand before it, says the format
TEXTS = (
    (re.compile(rb"^\{\\rtf"), "rtf"),
    (re.compile(rb'progid="word\.document"|/2006/xmlpackage|/2003/wordml'), "word-xml"),
    (re.compile(rb"^<(!doctype html|html|head|body|\?xml[^>]*>\s*<(!doctype )?html)|mime-version:"), "html"),
)
OTHERS = (
    (b"\x89PNG", "一张图片"),
    (b"\xff\xd8\xff", "一张图片"),
    (b"GIF8", "一张图片"),
    (b"BM", "一张图片"),
    (b"II*\x00", "一张图片"),
    (b"MM\x00*", "一张图片"),
    (b"Rar!", "一个压缩包"),
    (b"7z\xbc\xaf", "一个压缩包"),
    (b"\x1f\x8b", "一个压缩包"),
    (b"MZ", "一个程序"),
    (b"\x7fELF", "一个程序"),
)


def find_kind(file: BinaryIO, filename: str) -> Literal["docx", "pdf"]:
    """Tell by the first bytes which reader the file is for; raise ``WordFileError`` for whatever is neither."""
    head = file.read(4096)
    file.seek(0)
    if not head:
        raise refuse("empty")
    if head.startswith(OLE):
        raise refuse_ole(file.read(FILE_BYTES), filename)
    if head.startswith((ZIP, b"PK\x05\x06", b"PK\x07\x08")):
        return "docx"
    if PDF.search(head[:1030]):
        return "pdf"
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n\x00")[:2048]
    for pattern, code in TEXTS:
        if pattern.search(start.lower()):
            raise refuse(code)
    for magic, what in OTHERS:
        if start.startswith(magic):
            raise not_word(what)
    if filename.lower().endswith((".docx", ".doc", ".wps")):
        raise refuse("corrupt", "这个文件虽然叫 Word 文件，里面却不是，也可能坏了。" + SAVE_AS)
    raise not_word("别的文件")


def refuse_ole(data: bytes, filename: str) -> WordFileError:
    """Make the error for a file of the years before .docx: of Word, or of what else."""
    found = next((code for name, code in STREAMS if name.encode("utf-16-le") in data), "")
    if found in ("xls", "ppt", ""):
        return not_word({"xls": "表格文件（.xls）", "ppt": "幻灯片（.ppt）", "": "别的软件的文件"}[found])
    return refuse("wps" if found == "doc" and filename.lower().endswith(".wps") else found)
