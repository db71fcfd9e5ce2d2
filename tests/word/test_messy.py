"""Files as they come: lines of print, mails, titles over many lines, books of many, parts without a name or with another."""

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH

from cases.word.recognition.headings import section_named, topic_of
from tests.word.docx_files import APPROACH, BACKGROUND, RESULTS, SUMMARY, TITLE, form_case, saved
from tests.word.test_parts import DEEDS, GAINS, PLIGHT
from tests.word.test_structure import notices, read, written

BANK = "甲银行深圳分行"
TITLES = ("小店贷帮助小店复工", "绿色贷支持光伏电站", "反诈宣传走进社区")


def centred(document, *lines):
    for line in lines:
        document.add_paragraph(line).alignment = WD_ALIGN_PARAGRAPH.CENTER


def titles_of(document):
    return [one.title for one in (document, *document.others)]


# --- names of parts -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "section"),
    [
        ("二、解决方案及创新点", "approach"),
        ("项目实施情况", "approach"),
        ("经济效益和社会效益", "results"),
        ("案例综述", "summary"),
        ("主要做法及成效", ""),  # of two parts: said to the clerk
        ("贷款和担保", ""),
    ],
)
def test_two_names_of_one_part_and_names_with_a_qualifier_are_known(words, section):
    assert section_named(words) == section


@pytest.mark.parametrize(
    ("words", "section"),
    [
        ("为什么要做这件事", "background"),
        ("我们是这样做的", "approach"),
        ("带来了哪些变化", "results"),
        ("社会影响及意义", "results"),
    ],
)
def test_headings_that_ask_or_tell_speak_of_a_part(words, section):
    assert topic_of(words) == section


def test_a_form_with_names_of_its_own_gives_all_parts():
    names = ("项目概况", "背景与挑战", "方案做法简述及创新办法", "社会效益与经济效益")
    texts = (SUMMARY, BACKGROUND, APPROACH * 3, RESULTS)
    document = read(form_case([("案例名称", TITLE), ("申报单位", BANK), *zip(names, texts, strict=True)]))
    assert (document.summary, document.background, document.approach, document.results) == texts


def test_plans_behind_results_stay_there_and_their_heading_is_written_once():
    document = read(
        written(("案例背景", "Heading 1"), PLIGHT, ("主要成效", "Heading 1"), GAINS, ("下一步工作", "Heading 1"), DEEDS)
    )
    assert document.results == f"{GAINS}\n\n### 下一步工作\n\n{DEEDS}"


def test_a_topic_behind_results_opens_what_was_done_with_one_heading():
    lines = ("一、主要成效", GAINS, "二、走进园区", DEEDS, "三、贴近商户", DEEDS)
    document = read(written("案例背景", PLIGHT, *lines))
    assert document.approach.count("走进园区") == 1


# --- parts without a name ---------------------------------------------------------------------------------------------


def test_a_text_without_headings_has_a_summary_a_background_and_results():
    document = read(written(SUMMARY, PLIGHT, DEEDS * 2, DEEDS * 2, GAINS))
    assert document.summary == SUMMARY
    assert document.background == PLIGHT
    assert document.approach == f"{DEEDS * 2}\n\n{DEEDS * 2}"
    assert document.results == GAINS
    assert any("按意思分成了几部分" in text for text in notices(document, "unsure"))


def test_a_lead_above_the_background_is_the_summary():
    assert read(written(SUMMARY, "一、案例背景", PLIGHT, "二、主要做法", DEEDS)).summary == SUMMARY


@pytest.mark.parametrize(("lead", "section"), [(DEEDS, "approach"), (PLIGHT, "background")])
def test_a_lead_above_a_summary_goes_where_it_speaks_of(lead, section):
    document = read(written(lead, "案例简介", SUMMARY, "案例背景", BACKGROUND, "主要做法", DEEDS))
    assert document.summary == SUMMARY
    assert getattr(document, section).startswith(lead)
    assert read(written(lead, "案例简介", SUMMARY, "主要做法", DEEDS)).background == lead


def test_results_at_the_end_of_what_was_done_open_their_part_where_none_is_named():
    document = read(written("一、案例背景", PLIGHT, "二、主要做法", DEEDS, DEEDS, GAINS))
    assert (document.approach, document.results) == (f"{DEEDS}\n\n{DEEDS}", GAINS)
    assert any("按意思放到了“成效”" in text for text in notices(document, "unsure"))
    named = read(written("一、案例背景", PLIGHT, "二、主要做法", DEEDS, GAINS, "三、取得成效", RESULTS))
    assert named.approach.endswith(GAINS)


# --- titles and who sends them ----------------------------------------------------------------------------------------


def test_a_title_over_many_lines_is_one_with_the_bank_in_its_first():
    document = Document()
    centred(document, BANK, "小店贷帮助小店复工", "——用好数据，服务", "2 万户商户", BANK)
    for line in ("案例背景", BACKGROUND, "主要做法", APPROACH):
        document.add_paragraph(line)
    found = read(saved(document))
    assert found.title == f"{BANK} 小店贷帮助小店复工——用好数据，服务 2 万户商户"
    assert found.institution == BANK


def test_an_institution_in_brackets_signs_the_text():
    assert read(written("案例背景", BACKGROUND, "主要做法", APPROACH, f"（{BANK}）")).institution == BANK


def test_a_paragraph_that_begins_like_a_label_stays_in_the_text():
    words = "机构：科创中心统筹业务。对企业实行名单制动态管理。"
    document = read(written("申报单位：甲银行深圳分行", "案例背景", BACKGROUND, "主要做法", words, APPROACH))
    assert document.approach == f"{words}\n\n{APPROACH}"


def test_the_head_of_a_mail_is_no_text():
    mail = ("发件人：小李", "收件人：某某协会", "主题：案例报送", "各位老师，您好！")
    document = Document()
    for line in (*mail, TITLE, "案例背景", BACKGROUND, "主要做法", APPROACH):
        document.add_paragraph(line)
    found = read(saved(document))
    assert (found.title, found.category, found.background) == (TITLE, "", BACKGROUND)
    assert any("邮件信息（4 行）" in text for text in notices(found, "left"))


# --- lines of print ---------------------------------------------------------------------------------------------------


def printed(*paragraphs, indent="　　", width=28):
    return [
        line
        for text in paragraphs
        for line in ([f"{indent}{text}"[at : at + width] for at in range(0, len(text) + len(indent), width)])
    ]


def test_lines_of_print_are_put_together_and_their_figures_found_whole():
    lines = printed(BACKGROUND, BACKGROUND), printed(APPROACH * 3, APPROACH * 3), printed(RESULTS, RESULTS * 2)
    document = read(written("一、案例背景", *lines[0], "二、主要做法", *lines[1], "三、取得成效", *lines[2]))
    assert document.background == f"{BACKGROUND}\n\n{BACKGROUND}"
    assert document.approach == f"{APPROACH * 3}\n\n{APPROACH * 3}"
    assert document.results == f"{RESULTS}\n\n{RESULTS * 2}"
    assert {"3.2 亿元", "3.85%"} <= {figure.value.removeprefix("低至 ") for figure in document.figures}


def test_short_paragraphs_that_end_are_not_put_together():
    assert read(written("一、主要做法", *["分行走访了市场，了解到商户的困难。"] * 20)).approach.count("\n\n") == 19


# --- books ------------------------------------------------------------------------------------------------------------


def with_run_in(document, title):
    document.add_paragraph(title)
    document.add_paragraph(f"机构：{BANK}")
    document.add_paragraph(f"案例背景：{BACKGROUND}")
    document.add_paragraph(f"主要做法：{APPROACH * 6}")


def signed(document, title):
    document.add_paragraph(title)
    for text in (PLIGHT * 2, DEEDS * 4, GAINS * 2):
        document.add_paragraph(text)
    document.add_paragraph(f"（{BANK}）")
    document.add_paragraph("2021年3月5日")


def headed(document, title):
    centred(document, f"{title[:4]}：", title[4:])
    document.add_paragraph(f"（{BANK}）")
    for text in (PLIGHT * 2, DEEDS * 4, GAINS * 2):
        document.add_paragraph(text)


def with_lead(document, title):
    document.add_paragraph(title)
    for line in (PLIGHT * 2, "案例简介", SUMMARY, "1. 走进园区", DEEDS * 4):
        document.add_paragraph(line)
    document.add_paragraph(BANK).alignment = WD_ALIGN_PARAGRAPH.RIGHT


@pytest.mark.parametrize("is_bound", [False, True])
@pytest.mark.parametrize("write", [with_run_in, signed, headed, with_lead])
def test_a_book_without_headings_of_style_is_cut_at_its_titles(write, is_bound):
    document = Document()
    if is_bound:
        for line in ("某某协会优秀案例集", "目 录", *(f"{title}……{at}" for at, title in enumerate(TITLES, 1))):
            document.add_paragraph(line)
        document.add_page_break()
    for title in TITLES:
        write(document, title)
    found = read(saved(document), "一本.docx")
    assert [title.replace("： ", "") for title in titles_of(found)] == list(TITLES)
    assert {one.institution for one in (found, *found.others)} == {BANK}
