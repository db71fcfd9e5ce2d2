"""References of a list: as strings to read, and as files for programs. Streamed, so of any number of cases."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases.models import Case, KeyFigure
from cases.public.citing import exchange
from cases.public.citing.styles import DEFAULT_STYLE, STYLES
from cases.public.metadata import Reference, described, reference
from cases.search.bitmaps import CaseList
from cases.takeaway.selection import SelectionError, answers_errors, select

BATCH = 500  # cases in memory at a time
Writer = Callable[[Iterable[Reference]], Iterator[str]]
# Suffix: content type, and what makes the pieces of the file; ``txt`` has a style, too.
REFERENCES: dict[str, tuple[str, Writer]] = {
    "txt": ("text/plain; charset=utf-8", exchange.text),
    "bib": ("application/x-bibtex; charset=utf-8", exchange.bibtex),
    "ris": ("application/x-research-info-systems", exchange.ris),
    "json": ("application/vnd.citationstyles.csl+json", exchange.csl_json),
}


@require_safe
@answers_errors
def take_references(request: HttpRequest, kind: str, suffix: str, slug: str = "") -> HttpResponse:
    """The references of the page beside this address. ``figure`` (of one case) and ``style`` (of ``txt``) say what and
    how to cite."""
    selection, figure = select(request.GET, kind, slug), None
    content_type, write = REFERENCES[suffix]
    if suffix == "txt":
        write = partial(write, style=checked_style(request.GET.get("style", DEFAULT_STYLE)))
    if (number := request.GET.get("figure", "")) and isinstance(selection.subject, Case):
        order = int(number[:6]) if number.isascii() and number.isdigit() else -1
        figure = get_object_or_404(selection.subject.figures, order=order)
    response = StreamingHttpResponse(write(references(request, selection.cases, figure)), content_type=content_type)
    disposition = "inline" if suffix == "txt" else "attachment"
    response["Content-Disposition"] = f'{disposition}; filename="{selection.name}.{suffix}"'
    return response


def checked_style(style: str) -> str:
    if style not in STYLES:
        names = "、".join(f"{name}（{label}）" for name, (label, _) in STYLES.items())
        raise SelectionError(f"没有“{style[:20]}”这种引文格式，可以用：{names}。")
    return style


def references(request: HttpRequest, cases: CaseList, figure: KeyFigure | None) -> Iterator[Reference]:
    """The references of a list in its order; with ``figure``, of that figure in the one case."""
    today = timezone.localdate()
    for batch in cases.shaped(lambda cases: cases.for_export_list()).batches(BATCH):
        for case in batch:
            address = request.build_absolute_uri(case.get_absolute_url())
            yield described(reference(case, address=address, accessed=today, figure=figure), case)
