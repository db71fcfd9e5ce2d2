"""The list of ``/figures/`` as a table: CSV, streamed and of any length; a workbook, made at once, so of a few thousand rows."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from cases.models import KeyFigure
from cases.public.figures import FigureFilter
from cases.takeaway.selection import SelectionError, answers_errors
from cases.takeaway.tables import BATCH, EXCEL, TABLES, csv_pieces, workbook

ROWS_IN_A_WORKBOOK = 5000
TABLE = replace(TABLES["figures"], rows=lambda figure: [figure])  # each row a figure, in the order of the page


@require_safe
@answers_errors
def take_figures(request: HttpRequest, suffix: str) -> HttpResponse:
    found = FigureFilter(request.GET)
    if found.errors_text:
        raise SelectionError("\n".join(found.errors_text))
    figures, site = found.rows(), request.build_absolute_uri("/").rstrip("/")
    if suffix == "csv":
        response = StreamingHttpResponse(csv_pieces(TABLE, rows(figures), site), content_type="text/csv; charset=utf-8")
    else:
        count = figures.count()
        if count > ROWS_IN_A_WORKBOOK:
            raise SelectionError(f"一共 {count} 个数字，Excel 文件最多 {ROWS_IN_A_WORKBOOK} 个。请加条件，或下载 CSV。")
        url = request.build_absolute_uri(found.canonical("/figures/"))
        response = HttpResponse(
            workbook([(TABLE, rows(figures))], site=site, title="关键数据", url=url), content_type=EXCEL
        )
    response["Content-Disposition"] = f'attachment; filename="figures.{suffix}"'
    return response


def rows(figures: Iterable[KeyFigure]) -> Iterator[KeyFigure]:
    """Figures a few at a time, whatever is between the connection and the reader."""
    yield from figures.iterator(chunk_size=BATCH)
