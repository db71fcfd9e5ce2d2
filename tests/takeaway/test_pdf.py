"""The PDF: a book with true page numbers, whole text, and nothing that a text could do to it."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from cases.editing.images import add_case_image
from cases.models import Advice, Case, EditorNote, GlossaryEntry, Highlight, Offer
from cases.public.rendering import render_markdown
from cases.takeaway.book.nodes import plain_text, read_nodes
from cases.takeaway.book.pdf import set_pdf
from tests.factories import (
    index_all,
    make_case,
    make_category,
    make_collection,
    make_institution,
    make_product,
    make_user,
)
from tests.image_files import picture_bytes
from tests.takeaway.books import book_of, read_pdf, words_of

pytestmark = pytest.mark.django_db

HOSTILE = '#panic("x") $x^2$ *b* _e_ `r` <label> @ref \\u{41} #image("/etc/passwd") // 完 /* "引号" ~ --- #set page(width: 1pt)'


def pdf_of(kind: str, slug: str = "", query: str = "", size: str = "a4"):
    return read_pdf(set_pdf(book_of(kind, slug, query), media=Path(settings.MEDIA_ROOT), size=size))


@pytest.fixture(scope="module")
def whole(_seeded_database, django_db_blocker):
    """The real collection of 65 cases, set once."""
    with django_db_blocker.unblock():
        return pdf_of("collection", "sz2020")


def test_every_title_and_figure_of_the_collection_can_be_found(seeded, whole):
    words = words_of(whole)
    cases = Case.objects.filter(collection__slug="sz2020").select_related("collection").prefetch_related("figures")
    wanted = [text for case in cases for text in (case.headline, case.title, *(f.value for f in case.figures.all()))]
    assert len(wanted) > 400
    assert [text for text in wanted if "".join(text.split()) not in words] == []


def test_page_numbers_of_the_contents_are_the_true_ones(seeded, whole):
    labels = whole.page_labels
    listed = {}
    for page in whole.pages[:8]:
        for title, number in re.findall(r"^(.+?)[ .·]*?(\d+)$", page.extract_text(), re.M):
            listed["".join(title.split())[-8:]] = number
    true = {
        "".join(item.title.split())[-8:]: labels[whole.get_destination_page_number(item)]
        for chapter in whole.outline
        for item in (chapter if isinstance(chapter, list) else [chapter])
        if not isinstance(item, list)
    }
    shared = set(listed) & set(true)
    assert len(shared) > 60  # of 81; pypdf puts some titles of two lines together another way
    assert {title: listed[title] for title in shared} == {title: true[title] for title in shared}


def test_chapters_and_cases_are_bookmarks(seeded, whole):
    chapters = [item.title for item in whole.outline if not isinstance(item, list)]
    assert chapters[:2] == ["前言", "壹　聚力抗疫"]
    assert chapters[-4:] == ["词语解释", "机构索引", "产品索引", "关于这一本"]
    assert (
        sum(len([i for i in item if not isinstance(i, list)]) for item in whole.outline if isinstance(item, list)) == 65
    )


def test_it_is_tagged_and_carries_its_fonts(seeded, whole):
    root = whole.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "zh-CN"
    assert "/StructTreeRoot" in root
    assert "pdfuaid:part" in root["/Metadata"].get_data().decode()
    fonts = [
        font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        for page in whole.pages[:20]
        for font in page["/Resources"]["/Font"].values()
    ]
    names = {str(font["/FontName"]).partition("+")[2] for font in fonts}
    assert {name.removesuffix("-Identity-H") for name in names} >= {"NotoSerifSC-Regular", "NotoSansSC-Regular"}
    assert all("/FontFile3" in font or "/FontFile2" in font for font in fonts)


@pytest.mark.parametrize("size", ["a4", "phone"])
def test_what_a_text_says_is_printed_and_never_run(size):
    case = make_case(
        title=HOSTILE, subtitle=HOSTILE[:80], background=HOSTILE, approach=f"# {HOSTILE}\n\n- {HOSTILE}", results=""
    )
    words = words_of(pdf_of("case", case.code, size=size))
    for text in ('#panic("x")', "$x^2$", '#image("/etc/passwd")', "@ref", "#setpage(width:1pt)"):
        assert text in words


@pytest.mark.parametrize(
    "text",
    ["# 一\n\n### 三\n\n# 一", "[a]()", "[b](/c) <https://d.example>", "| a |\n|---|\n| b | c |", "3. 三\n4. 四", "```\n#x\n```",
     "> > 引", "😀𠀀\u0007", "- \n- a", "**", "1. a\n\n   b\n\n       code"],
)  # fmt: skip
def test_any_markdown_can_be_set(text):
    case = make_case(approach=text)
    assert len(pdf_of("case", case.code).pages) >= 1


def test_tree_keeps_every_word():
    html = render_markdown(
        "# 题\n\n一**二**[三](https://x.example)\n\n1. 四\n2. `五`\n\n| 六 | 七 |\n|---|--:|\n| 八 | 九 |\n"
    )
    assert "".join(plain_text(read_nodes(html)).split()) == "题一二三四五六七八九"


def test_a_case_is_set_with_all_that_belongs_to_it():
    case = make_case(source_pages="3-5", figures=2)
    Advice.objects.create(case=case, order=1, kind="suits", text="适合谁的话")
    EditorNote.objects.create(case=case, order=1, text="编者的话")
    Highlight.objects.create(case=case, order=1, text="首创的话", as_of="2020 年")
    Offer.objects.create(case=case, order=1, product=make_product(name="某贷"), amount="最高 300 万元")
    words = words_of(pdf_of("case", case.code))
    for text in (
        "适合谁的话",
        "编者的话",
        "首创的话（2020年）",
        "某贷",
        "最高300万元",
        "第3-5页",
        "[M/OL]//",
        case.code,
    ):
        assert text in words


def test_a_list_is_a_book_with_indexes_of_what_is_in_it():
    category, bank = make_category(slug="green"), make_institution(name="绿色银行")
    GlossaryEntry.objects.create(term="保理", definition="解释保理")
    GlossaryEntry.objects.create(term="福费廷", definition="不相干")
    cases = [make_case(category=category, institution=bank, background="做了保理") for _ in range(2)]
    Offer.objects.create(case=cases[0], order=1, product=make_product(name="碳贷", institution=bank))
    make_case(title="别的章")
    words = words_of(pdf_of("category", "green"))
    for text in (
        "目录",
        "词语解释",
        "保理解释保理",
        "机构索引",
        "绿色银行",
        "产品索引",
        "碳贷",
        "关于这一本",
        "/categories/green/",
    ):
        assert text in words
    assert "福费廷" not in words
    assert "别的章" not in words


@pytest.mark.parametrize("count", [2, 4])
def test_queries_of_a_book_do_not_grow_with_it(django_assert_num_queries, count):
    book = make_collection(slug="sz2020")
    for _ in range(count):
        make_case(collection=book, category=make_category())
    with django_assert_num_queries(18):
        book_of("collection", "sz2020")


def words_for_pictures(node) -> list[str]:
    """The alternative texts in a tree of tags."""
    node = node.get_object()
    if isinstance(node, list):
        return [text for child in node for text in words_for_pictures(child)]
    if not hasattr(node, "get"):
        return []
    own = [str(node["/Alt"])] if "/Alt" in node else []
    return own + (words_for_pictures(node["/K"]) if "/K" in node else [])


def test_pictures_stand_in_it_with_their_words():
    case = make_case(status="draft")
    add_case_image(case=case, data=picture_bytes(), alt="图中的话", caption="图注的话", user=make_user())
    Case.objects.update(status="published")
    index_all()
    reader = pdf_of("case", case.code)
    assert "图注的话" in words_of(reader)
    assert any(len(page.images) for page in reader.pages)
    assert "图中的话" in words_for_pictures(reader.trailer["/Root"]["/StructTreeRoot"])


@pytest.mark.parametrize("size", ["a4", "phone"])
def test_images_stand_where_the_text_has_them(size):
    case = make_case(approach="先上门。\n\n〔图 1〕\n\n后放款。\n\n〔图 9〕", results="收尾。", status="draft")
    for caption in ("柜员下乡", "小店开张"):
        add_case_image(case=case, data=picture_bytes(seed=len(caption)), alt=HOSTILE, caption=caption, user=make_user())
    Case.objects.update(status="published")
    index_all()
    reader = pdf_of("case", case.code, size=size)
    texts = ["先上门。", "柜员下乡", "后放款。", "收尾。", "小店开张"]
    assert re.findall("|".join([*texts, "图9"]), words_of(reader)) == texts
    assert sum(len(page.images) for page in reader.pages) == 2
