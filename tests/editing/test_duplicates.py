"""One case handed in twice is noticed, and linked, where someone works on it."""

import pytest
from django.urls import reverse

from cases.editing.duplicates import find_duplicates
from cases.editing.revisions import open_revision
from tests.factories import LONG_AGO, make_case, make_finished_draft, make_institution

pytestmark = pytest.mark.django_db

TEXT = (
    "某某银行面向辖内小微企业推出随借随还的信用贷款，凭纳税记录和流水授信，不需要抵押，三天之内放款到账，"
    "客户经理每周上门了解经营情况，遇到回款慢的时候主动延长还款期限，还清以后额度马上恢复，利息按实际天数计算。"
)
OTHER = (
    "该行在山区设立普惠服务站，组织党员走村入户，为种植户建立信用档案，解决春耕缺少资金的困难局面，"
    "同时联合农业部门开展技术培训，把收购合同当作增信手段，帮助合作社统一购买种子化肥，秋收以后一次结清。"
)


def found(case) -> dict[str, str]:
    return {other.title: why for other, why in find_duplicates(case)}


def test_same_title_is_noticed_whatever_its_signs_in_one_bank_and_exactly_elsewhere():
    bank = make_institution()
    case = make_case(title="“随借贷”帮小店", institution=bank)
    make_case(title="随借贷 帮小店", institution=bank)
    make_case(title="“随借贷”帮小店")
    make_case(title="别的")
    assert found(case) == {"随借贷 帮小店": "题名相同", "“随借贷”帮小店": "题名相同"}


def test_near_same_text_of_one_bank_is_noticed_and_another_text_is_not():
    bank = make_institution()
    case = make_case(institution=bank, approach=TEXT)
    make_case(institution=bank, approach=TEXT.replace("三天之内", "两天"), title="改过几个字")
    make_case(institution=bank, approach=OTHER, title="另一篇")
    assert list(found(case)) == ["改过几个字"]


def test_a_revision_is_no_duplicate_of_its_original():
    case = make_finished_draft(status="published", published_at=LONG_AGO, approach=TEXT)
    assert (found(open_revision(case=case, user=None)), found(case)) == ({}, {})


@pytest.mark.parametrize("others", [1, 5])
def test_one_query_however_many(django_assert_num_queries, others):
    bank = make_institution()
    case = make_case(institution=bank, approach=TEXT)
    for _ in range(others):
        make_case(institution=bank, approach=TEXT)
    with django_assert_num_queries(1):
        assert len(find_duplicates(case)) == others


def test_form_and_step_lead_to_the_other(staff_client):
    bank = make_institution()
    case = make_finished_draft(institution=bank, title="同名")
    other = make_case(institution=bank, title="同名")
    link = reverse("admin:cases_case_change", args=[other.pk])
    for page in ("change", "step/publish"):
        body = staff_client.get(f"/admin/cases/case/{case.pk}/{page}/").content.decode()
        assert "可能是同一篇" in body
        assert f'href="{link}"' in body
