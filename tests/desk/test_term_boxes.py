"""Terms by facet, with what the case's own text proposes."""

import re

import pytest
from django.urls import reverse

from cases.desk.term_boxes import PROPOSED, link_to_boxes, propose_terms
from cases.models import Term
from tests.factories import make_case, make_term

pytestmark = pytest.mark.django_db


def form_of(client, case) -> str:
    return client.get(reverse("admin:cases_case_change", args=[case.pk])).content.decode()


def names_in(body: str, kind: str) -> list[str]:
    return re.findall(rf'<label class="{kind}"><input[^>]*>([^<]*)</label>', body)


def test_what_the_text_names_most_often_is_proposed_first_by_any_of_its_names():
    credit = make_term("instrument", name="信用贷款")
    pledge = make_term("need", name="缺抵押缺担保", other_names="没房子抵押\n缺抵押物")
    make_term("need", name="融资成本高")
    text = "小店没 房子抵押，缺抵押物；缺抵押物的还有很多。有了信用貸款。"
    assert propose_terms(text, Term.objects.all()) == [pledge, credit]


def test_form_proposes_by_facet_and_hides_nothing_that_was_chosen(staff_client):
    chosen, named = make_term("keyword", name="养老"), make_term("keyword", name="供应链票据")
    rest = [make_term("keyword", name=f"别的{n}") for n in range(9)]
    case = make_case(status="draft", approach="供应链票据两天放款。", terms=(chosen,))
    body = form_of(staff_client, case)
    assert names_in(body, "term proposed") == [named.name]
    assert f'value="{chosen.pk}" data-choice checked>养老' in body
    assert f"其他关键词（{len(rest)}）" in body


def test_no_more_than_a_handful_is_proposed_of_a_facet(staff_client):
    for n in range(PROPOSED + 3):
        make_term("keyword", name=f"词{n}甲")
    case = make_case(status="draft", approach="".join(f"词{n}甲" for n in range(PROPOSED + 3)))
    assert len(names_in(form_of(staff_client, case), "term proposed")) == PROPOSED


def test_check_of_terms_leads_to_their_boxes(staff_client):
    case = make_case(status="draft", terms=())
    body = form_of(staff_client, case)
    assert '<a href="#terms-need">解决问题</a>' in body
    assert 'id="terms-need"' in body
    assert link_to_boxes("关键数据“解决问题<b>”没有数。") == "关键数据“解决问题&lt;b&gt;”没有数。"


def test_terms_that_are_typed_wrong_are_still_ticked_when_the_form_comes_back(staff_client):
    term = make_term("need", name="缺抵押")
    case = make_case(status="draft", terms=())
    address = reverse("admin:cases_case_change", args=[case.pk])
    page = staff_client.post(address, {"title": "", "terms": [term.pk]})
    assert f'value="{term.pk}" data-choice checked>缺抵押' in page.content.decode()
