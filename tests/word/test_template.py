"""The template for members: what it offers, and that it reads back without a question once filled in."""

from io import BytesIO

import pytest
from docx import Document
from docx.oxml.ns import qn

from cases.word.document import WordFileError
from cases.word.recognition.parser import read_case
from cases.word.template import build_template
from tests.word.docx_files import APPROACH, BACKGROUND, RESULTS, SUMMARY, TITLE, saved
from tests.word.docx_raw import image_bytes

INSTITUTIONS = ["甲银行深圳分行", "乙信托有限责任公司", "甲银行深圳分行", "", " 丙\x01银行 "]
CATEGORIES = ["服务小微", "聚力抗疫"]
TEXTS = (SUMMARY, BACKGROUND, APPROACH, RESULTS)


def read(document):
    return read_case(BytesIO(saved(document)), "来稿.docx")


def template():
    return Document(BytesIO(build_template(INSTITUTIONS, CATEGORIES)))


def choose(document, row, text):
    """What Word does when an entry is chosen: the text stands in the control, which no longer shows its hint."""
    control = next(document.tables[0].cell(row, 1)._tc.iter(qn("w:sdt")))
    shown = next(control.iter(qn("w:showingPlcHdr")))
    shown.getparent().remove(shown)
    next(control.iter(qn("w:t"))).text = text


def filled(*, replace_hints=True):
    document = template()
    form = document.tables[0]
    for row, text in ((0, TITLE), (1, "两天放款"), (4, "2020 年 2 月至 9 月"), (5, "深圳、湖北武汉")):
        form.cell(row, 1).paragraphs[0].text = text
    choose(document, 2, "甲银行深圳分行")
    choose(document, 3, "服务小微")
    hints = [paragraph for paragraph in document.paragraphs if paragraph.text.startswith("〔填：")]
    for hint, text in zip(hints, TEXTS, strict=True):
        if replace_hints:
            hint.text = text
        else:
            hint.insert_paragraph_before(text)
    return document


@pytest.mark.parametrize("replace_hints", [True, False])
def test_a_filled_template_leaves_nothing_to_ask(replace_hints):
    document = read(filled(replace_hints=replace_hints))
    assert {notice.level for notice in document.notices} == {"taken"}
    assert (document.title, document.subtitle) == (TITLE, "两天放款")
    assert (document.institution, document.category) == ("甲银行深圳分行", "服务小微")
    assert (document.period, document.regions) == ("2020 年 2 月至 9 月", "深圳、湖北武汉")
    assert (document.summary, document.background, document.approach, document.results) == TEXTS


def test_text_written_behind_a_hint_is_kept_without_it():
    document = filled()
    document.tables[0].cell(0, 1).paragraphs[0].text = f"〔填：案例的题名，含副题，不超过 120 字〕{TITLE}"
    assert read(document).title == TITLE


def test_points_and_pictures_in_a_filled_template_are_taken():
    document = filled()
    results = next(paragraph for paragraph in document.paragraphs if paragraph.text == "四、取得成效")
    results.insert_paragraph_before("（一）推出小店贷")
    results.insert_paragraph_before().add_run().add_picture(BytesIO(image_bytes()))
    results.insert_paragraph_before("图 1 柜员上门")
    read_back = read(document)
    assert read_back.approach.endswith("### （一）推出小店贷\n\n〔图 1〕")
    assert [one.caption for one in read_back.images] == ["柜员上门"]
    assert {notice.level for notice in read_back.notices} == {"taken"}


def test_an_empty_template_is_refused_with_what_to_do():
    with pytest.raises(WordFileError, match="填好再上传") as refused:
        read(template())
    assert refused.value.code == "no-text"


def test_a_half_filled_template_holds_no_hint():
    document = template()
    document.tables[0].cell(0, 1).paragraphs[0].text = TITLE
    read_back = read(document)
    assert "填" not in "".join(
        [read_back.title, read_back.subtitle, read_back.institution, *map(str, read_back.images)]
    )
    assert (read_back.background, read_back.approach, read_back.results) == ("", "", "")


def test_names_are_offered_once_each_and_clean():
    boxes = list(template().element.iter(qn("w:comboBox")))
    offered = [[item.get(qn("w:value")) for item in box] for box in boxes]
    assert offered == [["甲银行深圳分行", "乙信托有限责任公司", "丙银行"], CATEGORIES]


def test_chinese_characters_have_a_face_of_their_own():
    styles = template().styles
    faces = {name: styles[name].element.rPr.rFonts.get(qn("w:eastAsia")) for name in ("Normal", "Heading 1", "Header")}
    assert faces == {"Normal": "宋体", "Heading 1": "黑体", "Header": "宋体"}


def test_a_template_without_lists_can_be_made():
    assert build_template([], [])[:2] == b"PK"


def test_an_image_at_the_end_of_the_file_brings_no_heading_of_the_last_part():
    document = filled()
    document.add_picture(BytesIO(image_bytes()))
    read_back = read(document)
    assert read_back.results == f"{RESULTS}\n\n〔图 1〕"
    assert len(read_back.images) == 1
