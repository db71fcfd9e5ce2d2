"""What a case is to libraries, its reference; and what a page says of itself to machines: meta tags for Zotero and search engines, Open Graph, JSON-LD, COinS.

Zotero's Embedded Metadata reads ``citation_*`` (``citation_inbook_title`` makes a section of a book) and not JSON-LD,
which is for search engines. One COinS span would make a case's page a list: they stand on lists alone.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from cases.models import Case, Category, Collection, Institution, KeyFigure
from cases.models.base import BOOK

SITE = "普惠金融案例库"
Reference = dict[str, object]
NOT_TEXT = re.compile(r"[\x00-\x1f\x7f\ufffe\uffff\s]+")
FOR_SCRIPTS = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@dataclass
class PageMeta:
    """``url`` is the canonical address, ``image`` that of the picture for Open Graph, both absolute; ``tags`` are pairs
    of name and content, ``things`` JSON-LD objects. ``is_indexed``: whether search engines may list the page."""

    url: str
    title: str
    description: str
    kind: str = "website"
    image: str = ""
    tags: list[tuple[str, str]] = field(default_factory=list)
    things: list[dict] = field(default_factory=list)
    is_indexed: bool = True

    @property
    def json_ld(self) -> SafeString:
        """A data block: not a script, so the policy against inline scripts does not stop it."""
        graph = {"@context": "https://schema.org", "@graph": self.things}
        text = json.dumps(graph, ensure_ascii=False).translate(FOR_SCRIPTS)
        return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308 -- no tag can end in it


def of_case(request: HttpRequest, case: Case, item: Reference) -> PageMeta:
    """Meta data of a case fetched with ``for_detail`` and its reference."""
    url = item["URL"]
    trail = [(case.category.name, case.category), (case.headline, case)]
    article = {
        "@type": "Article",
        "@id": url,
        "url": url,
        "headline": plain(case.headline),
        "alternativeHeadline": plain(case.second_line),
        "description": plain(case.summary),
        "inLanguage": "zh-Hans",
        "author": {"@type": "Organization", "name": author(item)},
        "publisher": {"@type": "Organization", "name": SITE, "url": request.build_absolute_uri("/")},
        "about": organization(request, case.institution),
        "datePublished": case.published_at.isoformat() if case.published_at else "",
        "dateModified": case.updated_at.isoformat(),
        "keywords": keywords(case),
        "license": settings.LICENCE_URL,
        "isPartOf": book(request, case.collection),
        "citation": item.get("note", ""),
    }
    return PageMeta(
        url=url,
        title=plain(case.headline),
        description=plain(case.summary),
        image=f"{url.rstrip('/')}.png",
        kind="article" if case.collection.kind == BOOK else "website",
        tags=highwire(item, keywords(case), plain(case.summary)),
        things=[_filled(article), breadcrumbs(request, trail)],
    )


def highwire(item: Reference, words: Sequence[str], summary: str) -> list[tuple[str, str]]:
    """``citation_*`` pairs. A page without a book has no title among them: it would be taken for a journal article."""
    first, _, last = item.get("page", "").partition("-")
    is_chapter = item["type"] == "chapter"
    # A half-width comma or semicolon would make two names of one.
    name = author(item).replace(",", "，").replace(";", "；")
    pairs = [
        ("citation_title", item["title"] if is_chapter else ""),
        ("citation_author", name),
        ("citation_inbook_title", item.get("container-title", "")),
        ("citation_publisher", item.get("publisher", "")),
        ("citation_publication_date", "/".join(f"{part:02}" for part in item["issued"]["date-parts"][0])),
        ("citation_firstpage", first),
        ("citation_lastpage", last),
        ("citation_language", item["language"]),
        *(("citation_keywords", word.replace(";", "；")) for word in words),
        ("citation_abstract", summary),
        ("citation_fulltext_html_url", item["URL"]),
        ("citation_public_url", item["URL"]),
        ("citation_pdf_url", f"{item['URL'].rstrip('/')}.pdf"),
    ]
    return [(name, content) for name, content in pairs if content]


def coins(item: Reference) -> str:
    """A reference as the ``title`` of a COinS span (OpenURL 1.0, Z39.88-2004)."""
    year, *rest = item["issued"]["date-parts"][0]
    pairs = {"ctx_ver": "Z39.88-2004", "rfr_id": "info:sid/inclusive-finance-cases", "rft_id": item["URL"]}
    if item["type"] == "chapter":
        pairs |= {
            "rft_val_fmt": "info:ofi/fmt:kev:mtx:book",
            "rft.genre": "bookitem",
            "rft.atitle": item["title"],
            "rft.btitle": item["container-title"],
            "rft.place": item.get("publisher-place", ""),
            "rft.pub": item["publisher"],
            "rft.pages": item.get("page", ""),
            "rft.aucorp": author(item),
        }
    else:
        pairs |= {
            "rft_val_fmt": "info:ofi/fmt:kev:mtx:dc",
            "rft.type": "webpage",
            "rft.title": item["title"],
            "rft.creator": author(item),
            "rft.identifier": item["URL"],
        }
    pairs |= {"rft.date": "-".join(f"{part:02}" for part in (year, *rest)), "rft.language": "zh-CN"}
    return urlencode({name: value for name, value in pairs.items() if value})


def organization(request: HttpRequest, institution: Institution) -> dict:
    url = request.build_absolute_uri(institution.get_absolute_url())
    names = [institution.short_name, *institution.other_name_list]
    thing = {"@type": "Organization", "@id": url, "name": institution.name, "alternateName": names}
    return _filled({**thing, "url": institution.website or url, "description": plain(institution.profile)})


def book(request: HttpRequest, collection: Collection) -> dict:
    url = request.build_absolute_uri(collection.get_absolute_url())
    return _filled(
        {
            "@type": "Book" if collection.kind == BOOK else "CreativeWork",
            "@id": url,
            "url": url,
            "name": collection.title,
            "publisher": {"@type": "Organization", "name": collection.publisher},
            "datePublished": collection.published_on or str(collection.year),
            "inLanguage": "zh-Hans",
        }
    )


def dataset(request: HttpRequest, name: str, description: str, page: str, files: str) -> dict:
    """The tables beside a page at ``page``, whose files are at ``files`` (an address without its suffix) and a suffix."""
    formats = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
    thing = {
        "@type": "Dataset",
        "@id": f"{page}#dataset",
        "url": page,
        "name": plain(name),
        "description": plain(description),
        "inLanguage": "zh-Hans",
        "isAccessibleForFree": True,
        "creator": {"@type": "Organization", "name": SITE, "url": request.build_absolute_uri("/")},
        "license": settings.LICENCE_URL,
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": kind,
                "contentUrl": request.build_absolute_uri(f"{files}.{suffix}"),
            }
            for suffix, kind in formats.items()
        ],
    }
    return _filled(thing)


def breadcrumbs(request: HttpRequest, trail: Sequence[tuple[str, Case | Category | Collection | Institution]]) -> dict:
    """The way from home to a page; the last of ``trail`` is the page itself."""
    steps = [(SITE, "/"), *((name, item.get_absolute_url()) for name, item in trail)]
    items = [
        {"@type": "ListItem", "position": place, "name": plain(name), "item": request.build_absolute_uri(path)}
        for place, (name, path) in enumerate(steps, 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def _filled(thing: dict) -> dict:
    return {name: value for name, value in thing.items() if value}


# --- the reference of a case, a CSL-JSON item ---


def reference(case: Case, *, address: str, accessed: date, figure: KeyFigure | None = None) -> Reference:
    """The case at ``address`` (absolute) as a CSL-JSON item; with ``figure``, the place where that stands on the page.

    A case of a printed book is a chapter by its institution. Of press reports and official material the text is a
    digest by this site and nobody else's: a web page, the only kind that has a date of access.
    """
    book = case.collection
    item: Reference = {"id": case.code, "language": "zh-CN", "title": plain(case.title)}
    if book.kind == BOOK:
        item |= {
            "type": "chapter",
            "author": [{"literal": plain(case.institution.name)}],
            "container-title": plain(book.title),
            "publisher": plain(book.publisher),
            "publisher-place": plain(book.place),
            "issued": {"date-parts": [[book.year]]},
            "page": pages(case.source_pages),
        }
    else:
        item |= {
            "type": "webpage",
            "author": [{"literal": SITE}],
            "issued": parts(timezone.localdate(case.published_at) if case.published_at else accessed),
            "accessed": parts(accessed),
            "note": f"据《{plain(book.title)}》，{plain(book.publisher)}，{book.published_on or book.year}",
        }
    item["URL"] = address
    if figure is not None:
        item["id"] = f"{case.code}-figure-{figure.order}"
        item["URL"] = f"{address}#figure-{figure.order}"
        item["note"] = statement(figure)
    return {name: value for name, value in item.items() if value}


def author(item: Reference) -> str:
    return item["author"][0]["literal"]


def described(item: Reference, case: Case) -> Reference:
    """``item`` with what files for programs hold besides: summary and terms (which the caller has prefetched)."""
    return item | {"abstract": plain(case.summary), "keyword": ", ".join(keywords(case))}


def statement(figure: KeyFigure) -> str:
    """What a figure says, in the words of the case: the sentence, or label and value where no sentence holds it."""
    said = f"{figure.label}：{figure.value}" + (f"（{figure.as_of}）" if figure.as_of else "")
    return plain(f"“{figure.sentence}”（{said}）" if figure.sentence else said)


def keywords(case: Case) -> list[str]:
    """Names of the chapter and of the terms, none with a comma: programs split at it."""
    return [plain(name).replace(",", "，") for name in (case.category.name, *(term.name for term in case.terms.all()))]


def pages(text: str) -> str:
    """Printed pages as styles want them: 12-15 with a hyphen, several ranges with commas."""
    text = re.sub(r"\s*(?:[-‐–—―~～至]|--)+\s*", "-", text.strip().removeprefix("第").removesuffix("页"))
    return re.sub(r"\s*[,，、;；]\s*", ", ", text.strip())


def plain(text: str) -> str:
    """``text`` on one line, without control characters."""
    return NOT_TEXT.sub(" ", text).strip()


def parts(day: date) -> dict[str, list[list[int]]]:
    return {"date-parts": [[day.year, day.month, day.day]]}
