"""A member's PDF is read like a Word file; one that holds no text, is locked, damaged or made to harm is refused in words."""

import re
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings

from cases.models import Case
from cases.models.image import placed_numbers
from cases.takeaway.book.pdf import set_pdf
from cases.word.actions import Destination, FileOutcome, import_file
from cases.word.document import WordDocument, WordFileError
from cases.word.recognition.parser import read_case
from cases.word.sandbox.reader import read_word
from tests.factories import make_category, make_chapter, make_collection, make_institution, make_user
from tests.takeaway.books import book_of
from tests.word import pdf_files as files
from tests.word.docx_files import APPROACH, BACKGROUND, RESULTS, SUMMARY, TITLE


def read(data: bytes) -> WordDocument:
    return read_case(BytesIO(data), "来稿.pdf")


def squeezed(*texts: str) -> str:
    return "".join("".join(texts).split())


def bare(*texts: str) -> str:
    """Words without blanks and the signs of Markdown."""
    return re.sub(r"[\\*]", "", squeezed(*texts))


@pytest.mark.parametrize("make", [files.one_column, files.with_running_heads, files.two_columns])
def test_title_institution_and_parts_come_whole_and_in_order(make):
    document = read(make())
    assert squeezed(document.title) == squeezed(TITLE)
    assert document.institution == "甲银行深圳分行"
    assert document.background == BACKGROUND * 6
    assert document.approach == APPROACH * 8
    assert squeezed(document.results) == squeezed(RESULTS * 3)
    assert "2020年" not in document.results


def test_running_heads_and_page_numbers_are_no_text_but_name_who_wrote():
    document = read(files.with_running_heads())
    assert "乙银行深圳分行案例材料" in document.mentions
    assert not any("页" in text for text in (document.background, document.approach, document.results))
    assert "页眉和页脚不是正文，已略去。" in [notice.text for notice in document.notices]


def test_a_form_is_read_by_its_rules():
    document = read(files.form())
    assert (document.title, document.institution) == (TITLE, "甲银行深圳分行")
    assert (document.summary, document.background, document.approach, document.results) == (
        SUMMARY,
        BACKGROUND,
        APPROACH,
        RESULTS,
    )


def test_a_number_in_the_last_row_of_a_page_is_no_page_number():
    document = read(files.typeset(f"二、主要做法\n\n{APPROACH}\n\n#table(columns: 2, [年份], [户数], [2020], [1200])"))
    assert "| 2020 | 1200 |" in document.approach


def test_a_table_stays_a_table():
    table = "#table(columns: 3, [产品], [户数], [金额], [小店贷], [1200], [3.2 亿元], [绿色贷], [8], [1 亿元])"
    document = read(files.typeset(f"二、主要做法\n\n{APPROACH}\n\n{table}\n\n{APPROACH}"))
    rows = "| 产品 | 户数 | 金额 |\n| --- | --- | --- |\n| 小店贷 | 1200 | 3.2 亿元 |\n| 绿色贷 | 8 | 1 亿元 |"
    assert document.approach == f"{APPROACH}\n\n{rows}\n\n{APPROACH}"


def test_images_stand_where_they_stood_with_their_captions():
    document = read(files.with_pictures())
    assert [(image.number, image.caption) for image in document.images] == [(1, "柜员下乡"), (2, "图 2 小店开张")]
    assert document.approach == f"{APPROACH}见图2。\n\n〔图 1〕\n\n{APPROACH}\n\n〔图 2〕"


def test_latin_words_keep_their_blanks_where_lines_break():
    text = "The bank lends to small shops by what they sell every day and asks for no collateral at all. " * 4
    document = read(files.typeset(f"二、主要做法\n\n{APPROACH}\n\n{text}"))
    assert text.strip() in document.approach


def test_items_of_a_list_stay_items():
    document = read(files.typeset(f"二、主要做法\n\n{APPROACH}\n\n- 先看店。\n- 再放款。\n"))
    assert document.approach == f"{APPROACH}\n\n- 先看店。\n- 再放款。"


@pytest.mark.django_db
def test_our_own_pdf_of_a_case_gives_its_text_back(seeded):
    for case in Case.objects.filter(collection__slug="sz2020").order_by("code")[:8]:
        document = read(set_pdf(book_of("case", case.code), media=Path(settings.MEDIA_ROOT), size="a4"))
        found = bare(document.summary, document.background, document.approach, document.results)
        lines = [line for name in Case.SECTIONS for line in getattr(case, name).splitlines() if len(line) > 30]
        assert len(lines) > 5
        assert [line for line in lines if not line.startswith("|") and bare(line.lstrip("-# ")) not in found] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", files.HARMFUL)
def test_what_harms_is_refused_within_the_limits_of_the_kernel(name):
    make, codes = files.HARMFUL[name]
    with pytest.raises(WordFileError) as refused:
        read_word(make(), filename="来稿.pdf")
    assert refused.value.code in codes
    assert len(str(refused.value)) > 15


@pytest.mark.slow
def test_the_guarded_reader_gives_the_images_encoded_anew():
    document = read_word(files.with_pictures(), filename="来稿.pdf")
    assert [(image.data, image.problem, image.encoded.fallback.suffix) for image in document.images] == [
        (b"", "", "jpg")
    ] * 2


@pytest.mark.slow
@pytest.mark.parametrize("percent", range(5, 100, 10))
def test_a_damaged_file_gives_a_document_or_a_refusal(percent):
    data = bytearray(files.one_column())
    at = len(data) * percent // 100
    data[at : at + 40] = bytes(40)
    with suppress(WordFileError):
        assert isinstance(read(bytes(data)), WordDocument)


@pytest.mark.slow
@pytest.mark.django_db
def test_a_pdf_becomes_a_draft_with_its_images_where_they_stood(tmp_path):
    path = tmp_path / "来稿.pdf"
    path.write_bytes(files.with_pictures())
    collection, category = make_collection(), make_category()
    make_chapter(collection, category)
    destination = Destination(collection, category, make_institution())
    result = import_file(path=path, filename=path.name, user=make_user("编辑"), destination=destination)
    case = result.word_import.case
    assert (result.outcome, [image.number for image in case.images.all()]) == (FileOutcome.CREATED, [1, 2])
    assert placed_numbers(case.approach) == [1, 2]
