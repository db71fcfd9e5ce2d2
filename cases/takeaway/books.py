"""Books of a list, workbooks and data packages, made in the background: the answer is the file where it is there or soon is, else a page that waits."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from cases.background import files
from cases.models.stored_files import media_folder
from cases.takeaway.book.card import set_card
from cases.takeaway.book.contents import gather
from cases.takeaway.book.epub import set_epub
from cases.takeaway.book.markdown import set_markdown
from cases.takeaway.book.pdf import set_pdf
from cases.takeaway.book.word import set_word
from cases.takeaway.selection import SelectionError, answers_errors, content_version, select
from cases.takeaway.tables import EXCEL, every_case, set_package, set_workbook

CASES_IN_A_BOOK, CASES_IN_TABLES = 300, 20_000
PATIENCE = 0.8  # seconds a request waits for a file: one case is there by then
POLL = 0.05
REFRESH = 2  # seconds after which the page asks again
BUSY_SECONDS = 30
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class BookFormat:
    """``write`` makes the file of a ``Book``, the folder of its pictures (``media``) and one of ``sizes``; that of tables
    is made of the cases, in memory a few at a time. ``most`` is the number of cases."""

    label: str
    content_type: str
    write: Callable[..., bytes]
    sizes: tuple[str, ...] = ("",)
    is_read_in_place: bool = False
    is_book: bool = True
    most: int = CASES_IN_A_BOOK


BOOKS = {
    "pdf": BookFormat("PDF", "application/pdf", set_pdf, sizes=("a4", "phone"), is_read_in_place=True),
    "docx": BookFormat("Word", WORD, set_word),
    "epub": BookFormat("EPUB", "application/epub+zip", set_epub),
    "png": BookFormat("图片", "image/png", set_card, sizes=("wide", "square"), is_read_in_place=True),
    "md": BookFormat("Markdown", "text/markdown; charset=utf-8", set_markdown, is_read_in_place=True),
    "xlsx": BookFormat("Excel", EXCEL, set_workbook, is_book=False, most=CASES_IN_TABLES),
    "zip": BookFormat("数据包", "application/zip", set_package, is_book=False, most=CASES_IN_TABLES),
}


def make_book(order: files.Order, on_step: Callable[[str], None]) -> bytes:
    """Read the list of an order as it is now and set it; ``on_step`` is told what is being done."""
    on_step("正在读取案例")
    selection, form = select(QueryDict(order.query), order.kind, order.slug), BOOKS[order.suffix]
    if not form.is_book:
        on_step(f"正在写出 {len(selection.cases)} 篇案例的表格")
        cases = partial(every_case, selection.cases)
        return form.write(cases, site=order.site, title=selection.title, url=f"{order.site}{selection.path}")
    book = gather(
        selection.cases,
        subject=selection.subject,
        title=selection.title,
        path=selection.path,
        site=order.site,
        notes=selection.notes,
    )
    on_step(f"正在排版 {len(selection.cases)} 篇案例")
    if folder := media_folder():
        return form.write(book, media=folder, size=order.size)
    with TemporaryDirectory() as copies:
        for name in {image["file"] for part in book.parts for case in part.cases for image in case.images}:
            copy = Path(copies, name)
            copy.parent.mkdir(parents=True, exist_ok=True)
            with default_storage.open(name) as source, copy.open("wb") as target:
                copyfileobj(source, target)
        return form.write(book, media=Path(copies), size=order.size)


@require_safe
@answers_errors
def take_book(request: HttpRequest, kind: str, suffix: str, slug: str = "") -> HttpResponse:
    """The page beside this address as a book: the file, or 202 and a page that asks again by itself."""
    selection, form = select(request.GET, kind, slug), BOOKS[suffix]
    count = len(selection.cases)
    size = request.GET.get("size") or form.sizes[0]
    if size not in form.sizes:
        raise SelectionError(f"没有“{size[:20]}”这种开本，可以用：{'、'.join(form.sizes)}。")
    if not 0 < count <= form.most:
        words = "没有符合的案例，做不成文件" if not count else f"一共 {count} 篇，一个文件最多 {form.most} 篇"
        raise SelectionError(f"{words}。请回到列表改一改条件，再来下载。")
    query = selection.path.partition("?")[2]
    site = request.build_absolute_uri("/").rstrip("/")
    order = files.Order(kind, slug, query, suffix, size, site, content_version(selection))
    context = {"selection": selection, "form": form, "count": count, "order": order, "refresh": REFRESH}
    try:
        files.ask(order, make_book)
    except files.TooManyError:
        response = render(request, "takeaway/busy.html", context, status=503)
        response["Retry-After"] = str(BUSY_SECONDS)
        return response
    until = time.monotonic() + PATIENCE
    while not order.path.exists() and not order.has_failed and time.monotonic() < until:
        time.sleep(POLL)
    if order.path.exists():
        return sent(request, order, selection.name)
    if order.has_failed:
        return render(request, "takeaway/failed.html", context, status=500)
    response = render(request, "takeaway/waiting.html", context, status=202)
    response["Retry-After"] = str(REFRESH)
    response["Cache-Control"] = "no-store"
    return response


def sent(request: HttpRequest, order: files.Order, name: str) -> HttpResponse:
    """The file that is there; 304 for who has it."""
    etag = f'"{order.stem}-{order.version}"'
    unchanged = get_conditional_response(request, etag, None, HttpResponse())
    if unchanged.status_code != 200:
        return unchanged
    form, name = BOOKS[order.suffix], f"{name}{'-phone' if order.size == 'phone' else ''}.{order.suffix}"
    order.path.touch()  # read today: not among the first to go
    response = FileResponse(
        order.path.open("rb"), as_attachment=not form.is_read_in_place, filename=name, content_type=form.content_type
    )
    response["ETag"], response["Cache-Control"] = etag, "no-cache"
    response["Content-Encoding"] = "identity"  # compressed already: nothing for GZipMiddleware to do
    return response
