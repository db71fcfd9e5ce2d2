"""Files beside the pages."""

from collections.abc import Iterator
from functools import partial

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases.models import Case, KeyFigure
from cases.public.citing.exchange import text
from cases.public.citing.records import Reference, described, reference
from cases.public.citing.styles import DEFAULT_STYLE, STYLES
from cases.search.bitmaps import CaseList
from cases.takeaway.formats import FORMATS, Format
from cases.takeaway.selection import SelectionError, select

BATCH = 500  # cases in memory at a time


@require_safe
def take(request: HttpRequest, kind: str, suffix: str, slug: str = "") -> HttpResponse:
    """The list of the page beside this address as a file; 404 for a format or page that is not, 400 in plain text
    for a condition that is not. ``figure`` (of one case) and ``style`` (of ``txt``) say what and how to cite."""
    if suffix not in FORMATS and suffix != "txt":
        raise Http404
    try:
        selection = select(request, kind, slug)
        form = _strings(request) if suffix == "txt" else FORMATS[suffix]
    except SelectionError as error:
        return HttpResponse(str(error), status=400, content_type="text/plain; charset=utf-8")
    figure, number = None, request.GET.get("figure", "")
    if number and isinstance(selection.subject, Case):
        order = int(number[:6]) if number.isascii() and number.isdigit() else -1
        figure = get_object_or_404(selection.subject.figures, order=order)
    references = _references(request, selection.cases, figure)
    response = StreamingHttpResponse(form.write(references), content_type=form.content_type)
    disposition = "inline" if suffix == "txt" else "attachment"
    response["Content-Disposition"] = f'{disposition}; filename="{selection.name}.{suffix}"'
    response["X-Robots-Tag"] = "noindex"
    return response


def _strings(request: HttpRequest) -> Format:
    style = request.GET.get("style", DEFAULT_STYLE)
    if style not in STYLES:
        names = "、".join(f"{name}（{label}）" for name, (label, _) in STYLES.items())
        raise SelectionError(f"没有“{style[:20]}”这种引文格式，可以用：{names}。")
    return Format("引文", "text/plain; charset=utf-8", partial(text, style=style))


def _references(request: HttpRequest, cases: CaseList, figure: KeyFigure | None) -> Iterator[Reference]:
    """The references of a list in its order; with ``figure``, of that figure in the one case."""
    today = timezone.localdate()
    for batch in cases.shaped(lambda cases: cases.for_export_list()).batches(BATCH):
        for case in batch:
            address = request.build_absolute_uri(case.get_absolute_url())
            yield described(reference(case, address=address, accessed=today, figure=figure), case)
