"""What a file is, by its bytes, not by its name."""

import re
from typing import BinaryIO

from cases.imports.document import WordFileError
from cases.imports.docx.limits import FILE_BYTES

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SAVE_AS = "请用 Word 或 WPS 打开，另存为“Word 文档（.docx）”后再上传。"

MESSAGES = {
    "empty": "这个文件是空的，没有内容。请找到写好的 Word 文件再上传。",
    "doc": f"这是旧格式的 Word 文件（.doc），这里读不了。{SAVE_AS}",
    "wps": f"这是 WPS 自己的格式（.wps），这里读不了。{SAVE_AS}",
    "pdf": "这是 PDF 文件，不是 Word 文件。请上传写稿时的 Word 文件（.docx）。",
    "rtf": f"这是 RTF 文件，这里读不了。{SAVE_AS}",
    "html": f"这是网页文件，不是 Word 文件。{SAVE_AS}",
    "odt": f"这是 ODT 文件，这里读不了。{SAVE_AS}",
    "word-xml": f"这是 XML 格式的 Word 文件，这里读不了。{SAVE_AS}",
    "encrypted": "这个文件设了打开密码，读不了。请在 Word 里去掉密码，保存后再上传。",
    "corrupt": "这个文件是坏的或者没有传完整。请在 Word 里打开看看，重新保存后再上传。",
}
STREAMS = (("EncryptedPackage", "encrypted"), ("WordDocument", "doc"), ("Workbook", "xls"), ("PowerPoint", "ppt"))
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


def refuse(code: str, message: str = "") -> WordFileError:
    """The error for ``code``, with the usual message of that code unless another is given."""
    return WordFileError(code, message or MESSAGES[code])


def not_word(what: str) -> WordFileError:
    return WordFileError("not-word", f"这是{what}，不是 Word 文件。请上传 Word 文件（.docx）。")


def check_kind(file: BinaryIO, filename: str) -> None:
    """Refuse whatever cannot be a .docx by its first bytes; raises ``WordFileError``."""
    head = file.read(4096)
    file.seek(0)
    if not head:
        raise refuse("empty")
    if head.startswith(OLE):
        raise _ole(file.read(FILE_BYTES), filename)
    if head.startswith((ZIP, b"PK\x05\x06", b"PK\x07\x08")):
        return
    raise _plain(head, filename)


def _ole(data: bytes, filename: str) -> WordFileError:
    found = next((code for name, code in STREAMS if name.encode("utf-16-le") in data), "")
    if found in ("xls", "ppt"):
        return not_word("表格文件（.xls）" if found == "xls" else "幻灯片（.ppt）")
    if found == "doc":
        return refuse("wps" if filename.lower().endswith(".wps") else "doc")
    return refuse("encrypted") if found else not_word("别的软件的文件")


def _plain(head: bytes, filename: str) -> WordFileError:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n\x00")[:2048]
    lower = start.lower()
    if b"%pdf-" in lower[:1024]:
        return refuse("pdf")
    if lower.startswith(b"{\\rtf"):
        return refuse("rtf")
    if b'progid="word.document"' in lower or b"/2006/xmlpackage" in lower or b"/2003/wordml" in lower:
        return refuse("word-xml")
    if (
        re.match(rb"<(!doctype html|html|head|body|\?xml[^>]*>\s*<(!doctype )?html)", lower)
        or b"mime-version:" in lower
    ):
        return refuse("html")
    for magic, what in OTHERS:
        if start.startswith(magic):
            return not_word(what)
    if filename.lower().endswith((".docx", ".doc", ".wps")):
        return refuse("corrupt", "这个文件虽然叫 Word 文件，里面却不是，也可能坏了。" + SAVE_AS)
    return not_word("别的文件")
