"""The page of one case, for readers and, as a preview, for staff."""

import re
from dataclasses import replace

from django.contrib.auth.decorators import permission_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cases.models import FACETS, AdviceKind, Case, CaseImage, CaseLink, Chapter, RelatedCase, Step, StepKind
from cases.public.annotating import annotate, read_mentions
from cases.public.citing.styles import STYLES
from cases.public.languages import in_language, said, say
from cases.public.metadata import of_case, plain, reference
from cases.public.rendering import IMAGE_PLACE, render_markdown
from cases.search.related import SHOWN

SECTIONS = tuple(Case.labels(Case.SECTIONS).items())
HEADLINES = 4


@require_safe
def case_detail(request: HttpRequest, code: str) -> HttpResponse:
    case = get_object_or_404(Case.objects.published().for_detail(), code=code)
    page = request.build_absolute_uri(case.get_absolute_url())
    address = in_language(page)  # a reference leads to the text itself, whichever page it is copied from
    item = reference(case, address=address, accessed=timezone.localdate())
    context = case_context(case)
    words = {"title": plain(said(case, "headline")), "description": plain(said(case, "summary"))}
    context["meta"] = replace(of_case(request, case, item), url=page, **words)
    context["citations"] = [(name, label, write(item)) for name, (label, write) in STYLES.items()]
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
    previous, following = neighbours(case)
    return {
        **content_context(case),
        "same": same_matter(case),
        "previous": previous,
        "following": following,
        "related": RelatedCase.objects.for_case(case).for_cards()[:SHOWN],
    }


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
    links = (
        CaseLink.objects.filter(Q(case=case) | Q(other=case))
        .select_related("case__collection", "other__collection")
        .order_by("pk")
    )
    others = [(link.other if link.case_id == case.pk else link.case, link.reason) for link in links]
    return [(other, reason) for other, reason in others if other.is_published]


def neighbours(case: Case) -> tuple[Case | None, Case | None]:
    """The published cases before and after in the same chapter of the same book.

    ``order`` is bounded by itself so that both databases go straight to the place in the index ``case_in_chapter``.
    """
    chapter = Case.objects.published().filter(collection=case.collection_id, category=case.category_id)
    chapter = chapter.select_related("collection").only("code", "title", "subtitle", "collection__kind")
    before = chapter.filter(Q(order__lt=case.order) | Q(code__lt=case.code), order__lte=case.order)
    after = chapter.filter(Q(order__gt=case.order) | Q(code__gt=case.code), order__gte=case.order)
    return before.order_by("-order", "-code").first(), after.order_by("order", "code").first()
