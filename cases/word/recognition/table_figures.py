"""Figures of tables, whose unit stands in a heading or in a column of its own, told as sentences."""

import re

from cases.word.recognition.figures import MONEY, PEOPLE, SCALE, THINGS

NUMBER = re.compile(r"[-−]?\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?|[-−]?\d+(?:\.\d+)?")
UNIT = re.compile(rf"(?:{SCALE})?(?:%|％|‰|{MONEY}|{PEOPLE}|{THINGS})|{SCALE}")
IN_BRACKETS = re.compile(r"[（(]\s*(?:单位[：:]\s*)?(?P<unit>[^（）()]{1,8})\s*[)）]\s*$")
UNIT_COLUMN = {"单位", "计量单位"}


def table_sentences(rows: list[list[str]]) -> list[str]:
    """Tell each bare number of a table with its headings and its unit; nothing for one that has no unit."""
    if len(rows) < 2:
        return []
    heads, told = rows[0], []
    units = next((at for at, head in enumerate(heads) if head.replace(" ", "") in UNIT_COLUMN), None)
    for row in rows[1:]:
        label, label_unit = _parted(row[0])
        own = row[units].strip() if units is not None and units < len(row) else ""
        for head, cell in zip(heads[1:], row[1:], strict=False):
            name, head_unit = _parted(head)
            unit = own or label_unit or head_unit
            if NUMBER.fullmatch(cell.strip()) and UNIT.fullmatch(unit):
                # A year as heading is the date of the figure, not its name.
                lead = f"{name}，{label}" if re.match(r"\d{4}\s*年", name) else label + name.removeprefix("数值")
                told.append(f"{lead} {cell.strip()}{unit}")
    return told


def _parted(text: str) -> tuple[str, str]:
    """Part 贷款余额（亿元） into the name and its unit, '' where it has none."""
    found = IN_BRACKETS.search(text)
    return (text[: found.start()].strip(), found["unit"].strip()) if found else (text.strip(), "")
