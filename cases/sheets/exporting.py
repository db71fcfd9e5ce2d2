"""Cases out, as a workbook or as CSV: a short list at once, a long workbook made in the background and fetched when it is there."""

import json
from collections.abc import Callable, Iterable, Iterator

from django.core import signing
from django.db.models import Max, QuerySet
from django.http import FileResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from cases.background import files
from cases.models import SearchState, Version
from cases.sheets.layout import SHEETS
from cases.sheets.lookup import Lookup
from cases.sheets.sheet import Sheet
from cases.sheets.writer import CONTENT_TYPES, csv_pieces, workbook

CHUNK = 200
LARGE = 500  # cases; a workbook of more takes longer than a page may
XLSX, DESK = "xlsx", "desk"
_signer = signing.Signer(salt="cases.sheets.export")


def keys_of(cases: QuerySet) -> list[int]:
    return list(cases.values_list("pk", flat=True))


def sent(keys: list[int], form: str) -> StreamingHttpResponse:
    """These cases in their order, made while they are sent."""
    today = f"{timezone.localdate():%Y%m%d}"
    if form == XLSX:
        return attachment(_workbook(keys), f"案例-{today}.xlsx", XLSX)
    sheet = next(sheet for sheet in SHEETS.values() if form == f"{sheet.slug}.csv")
    return attachment(csv_pieces(sheet, _rows(sheet, keys)), f"{sheet.name}-{today}.csv", "csv")


def ask_for_workbook(keys: list[int]) -> str:
    """Have a workbook made in the background; return what names it in an address. Raises ``files.TooManyError``."""
    latest = Version.objects.aggregate(n=Max("pk"))["n"] or 0
    generation = SearchState.objects.values_list("generation", flat=True).first() or 0
    order = files.Order(DESK, "", json.dumps(keys), XLSX, "", "", f"{latest}-{generation}")
    files.ask(order, make_workbook)
    return _signer.sign(order.path.name)


def make_workbook(order: files.Order, on_step: Callable[[str], None]) -> bytes:
    keys = json.loads(order.query)
    on_step(f"正在写出 {len(keys)} 篇案例")
    return b"".join(_workbook(keys))


def made(token: str) -> tuple[FileResponse | None, str]:
    """The workbook ``token`` names, if it is there; else what is being done (empty: waiting or failed).

    Raises ``signing.BadSignature``.
    """
    path = files.settings.TAKEAWAY_DIR / _signer.unsign(token)
    if not path.exists():
        step = path.with_name(f"{path.name}.step")
        return None, step.read_text(encoding="utf-8") if step.exists() else ""
    name = f"案例-{timezone.localdate():%Y%m%d}.xlsx"
    answer = FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=CONTENT_TYPES[XLSX])
    answer["Content-Encoding"], answer["Cache-Control"] = "identity", "private, no-store"
    return answer, ""


def has_failed(token: str) -> bool:
    path = files.settings.TAKEAWAY_DIR / _signer.unsign(token)
    return path.with_name(f"{path.name}.failed").exists()


def attachment(pieces: Iterable[bytes], filename: str, extension: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(pieces, content_type=CONTENT_TYPES[extension])
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=filename)
    if extension == XLSX:
        response["Content-Encoding"] = "identity"  # a zip already: compressing it again costs time and wins nothing
    return response


def _workbook(keys: list[int]) -> Iterator[bytes]:
    return workbook({name: _rows(sheet, keys) for name, sheet in SHEETS.items()}, Lookup().words())


def _rows(sheet: Sheet, keys: list[int]) -> Iterator[dict]:
    """Yield the rows of a sheet for the cases of these keys, a chunk of cases at a time."""
    for start in range(0, len(keys), CHUNK):
        chunk = keys[start : start + CHUNK]
        cases = sheet.export_queryset().in_bulk(chunk)
        for key in chunk:
            if key in cases:
                yield from sheet.rows(cases[key])
