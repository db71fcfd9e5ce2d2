"""Text in cells, written so that no program takes it for a formula, and read back as it was."""

import re

# What spreadsheet programs take for the beginning of a formula; the full-width ones are what a Chinese Excel converts.
TRIGGERS = frozenset("=+-@\t\r＝＋－＠")
MARK = "'"
ILLEGAL = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def escape_formula(text: str) -> str:
    """Put an apostrophe before ``text`` where a program that opens the CSV would calculate."""
    bare = text.lstrip(MARK + " \n\u3000\xa0")
    return MARK + text if bare[:1] in TRIGGERS and bare else text


def escape(text: str) -> str:
    """Write control characters as ``_x0001_``, the way Excel itself does in xlsx cells."""
    return ILLEGAL.sub(lambda found: f"_x{ord(found.group()):04X}_", text)


def unescape(text: str) -> str:
    """Read an xlsx cell as the text it stands for."""
    return ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text)


def one_newline(text: str) -> str:
    """Reduce line breaks to LF: browsers send CR LF, spreadsheets keep LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
