"""Automatic numbers: what Word would print before a paragraph."""

import re
from dataclasses import dataclass

from lxml import etree

from cases.word.docx.xml import W, value, whole

DIGITS = "〇一二三四五六七八九"
CHINESE_FORMATS = {
    *("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting"),
    *("taiwaneseCountingThousand", "ideographDigital", "chineseLegalSimplified", "ideographTraditional"),
    *("ideographLegalTraditional", "koreanDigital2", "taiwaneseDigital"),
}
ROMAN_ONES = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
PLACEHOLDER = re.compile(r"%([1-9])")


@dataclass(frozen=True)
class Level:
    format: str = "decimal"
    text: str = "%1."
    start: int = 1


@dataclass(frozen=True)
class Label:
    """``kind``: bullet, number (1. a) i.) or chinese (一、 （一） 第一章), which in practice numbers headings."""

    kind: str
    text: str
    ordinal: int
    depth: int


class Numbering:
    """Counts as Word does: lists of one abstract definition share a count unless one is restarted."""

    def __init__(self, root: etree._Element | None) -> None:
        self._abstract: dict[str, dict[int, Level]] = {}
        self._nums: dict[str, tuple[str, dict[int, Level]]] = {}
        self._counts: dict[str, dict[int, int]] = {}
        if root is None:
            return
        lists = list(root.iterchildren(f"{W}abstractNum"))
        # A list that only names a list style has the levels of the definition made for that style (one step: no loops).
        made = {value(element, "styleLink"): _levels(element) for element in lists if value(element, "styleLink")}
        for element in lists:
            levels = made.get(value(element, "numStyleLink")) or _levels(element)
            self._abstract[element.get(f"{W}abstractNumId", "")] = levels
        for element in root.iterchildren(f"{W}num"):
            number, abstract = element.get(f"{W}numId", ""), value(element, "abstractNumId")
            levels, is_restarted = dict(self._abstract.get(abstract, {})), False
            for override in element.iterchildren(f"{W}lvlOverride"):
                depth = whole(override.get(f"{W}ilvl"))
                levels |= _levels(override)
                if start := value(override, "startOverride"):
                    known, is_restarted = levels.get(depth, Level()), True
                    levels[depth] = Level(known.format, known.text, whole(start, 1))
            self._nums[number] = (f"num-{number}" if is_restarted else f"abstract-{abstract}", levels)

    def label(self, number: str, depth: int) -> Label | None:
        """Count on in list ``number`` at ``depth`` (0-8); return None for a list that does not exist."""
        if number not in self._nums:
            return None
        key, levels = self._nums[number]
        level = levels.get(depth) or levels.get(0, Level())
        if level.format == "bullet":
            return Label("bullet", "", 0, depth)
        counts = self._counts.setdefault(key, {})
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]
        if level.format == "none":
            return None

        def shown(match: re.Match) -> str:
            other = int(match[1]) - 1
            at = levels.get(other, Level())
            return format_number(counts.get(other, at.start), at.format)

        text = PLACEHOLDER.sub(shown, level.text[:40])
        return Label("chinese" if level.format in CHINESE_FORMATS else "number", text.strip(), counts[depth], depth)


def _levels(element: etree._Element) -> dict[int, Level]:
    found = {}
    for level in element.iterchildren(f"{W}lvl"):
        depth = min(max(whole(level.get(f"{W}ilvl")), 0), 8)
        found[depth] = Level(
            value(level, "numFmt", "decimal"), value(level, "lvlText"), whole(value(level, "start"), 1)
        )
    return found


def format_number(number: int, name: str) -> str:
    """Write a number in the format Word calls ``name``; plainly in one we do not know."""
    if number < 0 or number > 9999:
        return str(number)
    if name in CHINESE_FORMATS:
        if 10 <= number < 100:
            tens, ones = divmod(number, 10)
            return ("" if tens == 1 else DIGITS[tens]) + "十" + (DIGITS[ones] if ones else "")
        return "".join(DIGITS[int(digit)] for digit in str(number))
    if name.endswith("Letter") and number:
        letter = chr(ord("a") + (number - 1) % 26)
        return letter.upper() if name.startswith("upper") else letter
    if name.endswith("Roman") and 0 < number < 40:
        roman = "x" * (number // 10) + ROMAN_ONES[number % 10]
        return roman.upper() if name.startswith("upper") else roman
    if name == "decimalEnclosedCircle" and 1 <= number <= 20:
        return chr(0x2460 + number - 1)
    return f"{number:02}" if name == "decimalZero" else str(number)
