"""What a request asks for, in one spelling: requests with the same address get the same answer."""

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.urls import get_resolver
from django_filters import FilterSet

from cases.public.site import ELDER_COOKIE, ELDER_VALUES

VARY = ("Accept-Encoding", "HX-Request", "HX-Target")
FRAGMENT = re.compile(r"[a-z-]{0,20}")
# Addresses that are nobody's page: not worth the question for the version.
APART = ("/admin/", settings.STATIC_URL, settings.MEDIA_URL, "/healthz", "/livez", "/readyz", "/metrics")
# The parameters that public pages read beside those of their filter sets; tests/warm/test_address.py looks for others.
KNOWN = frozenset(
    [
        "q",
        "page",
        "page_size",
        "figure",
        "style",
        "table",
        "size",
        "format",
        "url",
        "maxwidth",
        "maxheight",
        "query",
        "verb",
        "identifier",
        "metadataPrefix",
        "set",
        "from",
        "until",
        "resumptionToken",
    ]
)
# What messengers and campaigns add to a link. No page reads them, so they are dropped.
TRACKING = re.compile(
    r"utm_\w+|isappinstalled|scene|clicktime|enterid|spm|gclid|fbclid|msclkid|nsukey|share_token|wxfid"
)


@dataclass(frozen=True)
class Address:
    """``key`` names the answer, ``query`` is the canonical query string; ``is_shared`` says whether a cache in front may
    keep it: not where a cookie or a script chose another form of the page."""

    key: str
    query: str
    is_shared: bool


def is_of_reader(request: HttpRequest) -> bool:
    """Whether nobody is logged in or has a message waiting: who has such a cookie is answered anew each time."""
    cookies = request.COOKIES
    return settings.SESSION_COOKIE_NAME not in cookies and "messages" not in cookies


def read_address(request: HttpRequest) -> Address | None:
    """Return the address of a reader's GET or HEAD; ``None`` where its answer is not worth keeping: a parameter that no
    page knows, a mode that does not exist. Raises ``DisallowedHost``."""
    mode, fragment = request.COOKIES.get(ELDER_COOKIE, ""), ""
    if mode and mode not in ELDER_VALUES:
        return None
    if request.headers.get("HX-Request") == "true":
        fragment = f"hx:{request.headers.get('HX-Target', '')}"
        if not FRAGMENT.fullmatch(fragment[3:]):
            return None
    query = canonical_query(request.GET) if request.META.get("QUERY_STRING") else ""
    if query is None:
        return None
    # The host stands in canonical links: what one host was told, no other is.
    words = "\0".join((request.scheme, request.get_host(), request.path, query, mode, fragment))
    return Address(hashlib.sha256(words.encode()).hexdigest()[:32], query, not (mode or fragment))


def canonical_query(data: QueryDict) -> str | None:
    """The query string with its parameters in order of their names, those of trackers dropped; ``None`` with an unknown one."""
    lists = [(name, values) for name, values in sorted(data.lists()) if not TRACKING.fullmatch(name)]
    if not known_parameters().issuperset(name for name, _ in lists):
        return None
    kept = QueryDict(mutable=True)
    for name, values in lists:
        kept.setlist(name, values)
    return kept.urlencode()


@lru_cache(maxsize=1)
def known_parameters() -> frozenset[str]:
    """Every parameter that a public page may read."""
    get_resolver().url_patterns  # noqa: B018 -- loads every view, and with it every filter set
    names, filter_sets = set(KNOWN), [FilterSet]
    while filter_sets:
        filter_set = filter_sets.pop()
        filter_sets += filter_set.__subclasses__()
        names |= set(filter_set.base_filters)
    return frozenset(names)
