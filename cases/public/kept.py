"""Pieces of pages, rendered once for each state of a case: its article, its card.

Kept under the case's stamp (``models/content_version.py``), so that a write makes cold what it touches and nothing else: a
case's own rows that case, what cases share (names, chapters, terms, words explained) all of them. Whatever else a piece depends
on stands in its name: the release, the language, and what the caller says (the host in absolute addresses, the day in
references). What several cases make together, the order of a chapter or who is like whom, is read anew for each page.

``{% cache %}`` of Django keeps by name, too, but renders one at a time: a list asks for all of its cards at once.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from cases.models import Case
from cases.models.content_version import read_stamps
from cases.search.bitmaps import within

KEPT_SECONDS = 24 * 3600
# What pages show besides the content.
SHOWN_SETTINGS = ("LICENCE_NAME", "LICENCE_URL", "API_RATE", "SITE_URL", "TIME_ZONE", "STATIC_URL", "MEDIA_URL")
CODE = ("cases", "portal", "templates", "locale", "static")


@lru_cache(maxsize=1)
def release() -> tuple[str, int]:
    """A name for this code, its templates and settings, and when they were written (seconds since 1970)."""
    digest, newest = hashlib.sha256(), 0
    digest.update(repr([getattr(settings, name) for name in SHOWN_SETTINGS]).encode())
    for path in sorted(path for folder in CODE for path in Path(settings.BASE_DIR, folder).rglob("*")):
        if path.is_file() and path.suffix not in {".pyc", ".po"}:
            digest.update(path.read_bytes())
            newest = max(newest, int(path.stat().st_mtime))
    return digest.hexdigest()[:20], newest


def is_keeping() -> bool:
    """Whether pieces are kept: not what is seen inside a transaction, which may never be committed, nor while templates are
    written."""
    return not (settings.DEBUG or connection.in_atomic_block)


def pieces(
    kind: str, stamps: Mapping[int, str], render: Callable[[list[int]], Mapping[int, object]], *shape: object
) -> dict[int, object]:
    """The piece of each case: as kept under its stamp, or as ``render`` makes those of the keys it is given.

    ``shape`` is all else that the piece depends on. A case gone since its stamp was read has none.
    """
    lead = "\0".join(map(str, (kind, release()[0], get_language(), *shape)))
    names = {key: hashlib.sha256(f"{lead}\0{key}\0{stamp}".encode()).hexdigest()[:40] for key, stamp in stamps.items()}
    cache = caches["pieces"]
    found = cache.get_many(names.values())
    missing = [key for key, name in names.items() if name not in found]
    made = render(missing) if missing else {}
    if made:
        cache.set_many({names[key]: piece for key, piece in made.items()}, KEPT_SECONDS)
    every = {key: found[name] for key, name in names.items() if name in found} | dict(made)
    return {key: every[key] for key in stamps if key in every}


# --- cards ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Card:
    """Stands for a published case in a list that is sliced into pages."""

    pk: int
    html: SafeString
    is_published = True


def cards(cases: QuerySet, request: HttpRequest, *, without: Iterable[str] = ()) -> list[Card]:
    """A card of each of the public ``cases``, in no order, with its reference for programs (COinS); ``without`` names what
    the page itself says: its ``category``, its ``institution``. 2 queries, and 2 for those not kept."""
    names = dict.fromkeys(without, True)

    def rendered(rows: QuerySet) -> dict[int, str]:
        template = get_template("public/_listed_card.html")
        known = {**names, "request": request}
        return {
            case.pk: template.render({**known, "case": case}).rstrip("\n")
            for case in rows.for_cards()
            if case.is_published
        }

    if not is_keeping():
        found = rendered(cases.order_by())
    else:
        found = pieces(
            "card",
            read_stamps(cases.values_list("pk", flat=True)),
            lambda keys: rendered(within(Case.objects.order_by(), keys)),
            *(sorted(names), request.scheme, request.get_host(), timezone.localdate()),
        )
    return [Card(pk, mark_safe(html)) for pk, html in found.items()]  # noqa: S308 -- as its template rendered it
