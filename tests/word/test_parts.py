"""Which part a text belongs to where headings do not say so: in a book's own words, and where there are none."""

import pytest

from cases.word.recognition.flow import divide, ending, results_from
from cases.word.recognition.headings import topic_of
from tests.word.docx_files import APPROACH, BACKGROUND, RESULTS, SUMMARY
from tests.word.test_structure import notices, read, written

PLIGHT = "近年来，小店面临资金缺口，缺少抵押物，融资难的问题长期存在，亟需一种新的办法帮助它们渡过难关。"
DEEDS = "该行推出“小店贷”，建立专门团队，主动走访市场，通过经营数据测算额度，为商户开通线上申请。"
GAINS = "截至 2020 年 9 月末，累计放款 3.2 亿元，惠及 1200 户，不良率下降，获得媒体好评。"


@pytest.mark.parametrize(
    ("words", "section"),
    [
        ("银担合作，成效显著", "results"),
        ("三年探索 取得良好社会反响", "results"),
        ("直面轻资产企业融资难", "background"),
        ("多措并举破解融资难题", ""),
        ("敏捷响应各类用款需求", ""),
        ("提升服务效果", ""),
        ("一园一策的具体做法", "approach"),
        ("搭建银政企对接平台", ""),
    ],
)
def test_a_heading_in_its_own_words_speaks_of_a_part_or_of_none(words, section):
    assert topic_of(words) == section


def test_topics_beside_the_background_are_what_was_done():
    document = read(
        written("一、小店融资的难点", BACKGROUND, "二、搭建数据平台", APPROACH, "三、两年试点下来，成效显著", RESULTS)
    )
    assert document.background == f"### 一、小店融资的难点\n\n{BACKGROUND}"
    assert document.approach == f"### 二、搭建数据平台\n\n{APPROACH}"
    assert document.results == f"### 三、两年试点下来，成效显著\n\n{RESULTS}"
    assert any("接在背景后面" in text for text in notices(document, "unsure"))


def test_a_topic_that_only_boasts_does_not_end_what_was_done():
    document = read(
        written("案例简介", SUMMARY, "1. 创新产品成效显著", DEEDS, "2. 走进园区", DEEDS, "3. 服务到店", DEEDS)
    )
    assert document.results == ""
    assert "### 1. 创新产品成效显著" in document.approach


def test_text_below_a_summary_is_told_apart_and_the_clerk_is_told():
    document = read(written("案例简介", SUMMARY * 3, PLIGHT, DEEDS * 2, GAINS))
    assert document.background.endswith(PLIGHT)
    assert document.approach == DEEDS * 2
    assert document.results == GAINS
    assert sum("起没有小标题写明，按意思放到了" in text for text in notices(document, "unsure")) == 3


def test_what_stands_before_the_first_topic_is_background():
    document = read(written("案例简介", SUMMARY * 3, DEEDS, "1. 开通绿色通道", DEEDS * 2, "2. 减免费用", DEEDS))
    assert document.background.endswith(DEEDS)
    assert document.approach.startswith("### 1. 开通绿色通道")


def test_results_at_the_end_of_the_last_topic_are_found_even_within_a_paragraph():
    document = read(written("案例简介", SUMMARY, "1. 开通绿色通道", DEEDS, "2. 减免费用", DEEDS + GAINS))
    assert document.approach.endswith(DEEDS)
    assert document.results == GAINS


def test_a_summary_with_nothing_under_it_is_what_stands_above():
    document = read(written(SUMMARY * 2, "案例简介", "1. 案例背景", BACKGROUND, "2. 主要做法", APPROACH))
    assert (document.summary, document.background) == (SUMMARY * 2, BACKGROUND)
    assert any("放到了“摘要”的开头" in text for text in notices(document, "unsure"))


def test_numbered_lines_over_texts_are_headings_and_in_a_row_a_list():
    headings = written("案例简介", SUMMARY, ("开通绿色通道", "List Number"), DEEDS, ("减免费用", "List Number"), DEEDS)
    assert "### 1. 开通绿色通道" in read(headings).approach
    row = written("一、做法", ("开通绿色通道", "List Number"), ("减免费用", "List Number"), DEEDS)
    assert read(row).approach.startswith("1. 开通绿色通道\n2. 减免费用")


def test_plans_after_results_stay_with_them_and_are_none():
    assert results_from([DEEDS, GAINS, "未来，该行将继续推出新产品。"]) == 1
    assert results_from([DEEDS, DEEDS, "未来，该行将继续推出新产品。"]) == 3
    assert divide([PLIGHT, DEEDS, DEEDS, GAINS]) == (1, 3)
    assert ending(GAINS) == ""


def test_siblings_by_number_stand_at_one_level_whatever_their_style():
    topics = [("（一）搭建平台", "Heading 2"), DEEDS, "（二）创新产品", DEEDS, "（三）走进园区", DEEDS]
    document = read(written(("一、主要做法", "Heading 1"), *topics))
    assert [line for line in document.approach.split("\n") if line.startswith("#")] == [
        "### （一）搭建平台",
        "### （二）创新产品",
        "### （三）走进园区",
    ]


def test_plans_behind_results_do_not_hide_them():
    topics = ["1. 开通绿色通道", DEEDS, "2. 社会反响良好", GAINS, "3. 下一步方向", DEEDS]
    assert GAINS in read(written("案例简介", SUMMARY, *topics)).results


def test_results_told_within_topics_move_in_order_and_the_clerk_is_told():
    topics = ["1. 走进园区", DEEDS, f"此次活动{GAINS}", "2. 减免费用", DEEDS + GAINS, "3. 服务到店", DEEDS]
    document = read(written("案例简介", SUMMARY, *topics))
    assert document.results == f"### 走进园区\n\n此次活动{GAINS}\n\n{GAINS}"
    assert (
        document.approach == f"### 1. 走进园区\n\n{DEEDS}\n\n### 2. 减免费用\n\n{DEEDS}\n\n### 3. 服务到店\n\n{DEEDS}"
    )
    assert sum("从“做法”移到了“成效”" in text for text in notices(document, "unsure")) == 2


@pytest.mark.parametrize(
    "lines",
    [
        ("一、主要做法", DEEDS, GAINS, DEEDS),  # the file says what it is
        ("1. 走进园区", DEEDS, GAINS, "2. 减免费用", DEEDS, "3. 社会反响良好", GAINS),  # it says where results are
        ("1. 走进园区", GAINS, "2. 减免费用", DEEDS),  # a topic would be left without text
        ("1. 走进园区", DEEDS, "2. 减免费用", DEEDS, (GAINS, "List Bullet"), DEEDS),
    ],
)
def test_what_the_file_itself_says_and_lists_and_whole_topics_stay_where_they_are(lines):
    document = read(written("案例简介", SUMMARY, *lines))
    assert GAINS in document.approach
    assert not any("移到了“成效”" in text for text in notices(document, "unsure"))


def test_plans_behind_what_came_of_it_go_with_it_and_nothing_is_lost():
    plan = "下一步，该行将继续推出新产品。"
    topics = ["1. 走进园区", DEEDS + GAINS + plan, "2. 减免费用", DEEDS]
    document = read(written("案例简介", SUMMARY, *topics))
    assert document.results == GAINS + plan
    assert document.approach.count(DEEDS) == 2


def test_less_sure_signs_are_taken_where_there_are_no_sure_ones():
    less = "分行缩短了时间，超过 200 户商户得到贷款，率先在全市推广。"
    topics = ["1. 走进园区", DEEDS + less * 2, "2. 减免费用", DEEDS]
    assert read(written("案例简介", SUMMARY, *topics)).results == less * 2
    assert GAINS not in read(written("案例简介", SUMMARY, "1. 走进园区", DEEDS + GAINS, *topics)).approach


def test_a_numbered_line_over_items_of_a_deeper_number_is_a_heading():
    document = read(
        written("案例简介", SUMMARY, "1. 走进园区", DEEDS, "2. 实际应用效果", f"（1）{GAINS}", f"（2）{GAINS}")
    )
    assert document.results == f"（1）{GAINS}\n\n（2）{GAINS}"


def test_a_topic_beside_the_first_one_below_a_styled_summary_may_open_results():
    topics = [("走进园区", "List Number"), DEEDS, ("实际应用效果", "List Number"), GAINS]
    document = read(written(("案例简介", "Heading 2"), SUMMARY, *topics))
    assert (document.approach, document.results) == (f"### 1. 走进园区\n\n{DEEDS}", GAINS)


def test_a_last_topic_of_results_alone_opens_them_unless_the_file_names_what_was_done():
    topics = ["（一）走进园区", DEEDS, "（二）多方受益", GAINS]
    document = read(written("案例简介", SUMMARY, *topics))
    assert (document.approach, document.results) == (f"### （一）走进园区\n\n{DEEDS}", f"### （二）多方受益\n\n{GAINS}")
    assert read(written("一、主要做法", *topics)).results == ""
