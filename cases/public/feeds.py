"""Any filtered list of cases as an Atom feed."""

import hashlib
import re
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from cases.public.filters import CaseFilter

MOST = 50
SITE = "普惠金融案例库"
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)  # when a feed without entries was last changed
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


class CaseFeed(Atom1Feed):
    def latest_post_date(self) -> datetime:
        return super().latest_post_date() if self.items else BEGINNING


@require_safe
def cases_atom(request: HttpRequest) -> HttpResponse:
    """The ``MOST`` latest cases of the list that the same parameters give on ``/cases/``; ``sort`` and ``page`` are
    ignored. 400 in plain text for an unknown value; 304 where nothing changed.
    """
    data = request.GET.copy()
    data["sort"] = "newest"
    case_filter = CaseFilter(data)
    if case_filter.errors_text:
        return HttpResponse("\n".join(case_filter.errors_text), status=400, content_type="text/plain; charset=utf-8")
    cases = case_filter.qs.shaped(lambda cases: cases.for_export_list())[:MOST]
    feed = _feed(request, case_filter, cases)
    content = feed.writeString("utf-8").encode()
    response = HttpResponse(content, content_type=feed.content_type)
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    changed = feed.latest_post_date()
    response["ETag"], response["Last-Modified"] = etag, http_date(changed.timestamp())
    return get_conditional_response(request, etag, int(changed.timestamp()), response)


def _feed(request: HttpRequest, case_filter: CaseFilter, cases) -> CaseFeed:
    chosen = case_filter.labels()
    feed = CaseFeed(
        title=_text("：".join(filter(None, (SITE, "，".join(chosen))))),
        link=request.build_absolute_uri(case_filter.canonical(reverse("cases:case-list"), ("sort",))),
        feed_url=request.build_absolute_uri(case_filter.canonical(reverse("cases:feed"), ("sort",))),
        description=f"最近发布的 {MOST} 篇以内的案例",
        language="zh-Hans",
        author_name=SITE,
        author_link=request.build_absolute_uri("/"),
    )
    for case in cases:
        address = request.build_absolute_uri(case.get_absolute_url())
        feed.add_item(
            title=_text(case.title),
            link=address,
            unique_id=address,  # a code is never used twice and its address never moves
            description=escape(_text(case.summary.strip())),
            pubdate=case.published_at,
            updateddate=max(case.updated_at, case.published_at),  # a scheduled case enters when its time has come
            author_name=_text(case.institution.name),
            author_link=request.build_absolute_uri(case.institution.get_absolute_url()),
            categories=[_text(name) for name in (case.category.name, *(term.name for term in case.terms.all()))],
        )
    return feed


def _text(value: str) -> str:
    """``value`` without what XML cannot hold."""
    return NOT_XML.sub("", value)
