"""A Word file becomes a draft: wholly, once, or not at all."""

import threading
from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from cases.editing.content_checks import blocking_problems
from cases.editing.edit import delete_cases
from cases.editing.workflow import submit_case
from cases.models import Case, CaseImage, KeyFigure, WordImport, WordPicture
from cases.models.image import MISSING_ALT
from cases.word import actions as module
from cases.word.actions import AlreadyImportedError, import_word
from cases.word.document import WordImage
from cases.word.report import complete_import, discard_imports, save_report
from cases.word.values import FigurePick, ImageWords, values_of
from tests.factories import make_category, make_chapter, make_collection, make_institution, make_user
from tests.word_files import make_document, make_figure, make_png, stored_files

pytestmark = pytest.mark.django_db


@pytest.fixture
def book():
    return make_collection()


@pytest.fixture
def place(book):
    """A book with the chapter and the institution that ``make_document`` names."""
    category = make_category(name="绿色金融")
    make_chapter(book, category, number=9)
    return {"collection": book, "category": category, "institution": make_institution(name="某某银行")}


@pytest.fixture
def user():
    return make_user("编辑")


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Case, CaseImage, WordImport, WordPicture, KeyFigure))


def images(*alts: str) -> tuple[WordImage, ...]:
    return tuple(WordImage(f"image{n}.png", "approach", f"图 {n}", alt, make_png(40 + n)) for n, alt in enumerate(alts))


def test_draft_has_every_text_of_the_file_and_its_place(place, user):
    document = make_document(subtitle="一句话", period="2020 年", regions="深圳、惠州")
    found = import_word(document=document, user=user, collection=place["collection"])
    case = found.case
    for name in ("title", "subtitle", "summary", "background", "approach", "results", "period", "regions"):
        assert getattr(case, name) == getattr(document, name)
    assert (case.status, case.category, case.institution, case.editor) == (
        "draft",
        place["category"],
        place["institution"],
        user,
    )
    assert case.code == f"{place['collection'].slug}-0901"
    assert (found.outcome, found.parsed, found.uploaded_by) == ("draft", {}, user)


def test_report_is_kept_with_the_import(place, user):
    found = import_word(document=make_document(), user=user, collection=place["collection"])
    kept = WordImport.objects.get(pk=found.pk)
    assert {"level": "left", "text": "页眉没有放进来。"} in kept.notices
    assert kept.figures == [
        {
            "label": "普惠贷款余额",
            "value": "超 3200 亿元",
            "unit": "亿元",
            "as_of": "2020 年 9 月末",
            "number": "3200",
            "number_to": None,
            "kind": "amount",
            "section": "results",
            "sentence": "到 2020 年 9 月末，普惠贷款余额超 3200 亿元。",
            "taken": False,
        }
    ]
    assert KeyFigure.objects.count() == 0


def test_same_bytes_again_change_nothing_and_name_the_first(place, user):
    document = make_document(images=images("图"))
    first = import_word(document=document, user=user, collection=place["collection"])
    before, files = counts(), stored_files()
    again = replace(document, filename="改了名字.docx")
    with pytest.raises(AlreadyImportedError) as caught:
        import_word(document=again, user=make_user("编辑"), collection=place["collection"])
    assert caught.value.word_import == first
    assert (counts(), stored_files()) == (before, files)


def test_second_of_two_at_once_is_told_of_the_first(place, user, monkeypatch):
    """The look-up before finds nothing, as it does when the first has not committed yet."""
    document = make_document(images=images("图"))
    first = import_word(document=document, user=user, collection=place["collection"])
    before, files = counts(), stored_files()
    asked = []
    real = module._refuse_known
    monkeypatch.setattr(module, "_refuse_known", lambda digest: real(digest) if asked else asked.append(digest))
    with pytest.raises(AlreadyImportedError) as caught:
        import_word(document=document, user=user, collection=place["collection"])
    assert caught.value.word_import == first
    assert (counts(), stored_files()) == (before, files)


@pytest.mark.django_db(transaction=True)
def test_one_file_from_two_people_at_the_same_time_is_one_draft():
    book, category = make_collection(), make_category(name="绿色金融")
    make_chapter(book, category)
    make_institution(name="某某银行")
    document, files = make_document(images=images("图")), len(stored_files())
    answers, start = [], threading.Barrier(2)

    def bring() -> None:
        start.wait()
        try:
            import_word(document=document, user=None, collection=book)
            answers.append("new")
        except AlreadyImportedError:
            answers.append("known")
        finally:
            connection.close()

    threads = [threading.Thread(target=bring) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["known", "new"]
    assert (Case.objects.count(), WordImport.objects.count(), CaseImage.objects.count()) == (1, 1, 1)
    assert len(stored_files()) == files + len(CaseImage.objects.get().names)


def test_failure_after_the_pictures_leaves_no_row_and_no_file(place, user, monkeypatch):
    def fail(*args, **kwargs):
        assert stored_files() != files  # a picture had been written
        raise RuntimeError("the disk is gone")

    before, files = counts(), stored_files()
    monkeypatch.setattr("cases.editing.edit.serialize", fail)
    broken = WordImage("broken.png", "approach", data=b"no picture")
    with pytest.raises(RuntimeError):
        import_word(document=make_document(images=(*images("图"), broken)), user=user, collection=place["collection"])
    assert (counts(), stored_files()) == (before, files)


def test_picture_without_words_waits_for_them_and_stops_publishing(place, user):
    found = import_word(document=make_document(images=images("", "柜台")), user=user, collection=place["collection"])
    assert [image.alt for image in found.case.images.all()] == [MISSING_ALT, "柜台"]
    assert "缺第 1 张图的替代文字（图 0）。" in blocking_problems(found.case)
    assert not any("第 2 张图" in problem for problem in blocking_problems(found.case))


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"<svg/>", make_png()[:-30], b"\xff\xd8\xff\xe0<html>"])
def test_broken_picture_is_left_out_and_named_the_rest_goes_in(place, user, data):
    broken = WordImage("image9.png", "approach", "坏图", data=data)
    found = import_word(
        document=make_document(images=(broken, *images("好图"))), user=user, collection=place["collection"]
    )
    assert [image.alt for image in found.case.images.all()] == ["好图"]
    assert any(one["level"] == "left" and "第 1 张图（坏图）没有放进草稿" in one["text"] for one in found.notices)


def test_chosen_institution_goes_before_the_file_and_the_report_says_so(place, user):
    other = make_institution()
    found = import_word(document=make_document(), user=user, collection=place["collection"], institution=other)
    assert found.case.institution == other
    assert any("文件里写的机构是“某某银行”" in one["text"] for one in found.notices)


@pytest.mark.parametrize(
    ("fields", "question"),
    [
        ({"institution": "不认识的公司"}, "文件里写的机构是“不认识的公司”，机构表里没有找到。"),
        ({"institution": ""}, "文件里没有写机构"),
        ({"category": "海洋"}, "文件里写的类别是“海洋”，对不上章节。"),
        ({"category": ""}, "文件里没有写类别（章节）。"),
        ({"category": "跨境金融"}, "没有“跨境金融”这一章。"),
    ],
)
def test_what_a_file_does_not_say_is_asked_and_all_else_is_kept(place, user, fields, question):
    make_category(name="跨境金融")
    document, files = make_document(images=images("图"), **fields), stored_files()
    found = import_word(document=document, user=user, collection=place["collection"])
    assert found.is_pending
    assert any(question in one for one in found.parsed["questions"])
    assert (Case.objects.count(), stored_files()) == (0, files)
    done = complete_import(word_import=found, user=user, title="改过的题名", **place)
    assert (done.case.title, done.case.results, done.case.institution) == (
        "改过的题名",
        document.results,
        place["institution"],
    )
    assert [image.caption for image in done.case.images.all()] == ["图 0"]
    assert (WordPicture.objects.count(), done.parsed, done.outcome) == (0, {}, "draft")


def test_images_kept_before_they_came_encoded_anew_still_go_in(place, user):
    found = import_word(
        document=make_document(images=images("柜台"), institution=""), user=user, collection=place["collection"]
    )
    WordPicture.objects.update(data=make_png(), sizes=[])
    done = complete_import(word_import=found, user=user, **place)
    assert [(image.alt, image.width) for image in done.case.images.all()] == [("柜台", 40)]


def test_chapter_that_does_not_exist_leaves_the_import_waiting(place, user):
    found = import_word(document=make_document(institution=""), user=user, collection=place["collection"])
    with pytest.raises(ValidationError, match="没有这一章"):
        complete_import(word_import=found, user=user, **{**place, "category": make_category()})
    found.refresh_from_db()
    assert found.is_pending
    assert Case.objects.count() == 0


def test_import_is_completed_once(place, user):
    found = import_word(document=make_document(institution=""), user=user, collection=place["collection"])
    complete_import(word_import=found, user=user, **place)
    with pytest.raises(ValidationError, match="已经建成草稿"):
        complete_import(word_import=found, user=user, **place)
    assert Case.objects.count() == 1


def test_report_outlives_its_draft_and_a_discarded_file_can_come_again(place, user):
    document = make_document()
    found = import_word(document=document, user=user, collection=place["collection"])
    delete_cases(cases=[found.case], user=user)
    found.refresh_from_db()
    assert (found.case, found.title) == (None, document.title)
    discard_imports(word_imports=[found], user=user)
    assert import_word(document=document, user=user, collection=place["collection"]).case.title == document.title


def test_text_no_table_takes_is_cut_and_said(place, user):
    document = make_document(title="题" * 300, subtitle="副\x00题\ud800", period="年" * 90, results="成" * 70_000)
    found = import_word(document=document, user=user, collection=place["collection"])
    assert (len(found.case.title), found.case.subtitle, len(found.case.period)) == (120, "副 题", 80)
    assert any("题名太长" in one["text"] for one in found.notices)
    assert any("成效太长" in one["text"] for one in found.notices)


def test_file_without_title_takes_its_name(place, user):
    found = import_word(document=make_document(title=" "), user=user, collection=place["collection"])
    assert found.case.title == "来稿"


@pytest.mark.parametrize(
    ("fields", "number"),
    [
        ({"number": Decimal("1.23456")}, None),
        ({"number": Decimal("NaN")}, None),
        ({"number": Decimal(10) ** 30}, None),
        ({"unit": ""}, None),
        ({"number": Decimal("1E+3")}, "1000"),
    ],
)
def test_number_no_table_takes_is_offered_as_text_only(place, user, fields, number):
    document = make_document(figures=(make_figure(**fields),))
    assert import_word(document=document, user=user, collection=place["collection"]).figures[0]["number"] == number


def test_more_figures_than_anyone_looks_at_are_left(place, user):
    document = make_document(figures=(make_figure(),) * 200)
    found = import_word(document=document, user=user, collection=place["collection"])
    assert len(found.figures) == 120
    assert any("后面 80 个没有列出" in one["text"] for one in found.notices)


# --- the report ------------------------------------------------------------------------------------------------------


def pick(**fields) -> FigurePick:
    return FigurePick(**{"label": "贷款", "value": "3200 亿元", "number": Decimal(3200), "unit": "亿元", **fields})


def test_figure_taken_from_a_report_knows_its_kind_its_amount_and_its_sentence(place, user):
    found = import_word(document=make_document(figures=(make_figure(),)), user=user, collection=place["collection"])
    Case.objects.filter(pk=found.case_id).update(results="发放贷款 3200 亿元。再无其他。")
    save_report(word_import=found, user=user, figures={0: pick()}, images={})
    figure = found.case.figures.get()
    assert (figure.kind, figure.base_unit, figure.amount) == ("money", "元", 3200 * 10**8)
    assert (figure.section, figure.sentence) == ("results", "发放贷款 3200 亿元。")


def test_figures_are_taken_once_in_the_order_of_the_text(place, user):
    found = import_word(
        document=make_document(figures=tuple(make_figure(label=f"数据{n}") for n in range(3))),
        user=user,
        collection=place["collection"],
    )
    picks = {2: pick(label="三", is_headline=True), 0: pick(label="一")}
    assert save_report(word_import=found, user=user, figures=picks, images={}) == 2
    assert save_report(word_import=found, user=user, figures={**picks, 1: pick(label="二")}, images={}) == 1
    assert [(one.order, one.label, one.is_headline) for one in found.case.figures.all()] == [
        (1, "一", False),
        (2, "三", True),
        (3, "二", False),
    ]
    found.refresh_from_db()
    assert [one["taken"] for one in found.figures] == [True, True, True]


def test_words_for_pictures_are_written_and_only_for_pictures_of_this_case(place, user):
    found = import_word(document=make_document(images=images("")), user=user, collection=place["collection"])
    other = import_word(
        document=make_document(title="别的", images=images("别的")), user=user, collection=place["collection"]
    )
    own, foreign = found.case.images.get(), other.case.images.get()
    words = {own.pk: ImageWords("图注", "流程图"), foreign.pk: ImageWords("", "偷换")}
    save_report(word_import=found, user=user, figures={}, images=words)
    own.refresh_from_db()
    foreign.refresh_from_db()
    assert (own.caption, own.alt, foreign.alt) == ("图注", "流程图", "别的")
    save_report(word_import=found, user=user, figures={}, images={own.pk: ImageWords("图注", " ")})
    own.refresh_from_db()
    assert own.alt == MISSING_ALT


def test_place_of_an_image_that_cannot_be_taken_goes_with_it(place, user):
    pictures = (
        WordImage("01.png", "approach", "坏图", data=b"GIF89a", number=1),
        WordImage("02.png", "approach", "好图", data=make_png(), number=2),
    )
    text = "做法。\n\n〔图 1〕\n\n〔图 2〕"
    found = import_word(
        document=make_document(images=pictures, approach=text), user=user, collection=place["collection"]
    )
    assert found.case.approach == "做法。\n\n〔图 2〕"
    assert [image.number for image in found.case.images.all()] == [2]


def test_draft_that_is_gone_or_under_review_takes_nothing(place, user):
    found = import_word(document=make_document(), user=user, collection=place["collection"])
    submit_case(case=found.case, user=user)
    with pytest.raises(ValidationError, match="送审"):
        save_report(word_import=found, user=user, figures={0: pick()}, images={})
    delete_cases(cases=[found.case], user=user)
    with pytest.raises(ValidationError, match="删除"):
        save_report(word_import=found, user=user, figures={0: pick()}, images={})
    assert KeyFigure.objects.count() == 0


@pytest.mark.parametrize(
    ("sentence", "background", "section"),
    [
        ("银行按名单逐户走访，给缺抵押的小店主动提供信用贷款。", "小店缺抵押。", "approach"),
        ("银行按名单逐户走访，给缺抵押的小店主动提供信用贷款。", "", "background"),
        ("小店缺乏抵押，融资难的问题长期存在，面临困境。", "小店缺抵押。", "background"),
    ],
)
def test_a_summary_too_long_for_its_box_goes_on_in_the_part_it_speaks_of(sentence, background, section):
    document = make_document(summary=sentence * 20, background=background, approach="")
    values, notices = values_of(document)
    assert len(values["summary"]) <= Case._meta.get_field("summary").max_length
    assert values["summary"].endswith("。")
    own = "" if section == "approach" else background
    assert values["summary"] + values[section] == f"{sentence * 20}\n\n{own}".strip()
    name = Case._meta.get_field(section).verbose_name
    assert any(f"其余接在“{name}”开头" in str(found) for found in notices)


def test_a_summary_without_a_full_stop_is_cut_and_nothing_is_lost():
    values, _ = values_of(make_document(summary="长" * 500, background=""))
    assert values["summary"] + values["background"] == "长" * 500
