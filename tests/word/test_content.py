"""要点, 可以照着做的 and 产品 in a member's file: rows of the draft, and nothing lost of what cannot be one."""

from dataclasses import fields
from decimal import Decimal
from io import BytesIO

import pytest
from docx import Document

from cases.models import Advice, AdviceKind, Highlight, Offer, Product
from cases.word.actions import import_word
from cases.word.document import PRODUCT_LIMITS, ROW_LIMITS, ProductTerms
from cases.word.recognition.headings import ADVICE
from cases.word.recognition.parser import read_case
from cases.word.report import complete_import
from cases.word.sandbox.reader import read_word
from tests.factories import make_category, make_chapter, make_collection, make_institution, make_user
from tests.word.docx_files import APPROACH, BACKGROUND, RESULTS, TITLE, saved
from tests.word.test_template import filled
from tests.word_files import make_document

PRODUCT = ProductTerms("小店贷", "个体工商户", "最高 30 万元", "一年", "3.85%", "凭流水")
HEADS = ("产品名称", "适用对象", "额度", "期限", "利率", "条件")


def add_table(document, *rows):
    table = document.add_table(rows=0, cols=len(rows[0]))
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text


def written(*parts, headings=True):
    """A file with background, approach and results, and behind them ``parts``: (heading, lines or a table)."""
    document = Document()
    document.add_paragraph(TITLE, style="Title")
    usual = (("一、案例背景", [BACKGROUND]), ("二、主要做法", [APPROACH]), ("三、取得成效", [RESULTS]))
    for heading, body in (*usual, *parts):
        document.add_heading(heading, 1) if headings else document.add_paragraph(heading)
        if body and isinstance(body[0], tuple):
            add_table(document, *body)
        else:
            for line in body:
                document.add_paragraph(line)
    return saved(document)


def read(*parts, **options):
    return read_case(BytesIO(written(*parts, **options)), "来稿.docx")


def texts(document):
    return (document.background, document.approach, document.results)


def filled_with_rows():
    document = filled()
    hint = next(paragraph for paragraph in document.paragraphs if paragraph.text.startswith("〔选填：首创"))
    hint.text = "全市首单小店贷"
    hint.insert_paragraph_before("获 2020 年金融创新奖")
    advice, products = document.tables[1:]
    advice.cell(0, 1).text = "有流水、没有抵押的小店"
    advice.cell(2, 1).text = "1. 先接税务数据\n2. 再试一个街道"
    advice.cell(5, 1).paragraphs[0].text += "不良率"
    for cell, text in zip(
        products.rows[1].cells, ("小店贷", "个体工商户", "最高 30 万元", "一年", "3.85%", "凭流水"), strict=True
    ):
        cell.text = text
    return saved(document)


def test_rows_of_a_filled_template_are_read_without_a_question():
    document = read_word(filled_with_rows(), filename="来稿.docx")
    assert document.highlights == ("获 2020 年金融创新奖", "全市首单小店贷")
    assert document.advice == (
        ("suits", "有流水、没有抵押的小店"),
        ("steps", "先接税务数据"),
        ("steps", "再试一个街道"),
        ("unsaid", "不良率"),
    )
    assert document.products == (PRODUCT,)
    assert {notice.level for notice in document.notices} == {"taken"}
    assert "单独成行的：要点 2 条、可以照着做的 4 条、产品 1 条。" in [notice.text for notice in document.notices]
    assert (document.background, document.approach, document.results) == (BACKGROUND, APPROACH, RESULTS)


@pytest.mark.django_db
def test_a_filled_template_becomes_a_draft_with_its_rows():
    collection, category = make_collection(), make_category(name="服务小微")
    make_chapter(collection, category)
    bank = make_institution(name="甲银行深圳分行")
    product = Product.objects.create(institution=bank, name="微型贷", other_names="小店贷")
    document = read_word(filled_with_rows(), filename="来稿.docx")
    case = import_word(document=document, user=make_user("编辑"), collection=collection).case
    assert list(Highlight.objects.values_list("case", "order", "text")) == [
        (case.pk, 1, "获 2020 年金融创新奖"),
        (case.pk, 2, "全市首单小店贷"),
    ]
    assert list(case.advice.values_list("kind", "text"))[1:3] == [("steps", "先接税务数据"), ("steps", "再试一个街道")]
    offer = case.offers.get()
    told = (offer.product, offer.audience, offer.amount, offer.term, offer.rate, offer.conditions)
    assert told == (product, "个体工商户", "最高 30 万元", "一年", "3.85%", "凭流水")
    assert case.approach == APPROACH


@pytest.mark.django_db
@pytest.mark.parametrize("is_pending", [False, True])
def test_product_the_institution_does_not_have_stays_in_the_text_and_is_told(is_pending):
    collection, category = make_collection(), make_category(name="绿色金融")
    make_chapter(collection, category)
    bank, user = make_institution(name="某某银行"), make_user("编辑")
    Product.objects.create(institution=make_institution(), name="小店贷")
    document = make_document(
        products=(PRODUCT,), highlights=("首单",), advice=(("risk", "银行"), ("nonsense", "二")), institution="" if is_pending else "某某银行"
    )  # fmt: skip
    found = import_word(document=document, user=user, collection=collection)
    if is_pending:
        assert not Highlight.objects.exists()
        found = complete_import(
            word_import=found, user=user, collection=collection, category=category, institution=bank
        )
    found.refresh_from_db()
    (told,) = [one["text"] for one in found.notices if "小店贷" in one["text"]]
    assert "请先在“产品”里加上" in told
    assert "额度：最高 30 万元" in told
    assert found.case.approach.startswith("做法。\n\n**产品**　小店贷：适用对象：个体工商户；额度：最高 30 万元")
    assert not Offer.objects.exists()
    assert (Highlight.objects.get().text, Advice.objects.get().kind) == ("首单", "risk")


@pytest.mark.parametrize("heading", ["四、要点", "四、主要亮点", "（四）获奖情况", "案例亮点（选填）"])
def test_lines_below_a_heading_of_highlights_are_rows(heading):
    document = read((heading, ["全国首单", "（一）获省级奖", "2. 36 家银行跟进"]))
    assert document.highlights == ("全国首单", "获省级奖", "36 家银行跟进")
    assert texts(document) == (BACKGROUND, APPROACH, RESULTS)


@pytest.mark.parametrize(
    ("heading", "lines", "rows"),
    [
        ("可以照着做的", ["适合谁：小店", "怎么做", "先接数据", "再试点"], [("suits", "小店"), ("steps", "先接数据"), ("steps", "再试点")]),
        ("可复制经验", ["数据要先谈好", "风险分担：政府担三成"], [("lessons", "数据要先谈好"), ("risk", "政府担三成")]),
        ("四、适用范围", ["县域的小店"], [("suits", "县域的小店")]),
        ("四、经验启示", ["1. 数据先行", "2. 试点再推广"], [("lessons", "数据先行"), ("lessons", "试点再推广")]),
        ("可以照着做的", [("适合谁", "小店"), ("难点与教训", "数据难拿"), ("原文没有说的", "")], [("suits", "小店"), ("lessons", "数据难拿")]),
    ],
)  # fmt: skip
def test_advice_is_read_from_lines_labels_and_tables(heading, lines, rows):
    document = read((heading, lines))
    assert list(document.advice) == rows
    assert texts(document) == (BACKGROUND, APPROACH, RESULTS)


def test_a_list_below_a_name_of_a_section_is_rows_only_beside_the_section_itself():
    points = ["1. 首创数据贷", "2. 首个线上平台"]
    document = read(
        ("四、创新点", points), ("五、案例成效", ["很好。"]), ("六、经验启示", ["1. 数据先行", "2. 先试点"])
    )
    assert document.highlights == ("首创数据贷", "首个线上平台")
    assert document.advice == (("lessons", "数据先行"), ("lessons", "先试点"))
    assert document.approach == APPROACH
    prose = read(("四、创新点", ["这里是一段话，说的是怎样做。"]))
    assert (prose.highlights, "这里是一段话" in prose.approach) == ((), True)


def test_what_cannot_be_a_row_stays_in_the_text_below_its_heading():
    long = "很长的一段话，" * 20
    document = read(
        ("要点", ["全国首单", long]), ("可以照着做的", ["没有标签的一段", "谁担风险", long * 2, "银行自担"])
    )
    assert (document.highlights, document.advice) == (("全国首单",), (("risk", "银行自担"),))
    assert document.results.startswith(f"{RESULTS}\n\n### 要点\n\n{long}")
    assert "### 可以照着做的\n\n没有标签的一段\n\n谁担风险\n\n" in document.results
    assert long * 2 in document.results
    assert sum("不能单独成行" in notice.text for notice in document.notices) == 2


@pytest.mark.parametrize(
    "rows",
    [
        (HEADS, ("小店贷", "个体工商户", "最高 30 万元", "一年", "3.85%", "凭流水"), ("",) * 6),
        (("产品", "期限"), ("小店贷", "一年")),
    ],
)
def test_a_table_of_products_is_read(rows):
    document = read(("四、产品", list(rows)))
    assert [product.name for product in document.products] == ["小店贷"]
    assert document.products[0].term == "一年"
    assert "小店贷" not in "".join(texts(document))


@pytest.mark.parametrize(
    "rows",
    [
        (("产品名称", "放款额", "期限"), ("小店贷", "3 亿元", "一年")),
        (("产品名称", "期限"), ("", "一年")),
        (("产品名称", "期限"), ("名" * 61, "一年")),
        (("产品名称", "甲\n乙"), ("小店贷", "一年")),
    ],
)
def test_another_table_stays_in_the_text(rows):
    document = read(("四、产品", list(rows)))
    assert document.products == ()
    assert f"| {rows[1][0]} | {rows[1][1]} |" in document.results


def test_rows_in_a_form_of_two_columns_are_read():
    document = Document()
    rows = [("案例名称", TITLE), ("案例背景", BACKGROUND), ("主要做法", APPROACH), ("取得成效", RESULTS)]
    add_table(document, *rows, ("适用范围", "县域农商行"), ("要点", "全国首单\n获省级奖"))
    found = read_case(BytesIO(saved(document)), "来稿.docx")
    assert (found.advice, found.highlights) == ((("suits", "县域农商行"),), ("全国首单", "获省级奖"))


def test_limits_and_kinds_are_those_of_the_tables():
    kinds = {"highlights": Highlight, "advice": Advice}
    assert {name: kinds[name]._meta.get_field("text").max_length for name in kinds} == ROW_LIMITS
    offer = {name: Offer._meta.get_field(name).max_length for name in PRODUCT_LIMITS if name != "name"}
    assert offer | {"name": Product._meta.get_field("name").max_length} == PRODUCT_LIMITS
    assert set(PRODUCT_LIMITS) == {field.name for field in fields(ProductTerms)}
    assert set(ADVICE) == set(AdviceKind.values)


@pytest.mark.parametrize(
    ("sentence", "value", "number", "number_to", "unit"),
    [
        ("审批要 5～8 天。", "5～8 天", 5, 8, "天"),
        ("利率为3.85%-4.35%。", "3.85%-4.35%", Decimal("3.85"), Decimal("4.35"), "%"),
        ("额度约 100 万元至 300 万元。", "约 100 万元至 300 万元", 100, 300, "万元"),
        ("单户贷款 3-5 千万元。", "3-5 千万元", 3000, 5000, "万元"),
    ],
)
def test_a_range_is_one_figure_with_two_ends(sentence, value, number, number_to, unit):
    found = read(("四、案例成效", [sentence])).figures
    (figure,) = [one for one in found if one.sentence == sentence]
    assert (figure.value, figure.number, figure.number_to, figure.unit) == (value, number, number_to, unit)


@pytest.mark.parametrize("sentence", ["从 8 天到 5 天。", "从 100 万元到 2 亿元。", "9 月 5-8 日办了 300 户。"])
def test_what_goes_down_or_changes_its_unit_is_no_range(sentence):
    found = read(("四、案例成效", [sentence])).figures
    assert {one.number_to for one in found if one.sentence == sentence} <= {None}
