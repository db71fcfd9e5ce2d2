"""Writing a case: what is not saved yet, shown as readers will see it."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from cases.models import Case
from tests.factories import (
    empty_rows,
    make_case,
    make_category,
    make_chapter,
    make_collection,
    make_institution,
    make_term,
)

pytestmark = pytest.mark.django_db
URL = "/admin/cases/case/render/"
TEXT = "第一段。\n\n# 小标题\n\n- 甲\n- 乙"


def fields(case: Case, **changes) -> dict:
    """What the browser sends of a form that holds ``case``."""
    data = {name: getattr(case, name) for name in ("title", "subtitle", "summary", "background", "approach", "results")}
    data |= {"period": case.period, "regions": case.regions, "source_pages": case.source_pages}
    data |= {"collection": case.collection_id, "category": case.category_id, "institution": case.institution_id}
    data |= {"case": case.pk, "terms": [term.pk for term in case.terms.all()]}
    figures = list(case.figures.all())
    data["figures-TOTAL_FORMS"] = len(figures)
    for row, figure in enumerate(figures):
        data |= {f"figures-{row}-{name}": getattr(figure, name) for name in ("order", "label", "value", "number")}
        data |= {f"figures-{row}-unit": figure.unit, f"figures-{row}-is_headline": "on" if figure.is_headline else ""}
    return {**data, **changes}


def article(page: str) -> str:
    """The case as it reads: unsaved text has no address to be cited by."""
    shown = re.search(r"<article.*</article>.*?<aside.*?</aside>", page, re.DOTALL).group()
    for part in (
        r"<small><a data-copy-from.*?</small>",
        r'<div class="tools">.*?</div>',
        r"\s+",
    ):
        shown = re.sub(part, "", shown, flags=re.DOTALL)
    return shown


@pytest.fixture
def writer(client):
    user = get_user_model().objects.create_user("clerk", password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_case", "change_case"]))
    client.force_login(user)
    return client


def test_unsaved_text_looks_as_it_will_once_it_is_published(writer):
    need = make_term()
    case = make_case(background=TEXT, terms=(need,), figures=2)
    answer = writer.post(URL, fields(case)).json()
    public = writer.get(case.get_absolute_url()).content.decode()
    assert article(answer["page"]) == article(public)


def test_what_is_typed_is_shown_and_nothing_is_saved(writer):
    case = make_case()
    answer = writer.post(URL, fields(case, title="另一个题名", approach=TEXT)).json()
    assert "另一个题名" in answer["page"]
    assert '<h3 id="approach-小标题">小标题</h3>' in answer["page"]
    case.refresh_from_db()
    assert (case.title != "另一个题名", case.approach) == (True, "做法")


def test_problems_of_the_unsaved_text_are_named(writer):
    case = make_case()
    problems = writer.post(URL, fields(case, summary="", background="“不成对", title="长" * 121)).json()["problems"]
    assert {"缺摘要。", "背景里的“”不成对。", "题名有 121 字，最多 120 字。"} <= set(problems)


def test_new_case_can_be_looked_at_while_almost_empty(staff_client):
    answer = staff_client.post(URL, {"case": "", "title": "刚开始写"})
    assert answer.status_code == 200
    assert "刚开始写" in answer.json()["page"]


def test_new_case_shows_the_chapter_it_is_to_stand_in(staff_client):
    book, category = make_collection(), make_category(name="新主题")
    make_chapter(book, category, number=3, first_page=20)
    data = {"collection": book.pk, "category": category.pk, "institution": make_institution(name="某某银行").pk}
    page = staff_client.post(URL, data).json()["page"]
    assert "第叁章（自第 20 页起）" in page
    assert "新主题" in page
    assert "某某银行" in page


def test_rows_marked_for_deletion_and_empty_rows_are_not_shown(writer):
    case = make_case(figures=2)
    first, second = case.figures.all()
    data = fields(case, **{"figures-0-DELETE": "on", "figures-TOTAL_FORMS": 3, "figures-1-number": "不是数"})
    page = writer.post(URL, data).json()["page"]
    assert first.label not in page
    assert second.label in page


@pytest.mark.parametrize(
    "data",
    [
        {"case": "x"},
        {"case": "999999"},
        {"case": "9" * 30},
    ],
)
def test_case_that_is_gone_is_named_as_such(writer, data):
    answer = writer.post(URL, data)
    assert answer.status_code == 404
    assert "不在了" in answer.json()["detail"]


@pytest.mark.parametrize(
    "data",
    [
        {"terms": ["x", "9" * 30], "collection": "x", "figures-TOTAL_FORMS": "999999999999"},
        {"figures-TOTAL_FORMS": "-1", "title": "a\x00b"},
        {"figures-TOTAL_FORMS": "1", "figures-0-label": "数", "figures-0-number": "NaN", "figures-0-order": "九"},
    ],
)
def test_nonsense_is_answered_without_a_failure(writer, data):
    assert writer.post(URL, fields(make_case(), **data)).status_code == 200


def test_script_in_the_text_does_not_reach_the_page(writer):
    page = writer.post(URL, fields(make_case(), background="<script>alert(1)</script>", title="<b>粗</b>")).json()[
        "page"
    ]
    assert "<script" not in page
    assert "<b>粗</b>" not in page


def test_a_number_that_no_table_takes_is_looked_at_all_the_same(writer):
    data = fields(make_case(figures=1)) | {"figures-0-number": "1e400"}
    assert writer.post(URL, data).status_code == 200


def test_too_much_text_is_refused_and_said_so(writer):
    answer = writer.post(URL, fields(make_case(), background="长" * 400_000))
    assert answer.status_code == 413
    assert "太长" in answer.json()["detail"]


def test_expired_session_is_told_that_the_text_is_safe(client):
    answer = client.post(URL, {"title": "x"})
    assert answer.status_code == 401
    assert "重新登录" in answer.json()["detail"]


def test_staff_without_permission_sees_nothing(client):
    client.force_login(get_user_model().objects.create_user("other", password="x", is_staff=True))
    assert client.post(URL, {"title": "x"}).status_code == 403


def test_only_posts_with_the_csrf_token_are_answered(writer, staff_client):
    assert staff_client.get(URL).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(get_user_model().objects.get(username="staff"))
    assert strict.post(URL, {"title": "x"}).status_code == 403


@pytest.mark.parametrize("item_count", [1, 3])
def test_queries_do_not_grow_with_figures_and_terms(staff_client, django_assert_num_queries, item_count):
    case = make_case(figures=item_count, terms=tuple(make_term() for _ in range(item_count)))
    data = fields(case)
    with django_assert_num_queries(10):
        staff_client.post(URL, data)


def change(client, case: Case, **changes):
    data = {"order": 1, "status": "draft", "published_at_0": "", "published_at_1": ""} | empty_rows()
    return client.post(
        reverse("admin:cases_case_change", args=[case.pk]),
        {**fields(case, **{"figures-TOTAL_FORMS": 0}), **data, **changes},
    )


def test_saving_tells_the_browser_which_draft_it_may_forget(staff_client):
    case = make_case(status="draft")
    response = change(staff_client, case, writing_token="abcdefgh12")
    assert response.status_code == 302
    assert response.cookies["writing-saved"].value == "abcdefgh12"
    response = change(staff_client, case, writing_token="zyxwvuts98")
    assert response.cookies["writing-saved"].value == "abcdefgh12.zyxwvuts98"


def test_refused_save_leaves_the_draft_alone(staff_client):
    response = change(staff_client, make_case(), title="", writing_token="abcdefgh12")
    assert response.status_code == 200
    assert "writing-saved" not in response.cookies
    assert 'data-bound="1"' in response.content.decode()


def test_strange_token_is_not_put_into_a_cookie(staff_client):
    response = change(staff_client, make_case(status="draft"), writing_token="a; Path=/")
    assert response.status_code == 302
    assert "writing-saved" not in response.cookies


def test_form_says_whose_text_it_is_and_from_which_state(staff_client):
    case = make_case()
    body = staff_client.get(reverse("admin:cases_case_change", args=[case.pk])).content.decode()
    user = get_user_model().objects.get(username="staff")
    assert f'data-user="{user.pk}" data-case="{case.pk}" data-base="{case.updated_at.isoformat()}"' in body
    assert 'data-summary-range="60-120"' in body


def test_form_shows_how_to_write_and_speaks_no_jargon(staff_client):
    body = staff_client.get(reverse("admin:cases_case_add")).content.decode()
    assert "谁遇到了什么困难。" in body
    assert "Markdown" not in body
    assert '<h3 id="example-小标题">小标题</h3>' in body
