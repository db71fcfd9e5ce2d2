"""A list of any number of cases as CSV, a table at a time, or as JSON Lines: streamed, constant in memory."""

import json
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe
from rest_framework.utils.encoders import JSONEncoder

from cases.models import Case
from cases.public.api.serializers import CaseDetailSerializer
from cases.takeaway.selection import SelectionError, answers_errors, select
from cases.takeaway.tables import TABLES, csv_pieces, every_case

STREAMS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8"}


@require_safe
@answers_errors
def take_stream(request: HttpRequest, kind: str, suffix: str, slug: str = "") -> HttpResponse:
    """The list of the page beside this address; ``table`` of CSV is one of ``TABLES``, cases without it."""
    selection, name = select(request.GET, kind, slug), request.GET.get("table") or "cases"
    if name not in TABLES:
        known = "、".join(f"{key}（{table.title}）" for key, table in TABLES.items())
        raise SelectionError(f"没有“{name[:20]}”这张表，可以用：{known}。")
    cases = every_case(selection.cases)
    site = request.build_absolute_uri("/").rstrip("/")
    pieces = csv_pieces(TABLES[name], cases, site) if suffix == "csv" else json_lines(cases, request)
    response = StreamingHttpResponse(pieces, content_type=STREAMS[suffix])
    stem = selection.name if name == "cases" else f"{selection.name}-{name}"
    response["Content-Disposition"] = f'attachment; filename="{stem}.{suffix}"'
    return response


def json_lines(cases: Iterator[Case], request: HttpRequest) -> Iterator[str]:
    """What the API says of each case, one a line."""
    for case in cases:
        data = CaseDetailSerializer(case, context={"request": request}).data
        yield json.dumps(data, cls=JSONEncoder, ensure_ascii=False) + "\n"
