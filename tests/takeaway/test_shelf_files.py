"""A shelf taken away: its order, its title, the reader's notes."""

import zipfile
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils.http import urlencode
from docx import Document as WordDocument

from cases.background.files import Order
from cases.public.shelf import pack
from cases.takeaway.books import BOOKS
from tests.factories import make_case
from tests.takeaway.books import book_of, read_pdf, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def cases():
    return [make_case(title=f"第{name}篇案例") for name in "甲乙丙"]


def query_of(cases, **fields) -> str:
    return urlencode({"case": [case.code for case in cases], **fields}, doseq=True)


def file_of(suffix: str, query: str, tmp_path) -> bytes:
    return BOOKS[suffix].write(book_of("shelf", query=query), media=tmp_path, size=BOOKS[suffix].sizes[0])


def text_of(answer) -> str:
    return answer.getvalue().decode()


def test_word_file_has_title_order_and_notes(cases, tmp_path):
    note = f"{cases[0].code}.{pack('给王行长看')}"
    data = file_of("docx", query_of([cases[1], cases[0]], title="我的一本", note=note), tmp_path)
    document = WordDocument(BytesIO(data))
    words = [paragraph.text for paragraph in document.paragraphs]
    assert "我的一本" in words
    assert "注　给王行长看" in words
    assert words.index("第乙篇案例") < words.index("第甲篇案例")


def test_pdf_has_title_and_notes(cases, tmp_path):
    note = f"{cases[0].code}.{pack('给王行长看')}"
    words = words_of(read_pdf(file_of("pdf", query_of(cases, title="我的一本", note=note), tmp_path)))
    assert "我的一本" in words
    assert "注给王行长看" in words


def test_pdf_of_a_shelf_with_an_address_too_long_for_a_qr_code_is_made(cases, tmp_path):
    note = [f"{case.code}.{pack('长' * 300)}" for case in cases]
    assert len(read_pdf(file_of("pdf", query_of(cases, note=note), tmp_path)).pages) > 3


def test_epubs_of_two_shelves_of_one_day_are_two_books(cases, tmp_path):
    names = set()
    for order in (cases[:2], cases[1::-1]):
        archive = zipfile.ZipFile(BytesIO(file_of("epub", query_of(order), tmp_path)))
        content = archive.read("OEBPS/content.opf").decode()
        names.add(content[content.index("<dc:identifier") :].partition("</dc:identifier>")[0])
    assert len(names) == 2


def test_two_orders_are_two_files(cases):
    stems = {
        Order("shelf", "", query_of(order), "pdf", "a4", "https://x", "v").stem for order in (cases[:2], cases[1::-1])
    }
    assert len(stems) == 2


@pytest.mark.parametrize("suffix", ["txt", "bib", "csv"])
def test_streams_of_a_shelf_keep_its_order(client, cases, suffix):
    answer = client.get(f"/shelf.{suffix}?{query_of([cases[2], cases[0]])}")
    body = text_of(answer)
    assert answer.status_code == 200
    assert body.index("第丙篇案例") < body.index("第甲篇案例")
    assert "第乙篇案例" not in body


def test_file_of_a_shelf_with_an_unknown_case_is_refused_in_words(client, cases):
    answer = client.get(f"/shelf.pdf?{query_of(cases)}&case=nothing")
    assert answer.status_code == 400
    assert "nothing" in text_of(answer)


def test_nothing_is_made_of_an_empty_shelf(client):
    assert client.get(reverse("takeaway:shelf-book", args=["pdf"])).status_code == 400
