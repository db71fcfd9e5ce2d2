"""Text in cells, written so that no program takes it for a formula, and read back as it was."""

import re

# What spreadsheet programs take for the beginning of a formula; the full-width ones are what a Chinese Excel converts.
TRIGGERS = frozenset("=+-@\t\r＝＋－＠")
MARK = "'"
CELL_LIMIT = 32_767
ILLEGAL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def defuse(text: str) -> str:
    """``text`` for a CSV cell: a leading apostrophe where a program would calculate. ``unmark`` undoes it exactly."""
    return MARK + text if _is_risky(text) else text


def unmark(text: str) -> str:
    """A CSV cell as the text it stands for."""
    return text[1:] if text.startswith(MARK) and _is_risky(text[1:]) else text


def _is_risky(text: str) -> bool:
    bare = text.lstrip(MARK + " \n\u3000\xa0")
    return bare[:1] in TRIGGERS if bare else False


def escape(text: str) -> str:
    """``text`` for an xlsx cell: control characters as ``_x0001_``, the way Excel itself writes them."""
    return ILLEGAL.sub(lambda found: f"_x{ord(found.group()):04X}_", text)


def unescape(text: str) -> str:
    """An xlsx cell as the text it stands for."""
    return ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text)


def one_newline(text: str) -> str:
    """Browsers send CR LF, spreadsheets keep LF: one kind for cells and for comparing."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
