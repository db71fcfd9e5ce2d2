"""The zip around a Word file, opened with suspicion: sizes are checked before and counted while inflating."""

import posixpath
import re
import stat
import zipfile
import zlib
from typing import BinaryIO
from urllib.parse import unquote

from lxml import etree

from cases.imports.docx import limits
from cases.imports.docx.sniff import not_word, refuse
from cases.imports.docx.xml import parse_xml

END_RECORD = b"PK\x05\x06"
REL_NS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
BOMB = "这个文件展开后大得不正常，为安全起见没有读。如果它是正常的稿子，请把内容复制到新的 Word 文件里再上传。"
UNSAFE = "这个文件内部有不正常的路径名，为安全起见没有读。请把内容复制到新的 Word 文件里再上传。"
MACRO = "这个文件带有宏（.docm），为安全起见没有读。请在 Word 里另存为“Word 文档（.docx）”，再上传。"


class Relationship:
    """Where a part points: ``kind`` is the last word of the type (image, hyperlink, …)."""

    def __init__(self, element: etree._Element, base: str) -> None:
        self.kind = element.get("Type", "").rpartition("/")[2]
        self.target = element.get("Target", "")
        self.external = element.get("TargetMode", "").lower() == "external"
        folder = "/" if self.target.startswith("/") else "/" + posixpath.dirname(base)
        self.part = posixpath.normpath(posixpath.join(folder, unquote(self.target))).lstrip("/")


class Package:
    """The parts of a .docx by name; names are compared without case, as the format demands."""

    def __init__(self, file: BinaryIO) -> None:
        _check_end_record(file)
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, OSError, UnicodeError, NotImplementedError, EOFError) as error:
            raise refuse("corrupt") from error
        self._entries = self._index()
        self._left = limits.TOTAL_BYTES
        self._check_office()
        self.main = self._main_part()

    def _index(self) -> dict[str, zipfile.ZipInfo]:
        infos = [info for info in self._zip.infolist() if not info.is_dir()]
        if len(infos) > limits.ENTRIES or sum(info.file_size for info in infos) > limits.TOTAL_BYTES:
            raise refuse("zip-bomb", BOMB)
        entries = {}
        for info in infos:
            name = _safe_name(info)
            if name in entries:
                raise refuse("corrupt")
            entries[name] = info
        _check_overlap(infos)
        return entries

    def _check_office(self) -> None:
        names = self._entries
        if "mimetype" in names and "content.xml" in names:
            raise refuse("odt") if self.read("mimetype", 100).endswith(b".text") else not_word("别的软件的文件")
        for start, what in (("xl/", "表格文件（.xlsx）"), ("ppt/", "幻灯片（.pptx）"), ("meta-inf/", "一个程序包")):
            if any(name.startswith(start) for name in names) and "word/document.xml" not in names:
                raise not_word(what)
        if "[content_types].xml" not in names:
            if any(name.startswith("word/") for name in names):
                raise refuse("corrupt")
            raise not_word("一个压缩包")
        types = self.read("[content_types].xml", limits.MB)
        if b"macroenabled" in types.lower() or any(name.endswith("vbaproject.bin") for name in names):
            raise refuse("macro", MACRO)

    def _main_part(self) -> str:
        root = self.relationships("")
        mains = [item.part for item in root.values() if item.kind == "officeDocument" and not item.external]
        for name in (*mains, "word/document.xml"):
            if self.has(name):
                return name
        raise refuse("corrupt")

    def has(self, name: str) -> bool:
        return name.lower() in self._entries

    def read(self, name: str, limit: int) -> bytes:
        """The bytes of a part, at most ``limit``; refuses the file if there are more, or if they are damaged."""
        info = self._entries[name.lower()]
        if info.flag_bits & 0x1:
            raise refuse("encrypted")
        too_dense = info.file_size > limits.RATIO_FROM and info.file_size > limits.RATIO * max(info.compress_size, 1)
        if info.file_size > limit or too_dense:
            raise refuse("zip-bomb", BOMB)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise refuse("corrupt")
        try:
            with self._zip.open(info) as stream:
                data = stream.read(limit + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            ValueError,
            OSError,
            EOFError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise refuse("corrupt") from error
        self._left -= len(data)
        if len(data) > limit or self._left < 0:
            raise refuse("zip-bomb", BOMB)
        return data

    def xml(self, name: str) -> etree._Element:
        """The root element of an XML part."""
        return parse_xml(self.read(name, limits.XML_BYTES))

    def relationships(self, part: str) -> dict[str, Relationship]:
        """The relationships of a part ('' is the package itself), by id; empty when it has none."""
        folder, _, name = part.rpartition("/")
        path = posixpath.join(folder, "_rels", f"{name}.rels")
        if not self.has(path):
            return {}
        found = {}
        for element in self.xml(path).iter(f"{REL_NS}Relationship"):
            found[element.get("Id", "")] = Relationship(element, part)
        return found


def _check_end_record(file: BinaryIO) -> None:
    """Refuse a directory too large to be listed: zipfile would read the whole of it first."""
    size = file.seek(0, 2)
    file.seek(max(0, size - 66_000))
    tail = file.read()
    file.seek(0)
    at = tail.rfind(END_RECORD)
    if at < 0 or at + 22 > len(tail):
        raise refuse("corrupt")
    count = int.from_bytes(tail[at + 10 : at + 12], "little")
    directory = int.from_bytes(tail[at + 12 : at + 16], "little")
    zip64 = 0xFFFFFFFF
    if count > limits.ENTRIES and count != 0xFFFF:
        raise refuse("zip-bomb", BOMB)
    if limits.DIRECTORY_BYTES < directory != zip64:
        raise refuse("zip-bomb", BOMB)


def _safe_name(info: zipfile.ZipInfo) -> str:
    """The part's name as it is looked up; nothing is ever written to disk under it."""
    name = info.filename.replace("\\", "/").lower()
    if name.startswith("/") or re.match(r"[a-z]:", name) or ".." in name.split("/"):
        raise refuse("unsafe", UNSAFE)
    if stat.S_ISLNK(info.external_attr >> 16):
        raise refuse("unsafe", UNSAFE)
    return name


def _check_overlap(infos: list[zipfile.ZipInfo]) -> None:
    """Entries sharing bytes are how the densest bombs are made."""
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise refuse("zip-bomb", BOMB)
        end = info.header_offset + 30 + len(info.filename) + info.compress_size
