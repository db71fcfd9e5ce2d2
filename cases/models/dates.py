"""Dates as printed, with the year an editor added in 〔〕, and a partial date to sort them by."""

import re
import unicodedata

from django.db import models

ADDED_YEAR = re.compile(r"^〔(\d{4}) 年〕\s*(.+)$", re.S)
YEAR_HELP = "照原文写，带年份；原文没有年份的，把年份补在〔〕里，例如 〔2020 年〕9 月末。"
YEAR = re.compile(r"(?:19|20)\d{2}")
PARTS = re.compile(r"(?P<year>(?:19|20)\d{2})\s*[年./-]?|(?P<month>\d{1,2})\s*(?:月|[./-])|(?P<day>\d{1,2})\s*[日号]?")


class PrintedDateField(models.CharField):
    """A date in the words of the print: ``2020 年 9 月末``.

    A year the print does not give stands before it in 〔〕, as Chinese editors mark what they add: ``〔2020 年〕9 月末``.
    Fixtures hold that as a mapping, so that what is printed and what is ours never mix: ``{printed: 9 月末, year: 2020}``.
    """

    def to_python(self, value: object) -> object:
        if isinstance(value, dict):
            return f"〔{value['year']} 年〕{value['printed']}"
        return super().to_python(value)

    def deconstruct(self) -> tuple:
        """To migrations it is the column it has; they import nothing of ours."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


def as_mapping(value: str) -> str | dict:
    """The printed words and the year that was added, apart; a string where none was."""
    found = ADDED_YEAR.match(value)
    return {"printed": found[2], "year": int(found[1])} if found else value


def has_year(value: str) -> bool:
    return bool(YEAR.search(value))


def partial_dates(value: str) -> list[str]:
    """Every date in ``value`` as ``YYYY[-MM[-DD]]``, in order; a month without a year takes the year before it."""
    text = unicodedata.normalize("NFKC", value)
    found: list[str] = []
    year = month = ""
    for part in PARTS.finditer(text):
        if part["year"]:
            year, month = part["year"], ""
            found.append(year)
        elif part["month"] and year and 1 <= int(part["month"]) <= 12:
            month = f"{int(part['month']):02}"
            if found and found[-1] == year:
                found[-1] = f"{year}-{month}"
            else:
                found.append(f"{year}-{month}")
        elif part["day"] and month and 1 <= int(part["day"]) <= 31:
            found[-1] = f"{year}-{month}-{int(part['day']):02}"
    return found
