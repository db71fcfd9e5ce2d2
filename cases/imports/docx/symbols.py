"""Characters of symbol fonts, which mean something only in that font."""

from collections import Counter

from lxml import etree

from cases.imports.docx.xml import W

WINGDINGS = {
    0x6C: "●",
    0x6D: "❍",
    0x6E: "■",
    0x6F: "□",
    0x71: "❑",
    0x72: "❒",
    0x74: "◆",
    0x75: "◆",
    0x76: "❖",
    0x77: "◆",
    0x9F: "•",
    0xA7: "▪",
    0xA8: "□",
    0xAB: "★",
    0xD8: "➢",
    0xE0: "→",
    0xDF: "←",
    0xE1: "↑",
    0xE2: "↓",
    0xE8: "➔",
    0xFB: "✗",
    0xFC: "✓",
    0xFD: "☒",
    0xFE: "☑",
    0x2A: "✉",
    0x28: "☎",
    0x4A: "☺",
    0xB0: "○",
    0xFA: "■",
}
SYMBOL = {0xB7: "•", 0xA3: "≤", 0xB3: "≥", 0xB1: "±", 0xB4: "×", 0xB8: "÷", 0xB9: "≠", 0xBB: "≈", 0xAE: "→", 0xB0: "°"}
FONTS = {"wingdings": WINGDINGS, "symbol": SYMBOL, "wingdings 2": {0x50: "✓", 0x52: "☑", 0xA3: "□", 0x30: "☐"}}


def symbol(element: etree._Element, met: Counter) -> str:
    """The character of a ``w:sym``; '' (counted as ``symbols``) for one that is not known."""
    try:
        code = int(element.get(f"{W}char", ""), 16)
    except ValueError:
        return ""
    font = element.get(f"{W}font", "").lower()
    if font in FONTS:
        found = FONTS[font].get(code & 0xFF, "")
    else:
        found = chr(code) if 0x20 <= code < 0xD800 or 0xF900 <= code <= 0x1FFFF else ""
    met["symbols"] += not found
    return found
