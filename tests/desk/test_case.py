"""A clerk adds a case, on one page."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.urls import reverse

from cases.editing.edit import edit_case
from cases.models import Case, Version
from cases.search.results import search
from tests.factories import (
    empty_rows,
    index_all,
    make_case,
    make_category,
    make_chapter,
    make_collection,
    make_institution,
    make_term,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def form():
    """What the browser sends for a new case with one figure."""
    book, category = make_collection(slug="sz2021"), make_category()
    make_chapter(book, category, number=3)
    return empty_rows() | {
        "title": "新案例", "subtitle": "", "collection": book.pk, "category": category.pk, "order": 0, "institution": make_institution().pk,
        "summary": "摘要", "background": "背景", "approach": "做法", "results": "成效", "period": "", "regions": "", "terms": [make_term().pk],
        "source_pages": "", "status": "draft", "published_at_0": "", "published_at_1": "",
        "figures-TOTAL_FORMS": 1, "figures-INITIAL_FORMS": 0, "figures-0-order": 1, "figures-0-label": "贷款", "figures-0-value": "690 万元",
        "figures-0-number": "690", "figures-0-unit": "万元",
    }  # fmt: skip


def test_case_is_added_from_nothing_on_one_page(staff_client, form):
    assert staff_client.post(reverse("admin:cases_case_add"), form).status_code == 302
    case = Case.objects.get()
    assert (case.code, case.order, case.status) == ("sz2021-0301", 1, "draft")
    assert (case.figures.count(), case.terms.count()) == (1, 1)
    assert [version.event for version in Version.objects.of(case)] == ["created"]


def test_code_is_never_used_twice(staff_client, form):
    staff_client.post(reverse("admin:cases_case_add"), form)
    Case.objects.all().delete()
    staff_client.post(reverse("admin:cases_case_add"), form)
    assert Case.objects.get().code == "sz2021-0302"


def test_chapter_that_the_book_does_not_have_is_refused_in_chinese(staff_client, form):
    form["category"] = make_category().pk
    response = staff_client.post(reverse("admin:cases_case_add"), form)
    assert "这本案例集里没有这一章" in response.content.decode()
    assert Case.objects.count() == 0


def test_draft_can_be_previewed_by_staff_only(client, staff_client):
    draft = make_case(status="draft")
    url = reverse("cases:case-preview", args=[draft.code])
    assert "读者还不能看到" in staff_client.get(url).content.decode()
    client.logout()
    assert client.get(url).status_code == 403


def test_view_on_site_leads_to_the_preview_of_a_draft(staff_client):
    draft, shown = make_case(status="draft"), make_case()
    for case, url in ((draft, f"/cases/{draft.code}/preview/"), (shown, f"/cases/{shown.code}/")):
        body = staff_client.get(reverse("admin:cases_case_change", args=[case.pk])).content.decode()
        assert f'href="{url}"' in body


@pytest.mark.parametrize("item_count", [1, 3])
def test_list_queries_do_not_grow(staff_client, django_assert_num_queries, item_count):
    book = make_collection()
    for _ in range(item_count):
        make_case(collection=book)
    with django_assert_num_queries(9):
        assert staff_client.get(reverse("admin:cases_case_changelist")).status_code == 200


@pytest.mark.parametrize(
    "model", ["case", "category", "collection", "document", "glossaryentry", "institution", "product", "term"]
)
@pytest.mark.parametrize("page", ["changelist", "add"])
def test_pages_need_permission(client, model, page):
    url = reverse(f"admin:cases_{model}_{page}")
    user = get_user_model().objects.create_user("clerk", password="x", is_staff=True)
    assert client.get(url).status_code == 302
    client.force_login(user)
    assert client.get(url).status_code == 403
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="cases"))
    assert client.get(url).status_code == 200


def test_search_and_filters_answer(staff_client):
    case = make_case(title="绿色票据")
    body = staff_client.get(
        reverse("admin:cases_case_changelist"), {"q": "绿色票据", "status__exact": "published"}
    ).content.decode()
    assert case.code in body


def test_list_of_cases_is_narrowed_to_a_year_of_publication(staff_client):
    _, new = (make_case(published_at=datetime(year, 5, 1, tzinfo=UTC)) for year in (2019, 2021))
    address = reverse("admin:cases_case_changelist")
    body = staff_client.get(address).content.decode()
    assert "?published_year=2020" in body
    assert list(staff_client.get(address, {"published_year": "2021"}).context["cl"].result_list) == [new]
    assert len(staff_client.get(address, {"published_year": "x"}).context["cl"].result_list) == 2


def test_list_of_cases_is_narrowed_to_a_state_as_staff_think_of_it(staff_client):
    public, later, draft = (
        make_case(),
        make_case(published_at=datetime(2999, 1, 1, tzinfo=UTC)),
        make_case(status="draft"),
    )
    address = reverse("admin:cases_case_changelist")
    for state, case in (("published", public), ("scheduled", later), ("draft", draft)):
        assert list(staff_client.get(address, {"state": state}).context["cl"].result_list) == [case]


def test_list_of_cases_counts_their_figures(staff_client):
    make_case(figures=3, code="a1-0101")
    make_case(figures=0, code="a1-0102")
    shown = staff_client.get(reverse("admin:cases_case_changelist")).context["cl"].result_list
    assert [case.figures_total for case in shown] == [3, 0]


def sent(page) -> dict:
    """What the browser sends when the form on ``page`` is saved as it is shown."""
    formsets = [inline.formset for inline in page.context["inline_admin_formsets"]]
    forms = [page.context["adminform"].form]
    forms += [form for formset in formsets for form in (formset.management_form, *formset.initial_forms)]
    data = {}
    for box in (box for form in forms for box in form):
        value = box.value()
        many = isinstance(value, list)
        data[box.html_name] = [getattr(one, "pk", one) for one in value] if many else value
    return {name: value for name, value in data.items() if value is not None and value is not False}


def test_changed_title_costs_at_most_25_queries(staff_client, django_assert_max_num_queries):
    case = make_case(title="绿色票据", status="draft", figures=6, terms=tuple(make_term() for _ in range(5)))
    index_all()
    address = reverse("admin:cases_case_change", args=[case.pk])
    for title in ("绿色信贷", "绿色票据"):  # the first save of all keeps the state before it, too
        data = sent(staff_client.get(address)) | {"title": title}
        if title == "绿色信贷":
            answer = staff_client.post(address, data)
            assert answer.status_code == 302, answer.context["errors"]
            continue
        with django_assert_max_num_queries(25):
            assert staff_client.post(address, data).status_code == 302
    assert [version.event for version in Version.objects.of(case)] == ["changed", "changed", "base"]
    assert (case.figures.count(), case.terms.count()) == (6, 5)
    assert list(search("绿色票据").keys) == []  # readers do not see it yet
    with django_assert_max_num_queries(20), edit_case(case, user=None):
        case.title = "绿色信贷"
        case.save()


def test_row_of_another_case_is_not_taken_for_one_of_this(staff_client):
    case, other = make_case(figures=2), make_case()
    address = reverse("admin:cases_case_change", args=[case.pk])
    data = sent(staff_client.get(address)) | {"figures-0-id": other.figures.get().pk, "figures-0-label": "别家的"}
    staff_client.post(address, data)
    assert "别家的" not in {figure.label for one in (case, other) for figure in one.figures.all()}


def test_two_rows_of_one_order_are_refused(staff_client):
    case = make_case(figures=2)
    address = reverse("admin:cases_case_change", args=[case.pk])
    data = sent(staff_client.get(address)) | {"figures-1-order": 1}
    assert staff_client.post(address, data).status_code == 200
