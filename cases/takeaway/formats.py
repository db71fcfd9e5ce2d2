"""What a list can be taken away as: the one place that says which formats there are."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from cases.public.citing import exchange
from cases.public.citing.records import Reference

Writer = Callable[[Iterable[Reference]], Iterator[str]]


@dataclass(frozen=True)
class Format:
    """``label`` on the page, ``content_type`` of the answer, ``write`` from references to pieces of the file."""

    label: str
    content_type: str
    write: Writer


FORMATS = {
    "bib": Format("BibTeX", "application/x-bibtex; charset=utf-8", exchange.bibtex),
    "ris": Format("RIS（EndNote、NoteExpress、Zotero）", "application/x-research-info-systems", exchange.ris),
    "json": Format("CSL-JSON", "application/vnd.citationstyles.csl+json", exchange.csl_json),
}
