"""References for programs: BibTeX, RIS and CSL-JSON, each as an iterator of strings, one for each reference."""

import json
from collections.abc import Iterable, Iterator
from itertools import chain, groupby, islice
from string import ascii_lowercase

from cases.public.citing.styles import STYLES
from cases.public.metadata import Reference, author
from cases.search.analysis import to_pinyin

SORTED_AT_MOST = 1000
TEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        **{sign: f"\\{sign}" for sign in "$&#%_"},
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)


def bibtex(items: Iterable[Reference]) -> Iterator[str]:
    """BibTeX in UTF-8, for gbt7714-bibtex-style, biblatex and all that import it. Addresses stand as they are."""
    for item in items:
        year, *rest = item["issued"]["date-parts"][0]
        is_page = item["type"] == "webpage"
        fields = {
            "author": f"{{{author(item).translate(TEX)}}}",  # in a second pair of braces: one name, not two
            "title": f"{{{item['title'].translate(TEX)}}}",
            "booktitle": item.get("container-title", "").translate(TEX),
            "address": item.get("publisher-place", "").translate(TEX),
            "publisher": item.get("publisher", "").translate(TEX),
            "year": str(year),
            "date": _day(item, "issued") if rest else "",
            "pages": item.get("page", "").replace("-", "--"),
            "url": item["URL"],
            "urldate": _day(item, "accessed") if is_page else "",
            "keywords": item.get("keyword", "").translate(TEX),
            "abstract": item.get("abstract", "").translate(TEX),
            "note": item.get("note", "").translate(TEX),
            "language": "chinese",
            "langid": "chinese",
        }
        lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
        yield f"@{'online' if is_page else 'incollection'}{{{item['id']},\n{lines}\n}}\n\n"


def ris(items: Iterable[Reference]) -> Iterator[str]:
    """RIS, for EndNote, NoteExpress, NoteFirst and Zotero."""
    for item in items:
        first, _, last = item.get("page", "").partition("-")
        tags = [
            ("TY", "ELEC" if item["type"] == "webpage" else "CHAP"),
            ("ID", item["id"]),
            ("AU", author(item)),
            ("TI", item["title"]),
            ("T2", item.get("container-title", "")),
            ("CY", item.get("publisher-place", "")),
            ("PB", item.get("publisher", "")),
            ("PY", str(item["issued"]["date-parts"][0][0])),
            ("DA", _day(item, "issued", "/")),
            ("SP", first),
            ("EP", last),
            ("UR", item["URL"]),
            ("Y2", _day(item, "accessed", "/")),
            ("LA", item["language"]),
            *(("KW", word) for word in item.get("keyword", "").split(", ")),
            ("AB", item.get("abstract", "")),
            ("N1", item.get("note", "")),
        ]
        yield "".join(f"{tag}  - {value}\r\n" for tag, value in tags if value) + "ER  - \r\n\r\n"


def csl_json(items: Iterable[Reference]) -> Iterator[str]:
    """One array of CSL-JSON items."""
    yield "["
    for number, item in enumerate(items):
        yield (",\n" if number else "\n") + json.dumps(item, ensure_ascii=False)
    yield "\n]\n"


def text(items: Iterable[Reference], style: str) -> Iterator[str]:
    """One line for each in a style of ``STYLES``; a figure's statement stands above its reference.

    APA wants its list by author, year and title, with letters where author and year are the same; so it is given up to
    ``SORTED_AT_MOST`` references, since it takes them all in memory. Other styles number a list in its own order.
    """
    if style == "apa":
        items = _by_author(items)
    for item in items:
        is_figure = "-figure-" in item["id"]
        yield (f"{item['note']}\n" if is_figure else "") + STYLES[style][1](item) + "\n"


def _by_author(items: Iterable[Reference]) -> Iterable[Reference]:
    first = list(islice(items := iter(items), SORTED_AT_MOST + 1))
    if len(first) > SORTED_AT_MOST:
        return chain(first, items)
    first.sort(key=lambda item: (_spelling(author(item)), item["issued"]["date-parts"][0], _spelling(item["title"])))
    for _, same in groupby(first, key=lambda item: (author(item), item["issued"]["date-parts"][0][0])):
        lettered = list(same)
        for number, item in enumerate(lettered if len(lettered) > 1 else ()):
            item["year-suffix"] = _letters(number)
    return first


def _spelling(text: str) -> str:
    return " ".join(to_pinyin(text))


def _letters(number: int) -> str:
    """a … z, aa, ab …"""
    before, last = divmod(number, 26)
    return (_letters(before - 1) if before else "") + ascii_lowercase[last]


def _day(item: Reference, name: str, separator: str = "-") -> str:
    """2026-11-21 of ``issued`` or ``accessed``, the year alone where that is all that is known."""
    found = item.get(name, {"date-parts": [[]]})["date-parts"][0]
    return separator.join(f"{part:02}" for part in found)
