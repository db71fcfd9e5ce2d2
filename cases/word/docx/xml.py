"""Elements of a Word part: their names, the values of their attributes, and where a relationship points."""

import posixpath
from urllib.parse import unquote

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
V = "{urn:schemas-microsoft-com:vml}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
OFF = {"0", "false", "off", "none"}


class Relationship:
    """Where a part points: ``kind`` is the last word of the type (image, hyperlink, …)."""

    def __init__(self, element: etree._Element, base: str) -> None:
        self.kind = element.get("Type", "").rpartition("/")[2]
        self.target = element.get("Target", "")
        self.external = element.get("TargetMode", "").lower() == "external"
        folder = "/" if self.target.startswith("/") else "/" + posixpath.dirname(base)
        self.part = posixpath.normpath(posixpath.join(folder, unquote(self.target))).lstrip("/")


def value(element: etree._Element | None, name: str, default: str = "") -> str:
    """Read ``w:val`` of the child ``w:name``, or ``default``."""
    child = None if element is None else element.find(W + name)
    return default if child is None else child.get(f"{W}val", default)


def flag(element: etree._Element | None, name: str) -> bool | None:
    """Read a toggle such as ``w:b``: True, False, or None where it is not set."""
    child = None if element is None else element.find(W + name)
    if child is None:
        return None
    return child.get(f"{W}val", "true").lower() not in OFF


def whole(text: str | None, default: int = 0) -> int:
    """Read a whole number out of an attribute; ``default`` for anything else."""
    try:
        number = int(float(text or ""))
    except (ValueError, OverflowError):
        return default
    return number if abs(number) < 1_000_000 else default
