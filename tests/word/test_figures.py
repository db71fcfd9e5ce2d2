"""Figures in the sentences of real cases: what is found, how it is read, what is left alone."""

from decimal import Decimal

import pytest

from cases.word.recognition.figures import MAX_FIGURES, chinese_number, find_figures
from cases.word.recognition.table_figures import table_sentences


def found(text, section="results"):
    return find_figures({section: [text]})


@pytest.mark.parametrize(
    ("text", "value", "number", "unit", "kind"),
    [
        ("累计发放贷款超 3200 亿元", "超 3200 亿元", "3200", "亿元", "amount"),
        ("余额达 4,978.25 亿元", "4,978.25 亿元", "4978.25", "亿元", "amount"),
        ("投放贷款1.43万亿元", "1.43万亿元", "1.43", "万亿元", "amount"),
        ("首笔690万元贷款", "690万元", "690", "万元", "amount"),
        ("汇出超1亿美元", "超1亿美元", "1", "亿美元", "amount"),
        ("最高30万元的额度", "最高30万元", "30", "万元", "amount"),
        ("减费让利 3 千万元", "3 千万元", "3000", "万元", "amount"),
        ("投放三千亿元", "三千亿元", "3000", "亿元", "amount"),
        ("节省两百余万元", "两百余万元", "200", "万元", "amount"),
        ("授信300万元人民币", "300万元人民币", "300", "万元", "amount"),
        ("贷款余额约 5000 元左右", "约 5000 元左右", "5000", "元", "amount"),
        ("利率为 3.85%", "3.85%", "3.85", "%", "rate"),
        ("同比增长12.5％", "12.5％", "12.5", "%", "rate"),
        ("近八成为首贷户", "近八成", "80", "%", "rate"),
        ("超过九成半的客户", "超过九成半", "95", "%", "rate"),
        ("占比百分之三十", "百分之三十", "30", "%", "rate"),
        ("占比百分之三点五", "百分之三点五", "3.5", "%", "rate"),
        ("下降137个BP", "137个BP", "137", "个BP", "rate"),
        ("利率下调40BP", "40BP", "40", "BP", "rate"),
        ("提高 2.5 个百分点", "2.5 个百分点", "2.5", "个百分点", "rate"),
        ("不良率低于 1%", "低于 1%", "1", "%", "rate"),
        ("服务 1.2 万户小微企业", "1.2 万户", "1.2", "万户", "count"),
        ("惠及三千余户商户", "三千余户", "3000", "户", "count"),
        ("支持企业5000余家", "5000余家", "5000", "家", "count"),
        ("受理二十四笔业务", "二十四笔", "24", "笔", "count"),
        ("设立 50 多个服务点", "50 多个", "50", "个", "count"),
        ("超 8382 万人次使用", "超 8382 万人次", "8382", "万人次", "count"),
        ("用时 2 个工作日", "2 个工作日", "2", "个工作日", "count"),
        ("放款缩短到 36 毫秒", "36 毫秒", "36", "毫秒", "count"),
        ("装机 3873 万千瓦时", "3873 万千瓦时", "3873", "万千瓦时", "count"),
        ("贷款规模增长 3 倍", "3 倍", "3", "倍", "count"),
        ("服务客户突破 3 亿", "突破 3 亿", "3", "亿", "count"),
        ("捐款 1,000,000 元", "1,000,000 元", "1000000", "元", "amount"),
    ],
)
def test_a_figure_is_found_as_printed_and_as_a_number(text, value, number, unit, kind):
    (figure,) = found(text)
    assert (figure.value, figure.number, figure.unit, figure.kind) == (value, Decimal(number), unit, kind)


@pytest.mark.parametrize(
    "text",
    [
        "2020 年 9 月 30 日",
        "二〇二〇年九月",
        "第三批名单",
        "一个团队、一套班子",
        "“十四五”规划",
        "这一笔业务",
        "银发〔2020〕15 号文",
        "95599 电话银行",
        "7×24 小时不停",
        "统一部署，三方合作",
        "完成任务，成功落地",
        "A4 纸",
        "千方百计支持企业",
        "万众一心",
        "一年来，五大举措",
        "",
    ],
)
def test_what_is_no_figure_is_left_alone(text):
    assert found(text) == ()


@pytest.mark.parametrize(
    ("text", "as_of"),
    [
        ("截至2020年9月末，贷款余额 3 亿元", "2020年9月末"),
        ("截止 2020 年 8 月底，贷款余额 3 亿元", "2020 年 8 月底"),
        ("2023 年末余额 3 亿元", "2023 年末"),
        ("今年以来投放 3 亿元", "今年以来"),
        ("2021年上半年投放 3 亿元", "2021年上半年"),
        ("7月17日放款 3 亿元", "7月17日"),
        ("截至二〇二〇年末余额 3 亿元", "二〇二〇年末"),
        ("累计投放 3 亿元", ""),
    ],
)
def test_the_date_of_a_figure_is_the_one_of_its_sentence(text, as_of):
    assert found(text)[0].as_of == as_of


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("截至2020年9月末，普惠贷款余额 3200 亿元", "普惠贷款余额"),
        ("平均利率低至 3.85%", "平均利率"),
        ("惠及 1200 户小微企业", "惠及小微企业"),
        ("近八成为首贷户", "首贷户"),
        ("支持企业 300 家", "支持企业"),
    ],
)
def test_a_label_says_what_the_figure_counts(text, label):
    assert found(text)[0].label == label


def test_figures_of_one_sentence_come_in_its_order():
    text = "截至2020年9月末，累计放款3.2亿元，惠及1200户，利率低至3.85%，近八成为首贷户。"
    assert [figure.value for figure in found(text)] == ["3.2亿元", "1200户", "3.85%", "近八成"]


def test_a_figure_told_twice_is_offered_once():
    figures = find_figures({"results": ["贷款余额 3 亿元。"], "summary": ["贷款余额3亿元。"]})
    assert [(figure.section, figure.value) for figure in figures] == [("results", "3 亿元")]


def test_there_are_never_too_many_and_the_weightier_stay():
    lines = [f"第{n}组走访客户 {n} 户。" for n in range(10, 99)] + ["贷款余额 3200 亿元。"]
    figures = find_figures({"approach": lines})
    assert len(figures) == MAX_FIGURES
    assert figures[-1].value == "3200 亿元"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("三千", 3000),
        ("二十四", 24),
        ("十", 10),
        ("一百零五", 105),
        ("两千三百", 2300),
        ("一千二百万", 12_000_000),
        ("三五", None),
        ("百千", None),
        ("文", None),
        ("", None),
    ],
)
def test_chinese_numerals(text, number):
    assert chinese_number(text) == number


@pytest.mark.parametrize(
    ("form", "number", "unit"),
    [
        ("１２．６亿元", "12.6", "亿元"),
        ("３．８５％", "3.85", "%"),
        ("1 260万元", "1260", "万元"),
        ("近2 000人", "2000", "人"),
        ("3亿2000万元", "32000", "万元"),
        ("-1.2%", "-1.2", "%"),
        ("−1.2个百分点", "-1.2", "个百分点"),
        ("－1.2个百分点", "-1.2", "个百分点"),
        ("１２０００户", "12000", "户"),
        ("１，２００万元", "1200", "万元"),
        ("1,200.50万元", "1200.5", "万元"),
        ("1，260户", "1260", "户"),
        ("12.6亿元人民币", "12.6", "亿元"),
        ("人民币12.6亿元", "12.6", "亿元"),
        ("￥500元", "500", "元"),
        ("超3200亿元", "3200", "亿元"),
        ("逾千户", "1000", "户"),
        ("近千户", "1000", "户"),
        ("上百家", "100", "家"),
        ("数千户", None, ""),
        ("三千余户", "3000", "户"),
        ("两百多家", "200", "家"),
        ("十余家", "10", "家"),
        ("二十多亿美元", "20", "亿美元"),
        ("近三万元", "3", "万元"),
        ("五成", "50", "%"),
        ("六成以上", "60", "%"),
        ("八成五", "85", "%"),
        ("近八成", "80", "%"),
        ("百分之三十", "30", "%"),
        ("百分之三点五", "3.5", "%"),
        ("三分之一", None, ""),
        ("1/3", None, ""),
        ("2‰", "2", "‰"),
        ("50个BP", "50", "个BP"),
        ("50bps", "50", "bps"),
        ("0.5个百分点", "0.5", "个百分点"),
        ("5～8天", "5", "天"),
        ("5-8天", "5", "天"),
        ("5至8天", "5", "天"),
        ("3.85%-4.35%", "3.85", "%"),
        ("1.2万户", "1.2", "万户"),
        ("1万2千户", "12000", "户"),
        ("12万4千元", "124000", "元"),
        ("2万亿元", "2", "万亿元"),
        ("1.43 万 亿元", "1.43", "万亿元"),
        ("100余万元", "100", "万元"),
        ("3千万元", "3000", "万元"),
        ("５００余户", "500", "户"),
        ("半年", None, ""),
        ("2.5倍", "2.5", "倍"),
        ("翻一番", None, ""),
        ("1～2周", "1", "周"),
        ("第3批", None, ""),
    ],
)
def test_a_number_is_read_right_in_whatever_form_it_is_written_or_not_at_all(form, number, unit):
    figures = found(f"累计投放{form}，效果明显。")
    assert [(figure.number, figure.unit) for figure in figures] == ([] if number is None else [(Decimal(number), unit)])


@pytest.mark.parametrize("form", ["千分之二", "半小时", "一个半小时", "12 .6亿元"])
def test_a_form_not_known_gives_no_number_rather_than_a_wrong_one(form):
    assert found(f"累计投放{form}，效果明显。") == ()


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (
            ["指标 单位 数值", "贷款余额 亿元 12.6", "客户数 户 1200"],
            [("贷款余额", "12.6", "亿元"), ("客户数", "1200", "户")],
        ),
        (["年份 放款（亿元）", "2019 1.5", "2020 3.2"], [("2019放款", "1.5", "亿元"), ("2020放款", "3.2", "亿元")]),
        (["指标 2019年 2020年", "余额（万元） 800 1,260"], [("余额", "800", "万元"), ("余额", "1260", "万元")]),
        (["项目 数量", "网点 12"], []),
    ],
)
def test_numbers_of_tables_have_the_unit_of_their_heading_or_column(rows, found):
    lines = {"results": table_sentences([row.split() for row in rows])}
    assert [(one.label, str(one.number), one.unit) for one in find_figures(lines)] == found


def test_a_date_is_not_carried_to_the_next_sentence():
    line = "截至 2024 年 9 月末，贷款余额 12.6 亿元。当年产值增长 31%。"
    assert [one.as_of for one in find_figures({"results": [line]})] == ["2024 年 9 月末", ""]


@pytest.mark.parametrize(
    ("sentence", "label"),
    [("“园区贷”累计放款 3 亿元", "“园区贷”累计放款"), ("推出名为“小店贷的产品 3000 万元", "推出名为小店贷的产品")],
)
def test_labels_have_whole_quotes(sentence, label):
    assert find_figures({"results": [sentence]})[0].label == label
