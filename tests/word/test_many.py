"""A file of many cases, and many files to complete: shown before drafts are made, completed in one table."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH

from cases.models import Case, KeyFigure, WordImport, WordPicture, WordUpload
from cases.word.actions import pieces_of
from cases.word.report import join_import
from cases.word.sandbox.ipc import receive, send
from tests.factories import make_category, make_chapter, make_collection, make_institution, make_user
from tests.word.docx_files import APPROACH, BACKGROUND, RESULTS, SUMMARY, saved
from tests.word.test_structure import read

LONG = APPROACH * 6
PENDING = "/admin/cases/wordimport/pending/"


def centred(document, text):
    document.add_paragraph(text).alignment = WD_ALIGN_PARAGRAPH.CENTER


def typed(document, place, title):
    document.add_paragraph(f"案例{place}：{title}")
    document.add_paragraph("甲银行深圳分行")


def labelled(document, place, title):
    document.add_paragraph(f"标题：{title}")
    document.add_paragraph("机构：甲银行深圳分行")


def in_two_lines(document, place, title):
    centred(document, title[:6])
    centred(document, title[6:])
    centred(document, "甲银行深圳分行")


STYLES = {
    "heading 1": lambda document, place, title: document.add_heading(title, 1),
    "style Title": lambda document, place, title: document.add_paragraph(title, style="Title"),
    "centred": lambda document, place, title: centred(document, title),
    "two lines": in_two_lines,
    "typed numbers": typed,
    "labels": labelled,
}


def book(
    style: str = "centred",
    titles=("小店贷帮助小店复工", "绿色贷支持光伏电站", "反诈宣传走进社区"),
    *,
    lead: str = "",
    chapters=False,
):
    document = Document()
    if chapters:
        centred(document, "某某协会优秀案例集")
    for place, title in enumerate(titles, start=1):
        if chapters:
            centred(document, f"第{place}章 主题{place}")
        STYLES[style](document, place, title)
        if lead:
            document.add_paragraph(lead)
        for heading, text in zip(("案例简介", "主要做法", "取得成效"), (SUMMARY, LONG, RESULTS), strict=True):
            document.add_paragraph(heading)
            document.add_paragraph(text)
    return saved(document)


@pytest.mark.parametrize("lead", ["", BACKGROUND])
@pytest.mark.parametrize("style", STYLES)
def test_a_book_is_cut_at_its_titles(style, lead):
    document = read(book(style, lead=lead), "一本.docx")
    found = [one.title.replace(" ", "") for one in (document, *document.others)]
    assert found == ["小店贷帮助小店复工", "绿色贷支持光伏电站", "反诈宣传走进社区"]
    assert {one.approach for one in document.others} == {LONG}
    assert len({one.digest for one in (document, *document.others)}) == 3


def test_chapter_headings_between_cases_are_their_chapter_and_no_text():
    document = read(book(chapters=True))
    assert [one.category for one in (document, *document.others)] == ["主题1", "主题2", "主题3"]
    assert "某某协会优秀案例集" in " ".join(notice.text for notice in document.notices)


def test_parts_that_come_again_within_a_case_do_not_cut_it():
    document = Document()
    document.add_paragraph("一个案例", style="Title")
    for heading, text in (("背景", BACKGROUND), ("做法", LONG), ("成效", RESULTS), ("做法", LONG)):
        document.add_paragraph(heading)
        document.add_paragraph(text)
    assert read(saved(document)).others == ()


def test_all_cases_of_a_file_come_through_the_pipe():
    document, stream = read(book()), BytesIO()
    send(document, stream)
    stream.seek(0)
    assert receive(stream) == document
    assert [piece.get("at") for _, piece in pieces_of(document)] == [1, 2, 3]


# --- in the desk ------------------------------------------------------------------------------------------------------


@pytest.fixture
def clerk(client):
    user = make_user("编辑")
    client.force_login(user)
    return client


@pytest.fixture
def chapter(db):
    make_institution(name="甲银行深圳分行", short_name="甲银行深圳分行")
    return make_chapter(make_collection(), make_category(name="绿色金融"))


@pytest.fixture
def split(clerk, chapter):
    """A book of three, uploaded."""
    data = {"collection": chapter.collection.pk, "files": [SimpleUploadedFile("一本.docx", book("typed numbers"))]}
    response = clerk.post(reverse("admin:cases_case_import"), data, follow=True)
    assert response.status_code == 200
    return response


@pytest.mark.django_db
def test_places_of_images_stay_true_when_a_wrong_cut_is_joined(split):
    first, second, _ = (WordImport.objects.get(pk=row.word_import.pk) for row in split.context["rows"])
    for one, numbers in ((first, (1, 3)), (second, (1,))):
        for number in numbers:
            WordPicture.objects.create(word_import=one, order=number, data=b"", caption=f"{one.pk}-{number}")
        one.parsed["results"] = "\n\n".join(f"〔图 {number}〕" for number in numbers)
        one.save()
    joined = join_import(word_import=second, user=make_user())
    assert [picture.order for picture in joined.pictures.all()] == [1, 3, 4]
    assert joined.parsed["results"] == "〔图 1〕\n\n〔图 3〕\n\n〔图 4〕"


def filled(rows, chapter, **more):
    data = {}
    for row in rows:
        key = row.word_import.pk
        data |= {f"make-{key}": "on", f"row-{key}-title": row.word_import.title, f"row-{key}-chapter": chapter.pk}
        data[f"row-{key}-institution"] = row.word_import.parsed["institution"]
    return data | more


@pytest.mark.django_db
def test_titles_and_lengths_are_shown_before_any_draft(split):
    assert Case.objects.count() == 0
    rows = split.context["rows"]
    assert [row.word_import.title for row in rows] == ["小店贷帮助小店复工", "绿色贷支持光伏电站", "反诈宣传走进社区"]
    page = split.content.decode()
    assert "共 3 篇；分错了可以并入上一篇" in page
    assert f'<td class="word-count">{rows[0].length}</td>' in page
    assert page.count("并入上一篇</button>") == 2
    assert page.index('name="_make"') < page.index('name="join"')  # Enter presses the first button
    assert len(WordUpload.objects.get().lines) == 3


@pytest.mark.django_db
def test_one_button_makes_all_drafts_and_what_is_not_ticked_waits(split, clerk, chapter):
    rows = split.context["rows"]
    data = filled(rows, chapter)
    del data[f"make-{rows[2].word_import.pk}"]
    report = reverse("admin:cases_wordimport_upload", args=[WordUpload.objects.get().pk])
    response = clerk.post(report, data, follow=True)
    assert "建好 2 篇草稿，还有 1 篇没有建。" in response.content.decode()
    assert set(Case.objects.values_list("title", flat=True)) == {"小店贷帮助小店复工", "绿色贷支持光伏电站"}
    assert [row.word_import.title for row in response.context["rows"]] == ["反诈宣传走进社区"]


@pytest.mark.django_db
def test_a_wrong_row_is_said_and_the_others_are_made(split, clerk, chapter):
    rows = split.context["rows"]
    data = filled(rows, chapter) | {f"row-{rows[1].word_import.pk}-chapter": ""}
    response = clerk.post(PENDING, data)
    assert response.status_code == 400
    assert "还没有选章节。" in response.content.decode()
    assert Case.objects.count() == 2
    assert clerk.post(PENDING, {}, follow=True).context["messages"]


@pytest.mark.django_db
def test_a_wrong_cut_is_joined_and_nothing_typed_elsewhere_is_lost(split, clerk, chapter):
    first, second, third = split.context["rows"]
    data = filled(split.context["rows"], chapter, join=second.word_import.pk)
    data[f"row-{third.word_import.pk}-title"] = "改过的题名"
    response = clerk.post(PENDING, data)
    page = response.content.decode()
    assert "“绿色贷支持光伏电站”已并入“小店贷帮助小店复工”。" in page
    assert 'value="改过的题名"' in page
    joined = WordImport.objects.get(pk=first.word_import.pk)
    assert "### 绿色贷支持光伏电站" in joined.parsed["approach"]
    assert joined.parsed["approach"].count(LONG) == 2
    assert joined.parsed["results"].count(RESULTS) == 2
    assert len(joined.figures) == 2 * len(third.word_import.figures)
    assert len(WordUpload.objects.get().lines) == 2
    assert clerk.post(PENDING, {"join": first.word_import.pk}).status_code == 200
    assert WordImport.objects.count() == 2
    assert clerk.post(PENDING, {"join": "x"}).status_code == 404


@pytest.mark.django_db
def test_the_same_book_again_changes_nothing(clerk, chapter):
    same = book()
    for _ in range(2):
        data = {"collection": chapter.collection.pk, "files": [SimpleUploadedFile("同一本.docx", same)]}
        clerk.post(reverse("admin:cases_case_import"), data)
    assert (WordImport.objects.count(), Case.objects.count(), KeyFigure.objects.count()) == (3, 0, 0)


@pytest.mark.django_db
def test_what_waits_is_on_the_first_page(split, clerk):
    page = clerk.get(reverse("admin:index"))
    assert {item.title: item.count for item in page.context["todo_lists"]} == {"待补全的来稿": 3}
    assert PENDING in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("count", [2, 5])
def test_queries_of_the_table_do_not_grow(clerk, chapter, count, django_assert_num_queries):
    titles = tuple(f"第{place}个题名" for place in range(count))
    data = {"collection": chapter.collection.pk, "files": [SimpleUploadedFile("一本.docx", book("centred", titles))]}
    clerk.post(reverse("admin:cases_case_import"), data)
    with django_assert_num_queries(7):
        assert len(clerk.get(PENDING).context["rows"]) == count


@pytest.mark.django_db
def test_others_may_not_complete(client):
    client.force_login(make_user())
    assert client.get(PENDING).status_code == 403
