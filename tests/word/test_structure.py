"""Where title, institution and sections are found in the files members send."""

from io import BytesIO

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from cases.models.image import PLACE
from cases.word.recognition.parser import read_case
from tests.word import docx_files as files
from tests.word.docx_files import APPROACH, BACKGROUND, RESULTS, SUMMARY, TITLE, saved
from tests.word.docx_raw import STYLES, image_bytes, p, picture, raw_docx, tbl, tc


def read(data, filename="来稿.docx"):
    return read_case(BytesIO(data), filename)


def notices(document, level):
    return [notice.text for notice in document.notices if notice.level == level]


def written(*lines, title=TITLE):
    """A document of plain paragraphs; a (text, style) pair takes a style."""
    document = Document()
    if title:
        document.add_paragraph(title, style="Title")
    for line in lines:
        text, style = line if isinstance(line, tuple) else (line, None)
        document.add_paragraph(text, style=style)
    return saved(document)


def sections(document):
    return document.summary, document.background, document.approach, document.results


FORMS = {
    "styles": files.styled_case,
    "by hand": files.plain_case,
    "by hand and bold": lambda: files.plain_case(bold=True),
    "no numbers": lambda: files.plain_case(("案例简介", "实施背景", "经验做法", "经济效益")),
    "parts": lambda: files.plain_case(("第一部分 概述", "第二部分 痛点", "第三部分 创新举措", "第四部分 推广价值")),
    "arabic": lambda: files.plain_case(("1. 内容提要", "2. 项目背景", "3. 具体措施", "4. 实施效果")),
    "brackets": lambda: files.plain_case(("（一）摘要", "（二）存在问题", "（三）产品介绍", "（四）社会效益")),
    "square brackets": lambda: files.plain_case(("【案例摘要】", "【背景】", "【做法】", "【成效】")),
    "hints and blanks": lambda: files.plain_case(("案例简介（200字以内）", "背景：", "做 法", "成　效")),
    "longer names": lambda: files.plain_case(
        ("一、案例内容提要", "二、项目实施背景", "三、本行主要做法", "四、案例应用成效"), bold=True
    ),
    "form": files.form_case,
    "numbered form": lambda: files.form_case(
        [
            ("案例名称", TITLE),
            *(("一、案例摘要", SUMMARY), ("二、背景", BACKGROUND), ("三、做法", APPROACH), ("四、成效", RESULTS)),
        ]
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_four_parts_are_found_whatever_the_form(form):
    document = read(FORMS[form]())
    assert document.title == TITLE
    assert sections(document) == (SUMMARY, BACKGROUND, APPROACH, RESULTS)


def test_a_well_made_file_leaves_nothing_to_ask():
    document = read(files.styled_case())
    assert (document.institution, document.category) == ("甲银行深圳分行", "服务小微")
    assert notices(document, "unsure") + notices(document, "left") == []


def test_a_form_gives_its_fields_and_keeps_people_out():
    document = read(files.form_case())
    assert (document.institution, document.category) == ("甲银行深圳分行", "服务小微")
    assert notices(document, "left") == [
        "“联系人及电话”是联系信息，没有放进草稿。",
        "“普惠金融案例申报表”是表格的名字，没有放进草稿。",
    ]
    assert "13800000000" not in repr(document)


def test_a_form_with_two_labels_a_row_and_text_over_the_whole_width():
    rows = [
        [tc("案例名称"), tc(TITLE, props='<w:gridSpan w:val="3"/>')],
        ["单位名称", "甲银行深圳分行", "申报类别", "服务小微"],
        ["实施时间", "2020 年 2 月", "地区", "深圳、汕头"],
        [tc("案例背景", props='<w:gridSpan w:val="4"/>')],
        [tc(BACKGROUND, props='<w:gridSpan w:val="4"/>')],
        [tc("主要做法", props='<w:gridSpan w:val="4"/>')],
        [tc(p("（一）产品"), p(APPROACH), props='<w:gridSpan w:val="4"/>')],
        [tc("成效", props='<w:gridSpan w:val="4"/>')],
        [tc(RESULTS, props='<w:gridSpan w:val="4"/>')],
    ]
    document = read(raw_docx(tbl(*rows)))
    assert (document.title, document.institution, document.category) == (TITLE, "甲银行深圳分行", "服务小微")
    assert (document.period, document.regions) == ("2020 年 2 月", "深圳、汕头")
    assert sections(document) == ("", BACKGROUND, f"### （一）产品\n\n{APPROACH}", RESULTS)


def test_a_table_of_figures_is_no_form():
    document = read(
        raw_docx(
            p("题名", style="Title") + p("三、取得成效") + tbl(["时间", "地点", "金额"], ["2020 年", "深圳", "3 亿元"])
        )
    )
    assert document.results.startswith("| 时间 | 地点 | 金额 |")
    assert (document.period, document.regions) == ("", "")


@pytest.mark.parametrize(
    "marks", [("【案例背景】", "主要做法：", "三、取得成效："), ("一、背景：", "（二）做法：", "成效:")]
)
def test_names_at_the_head_of_a_paragraph_open_sections(marks):
    document = read(files.run_in_case(marks))
    assert (document.background, document.approach, document.results) == (BACKGROUND, APPROACH, RESULTS)


def test_a_bold_name_before_plain_text_opens_a_section():
    document = Document()
    document.add_paragraph(TITLE, style="Title")
    for name, text in (("案例背景", BACKGROUND), ("主要做法", APPROACH), ("取得成效", RESULTS)):
        paragraph = document.add_paragraph()
        paragraph.add_run(name).bold = True
        paragraph.add_run(" " + text)
    read_back = read(saved(document))
    assert (read_back.background, read_back.approach, read_back.results) == (BACKGROUND, APPROACH, RESULTS)


def test_a_text_without_headings_goes_to_the_approach_and_says_so():
    document = read(files.flat_case())
    assert document.title == TITLE
    assert document.approach == "\n\n".join(text * 3 for text in (BACKGROUND, APPROACH, RESULTS))
    assert any("正文都放在“做法”里" in text for text in notices(document, "unsure"))


def test_text_before_a_named_background_is_the_summary_and_says_so():
    lead = "这一段写在所有小标题之前，讲的是事情的由来，放在哪里要由编辑来定，所以它比较长，不会被当成标题来看待。"
    document = read(written(lead * 2, ("案例背景", "Heading 1"), BACKGROUND, ("主要做法", "Heading 1"), APPROACH))
    assert (document.summary, document.background) == (lead * 2, BACKGROUND)
    assert any("第一个小标题前面" in text for text in notices(document, "unsure"))


def test_an_unknown_heading_stays_inside_the_section_before_it():
    document = read(written("一、案例背景", BACKGROUND, "二、主要做法", APPROACH, "三、下一步打算", "扩大试点范围。"))
    assert document.approach == f"{APPROACH}\n\n### 三、下一步打算\n\n扩大试点范围。"


def test_a_lower_heading_with_a_known_name_stays_where_it_is():
    document = read(
        written(
            "一、案例背景",
            "二、主要做法",
            "（一）产品介绍",
            APPROACH,
            "（二）实施效果",
            "快。",
            "三、取得成效",
            RESULTS,
        )
    )
    assert document.approach == f"### （一）产品介绍\n\n{APPROACH}\n\n### （二）实施效果\n\n快。"
    assert document.results == RESULTS


def test_a_lower_heading_moves_to_a_section_the_file_would_lack_and_says_so():
    document = read(written("一、案例背景", BACKGROUND, "二、主要做法", APPROACH, "（三）实施效果", RESULTS))
    assert document.results == RESULTS
    assert any("“实施效果”是下一级的小标题" in text for text in notices(document, "unsure"))


def test_two_names_of_one_section_keep_the_second_as_a_heading():
    document = read(written("一、案例背景", BACKGROUND, "二、取得成效", RESULTS, "三、经验启示", "可以推广。"))
    assert document.results == f"{RESULTS}\n\n### 经验启示\n\n可以推广。"


def test_a_heading_of_two_minds_is_placed_and_asked_about():
    document = read(written("一、背景及做法介绍", BACKGROUND, "二、取得成效", RESULTS))
    assert document.background == BACKGROUND
    assert any("不止一个意思" in text for text in notices(document, "unsure"))


def test_a_sentence_with_a_known_word_is_no_heading():
    lines = (
        "一、案例背景",
        BACKGROUND,
        "二、主要做法",
        "（一）创新产品，提升服务成效",
        APPROACH,
        "三、取得成效",
        RESULTS,
    )
    document = read(written(*lines))
    assert document.approach == f"### （一）创新产品，提升服务成效\n\n{APPROACH}"


def test_short_lines_numbered_by_hand_are_headings_over_text_and_a_list_otherwise():
    lines = (
        "主要做法",
        "1. 开通绿色通道",
        "两天放款，随到随审，不抽贷、不断贷。",
        "2. 优化服务",
        "线上办理，七天二十四小时都有人答疑。",
    )
    assert read(written(*lines)).approach.count("### ") == 2
    document = read(written("主要做法", "办了三件事：", "1. 放款", "2. 减费", "3. 上门"))
    assert document.approach == "办了三件事：\n\n1\\. 放款\n\n2\\. 减费\n\n3\\. 上门"


def test_several_cases_in_one_file_are_noticed():
    lines = ("一、案例背景", BACKGROUND, "二、主要做法", APPROACH) * 2
    assert any("可能有几篇案例" in text for text in notices(read(written(*lines)), "unsure"))


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        ([("众志成城", "Title"), ("——甲行抗疫", "Subtitle")], "众志成城——甲行抗疫"),
        ([("众志成城", "Title"), "—— 甲行抗疫"], "众志成城——甲行抗疫"),
        ([("众志成城", "Title"), ("共克时艰", "Title")], "众志成城 共克时艰"),
        ([("众志成城", "Heading 1"), "甲银行深圳分行"], "众志成城"),
        (["附件1", "普惠金融案例推荐表", "案例名称：众志成城"], "众志成城"),
        (["题目：众志成城", "单位：甲银行"], "众志成城"),
        (["众志成城", "甲银行深圳分行"], "众志成城"),
    ],
)
def test_titles_are_found(lines, title):
    assert read(written(*lines, "一、案例背景", BACKGROUND, title="")).title == title


def test_a_subtitle_that_is_no_second_half_of_the_title_is_kept_apart():
    document = read(written(("两天放出第一笔贷款", "Subtitle"), ("案例背景", "Heading 1"), BACKGROUND))
    assert (document.title, document.subtitle) == (TITLE, "两天放出第一笔贷款")


@pytest.mark.parametrize(
    ("lines", "institution"),
    [
        (["申报单位：甲银行深圳分行"], "甲银行深圳分行"),
        (["报送机构: 甲银行深圳分行\t\t类别：小微"], "甲银行深圳分行"),
        (["单 位 名 称（盖章）：甲银行深圳分行"], "甲银行深圳分行"),
        (["申报单位：", "甲银行深圳分行"], "甲银行深圳分行"),
        (["甲银行深圳分行"], "甲银行深圳分行"),
        (["（乙信托有限责任公司）"], "乙信托有限责任公司"),
    ],
)
def test_institutions_are_found(lines, institution):
    document = read(written(*lines, "一、案例背景", BACKGROUND))
    assert document.institution == institution
    assert document.background == BACKGROUND


def test_the_signature_gives_the_institution_and_leaves_the_text():
    document = Document()
    document.add_paragraph(TITLE, style="Title")
    for line in ("一、案例背景", BACKGROUND, "二、取得成效", RESULTS):
        document.add_paragraph(line)
    for line in ("甲银行深圳分行", "2020年9月30日"):
        document.add_paragraph(line).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    read_back = read(saved(document))
    assert (read_back.institution, read_back.results) == ("甲银行深圳分行", RESULTS)
    assert "落款日期“2020年9月30日”没有放进草稿。" in notices(read_back, "left")


def test_title_and_institution_fall_back_on_the_name_of_the_file():
    document = read(raw_docx(p("一、案例背景") + p(BACKGROUND)), "甲银行深圳分行-小店贷助力复工（终稿）.docx")
    assert (document.institution, document.title) == ("甲银行深圳分行", "小店贷助力复工")
    assert any("从文件名看出来" in text for text in notices(document, "unsure"))
    assert any("没有找到题名" in text for text in notices(document, "unsure"))


def test_a_missing_part_is_told():
    unsure = notices(read(written("一、案例背景", BACKGROUND, "二、主要做法", APPROACH)), "unsure")
    assert "没有找到“成效”这一段。" in unsure
    assert "没有找到“摘要”这一段。" in unsure


def test_what_is_known_but_has_no_place_is_told():
    document = read(written("关键词：小微、首贷", "填报日期：2020年9月", "一、案例背景", BACKGROUND))
    assert [text[:8] for text in notices(document, "left")] == ["“关键词：小微、", "“填报日期：20"]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "TIFF"])
def test_pictures_come_with_their_captions(kind):
    document = read(files.picture_case(kind=kind))
    assert [(one.section, one.caption) for one in document.images] == [
        ("approach", "柜员下乡"),
        ("approach", "小店开张"),
    ]
    assert document.approach == f"{APPROACH}\n\n〔图 1〕\n\n〔图 2〕"


def test_a_caption_over_its_picture_belongs_to_it():
    document = Document()
    document.add_heading("主要做法", 1)
    for colour, caption in (("red", "图1 甲"), ("blue", "图2 乙")):
        document.add_paragraph(caption)
        document.add_picture(BytesIO(image_bytes(colour=colour)))
        document.add_paragraph(APPROACH)
    assert [one.caption for one in read(saved(document)).images] == ["甲", "乙"]


def test_pictures_side_by_side_in_a_table_keep_their_own_captions():
    rows = [[tc(p(picture("r1"))), tc(p(picture("r2")))], ["图1 甲", "图2 乙"]]
    data = raw_docx(
        p("二、主要做法") + p(APPROACH) + tbl(*rows),
        *(("r1", "image", "media/1.png"), ("r2", "image", "media/2.png")),
        styles=STYLES,
        **{"word/media/1.png": image_bytes(colour="red"), "word/media/2.png": image_bytes(colour="blue")},
    )
    document = read(data)
    assert [one.caption for one in document.images] == ["甲", "乙"]
    assert document.approach == f"{APPROACH}\n\n〔图 1〕\n\n〔图 2〕"


def test_one_picture_shown_twice_is_taken_once():
    blocks = p("二、主要做法") + p(APPROACH) + p(picture("r1")) + p(picture("r1"))
    data = raw_docx(blocks, ("r1", "image", "media/1.png"), **{"word/media/1.png": image_bytes()})
    document = read(data)
    assert len(document.images) == 1
    assert document.approach == f"{APPROACH}\n\n〔图 1〕"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.emf", b"\x01\x00\x00\x00" + b"\0" * 60, "矢量图"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "矢量图"),
        ("a.png", b"\x01\x00\x00\x00" + b"\0" * 60, "矢量图"),
        ("a.png", image_bytes()[:30], "是坏的"),
        ("a.png", b"GIF89a<html>", "是坏的"),
        ("a.jpg", b"<html><script>alert(1)</script>", "是坏的"),
    ],
)
def test_a_picture_that_cannot_be_taken_is_left_and_its_caption_told(name, content, words):
    blocks = p("二、主要做法") + p(APPROACH) + p(picture("r1")) + p("图 1 网点门口")
    document = read(raw_docx(blocks, ("r1", "image", f"media/{name}"), **{f"word/media/{name}": content}))
    assert document.images == ()
    assert document.approach == APPROACH
    left = notices(document, "left")
    assert any(words in text for text in left)
    assert "没有放进草稿的图片，图注是“网点门口”。" in left


def test_the_first_heading_after_a_summary_begins_what_was_done_whatever_it_says():
    """So are the association's own texts: 案例简介, then the topics of the case."""
    document = read(
        written(
            ("案例简介", "Heading 1"),
            SUMMARY,
            ("一、开辟信贷绿色通道", "Heading 1"),
            APPROACH,
            ("二、捐款捐物", "Heading 1"),
            BACKGROUND,
        )
    )
    assert document.summary == SUMMARY
    assert document.approach.index("开辟信贷绿色通道") < document.approach.index(APPROACH)
    assert BACKGROUND in document.approach
    assert any("从这里起放到了“做法”" in text for text in notices(document, "unsure"))


def test_a_heading_after_a_summary_stays_there_where_what_was_done_has_a_heading_of_its_own():
    document = read(
        written(
            ("案例简介", "Heading 1"),
            SUMMARY,
            ("企业简介", "Heading 1"),
            BACKGROUND,
            ("主要做法", "Heading 1"),
            APPROACH,
        )
    )
    assert document.approach == APPROACH


def centred(document, text, size=22, **more):
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(text)
    run.font.size, run.bold = Pt(size), more.get("bold", True)


def with_parts(document):
    for heading, text in zip(("摘要", "背景", "做法", "成效"), (SUMMARY, BACKGROUND, APPROACH, RESULTS), strict=True):
        document.add_paragraph(heading)
        document.add_paragraph(text)
    return saved(document)


def test_a_title_of_two_lines_of_one_size_is_one_title():
    document = Document()
    for line in ("乙银行创新知识产权融资", "助力科创企业加速成长"):
        centred(document, line)
    centred(document, "乙银行深圳分行", 14, bold=False)
    read_back = read(with_parts(document))
    assert read_back.title == "乙银行创新知识产权融资 助力科创企业加速成长"
    assert read_back.institution == "乙银行深圳分行"


def test_a_bank_above_the_title_belongs_to_it_where_the_bank_is_named_again():
    document = Document()
    for line in ("乙银行深圳分行", "真招实举助力复工"):
        centred(document, line)
    centred(document, "乙银行深圳分行", 14, bold=False)
    assert read(with_parts(document)).title == "乙银行深圳分行 真招实举助力复工"


def test_letterhead_and_covering_letter_are_no_case():
    document = Document()
    centred(document, "乙银行深圳分行文件", 36)
    centred(document, "乙银深发〔2020〕12号", 14)
    centred(document, "关于报送优秀案例的函", 26)
    document.add_paragraph("深圳市银行业协会：")
    document.add_paragraph("根据贵会通知，我行组织了案例征集，" + "现将材料报送贵会，" * 10 + "请审阅。")
    for line in ("乙银行深圳分行", "2020年10月26日", "附件2"):
        document.add_paragraph(line)
    centred(document, TITLE, 18)
    read_back = read(with_parts(document))
    assert (read_back.title, read_back.institution) == (TITLE, "乙银行深圳分行")
    assert sections(read_back) == (SUMMARY, BACKGROUND, APPROACH, RESULTS)
    assert "“深圳市银行业协会：”" in notices(read_back, "left")[0]
    assert "乙银行深圳分行文件" in read_back.mentions


@pytest.mark.parametrize(
    "written",
    [
        "□绿色金融 ☑服务小微 □金融科技",
        "绿色金融□ 服务小微√ 金融科技□",
        "（ ）绿色金融 （√）服务小微",
        "■服务小微 □绿色金融",
    ],
)
def test_of_a_row_of_boxes_what_is_ticked_counts(written):
    assert read(files.styled_case(category=written)).category == "服务小微"


def test_headers_may_name_who_wrote_the_text():
    document = Document()
    centred(document, TITLE)
    document.sections[0].header.paragraphs[0].text = "乙银行深圳分行优秀案例报送材料"
    document.sections[0].footer.paragraphs[0].text = "第 1 页"
    read_back = read(with_parts(document))
    assert read_back.mentions == ("乙银行深圳分行优秀案例报送材料", "第 1 页", "来稿.docx")


def test_a_number_the_text_refers_to_stays_in_the_caption():
    document = Document()
    document.add_paragraph("一个案例", style="Title")
    document.add_heading("主要做法", 1)
    document.add_paragraph("柜员下乡办理业务（见图1），小店开张。")
    for colour, caption in (("red", "图 1 柜员下乡"), ("blue", "图 2 小店开张")):
        document.add_picture(BytesIO(image_bytes(colour=colour)))
        document.add_paragraph(caption)
    found = read(saved(document))
    assert [image.caption for image in found.images] == ["图 1 柜员下乡", "小店开张"]
    assert any("正文里提到的图 1，编号留在了图注里" in notice.text for notice in found.notices)


def test_pictures_stand_where_they_stood_under_the_number_printed_below_them():
    document = Document()
    document.add_heading("案例背景", 1)
    document.add_paragraph(BACKGROUND)
    document.add_picture(BytesIO(image_bytes(colour="green")))
    document.add_heading("主要做法", 1)
    document.add_picture(BytesIO(image_bytes(colour="red")))
    document.add_paragraph("图 1 柜员下乡")
    document.add_paragraph(APPROACH)
    document.add_paragraph("先看店，", style="List Bullet").add_run().add_picture(BytesIO(image_bytes(colour="blue")))
    document.add_paragraph("再放款。", style="List Bullet")
    found = read(saved(document))
    assert [(image.number, image.section) for image in found.images] == [
        (2, "background"),
        (1, "approach"),
        (3, "approach"),
    ]
    assert found.background == f"{BACKGROUND}\n\n〔图 2〕"
    assert found.approach == f"〔图 1〕\n\n{APPROACH}\n\n- 先看店，\n\n〔图 3〕\n\n- 再放款。"
    assert all(
        PLACE.fullmatch(line)
        for text in (found.background, found.approach)
        for line in text.splitlines()
        if "图" in line
    )


def test_a_part_of_pictures_alone_has_no_text():
    document = Document()
    document.add_heading("主要做法", 1)
    document.add_paragraph(APPROACH)
    document.add_heading("取得成效", 1)
    document.add_picture(BytesIO(image_bytes()))
    found = read(saved(document))
    assert found.results == "〔图 1〕"
    assert "没有找到“成效”这一段。" in notices(found, "unsure")


def test_a_file_cannot_fake_the_place_of_a_picture():
    found = read(written("二、主要做法", f"{APPROACH}\ue0020\ue003"))
    assert found.approach == f"{APPROACH}0"


def test_a_title_with_line_breaks_gives_the_bank_back():
    document = Document()
    run = document.add_paragraph(style="Title").add_run("金融活水润小微")
    for line in ("——小店贷服务个体工商户", "乙银行深圳分行"):
        run.add_break()
        run.add_text(line)
    read_back = read(with_parts(document))
    assert (read_back.title, read_back.institution) == ("金融活水润小微——小店贷服务个体工商户", "乙银行深圳分行")


def test_names_of_parts_may_have_blanks_and_labels_brackets():
    document = read(
        written("（供稿：乙银行深圳分行）", f"【背 景】{BACKGROUND}", f"【做　法】{APPROACH}", f"【成 效】{RESULTS}")
    )
    assert sections(document) == ("", BACKGROUND, APPROACH, RESULTS)
    assert document.institution == "乙银行深圳分行"


def test_bold_headings_in_their_own_words_end_the_part_before_them():
    document = Document()
    document.add_paragraph(TITLE, style="Title")
    for heading, text in (("实施背景", BACKGROUND), ("银政合作搭平台", APPROACH), ("多方共赢见成效", RESULTS)):
        document.add_paragraph().add_run(heading).bold = True
        document.add_paragraph(text)
    assert sections(read(saved(document))) == ("", BACKGROUND, f"### 银政合作搭平台\n\n{APPROACH}", RESULTS)
