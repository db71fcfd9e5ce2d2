"""The zip around a Word file, opened with suspicion: sizes are checked before and counted while inflating."""

import posixpath
import re
import stat
import zipfile
import zlib
from typing import BinaryIO

from lxml import etree

from cases.word.document import not_word, refuse
from cases.word.docx import limits
from cases.word.docx.xml import M, R, Relationship, W

END_RECORD = b"PK\x05\x06"
REL_NS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
UNSAFE = "这个文件内部有不正常的路径名，为安全起见没有读。请把内容复制到新的 Word 文件里再上传。"
STRICT = {
    b"http://purl.oclc.org/ooxml/wordprocessingml/main": W[1:-1].encode(),
    b"http://purl.oclc.org/ooxml/officeDocument/relationships": R[1:-1].encode(),
    b"http://purl.oclc.org/ooxml/drawingml/": b"http://schemas.openxmlformats.org/drawingml/2006/",
    b"http://purl.oclc.org/ooxml/officeDocument/math": M[1:-1].encode(),
}
ENTITIES = "这个文件里有不正常的 XML 声明，为安全起见没有读。请把内容复制到新的 Word 文件里再上传。"
MACRO = "这个文件带有宏（.docm），为安全起见没有读。请在 Word 里另存为“Word 文档（.docx）”，再上传。"


class Package:
    """The parts of a .docx by name; names are compared without case, as the format demands."""

    def __init__(self, file: BinaryIO) -> None:
        # A directory too large to be listed is refused first: zipfile would read the whole of it.
        size = file.seek(0, 2)
        file.seek(max(0, size - 66_000))
        tail = file.read()
        file.seek(0)
        at = tail.rfind(END_RECORD)
        if at < 0 or at + 22 > len(tail):
            raise refuse("corrupt")
        count = int.from_bytes(tail[at + 10 : at + 12], "little")
        directory = int.from_bytes(tail[at + 12 : at + 16], "little")
        if limits.ENTRIES < count != 0xFFFF or limits.DIRECTORY_BYTES < directory != 0xFFFFFFFF:  # all ones: zip64
            raise refuse("zip-bomb")
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, OSError, UnicodeError, NotImplementedError, EOFError) as error:
            raise refuse("corrupt") from error
        self._entries = _index(self._zip)
        self._left = limits.TOTAL_BYTES
        self._check_office()
        mains = [
            item for item in self.relationships("").values() if item.kind == "officeDocument" and not item.external
        ]
        names = (*(item.part for item in mains), "word/document.xml")
        self.main = next((name for name in names if self.has(name)), "")
        if not self.main:
            raise refuse("corrupt")

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

    def has(self, name: str) -> bool:
        return name.lower() in self._entries

    def read(self, name: str, limit: int) -> bytes:
        """Return the bytes of a part, at most ``limit``; refuse the file if there are more, or if they are damaged."""
        info = self._entries[name.lower()]
        if info.flag_bits & 0x1:
            raise refuse("encrypted")
        too_dense = info.file_size > limits.RATIO_FROM and info.file_size > limits.RATIO * max(info.compress_size, 1)
        if info.file_size > limit or too_dense:
            raise refuse("zip-bomb")
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
            raise refuse("zip-bomb")
        return data

    def xml(self, name: str) -> etree._Element:
        """Parse an XML part and return its root: no entities, no network, no deep trees; strict documents look like usual ones.

        Raise ``WordFileError`` on broken XML, a document type or too large a tree.
        """
        data = self.read(name, limits.XML_BYTES)
        if any(mark in data for mark in ("<!DOCTYPE".encode(code) for code in ("ascii", "utf-16-le", "utf-16-be"))):
            raise refuse("unsafe", ENTITIES)
        for strict, usual in STRICT.items():
            data = data.replace(strict, usual)
        if data.count(b"<") > 2 * limits.NODES:
            raise refuse("too-complex")
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            root = etree.fromstring(data, parser)
        except etree.XMLSyntaxError as error:
            if "depth" in str(error):
                raise refuse("too-complex") from error
            raise refuse("corrupt") from error
        except (ValueError, LookupError) as error:
            raise refuse("corrupt") from error
        if root is None or root.getroottree().docinfo.internalDTD is not None:
            raise refuse("unsafe", ENTITIES)
        return root

    def relationships(self, part: str) -> dict[str, Relationship]:
        """Read the relationships of a part ('' is the package itself), by id; empty when it has none."""
        folder, _, name = part.rpartition("/")
        path = posixpath.join(folder, "_rels", f"{name}.rels")
        if not self.has(path):
            return {}
        found = {}
        for element in self.xml(path).iter(f"{REL_NS}Relationship"):
            found[element.get("Id", "")] = Relationship(element, part)
        return found


def _index(package: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """List the entries by the name they are looked up under; nothing is ever written to disk under it.

    Refuse names that lead elsewhere, links, doubled names, and entries sharing bytes, which is how the densest bombs are made.
    """
    infos = [info for info in package.infolist() if not info.is_dir()]
    if len(infos) > limits.ENTRIES or sum(info.file_size for info in infos) > limits.TOTAL_BYTES:
        raise refuse("zip-bomb")
    entries: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name = info.filename.replace("\\", "/").lower()
        leads_elsewhere = name.startswith("/") or re.match(r"[a-z]:", name) or ".." in name.split("/")
        if leads_elsewhere or stat.S_ISLNK(info.external_attr >> 16):
            raise refuse("unsafe", UNSAFE)
        if name in entries:
            raise refuse("corrupt")
        entries[name] = info
    end = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise refuse("zip-bomb")
        end = info.header_offset + 30 + len(info.filename) + info.compress_size
    return entries
