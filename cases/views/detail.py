"""The page of one case, for readers and, as a preview, for staff."""

from django.contrib.auth.decorators import permission_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from cases.models import Case, Chapter, Facet, RelatedCase
from cases.search.related import SHOWN

SECTIONS = (("background", "背景"), ("approach", "做法"), ("results", "成效"))


@require_safe
def case_detail(request: HttpRequest, code: str) -> HttpResponse:
    case = get_object_or_404(Case.objects.published().for_detail(), code=code)
    return render(request, "cases/case_detail.html", case_context(case))


@require_safe
@never_cache
@permission_required("cases.view_case", raise_exception=True)
def case_preview(request: HttpRequest, code: str) -> HttpResponse:
    """A case in any state, as its public page will look. Staff only."""
    case = get_object_or_404(Case.objects.for_detail(), code=code)
    return render(request, "cases/case_detail.html", {**case_context(case), "is_preview": True})


def case_context(case: Case) -> dict:
    """What the case's page shows, from a case fetched with ``for_detail``."""
    previous, following = neighbours(case)
    figures = list(case.figures.all())
    return {
        "case": case,
        "chapter": Chapter.objects.filter(collection=case.collection_id, category=case.category_id).first(),
        "sections": [(name, label, getattr(case, name)) for name, label in SECTIONS if getattr(case, name)],
        "figures": figures,
        "headline_figures": [figure for figure in figures if figure.is_headline][:4],
        "term_groups": term_groups(case),
        "images": list(case.images.all()),
        "previous": previous,
        "following": following,
        "related": RelatedCase.objects.for_case(case).for_cards()[:SHOWN],
    }


def term_groups(case: Case) -> list[tuple[str, list]]:
    """(facet label, terms) in the order of the vocabulary, from the prefetched terms."""
    terms = list(case.terms.all())
    groups = [(label, [term for term in terms if term.facet == value]) for value, label in Facet.choices]
    return [(label, group) for label, group in groups if group]


def neighbours(case: Case) -> tuple[Case | None, Case | None]:
    """The published cases before and after in the same chapter of the same book.

    ``order`` is bounded by itself so that both databases go straight to the place in the index ``case_in_chapter``.
    """
    chapter = Case.objects.published().filter(collection=case.collection_id, category=case.category_id)
    chapter = chapter.only("code", "title")
    before = chapter.filter(Q(order__lt=case.order) | Q(code__lt=case.code), order__lte=case.order)
    after = chapter.filter(Q(order__gt=case.order) | Q(code__gt=case.code), order__gte=case.order)
    return before.order_by("-order", "-code").first(), after.order_by("order", "code").first()
