"""What veraPDF asks of the tags of an accessible PDF (PDF/UA-1), read with pypdf."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings
from pypdf import PdfReader
from pypdf.generic import ArrayObject, ContentStream, DictionaryObject

from cases.editing.images import add_case_image
from cases.models import Case
from cases.takeaway.book.pdf import set_pdf
from tests.factories import index_all, make_case, make_category, make_collection, make_user
from tests.image_files import picture_bytes
from tests.takeaway.books import book_of, read_pdf

pytestmark = pytest.mark.django_db

PAINTED = {b"Tj", b"TJ", b"'", b'"', b"Do", b"f", b"f*", b"S", b"s", b"B", b"B*", b"b", b"b*", b"sh", b"EI"}


@pytest.fixture
def reader(db) -> PdfReader:
    """A book of three cases; one has a picture, figures, a table and a list."""
    book = make_collection(slug="b1")
    for slug in ("one", "two"):
        make_case(collection=book, category=make_category(slug=slug), figures=1)
    case = make_case(
        collection=book,
        status="draft",
        approach="一段。\n\n- 一\n- 二\n\n| 甲 | 乙 |\n| --- | --- |\n| 1 | 2 |",
        figures=2,
    )
    add_case_image(case=case, data=picture_bytes(), alt="图中的话", caption="图注", user=make_user())
    Case.objects.update(status="published")
    index_all()
    return read_pdf(set_pdf(book_of("collection", book.slug, ""), media=Path(settings.MEDIA_ROOT), size="a4"))


def elements(node: DictionaryObject) -> Iterator[DictionaryObject]:
    """Every structure element below ``node``, in the order in which it is read."""
    children = node.get("/K", [])
    for child in children if isinstance(children, ArrayObject) else [children]:
        found = child.get_object()
        if isinstance(found, DictionaryObject) and "/S" in found:
            yield found
            yield from elements(found)


def tagged_pieces(element: DictionaryObject) -> Iterator[tuple[int, int]]:
    """(page, number) of the marked content that an element itself holds."""
    children = element.get("/K", [])
    for child in children if isinstance(children, ArrayObject) else [children]:
        found = child.get_object()
        if isinstance(found, int):
            yield element.raw_get("/Pg").idnum, int(found)
        elif isinstance(found, DictionaryObject) and found.get("/Type") == "/MCR":
            owner = found if "/Pg" in found else element
            yield owner.raw_get("/Pg").idnum, int(found["/MCID"])


def marked_content(reader: PdfReader, page: DictionaryObject) -> tuple[set[int], int]:
    """The numbers of a page's marked content, and how often it paints outside of any, artifacts included."""
    open_marks, numbers, loose = 0, set(), 0
    properties = page["/Resources"].get("/Properties", {})
    for operands, operator in ContentStream(page.get_contents(), reader).operations:
        if operator in (b"BDC", b"BMC"):
            open_marks += 1
            told = operands[1] if len(operands) > 1 else {}
            told = told if isinstance(told, DictionaryObject) else properties.get(told, {})
            if "/MCID" in told:
                numbers.add(int(told["/MCID"]))
        elif operator == b"EMC":
            open_marks -= 1
        elif operator in PAINTED and not open_marks:
            loose += 1
    return numbers, loose


def test_document_says_its_language_title_and_that_it_is_tagged(reader):
    root = reader.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("zh-CN", True)
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title


def test_all_that_a_page_paints_is_tagged_or_an_artifact_and_stands_in_the_tree(reader):
    in_tree: dict[int, set[int]] = {}
    for element in elements(reader.trailer["/Root"]["/StructTreeRoot"]):
        for page, number in tagged_pieces(element):
            in_tree.setdefault(page, set()).add(number)
    painted = {page.indirect_reference.idnum: marked_content(reader, page) for page in reader.pages}
    assert {page: loose for page, (_, loose) in painted.items() if loose} == {}
    assert {page: numbers for page, (numbers, _) in painted.items() if numbers} == in_tree


def test_pictures_have_words_and_headings_leave_no_level_out(reader):
    every = list(elements(reader.trailer["/Root"]["/StructTreeRoot"]))
    figures = [element for element in every if element["/S"] == "/Figure"]
    assert [element.get("/Alt") for element in figures if not element.get("/Alt")] == []
    assert "图中的话" in [element.get("/Alt") for element in figures]
    levels = [
        int(element["/S"][2:]) for element in every if str(element["/S"])[:2] == "/H" and element["/S"][2:].isdigit()
    ]
    assert levels
    assert [(above, below) for above, below in pairwise([0, *levels]) if below > above + 1] == []
    assert {"/Table", "/TR", "/TH", "/TD", "/L", "/LI", "/P"} <= {str(element["/S"]) for element in every}


def test_lines_of_the_contents_lead_to_the_pages_of_their_headings(reader):
    every = list(elements(reader.trailer["/Root"]["/StructTreeRoot"]))
    assert any(element["/S"] == "/TOCI" for element in every)
    targets = [
        reader.get_destination_page_number(item)
        for chapter in reader.outline
        for item in (chapter if isinstance(chapter, list) else [chapter])
        if not isinstance(item, list)
    ]
    pages = {page.indirect_reference.idnum: number for number, page in enumerate(reader.pages)}
    linked = set()
    for page in reader.pages[:4]:
        for note in page.get("/Annots", []):
            link = note.get_object()
            goal = link.get("/Dest") or link.get("/A", {}).get("/D")
            goal = reader.named_destinations[goal].dest_array if isinstance(goal, str) else goal
            if goal is not None:
                linked.add(pages[goal[0].idnum])
            assert link.get("/Contents") or link.get("/StructParent") is not None
    assert set(targets) <= linked
