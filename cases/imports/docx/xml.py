"""XML of a Word part: no entities, no network, no deep trees; strict and transitional documents look the same."""

from lxml import etree

from cases.imports.docx import limits
from cases.imports.docx.sniff import refuse

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
V = "{urn:schemas-microsoft-com:vml}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
STRICT = {
    b"http://purl.oclc.org/ooxml/wordprocessingml/main": W[1:-1].encode(),
    b"http://purl.oclc.org/ooxml/officeDocument/relationships": R[1:-1].encode(),
    b"http://purl.oclc.org/ooxml/drawingml/": b"http://schemas.openxmlformats.org/drawingml/2006/",
    b"http://purl.oclc.org/ooxml/officeDocument/math": M[1:-1].encode(),
}
ENTITIES = "这个文件里有不正常的 XML 声明，为安全起见没有读。请把内容复制到新的 Word 文件里再上传。"
TOO_COMPLEX = "这个文件的结构太复杂或太长，没有读完。请把正文复制到新的 Word 文件里，或拆成几份，再上传。"
OFF = {"0", "false", "off", "none"}


def parse_xml(data: bytes) -> etree._Element:
    """The root of a part; raises ``WordFileError`` on broken XML, a document type or too large a tree."""
    if any(mark in data for mark in ("<!DOCTYPE".encode(code) for code in ("ascii", "utf-16-le", "utf-16-be"))):
        raise refuse("unsafe", ENTITIES)
    for strict, usual in STRICT.items():
        data = data.replace(strict, usual)
    if data.count(b"<") > 2 * limits.NODES:
        raise refuse("too-complex", TOO_COMPLEX)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        if "depth" in str(error):
            raise refuse("too-complex", TOO_COMPLEX) from error
        raise refuse("corrupt") from error
    except (ValueError, LookupError) as error:
        raise refuse("corrupt") from error
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        raise refuse("unsafe", ENTITIES)
    return root


def value(element: etree._Element | None, name: str, default: str = "") -> str:
    """``w:val`` of the child ``w:name``, or ``default``."""
    child = None if element is None else element.find(W + name)
    return default if child is None else child.get(f"{W}val", default)


def flag(element: etree._Element | None, name: str) -> bool | None:
    """A toggle such as ``w:b``: True, False, or None where it is not set."""
    child = None if element is None else element.find(W + name)
    if child is None:
        return None
    return child.get(f"{W}val", "true").lower() not in OFF


def whole(text: str | None, default: int = 0) -> int:
    """A whole number out of an attribute; ``default`` for anything else."""
    try:
        number = int(float(text or ""))
    except (ValueError, OverflowError):
        return default
    return number if abs(number) < 1_000_000 else default
