"""Rows of every kind, from the form of a case to its versions, its preview and its revisions."""

import re

import pytest
from django.urls import reverse

from cases.editing.edit import edit_case
from cases.editing.revisions import restore_version
from cases.editing.workflow import publish_case
from cases.models import Case, SearchName, Version
from tests.desk.test_case import sent
from tests.factories import (
    empty_rows,
    make_case,
    make_document,
    make_entry,
    make_finished_draft,
    make_product,
    make_term,
)

pytestmark = pytest.mark.django_db

# What is typed in one row of each kind, but for references; and what tells it from others on a page.
TYPED = {
    "figures": ({"label": "新增贷款", "value": "690 万元", "number": "690", "unit": "万元"}, "690 万元"),
    "highlights": ({"text": "全省首笔", "as_of": "2021 年"}, "全省首笔"),
    "steps": ({"kind": "path", "source": "银行", "target": "企业", "text": "发放信用贷款"}, "发放信用贷款"),
    "advice": ({"kind": "steps", "text": "先建档再授信"}, "先建档再授信"),
    "editornotes": ({"kind": "misprint", "text": "原文数字有误"}, "原文数字有误"),
    "offers": ({"amount": "最高 500 万元", "max_amount": "5000000"}, "最高 500 万元"),
    "links": ({"reason": "同一种产品的后来"}, "同一种产品的后来"),
}


def address(case: Case) -> str:
    return reverse("admin:cases_case_change", args=[case.pk])


def row(name: str, place: int = 0) -> dict:
    """What the browser sends of one new row of a kind."""
    values = dict(TYPED[name][0])
    if name == "offers":
        values["product"] = make_product(name="税e贷").pk
    if name == "links":
        values["other"] = make_case(title="后来的一篇").pk
    return {f"{name}-{place}-{field}": value for field, value in values.items()} | {f"{name}-TOTAL_FORMS": place + 1}


def test_every_kind_of_row_is_typed_here():
    assert {*TYPED, "images"} == {*Case.ROWS}


@pytest.mark.parametrize("name", TYPED)
def test_row_goes_from_the_form_into_versions_differences_and_restoring(staff_client, name):
    case = make_case(figures=0, status="draft", published_at=None)
    page = staff_client.get(address(case))
    response = staff_client.post(address(case), sent(page) | row(name))
    assert response.status_code == 302, response.context["errors"]
    assert getattr(case, name).get().order == 1
    words = TYPED[name][1]
    version = Version.objects.of(case).first()
    assert words in str(version.data[name])
    history = reverse("admin:cases_case_history", args=[case.pk])
    assert words in staff_client.get(history).content.decode()
    page = staff_client.get(address(case))
    staff_client.post(address(case), sent(page) | {f"{name}-0-DELETE": "on"})
    assert getattr(case, name).count() == 0
    restore_version(version=version, user=None)
    assert words in str([vars(item) for item in getattr(case, name).all()])


@pytest.mark.parametrize("name", TYPED)
def test_row_that_is_typed_is_shown_beside_the_text(staff_client, name):
    case = make_case(figures=0)
    answer = staff_client.post("/admin/cases/case/render/", {"case": case.pk, "title": "题"} | row(name))
    assert TYPED[name][1] in re.sub(r"<[^>]+>", "", answer.json()["page"])
    assert getattr(case, name).count() == 0


@pytest.mark.parametrize("name", TYPED)
def test_row_that_someone_else_added_stops_a_stale_form(staff_client, name):
    case = make_case(figures=0, status="draft")
    with edit_case(case, user=None):
        case.title = "甲"
        case.save()
    stale = sent(staff_client.get(address(case)))
    staff_client.post(address(case), stale | row(name))
    response = staff_client.post(address(case), stale | {"summary": "另一个摘要"})
    assert response.status_code == 409
    assert TYPED[name][1] in response.content.decode()


@pytest.mark.parametrize("name", TYPED)
def test_row_of_a_revision_takes_its_place_when_it_is_published(staff_client, name):
    case = make_finished_draft(figures=0, status="published", published_at="2020-01-01T00:00Z")
    staff_client.post(reverse("admin:cases_case_step", args=[case.pk, "revise"]))
    revision = case.revisions.get()
    page = staff_client.get(address(revision))
    assert staff_client.post(address(revision), sent(page) | row(name)).status_code == 302
    assert getattr(case, name).count() == 0
    publish_case(case=revision, user=None)
    assert getattr(case, name).count() == 1


def test_documents_are_chosen_on_the_form_and_compared(staff_client):
    case, document = make_case(status="draft"), make_document(title="关于小微企业的通知")
    data = sent(staff_client.get(address(case)))
    assert staff_client.post(address(case), data | {"documents": [document.pk]}).status_code == 302
    assert list(case.documents.all()) == [document]
    stale = staff_client.post(address(case), data | {"summary": "另一个摘要"})
    assert stale.status_code == 409
    assert "关于小微企业的通知" in stale.content.decode()
    assert stale.context["conflict"].contested == set()


def test_rows_change_places_and_a_row_without_a_number_comes_last(staff_client):
    case = make_case(figures=2, status="draft")
    first, second = case.figures.all()
    data = sent(staff_client.get(address(case))) | {"figures-0-order": 2, "figures-1-order": 1} | row("figures", 2)
    response = staff_client.post(address(case), data)
    assert response.status_code == 302, response.context["errors"]
    assert [figure.label for figure in case.figures.all()] == [second.label, first.label, "新增贷款"]


def test_case_is_not_linked_to_itself(staff_client):
    case = make_case(status="draft")
    data = sent(staff_client.get(address(case))) | row("links") | {"links-0-other": case.pk}
    response = staff_client.post(address(case), data)
    assert "这就是本篇，请选另一篇。" in response.content.decode()


def test_figure_follows_from_what_is_typed(staff_client):
    case = make_case(figures=0, status="draft", results="发放贷款超 690 万元。再无其他。")
    typed = row("figures") | {"figures-0-value": "超 690 万元"}
    staff_client.post(address(case), sent(staff_client.get(address(case))) | typed)
    figure = case.figures.get()
    assert (figure.kind, figure.base_unit, figure.amount, figure.bound) == ("money", "元", 6_900_000, "over")
    assert (figure.section, figure.sentence) == ("results", "发放贷款超 690 万元。")


def test_case_with_none_of_the_rows_publishes_and_looks_whole(staff_client):
    model = make_case(figures=0)
    terms = [make_term(facet).pk for facet in ("audience", "need", "instrument", "keyword")]
    form = empty_rows() | {
        "title": "新案例", "subtitle": "", "collection": model.collection_id, "category": model.category_id, "order": 0,
        "institution": model.institution_id, "summary": "摘要", "background": "背景一段。", "approach": "做法一段。",
        "results": "成效一段。", "period": "", "regions": "", "terms": terms, "source_pages": "",
    }  # fmt: skip
    assert staff_client.post(reverse("admin:cases_case_add"), form).status_code == 302
    case = Case.objects.exclude(pk=model.pk).get()
    staff_client.post(reverse("admin:cases_case_step", args=[case.pk, "publish"]), {"at_0": "", "at_1": ""})
    page = staff_client.get(case.get_absolute_url()).content.decode()
    assert "成效一段。" in page
    for empty in ("可以照着做的", "编者注", "文中的产品", "提到的文件", "同一件事、同一产品", "关键数据"):
        assert empty not in page


@pytest.mark.parametrize(
    ("make", "field", "kind"),
    [(make_product, "name", "product"), (make_document, "title", "document"), (make_entry, "term", "glossary")],
)
def test_what_cases_refer_to_is_found_by_its_new_name_and_keeps_a_history(staff_client, make, field, kind):
    item = make()
    page = reverse(f"admin:cases_{item._meta.model_name}_change", args=[item.pk])
    data = sent(staff_client.get(page)) | {field: "知微快贷"}
    assert staff_client.post(page, data).status_code == 302
    assert SearchName.objects.get(kind=kind, owner=item.pk).label == "知微快贷"
    assert [version.event for version in Version.objects.of(item)] == ["changed", "base"]
    assert "知微快贷" in staff_client.get(page.replace("change", "history")).content.decode()


def test_list_of_products_and_documents_counts_public_cases(staff_client):
    product, document = make_product(), make_document()
    for case in (make_case(), make_case(status="draft", published_at=None)):
        case.offers.create(product=product, order=1)
        case.documents.add(document)
    for name in ("product", "document"):
        shown = staff_client.get(reverse(f"admin:cases_{name}_changelist")).context["cl"].result_list
        assert [item.public_total for item in shown] == [1]


def test_number_and_unit_left_empty_are_read_from_the_printed_value(staff_client):
    case = make_case(figures=0, status="draft", published_at=None)
    data = sent(staff_client.get(address(case)))
    for place, value in enumerate(("超 3200 亿元", "5～8 天", "一批项目")):
        data |= {f"figures-{place}-label": "数据", f"figures-{place}-value": value, "figures-TOTAL_FORMS": place + 1}
    assert staff_client.post(address(case), data).status_code == 302
    figures = case.figures.values_list("value", "number", "number_to", "unit")
    assert list(figures) == [
        ("超 3200 亿元", 3200, None, "亿元"),
        ("5～8 天", 5, 8, "天"),
        ("一批项目", None, None, ""),
    ]


def test_error_in_what_is_folded_opens_it(staff_client):
    case = make_case(figures=1, status="draft")
    page = staff_client.get(address(case))
    assert "<details open><summary>更多" not in page.content.decode()
    page = staff_client.post(address(case), sent(page) | {"figures-0-number_to": "许多"})
    assert page.content.decode().count("<details open><summary>更多") == 1
