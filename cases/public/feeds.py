"""Any filtered list of cases, or of products, as an Atom feed."""

import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from cases.models.base import published_case
from cases.public.filters import CaseFilter, with_query
from cases.public.reference import ProductFilter, public_products

MOST = 50
SITE = "普惠金融案例库"
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)  # when a feed without entries was last changed
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


class DatedFeed(Atom1Feed):
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
        return _refused(case_filter.errors_text)
    feed = _feed(
        request,
        case_filter.labels() if len(case_filter.qs) else [],  # a name is not public before its first case is
        link=case_filter.canonical(reverse("cases:case-list"), ("sort",)),
        feed_url=case_filter.canonical(reverse("cases:feed"), ("sort",)),
        description=f"最近发布的 {MOST} 篇以内的案例",
    )
    for case in case_filter.qs.shaped(lambda cases: cases.for_export_list())[:MOST]:
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
    return _answered(request, feed)


@require_safe
def products_atom(request: HttpRequest) -> HttpResponse:
    """The ``MOST`` products of which a case told latest, of those that ``q`` and ``institution`` give on ``/products/``."""
    asked = {name: request.GET[name].strip() for name in ("institution", "q") if request.GET.get(name, "").strip()}
    products = ProductFilter(asked, public_products())
    if not products.is_valid():
        return _refused([message for messages in products.form.errors.values() for message in messages])
    institution = products.form.cleaned_data["institution"]
    feed = _feed(
        request,
        ["产品", *filter(None, (asked.get("q"), institution and institution.short_name))],
        link=with_query(reverse("cases:product-list"), sorted(asked.items())),
        feed_url=with_query(reverse("cases:product-feed"), sorted(asked.items())),
        description=f"最近的案例写到的 {MOST} 个以内的产品",
    )
    public = published_case("offers__case")
    told = products.qs.annotate(
        told_at=Max("offers__case__published_at", filter=public),
        changed_at=Max("offers__case__updated_at", filter=public),
    )
    for product in told.order_by("-told_at", "pk")[:MOST]:
        query = {"institution": product.institution.slug, "q": product.name}
        terms = ["；".join(filter(None, (offer.case.headline, offer.audience, offer.amount))) for offer in product.told]
        feed.add_item(
            title=_text(str(product)),
            link=request.build_absolute_uri(f"{reverse('cases:product-list', query=query)}#product-{product.pk}"),
            unique_id=request.build_absolute_uri(product.get_absolute_url()),
            description=escape(_text("\n".join(filter(None, (product.description, *terms))))),
            pubdate=product.told_at,
            updateddate=max(product.changed_at, product.told_at),
            author_name=_text(product.institution.name),
            author_link=request.build_absolute_uri(product.institution.get_absolute_url()),
        )
    return _answered(request, feed)


def _feed(request: HttpRequest, names: Iterable[str], *, link: str, feed_url: str, description: str) -> DatedFeed:
    """An empty feed of this site; ``names`` are what the list is narrowed to."""
    return DatedFeed(
        title=_text("：".join(filter(None, (SITE, "，".join(names))))),
        link=request.build_absolute_uri(link),
        feed_url=request.build_absolute_uri(feed_url),
        description=description,
        language="zh-Hans",
        author_name=SITE,
        author_link=request.build_absolute_uri("/"),
    )


def _answered(request: HttpRequest, feed: DatedFeed) -> HttpResponse:
    """The feed, or 304 for who has it."""
    content = feed.writeString("utf-8").encode()
    response = HttpResponse(content, content_type=feed.content_type)
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    changed = feed.latest_post_date()
    response["ETag"], response["Last-Modified"] = etag, http_date(changed.timestamp())
    return get_conditional_response(request, etag, int(changed.timestamp()), response)


def _refused(errors: Iterable[str]) -> HttpResponse:
    return HttpResponse("\n".join(errors), status=400, content_type="text/plain; charset=utf-8")


def _text(value: str) -> str:
    """``value`` without what XML cannot hold."""
    return NOT_XML.sub("", value)
