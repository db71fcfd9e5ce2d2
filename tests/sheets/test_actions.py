"""A sheet is written as it was shown, all of it or nothing."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from cases.models import (
    Advice,
    Case,
    CaseLink,
    Document,
    EditorNote,
    Highlight,
    KeyFigure,
    Offer,
    Product,
    SheetImport,
    Step,
    Version,
)
from cases.sheets.actions import KEPT_PER_USER, SheetChangedError, SheetGoneError, confirm, discard, stage
from cases.sheets.columns import Text
from cases.sheets.layout import ADVICE, CASES, FIGURES, LINKS, NOTES, OFFERS, SHEETS
from cases.sheets.plan import MAX_CHANGES, make_plan
from cases.sheets.reader import read_sheets
from cases.sheets.sheet import TOO_LONG, Sheet, row_sheet
from cases.sheets.tables import SheetFile, SheetRow, Table
from cases.sheets.writer import workbook
from tests.factories import (
    LONG_AGO,
    index_all,
    make_case,
    make_category,
    make_chapter,
    make_collection,
    make_finished_draft,
    make_institution,
    make_term,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(db):
    return make_user("编辑")


@pytest.fixture
def reviewer(db):
    return make_user("审核")


def sheet(kind: Sheet, *rows: dict) -> SheetFile:
    columns = {column: chr(65 + index) for index, column in enumerate(rows[0])}
    return SheetFile((Table(kind.name, columns, tuple(SheetRow(number, row) for number, row in enumerate(rows, 2))),))


def both(cases: dict, *figures: dict) -> SheetFile:
    return SheetFile((*sheet(CASES, cases).tables, *sheet(FIGURES, *figures).tables))


def bring_in(file: SheetFile, user) -> SheetImport:
    """Hand in, look, agree."""
    upload = stage(file=file, filename="a.xlsx", user=user)
    confirm(upload=upload, user=user, digest=make_plan(file, user).digest)
    return upload


def texts(kind: Sheet, case: Case) -> list[dict]:
    """What the cells of a case's rows read."""
    return [
        {name: "" if value is None else str(value) for name, value in row.items()}
        for row in kind.rows(Case.objects.get(pk=case.pk))
    ]


def problems(file: SheetFile, user) -> list[tuple]:
    plan = make_plan(file, user)
    return [(item.row, item.letter, item.heading, item.text) for item in plan.problems]


@pytest.fixture
def new_row():
    collection, category = make_collection(title="深圳案例集", slug="sz2021"), make_category(name="绿色金融")
    make_chapter(collection, category, number=9)
    bank = make_institution(name="中国农业银行深圳分行", short_name="农行深圳分行", other_names="深圳农行")
    make_term("need", name="缺抵押"), make_term("need", name="缺、担保")
    return {
        "code": "",
        "title": "新案例",
        "collection": "《深圳案例集》",
        "category": "绿色金融",
        "institution": bank.other_names,
        "need": "缺抵押",
    }


def test_new_case_is_a_draft_with_its_code_terms_and_editor(new_row, editor):
    bring_in(sheet(CASES, new_row | {"summary": "一句\r\n两句"}), editor)
    case = Case.objects.get()
    assert (case.code, case.status, case.published_at, case.editor, case.order) == (
        "sz2021-0901",
        "draft",
        None,
        editor,
        1,
    )
    assert (case.institution.short_name, case.summary, [term.name for term in case.terms.all()]) == (
        "农行深圳分行",
        "一句\n两句",
        ["缺抵押"],
    )
    assert Version.objects.of(case).get().user == editor


def test_status_in_the_sheet_publishes_nothing(new_row, reviewer):
    bring_in(sheet(CASES, new_row | {"status": "已发布"}), reviewer)
    assert Case.objects.get().status == "draft"


def test_figures_of_a_new_case_come_in_the_same_file(new_row, editor):
    figure = {
        "case": "新1",
        "order": "",
        "label": "贷款",
        "value": "690 万元",
        "number": "690",
        "unit": "万元",
        "is_headline": "是",
    }
    bring_in(
        both(new_row | {"code": "新1"}, figure, figure | {"order": "7", "label": "户数"}, figure | {"label": "利率"}),
        editor,
    )
    assert list(KeyFigure.objects.order_by("order").values_list("order", "label", "number", "is_headline")) == [
        (7, "户数", Decimal(690), True), (8, "贷款", Decimal(690), True), (9, "利率", Decimal(690), True),
    ]  # fmt: skip


def test_only_what_differs_is_shown_and_written(editor):
    case = make_case(status="draft", title="旧题", summary="一\r\n二\n", period="2020 年")
    plan = make_plan(sheet(CASES, {"code": case.code, "title": "新题", "summary": "一\n二", "period": ""}), editor)
    assert [(c.name, c.before, c.after) for c in plan.entries[0].changes] == [
        ("title", "旧题", "新题"),
        ("period", "2020 年", ""),
    ]
    bring_in(sheet(CASES, {"code": case.code, "title": "新题", "summary": "一\n二", "period": ""}), editor)
    case.refresh_from_db()
    assert (case.title, case.summary, case.period, case.background) == ("新题", "一\r\n二\n", "", "背景")


def test_missing_column_leaves_the_field_and_empty_cell_empties_it(editor):
    kept, gone = make_term("need"), make_term("keyword")
    case = make_case(status="draft", terms=(kept, gone), period="2020 年")
    bring_in(sheet(CASES, {"code": case.code, "keyword": "", "regions": ""}), editor)
    case.refresh_from_db()
    assert (case.period, list(case.terms.all())) == ("2020 年", [kept])


def test_changed_case_is_found_by_its_new_words(reviewer, client):
    case = make_finished_draft(title="旧题", status="published", published_at=LONG_AGO)
    index_all()
    bring_in(sheet(CASES, {"code": case.code, "title": "葡萄酒质押"}), reviewer)
    assert case.code in client.get("/cases/", {"q": "葡萄酒质押"}).content.decode()


def test_figures_of_a_public_case_are_checked_as_they_will_be(reviewer):
    case = make_finished_draft(status="published", published_at=LONG_AGO)
    Case.objects.filter(pk=case.pk).update(background="")
    figure = {"case": case.code, "order": "1", "label": "新", "value": "2 亿元", "number": "2", "unit": "亿元"}
    assert ["缺背景" in text for *_, text in problems(sheet(FIGURES, figure), reviewer)] == [True]
    Case.objects.filter(pk=case.pk).update(background="背景")
    bring_in(sheet(FIGURES, figure), reviewer)
    assert case.figures.get().label == "新"


def test_with_four_eyes_a_sheet_leaves_public_cases_alone(reviewer, settings):
    settings.FOUR_EYES = True
    case = make_finished_draft(status="published", published_at=LONG_AGO)
    assert "另一个人" in problems(sheet(CASES, {"code": case.code, "title": "改"}), reviewer)[0][3]


def test_every_error_of_a_row_is_told_at_once(new_row, editor):
    row = new_row | {
        "title": "长" * 121,
        "institution": "农行深圳分形",
        "need": "缺抵压、没有的",
        "order": "一",
        "period": "a\x01b",
    }
    found = problems(sheet(CASES, row), editor)
    assert {(row, letter, heading) for row, letter, heading, _ in found} == {
        (2, "B", "题名"), (2, "E", "机构"), (2, "F", "解决问题"), (2, "G", "章内顺序"), (2, "H", "时间"),
    }  # fmt: skip
    text = "\n".join(item[3] for item in found)
    for words in (
        "太长：121 字，最多 120 字",
        "是不是“农行深圳分行”",
        "是不是“缺抵押”",
        "“没有的”",
        "不是 0 到",
        "U+0001",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title": " "}, "不能空着"),
        ({"institution": ""}, "不能空着"),
        ({"collection": "没有的书"}, "没有叫“没有的书”的案例集，可写：深圳案例集"),
        ({"category": "绿色"}, "没有叫“绿色”的章节，是不是“绿色金融”"),
        ({"code": "sz2021-0999"}, "没有编号为“sz2021-0999”的案例；新案例请把编号留空"),
        ({"title": "两\n行"}, "只能写一行"),
        ({"order": "40000"}, "不是 0 到 32767"),
    ],
)
def test_wrong_cell_is_told_in_words(new_row, editor, change, words):
    assert words in problems(sheet(CASES, new_row | change), editor)[0][3]


def test_chapter_the_collection_does_not_have_is_told_with_those_it_has(new_row, editor):
    make_category(name="跨境")
    assert "没有“跨境”这一章，有的是：绿色金融" in problems(sheet(CASES, new_row | {"category": "跨境"}), editor)[0][3]


def test_new_case_needs_the_columns_that_place_it(new_row, editor):
    del new_row["institution"]
    assert "新案例要有“机构”，表里没有这一列" in problems(sheet(CASES, new_row), editor)[0][3]


def test_term_with_a_separator_in_its_name_is_found_whole(new_row, editor):
    bring_in(sheet(CASES, new_row | {"need": "缺抵押\n缺、担保"}), editor)
    assert {term.name for term in Case.objects.get().terms.all()} == {"缺抵押", "缺、担保"}


def test_code_that_stands_twice_is_wrong_in_both_rows(editor):
    case = make_case(status="draft")
    found = problems(sheet(CASES, {"code": case.code, "title": "一"}, {"code": case.code, "title": "二"}), editor)
    assert [(row, text) for row, _, _, text in found] == [(2, "同一个编号出现了多次"), (3, "同一个编号出现了多次")]


def test_the_same_file_twice_makes_no_twins(new_row, editor):
    bring_in(sheet(CASES, new_row), editor)
    assert "已有同名案例 sz2021-0901" in problems(sheet(CASES, new_row), editor)[0][3]
    assert (
        "和第 2 行同名"
        in problems(sheet(CASES, new_row | {"title": "另一篇"}, new_row | {"title": "另一篇"}), editor)[0][3]
    )


def test_published_case_is_changed_only_by_those_who_may_publish(editor, reviewer):
    case = make_case()
    for status in ("published", "in-review", "archived"):
        Case.objects.update(status=status)
        assert "只有能审核发布的人可以改" in problems(sheet(CASES, {"code": case.code, "title": "改"}), editor)[0][3]
        assert problems(sheet(CASES, {"code": case.code, "title": case.title}), editor) == []
        figure = {"case": case.code, "order": "1", "value": "改"}
        assert "只有能审核发布的人可以改" in problems(sheet(FIGURES, figure), editor)[0][3]
    bring_in(sheet(CASES, {"code": case.code, "title": "改"}), reviewer)
    case.refresh_from_db()
    assert (case.title, case.status) == ("改", "archived")


def test_figures_are_changed_added_and_taken_away_row_by_row(editor):
    case = make_case(status="draft", figures=3)
    rows = texts(FIGURES, case)
    rows[0]["value"], rows[0]["number"] = "超 7 亿元", "7"
    rows[1] |= dict.fromkeys((column.name for column in FIGURES.content), "")
    new = {**rows[2], "order": "", "label": "新数据", "value": "近 3 成", "number": "", "unit": ""}
    bring_in(sheet(FIGURES, rows[0], rows[1], new), editor)
    assert list(case.figures.order_by("order").values_list("order", "value", "number")) == [
        (1, "超 7 亿元", Decimal(7)), (3, case.figures.get(order=3).value, case.figures.get(order=3).number), (4, "近 3 成", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        ({"case": ""}, "案例编号", "不能空着"),
        ({"case": "sz-9999"}, "案例编号", "没有编号为“sz-9999”的案例"),
        ({"order": "x"}, "顺序", "不是 0 到"),
        ({"label": ""}, "说明", "不能空着"),
        ({"number": "约 3 亿"}, "数", "不是数"),
        ({"number": "NaN"}, "数", "不是数"),
        ({"number": "1e9"}, "数", "不是数"),
        ({"number": "1.23456"}, "数", "小数超过 4 位"),
        ({"number": "1" * 17}, "数", "太大"),
        ({"unit": ""}, "单位", "必须有单位"),
        ({"number_to": "2"}, "到", "要比“数”大"),
        ({"is_headline": "也许"}, "大字显示", "请写“是”或“否”"),
        ({"note": "长" * 201}, "注", "太长：201 字，最多 200 字"),
    ],
)
def test_wrong_figure_is_told_at_its_cell(editor, change, place, words):
    case = make_case(status="draft")
    row = {
        "case": case.code,
        "order": "2",
        "label": "户数",
        "value": "3 户",
        "number": "3",
        "unit": "户",
        "number_to": "",
        "note": "",
        "is_headline": "否",
    }
    (found,) = problems(sheet(FIGURES, row | change), editor)
    assert (found[0], found[2]) == (2, place)
    assert words in found[3]


def test_figure_that_is_there_already_is_not_added_again(editor):
    case = make_case(status="draft")
    (figure,) = FIGURES.rows(case)
    row = {"case": case.code, "order": "", "label": figure["label"], "value": figure["value"]}
    assert "要改它就把顺序填成 1" in problems(sheet(FIGURES, row), editor)[0][3]
    row["order"] = "1"
    assert "两行写了同一个顺序" in problems(sheet(FIGURES, row, row), editor)[0][3]


def test_text_too_long_for_a_cell_is_left_as_it_is(editor):
    case = make_case(status="draft", background="很长")
    assert make_plan(sheet(CASES, {"code": case.code, "background": TOO_LONG}), editor).entries == []


def test_more_changes_than_one_request_can_carry_are_refused(editor, monkeypatch):
    monkeypatch.setattr("cases.sheets.plan.MAX_CHANGES", 1)
    cases = [make_case(status="draft") for _ in range(2)]
    assert MAX_CHANGES >= 100
    assert (
        "一次最多改 1 篇"
        in problems(sheet(CASES, *({"code": case.code, "title": "改"} for case in cases)), editor)[0][3]
    )


def test_what_changed_since_it_was_shown_is_not_written(editor):
    case = make_case(status="draft", title="旧")
    file = sheet(CASES, {"code": case.code, "title": "新"})
    upload, digest = stage(file=file, filename="a", user=editor), make_plan(file, editor).digest
    Case.objects.update(title="别人改的")
    with pytest.raises(SheetChangedError) as error:
        confirm(upload=upload, user=editor, digest=digest)
    assert error.value.plan.entries[0].changes[0].before == "别人改的"
    assert Case.objects.get().title == "别人改的"
    confirm(upload=upload, user=editor, digest=error.value.plan.digest)
    assert Case.objects.get().title == "新"


def test_change_in_another_field_does_not_hold_up_and_is_not_lost(editor):
    case = make_case(status="draft", title="旧")
    file = sheet(CASES, {"code": case.code, "title": "新"})
    upload, digest = stage(file=file, filename="a", user=editor), make_plan(file, editor).digest
    Case.objects.update(regions="深圳")
    confirm(upload=upload, user=editor, digest=digest)
    case.refresh_from_db()
    assert (case.title, case.regions) == ("新", "深圳")


def test_case_published_meanwhile_is_not_changed_behind_its_back(reviewer):
    case = make_case(status="draft")
    file = sheet(CASES, {"code": case.code, "title": "新"})
    upload, digest = stage(file=file, filename="a", user=reviewer), make_plan(file, reviewer).digest
    Case.objects.update(status="published")
    with pytest.raises(SheetChangedError):
        confirm(upload=upload, user=reviewer, digest=digest)


def test_one_error_writes_nothing(new_row, editor):
    case = make_case(status="draft", title="旧")
    file = sheet(
        CASES,
        {**dict.fromkeys(new_row, ""), **CASES.rows(case)[0], "order": "1", "need": "", "title": "新"},
        new_row | {"institution": "没有"},
    )
    upload = stage(file=file, filename="a", user=editor)
    with pytest.raises(SheetChangedError):
        confirm(upload=upload, user=editor, digest=make_plan(file, editor).digest)
    assert Case.objects.get().title == "旧"


def test_failure_in_the_middle_writes_nothing(editor, monkeypatch):
    cases = [make_case(status="draft", title="旧") for _ in range(2)]
    file = sheet(CASES, *({"code": case.code, "title": "新"} for case in cases))
    upload, digest = stage(file=file, filename="a", user=editor), make_plan(file, editor).digest
    calls = []

    def fail_later(case, sheet, edits):
        calls.append(case)
        if len(calls) == 2:
            raise RuntimeError

    monkeypatch.setattr("cases.sheets.actions._write_rows", fail_later)
    with pytest.raises(RuntimeError):
        confirm(upload=upload, user=editor, digest=digest)
    assert set(Case.objects.values_list("title", flat=True)) == {"旧"}
    assert SheetImport.objects.filter(pk=upload.pk).exists()


def test_sheet_is_brought_in_once_and_by_its_owner_only(editor, reviewer):
    case = make_case(status="draft")
    file = sheet(CASES, {"code": case.code, "title": "新"})
    upload, digest = stage(file=file, filename="a", user=editor), make_plan(file, editor).digest
    with pytest.raises(SheetGoneError):
        confirm(upload=upload, user=reviewer, digest=digest)
    confirm(upload=upload, user=editor, digest=digest)
    with pytest.raises(SheetGoneError):
        confirm(upload=upload, user=editor, digest=digest)


def test_sheet_nobody_came_back_for_goes_away(editor, reviewer):
    old = stage(file=sheet(CASES, {"code": ""}), filename="old", user=editor)
    SheetImport.objects.update(created_at=timezone.now() - timedelta(days=2))
    with pytest.raises(SheetGoneError):
        confirm(upload=old, user=editor, digest="")
    other = stage(file=sheet(CASES, {"code": ""}), filename="other", user=reviewer)
    kept = [stage(file=sheet(CASES, {"code": ""}), filename=str(n), user=editor) for n in range(KEPT_PER_USER + 2)]
    assert set(SheetImport.objects.all()) == {other, *kept[2:]}
    discard(upload=other, user=editor)
    assert SheetImport.objects.filter(pk=other.pk).exists()


def test_those_who_may_not_write_cases_bring_nothing_in(db):
    stranger = make_user()
    with pytest.raises(PermissionDenied):
        stage(file=sheet(CASES, {"code": ""}), filename="a", user=stranger)
    with pytest.raises(PermissionDenied):
        confirm(upload=SheetImport(pk=1), user=stranger, digest="")


@pytest.mark.parametrize("count", [1, 5])
def test_planning_takes_the_same_queries_for_any_number_of_rows(editor, django_assert_num_queries, count):
    rows = [
        {"code": make_case(status="draft").code, "title": "新", "institution": make_institution().name}
        for _ in range(count)
    ]
    figures = [{"case": row["code"], "order": "1", "value": "新"} for row in rows]
    file = SheetFile((*sheet(CASES, *rows).tables, *sheet(FIGURES, *figures).tables))
    editor.has_perm("cases.change_case")  # fills its cache
    with django_assert_num_queries(11):
        assert make_plan(file, editor).problems == []


def test_the_real_collections_come_back_unchanged(seeded, reviewer):
    rows = {kind.name: [row for case in kind.export_queryset() for row in kind.rows(case)] for kind in SHEETS.values()}
    cases = rows[CASES.name]
    assert len(cases) > 90
    file = read_sheets(b"".join(workbook(rows, {})), "a.xlsx")
    plan = make_plan(file, reviewer)
    assert (plan.entries, plan.problems, plan.notices, plan.same) == ([], [], [], len(cases))
    kinds = (Case, KeyFigure, Highlight, Step, Advice, EditorNote, Offer, CaseLink)
    assert [len(table.rows) for table in file.tables] == [kind.objects.count() for kind in kinds]
    assert min(len(table.rows) for table in file.tables) > 10


def test_a_further_kind_of_rows_is_one_declaration(editor, monkeypatch):
    columns = (Text("text", "要点", 40, "必填。"), Text("as_of", "时间"))
    kind = row_sheet("要点", Highlight, "highlights", "要点", *columns, required=("text",), example={"text": "首单"})
    monkeypatch.setitem(SHEETS, kind.name, kind)
    case = make_case(status="draft")
    Highlight.objects.create(case=case, order=1, text="全国首单")
    rows = kind.rows(Case.objects.get())
    data = b"".join(workbook({kind.name: [*rows, {"case": case.code, "text": "获奖", "as_of": "2020 年"}]}, {}))
    file = read_sheets(data, "a.xlsx")
    plan = make_plan(file, editor)
    assert [(edit.sheet.name, edit.name) for entry in plan.entries for edit in entry.rows] == [("要点", "获奖")]
    bring_in(file, editor)
    assert list(Highlight.objects.values_list("order", "text", "as_of")) == [
        (1, "全国首单", ""),
        (2, "获奖", "2020 年"),
    ]
    assert (
        "新的要点要有“要点”，表里没有这一列"
        in problems(sheet(kind, {"case": case.code, "as_of": "2021 年"}), editor)[0][3]
    )


@pytest.fixture
def product():
    bank = make_institution(name="中国农业银行深圳分行", short_name="农行深圳分行", slug="abc-shenzhen")
    return Product.objects.create(institution=bank, name="微业贷")


def test_figure_written_by_a_sheet_knows_its_kind_its_range_and_its_sentence(editor):
    case = make_case(status="draft", figures=0, results="放款要 5～8 天。")
    row = {"case": case.code, "order": "", "label": "放款", "value": "5～8 天", "number": "5", "number_to": "8"}
    bring_in(sheet(FIGURES, row | {"unit": "天", "as_of": "2020 年 9 月", "editor_note": "疑为工作日"}), editor)
    figure = case.figures.get()
    assert (figure.kind, figure.base_unit, figure.amount, figure.amount_to) == ("time", "天", 5, 8)
    assert (figure.as_of_date, figure.section, figure.sentence) == ("2020-09", "results", "放款要 5～8 天。")
    assert figure.editor_note == "疑为工作日"


@pytest.mark.parametrize("written", ["农行深圳分行 微业贷", "中国农业银行深圳分行微业贷", "abc-shenzhen 微业贷"])
def test_terms_of_a_product_come_in_by_its_institution_and_name(product, editor, written):
    case = make_case(status="draft")
    row = {"case": case.code, "order": "", "product": written, "max_amount": "3,000,000", "term": "一年"}
    bring_in(sheet(OFFERS, row | {"as_of": "〔2020 年〕9 月"}), editor)
    offer = case.offers.get()
    assert (offer.product, offer.max_amount, offer.term, offer.rate, offer.order) == (product, 3_000_000, "一年", "", 1)
    assert Version.objects.of(case).first().data["offers"][0]["product"] == ["abc-shenzhen", "微业贷"]
    (row,) = texts(OFFERS, case)
    bring_in(sheet(OFFERS, row | {"max_amount": "", "conditions": "有流水"}), editor)
    assert case.offers.values_list("max_amount", "conditions").get() == (None, "有流水")


def test_advice_notes_links_and_documents_are_written_changed_and_taken_away(editor):
    case, other = make_case(status="draft"), make_case()
    for title in ("通知", "意见（《通知》的补充）"):
        Document.objects.create(title=title)
    tables = (
        *sheet(CASES, {"code": case.code, "documents": "《意见（《通知》的补充）》、《通知》"}).tables,
        *sheet(ADVICE, *({"case": case.code, "order": "", "kind": kind, "text": kind} for kind in ("怎么做", "原文没有说的"))).tables,
        *sheet(NOTES, {"case": case.code, "order": "", "kind": "疑为误印", "text": "两处不一"}).tables,
        *sheet(LINKS, {"case": case.code, "order": "", "other": other.code, "reason": "同一家企业"}).tables,
    )  # fmt: skip
    bring_in(SheetFile(tables), editor)
    assert sorted(case.documents.values_list("title", flat=True)) == ["意见（《通知》的补充）", "通知"]
    assert list(case.advice.values_list("order", "kind")) == [(1, "steps"), (2, "unsaid")]
    assert case.editornotes.values_list("kind", "text").get() == ("misprint", "两处不一")
    assert case.links.values_list("other", "reason").get() == (other.pk, "同一家企业")
    first, second = texts(ADVICE, case)
    bring_in(sheet(ADVICE, first | {"kind": "谁担风险"}, second | {"kind": "", "text": ""}), editor)
    assert list(case.advice.values_list("order", "kind", "text")) == [(1, "risk", "怎么做")]
    bring_in(sheet(CASES, {"code": case.code, "documents": ""}), editor)
    assert case.documents.count() == 0


@pytest.mark.parametrize(
    ("kind", "row", "words"),
    [
        (OFFERS, {"product": "农行深圳分行 抗疫贷"}, "请先在“产品”里加上"),
        (OFFERS, {"product": ""}, "不能空着"),
        (OFFERS, {"product": "农行深圳分行 微业贷", "max_amount": "1.5"}, "不是整数"),
        (OFFERS, {"product": "农行深圳分行 微业贷", "max_amount": "-1"}, "不是整数"),
        (ADVICE, {"kind": "怎样做", "text": "一"}, "请写：适合谁、需要什么"),
        (ADVICE, {"kind": "", "text": "一"}, "不能空着，请写：适合谁"),
        (LINKS, {"other": "sz2020-9999", "reason": "同一家"}, "没有编号为“sz2020-9999”的案例"),
        (CASES, {"documents": "《没有的办法》"}, "请先在“文件”里加上"),
    ],
)
def test_wrong_cell_of_the_new_content_is_told_in_words(product, editor, kind, row, words):
    case = make_case(status="draft")
    place = {"code": case.code} if kind is CASES else {"case": case.code, "order": ""}
    (found,) = problems(sheet(kind, place | row), editor)
    assert found[2]
    assert words in found[3]


def test_rows_the_tables_would_refuse_are_told_before(product, editor):
    case, other = make_case(status="draft"), make_case()
    row = {"case": case.code, "order": "", "product": str(product)}
    assert "和第 2 行是同一条产品条件" in problems(sheet(OFFERS, row, row), editor)[0][3]
    bring_in(sheet(OFFERS, row), editor)
    assert "要改它就把顺序填成 1" in problems(sheet(OFFERS, row), editor)[0][3]
    link = {"case": case.code, "order": "", "other": case.code, "reason": "同一家"}
    assert "不能写它自己" in problems(sheet(LINKS, link), editor)[0][3]
    CaseLink.objects.create(case=other, other=case, order=1, reason="同一家")
    assert "那边已经写了这一对" in problems(sheet(LINKS, link | {"other": other.code}), editor)[0][3]
