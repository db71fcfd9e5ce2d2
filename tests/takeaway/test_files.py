"""Books are made once for their content, in the background, and whoever waits is told so."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from PIL import Image

from cases.background import files
from cases.editing.edit import edit_case
from cases.editing.gate import Public
from cases.models import Case, Collection, Institution
from cases.takeaway import books
from cases.takeaway.books import BOOKS, CASES_IN_A_BOOK
from tests.factories import index_all, make_case, make_category, make_collection, make_user, save_vocabulary

pytestmark = pytest.mark.django_db


def get(path: str, **headers) -> HttpResponse:
    """The answer, read to its end, which closes it: its content is in ``body``."""
    response = Client(raise_request_exception=False).get(path, headers=headers)
    response.body = response.getvalue()
    return response


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.TAKEAWAY_DIR = tmp_path / "takeaway"
    return settings.TAKEAWAY_DIR


@pytest.fixture
def made(monkeypatch):
    """What was made, in this thread and at once: tests that are not about threads see their own transaction."""
    names = []
    content = books.make_book

    def counted(order, on_step):
        names.append(order.path.name)
        return content(order, on_step)

    monkeypatch.setattr(books, "make_book", counted)
    monkeypatch.setattr(files._pool, "submit", lambda work, order, content: files.make(order, content))
    monkeypatch.setattr(files, "_asked", set())
    return names


@pytest.fixture
def idle(monkeypatch):
    """Nobody makes anything."""
    monkeypatch.setattr(files._pool, "submit", lambda *args: None)
    monkeypatch.setattr(files, "_asked", set())
    monkeypatch.setattr(books, "PATIENCE", 0)


@pytest.fixture
def case():
    case = make_case(
        code="sz2020-0101", category=make_category(slug="green"), collection=make_collection(slug="sz2020")
    )
    index_all()
    return case


def test_a_pdf_is_sent_as_what_it_is(case, made):
    response = get("/cases/sz2020-0101.pdf")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'inline; filename="sz2020-0101.pdf"'
    assert response.body.startswith(b"%PDF-")


def test_a_case_has_a_picture_of_the_size_that_messengers_want(case, made):
    response = get("/cases/sz2020-0101.png")
    assert response["Content-Type"] == "image/png"
    with Image.open(BytesIO(response.body)) as image:
        assert image.size == (1200, 630)
    with Image.open(BytesIO(get("/cases/sz2020-0101.png?size=square").body)) as image:
        assert image.size == (1200, 1200)
    assert get("/cases/sz2020-0101.png?size=round").status_code == 400
    with Image.open(BytesIO(get("/collections/sz2020.png").body)) as image:
        assert image.size == (1200, 630)


def test_the_same_content_is_made_once_and_not_sent_to_who_has_it(case, made):
    etag = get("/cases/sz2020-0101.pdf")["ETag"]
    assert get("/cases/sz2020-0101.pdf?utm_source=x")["ETag"] == etag
    assert get("/cases/sz2020-0101.pdf", **{"If-None-Match": etag}).status_code == 304
    assert len(made) == 1


def change_case(case):
    with edit_case(case, user=None, public=Public.TRUSTED):
        case.summary = "新的摘要"
        case.save()


def change_figure(case):
    with edit_case(case, user=None, public=Public.TRUSTED):
        case.figures.update(note="新的注")


def change_book(case):
    collection = Collection.objects.get(pk=case.collection_id)
    collection.preface = "新的前言"
    save_vocabulary(item=collection, user=make_user())


def change_institution(case):
    institution = Institution.objects.get(pk=case.institution_id)
    institution.short_name = "新简称"
    save_vocabulary(item=institution, user=make_user())


def withdraw(case):
    make_case(collection=case.collection, category=case.category)
    index_all()


@pytest.mark.parametrize("change", [change_case, change_figure, change_book, change_institution, withdraw])
def test_what_changed_is_made_anew_and_replaces_the_old(case, made, folder, change):
    get("/collections/sz2020.pdf")
    change(Case.objects.get(pk=case.pk))
    get("/collections/sz2020.pdf")
    get("/collections/sz2020.pdf")
    assert len(set(made)) == len(made) == 2
    assert [path.name for path in folder.iterdir()] == [made[-1]]


def test_who_waits_sees_progress_and_the_page_asks_again(case, idle):
    response = get("/collections/sz2020.pdf")
    body = response.body.decode()
    assert (response.status_code, response["Retry-After"], response["Cache-Control"]) == (202, "2", "no-store")
    assert '<meta http-equiv="refresh" content="2">' in body
    assert "前面还有文件在做" in body
    (order,) = files.waiting()
    files._write(order.beside("step"), "正在排版 1 篇案例")
    assert "正在排版 1 篇案例……" in get("/collections/sz2020.pdf").body.decode()


def test_the_worker_makes_what_was_asked_for(case, idle, settings, folder):
    settings.TAKEAWAY_MAKER = "worker"
    assert get("/cases/sz2020-0101.pdf").status_code == 202
    call_command("make_files", once=True, verbosity=0)
    assert get("/cases/sz2020-0101.pdf").status_code == 200
    assert [path.suffix for path in folder.iterdir()] == [".pdf"]


def test_what_cannot_be_made_is_said_and_tried_again_later(case, made, monkeypatch, folder):
    def broken(*args, **kwargs):
        raise RuntimeError("full")

    monkeypatch.setitem(BOOKS, "pdf", replace(BOOKS["pdf"], write=broken))
    response = get("/cases/sz2020-0101.pdf")
    assert (response.status_code, "PDF 没有做成" in response.body.decode()) == (500, True)
    assert get("/cases/sz2020-0101.pdf").status_code == 500
    assert len(made) == 1
    monkeypatch.undo()
    monkeypatch.setattr(files._pool, "submit", lambda work, order, content: files.make(order, content))
    (failed,) = folder.glob("*.failed")
    os.utime(failed, (0, 0))
    assert get("/cases/sz2020-0101.pdf").status_code == 200


def test_too_many_wishes_are_put_off(case, idle, folder, monkeypatch):
    folder.mkdir()
    for number in range(files.WAITING_AT_MOST):
        (folder / f"{number}.pdf.ask").write_text("{}")
    response = get("/cases/sz2020-0101.pdf")
    assert (response.status_code, response["Retry-After"]) == (503, "30")


@pytest.mark.parametrize(
    ("path", "words"), [("/cases.pdf?q=没有的词", "没有符合的案例"), ("/cases.pdf?size=a3", "没有“a3”这种开本")]
)
def test_what_is_no_book_is_said(case, idle, path, words):
    response = get(path)
    assert (response.status_code, words in response.body.decode()) == (400, True)


def test_a_book_has_an_end(case, idle, monkeypatch):
    monkeypatch.setitem(BOOKS, "pdf", replace(BOOKS["pdf"], most=1))
    make_case()
    index_all()
    assert "一个文件最多 1 篇" in get("/cases.pdf").body.decode()
    assert CASES_IN_A_BOOK >= 200


def test_the_oldest_files_go_first_where_all_are_too_large(case, made, folder, monkeypatch):
    monkeypatch.setitem(BOOKS, "pdf", replace(BOOKS["pdf"], write=lambda *args, **options: b"x" * 100))
    folder.mkdir()
    for number in (1, 2):
        (folder / f"old{number}.pdf").write_bytes(b"x" * 100)
        os.utime(folder / f"old{number}.pdf", (number, number))
    monkeypatch.setattr(files, "KEPT_BYTES", 350)
    get("/cases/sz2020-0101.pdf")
    assert len(list(folder.glob("old*"))) == 2
    get("/cases/sz2020-0101.pdf?size=phone")
    assert [path.name for path in folder.glob("old*")] == ["old2.pdf"]


@pytest.mark.django_db(transaction=True)
def test_twenty_who_ask_at_once_make_one_file(monkeypatch):
    case = make_case(code="sz2020-0101")
    index_all()
    made, begun = [], threading.Barrier(20)
    content = books.make_book
    monkeypatch.setattr(books, "make_book", lambda *args: made.append(1) or content(*args))

    def wait(_) -> int:
        begun.wait()
        try:
            while (response := get(f"{case.get_absolute_url()[:-1]}.pdf")).status_code == 202:
                pass
            return len(response.body)
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        sizes = list(pool.map(wait, range(20)))
    assert len(made) == 1
    assert len(set(sizes)) == 1
    assert sizes[0] > 10_000
