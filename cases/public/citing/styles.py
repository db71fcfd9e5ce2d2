"""References as strings: GB/T 7714—2025, GB/T 7714—2015 and APA 7, as the official CSL styles write them."""

import re

from cases.public.metadata import Reference, author

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def gbt2025(item: Reference) -> str:
    """GB/T 7714—2025, in force since 2026-07-01: full-width punctuation in the imprint of Chinese references.

    8.3 (a contribution in a book) and 8.11 (a web page, the one kind with a date of access).
    """
    return _gbt(item, comma="，", colon="：", brackets="（）")


def gbt2015(item: Reference) -> str:
    """GB/T 7714—2015, replaced by the edition of 2025; some journals still ask for it."""
    return _gbt(item, comma=", ", colon=": ", brackets="()")


def apa(item: Reference) -> str:
    """APA 7: corporate author, year, title, and the book or the date of a web page; English words, as the style has."""
    year, *month_day = item["issued"]["date-parts"][0]
    year = f"{year}{item.get('year-suffix', '')}"
    when = f"{year}, {MONTHS[month_day[0] - 1]} {month_day[1]}" if month_day else year
    lead = f"{author(item)}. ({when}). {_ended(item['title'])} "
    if item["type"] == "webpage":
        return lead + str(item["URL"])
    pages = str(item.get("page", "")).replace("-", "–")
    where = f" ({'pp' if re.search('[–,]', pages) else 'p'}. {pages})" if pages else ""
    return f"{lead}In {_ended(item['container-title'] + where)} {_ended(item['publisher'])} {item['URL']}"


def _gbt(item: Reference, *, comma: str, colon: str, brackets: str) -> str:
    if item["type"] == "webpage":
        issued, accessed = (
            "-".join(f"{part:02}" for part in item[name]["date-parts"][0]) for name in ("issued", "accessed")
        )
        dates = f"{brackets[0]}{issued}{brackets[1]}[{accessed}]"
        return f"{author(item)}. {item['title']}[EB/OL]. {dates}. {item['URL']}."
    place = f"{item['publisher-place']}{colon}" if "publisher-place" in item else ""
    page = f"{colon}{item['page']}" if "page" in item else ""
    imprint = f"{place}{item['publisher']}{comma}{item['issued']['date-parts'][0][0]}{page}"
    return f"{author(item)}. {item['title']}[M/OL]//{item['container-title']}. {imprint}. {item['URL']}."


def _ended(text: str) -> str:
    """``text`` with a full stop, which in American style stands before a closing quotation mark."""
    if text.endswith((".", "?", "!")):
        return text
    return f"{text[:-1]}.”" if text.endswith("”") else f"{text}."


STYLES = {
    "gbt2025": ("GB/T 7714—2025", gbt2025),
    "gbt2015": ("GB/T 7714—2015", gbt2015),
    "apa": ("APA 7", apa),
}
DEFAULT_STYLE = "gbt2025"
