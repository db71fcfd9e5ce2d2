"""The page of one case, for readers and, as a preview, for staff."""

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.contrib.auth.decorators import permission_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import get_template, render_to_string
from django.utils import timezone
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cases.models import FACETS, AdviceKind, Case, CaseImage, CaseLink, Chapter, RelatedCase, Step, StepKind
from cases.models.content_version import read_stamps
from cases.public.annotating import annotate, read_mentions
from cases.public.citing.styles import STYLES
from cases.public.kept import is_keeping, pieces
from cases.public.languages import in_language, said, say, shortened
from cases.public.metadata import PageMeta, of_case, plain, reference
from cases.public.rendering import IMAGE_PLACE, render_markdown
from cases.search.related import SHOWN

SECTIONS = tuple(Case.labels(Case.SECTIONS).items())
HEADLINES = 4
# What it takes to know a case's place among others.
PLACE = ("code", "order", "collection", "category", "status", "published_at", "revises")
REASON = "\ue010"  # stands in a kept card for what it has in common with the case it is shown beside


@dataclass(frozen=True)
class Article:
    """What the page of a case shows of the case itself, rendered: ``html`` compressed, ``head`` what it tells machines."""

    html: bytes
    head: str
    title: str
    description: str
    meta: PageMeta


@require_safe
def case_detail(request: HttpRequest, code: str) -> HttpResponse:
    case = get_object_or_404(Case.objects.published().only(*PLACE), code=code)
    end = what_follows(case)
    # What stands at the end is read anew; the text says only whether there is any.
    article = article_of(request, case, has_related=bool(end["related"]))
    if article is None:
        raise Http404
    context = {
        "case": case,
        "article": mark_safe(zlib.decompress(article.html).decode()),  # noqa: S308 -- as its template rendered it, and below
        "title": mark_safe(article.title),  # noqa: S308
        "description": mark_safe(article.description),  # noqa: S308
        "meta": article.meta,
        "head": mark_safe(article.head),  # noqa: S308
        "citations": True,
        **end,
    }
    return render(request, "public/case_detail.html", context)


@require_safe
@never_cache
@permission_required("cases.view_case", raise_exception=True)
def case_preview(request: HttpRequest, code: str) -> HttpResponse:
    """A case in any state, as its public page will look. Staff only."""
    case = get_object_or_404(Case.objects.for_detail(), code=code)
    return render(request, "public/case_detail.html", {**case_context(case), "is_preview": True})


def case_context(case: Case) -> dict:
    """What the case's page shows, from a case fetched with ``for_detail``."""
    return {**content_context(case), **what_follows(case)}


def article_of(request: HttpRequest, case: Case, *, has_related: bool) -> Article | None:
    """The article of a published case, kept or rendered; ``None`` where it is not public any more."""

    def rendered(keys: list[int]) -> dict[int, Article]:
        found = Case.objects.published().for_detail().filter(pk__in=keys)
        return {case.pk: _article(request, case, has_related=has_related) for case in found}

    if not is_keeping():
        return rendered([case.pk]).get(case.pk)
    shape = (has_related, request.scheme, request.get_host(), timezone.localdate())
    return pieces("article", read_stamps([case.pk]), rendered, *shape).get(case.pk)


def _article(request: HttpRequest, case: Case, *, has_related: bool) -> Article:
    page = request.build_absolute_uri(case.get_absolute_url())
    address = in_language(page)  # a reference leads to the text itself, whichever page it is copied from
    item = reference(case, address=address, accessed=timezone.localdate())
    words = {"title": plain(said(case, "headline")), "description": plain(said(case, "summary"))}
    meta = replace(of_case(request, case, item), url=page, **words)
    context = {
        **content_context(case),
        "meta": meta,
        "citations": [(name, label, write(item)) for name, (label, write) in STYLES.items()],
        "related": has_related,
    }
    html = render_to_string("public/_case_article.html", context, request)
    return Article(
        zlib.compress(html.encode(), 1),
        str(render_to_string("includes/page_meta.html", context, request)),
        f"{conditional_escape(said(case, 'headline'))}",
        f"{conditional_escape(shortened(said(case, 'summary'), 120))}",
        replace(meta, tags=[], things=[]),
    )


def what_follows(case: Case) -> dict:
    """What stands below the text: neighbours, the same matter, related cases."""
    previous, following = neighbours(case)
    return {"same": same_matter(case), "previous": previous, "following": following, "related": related_cards(case)}


def related_cards(case: Case) -> list[SafeString]:
    """The cards of the cases most like this one, each with the reason, as HTML. 1 query, with any 1 more, or 2 for those
    not kept."""
    found = dict(RelatedCase.objects.for_case(case).values_list("other", "reason")[:SHOWN])
    if not found:
        return []

    def rendered(keys: Iterable[int]) -> dict[int, str]:
        template = get_template("public/_case_card.html")
        others = Case.objects.published().select_related("collection", "category", "institution")
        others = others.defer(*Case.SECTIONS).filter(pk__in=list(keys))
        return {other.pk: template.render({"case": other, "reason": REASON, "heading": "h3"}) for other in others}

    known = pieces("related", read_stamps(found), rendered) if is_keeping() else rendered(found)
    return [
        mark_safe(known[key].replace(REASON, escape(reason)))  # noqa: S308 -- as its template rendered it
        for key, reason in found.items()
        if key in known
    ]


def content_context(case: Case) -> dict:
    """What the page shows of the case itself."""
    figures = list(case.figures.all())
    rendered = [(name, render_markdown(getattr(case, name), prefix=f"{name}-")) for name, _ in SECTIONS]
    mentions = read_mentions()
    texts = annotate([("summary", escape(case.summary)), *rendered], figures, mentions)
    waiting = {image.number: image for image in case.images.all()}
    texts = {name: show_images(text, waiting) for name, text in texts.items()}
    steps = list(case.steps.all())
    return {
        "case": case,
        "chapter": Chapter.objects.filter(collection=case.collection_id, category=case.category_id).first(),
        "summary": texts["summary"],
        "sections": [(name, say(label), texts[name]) for name, label in SECTIONS if getattr(case, name)],
        "path": drawn_path([step for step in steps if step.kind == StepKind.PATH]),
        "timeline": [step for step in steps if step.kind == StepKind.TIMELINE],
        "terms": [(key, mark_safe(word), definition) for key, (word, definition) in mentions.seen.items()],  # noqa: S308 -- cut from safe HTML, without tags
        "figures": figures,
        "headline_figures": [figure for figure in figures if figure.is_headline][:HEADLINES],
        "advice": advice_groups(case),
        "term_groups": term_groups(case),
        "images": list(waiting.values()),
    }


def show_images(html: str, waiting: dict[int, CaseImage]) -> str:
    """Put images where the text has a place for them, and take them out of those ``waiting``: the rest stand at the end.

    A place without an image shows nothing.
    """

    def figure(found: re.Match) -> str:
        image = waiting.pop(int(found[1]), None)
        return render_to_string("public/_case_image.html", {"image": image}) if image else ""

    return mark_safe(IMAGE_PLACE.sub(figure, html))  # noqa: S308 -- a template's output in safe HTML


def drawn_path(steps: list[Step]) -> list[tuple[Step, bool, bool]]:
    """(arrow, whether who it comes from was drawn above, whether who it leads to was)."""
    drawn, rows = set(), []
    for step in steps:
        rows.append((step, step.source in drawn, step.target in drawn))
        drawn |= {step.source, step.target}
    return rows


def term_groups(case: Case) -> list[tuple[str, list]]:
    """(facet label, terms) in the order of the vocabulary, from the prefetched terms."""
    terms = list(case.terms.all())
    groups = [(say(facet.label), [term for term in terms if term.facet == facet.key]) for facet in FACETS.values()]
    return [(label, group) for label, group in groups if group]


def advice_groups(case: Case) -> list[tuple[str, str, list]]:
    """(kind, label, rows) of 可以照着做的 in the order of the kinds, from the prefetched rows."""
    rows = list(case.advice.all())
    groups = [(kind, say(label), [row.text for row in rows if row.kind == kind]) for kind, label in AdviceKind.choices]
    return [(kind, label, texts) for kind, label, texts in groups if texts]


def same_matter(case: Case) -> list[tuple[Case, str]]:
    """(other case, reason) of every published case linked with this one, whichever of the two holds the link."""
    links = CaseLink.objects.filter(Q(case=case) | Q(other=case)).order_by("pk")
    pairs = [
        (other if own == case.pk else own, reason)
        for own, other, reason in links.values_list("case", "other", "reason")
    ]
    if not pairs:  # of most cases
        return []
    others = Case.objects.published().select_related("collection").in_bulk([key for key, _ in pairs])
    return [(others[key], reason) for key, reason in pairs if key in others]


def neighbours(case: Case) -> tuple[Case | None, Case | None]:
    """The published cases before and after in the same chapter of the same book.

    ``order`` is bounded by itself so that both databases go straight to the place in the index ``case_in_chapter``.
    """
    chapter = Case.objects.published().filter(collection=case.collection_id, category=case.category_id)
    chapter = chapter.select_related("collection").only("code", "title", "subtitle", "collection__kind")
    before = chapter.filter(Q(order__lt=case.order) | Q(code__lt=case.code), order__lte=case.order)
    after = chapter.filter(Q(order__gt=case.order) | Q(code__gt=case.code), order__gte=case.order)
    return before.order_by("-order", "-code").first(), after.order_by("order", "code").first()
