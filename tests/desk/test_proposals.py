"""An editor misses a word, asks for it, and a reviewer decides; readers see nothing of it before."""

import pytest
from django.urls import reverse

from cases.models import Institution, Product, Proposal, Term, Version
from tests.factories import make_case, make_institution, make_term, make_user

pytestmark = pytest.mark.django_db

ADD = "admin:cases_proposal_add"


@pytest.fixture
def case():
    return make_case(status="draft", terms=())


@pytest.fixture
def ask(client, case):
    """``ask(kind, name)``: what the editor is answered."""

    def asked(kind: str, name: str, **fields):
        client.force_login(make_user("编辑"))
        return client.post(reverse(ADD), {"kind": kind, "name": name, "case": case.pk, **fields})

    return asked


@pytest.fixture
def decide(client):
    def decided(answer: str, group: str = "审核"):
        client.force_login(make_user(group))
        address = reverse("admin:cases_proposal_decide", args=[Proposal.objects.get().pk])
        return client.post(address, {answer: "1"}, follow=True)

    return decided


def test_keyword_asked_for_is_there_and_on_its_case_once_it_is_accepted(ask, decide, case):
    assert ask("keyword", "共富贷").status_code == 302
    assert not Term.objects.exists()
    assert "采纳了关键词“共富贷”" in decide("accept").content.decode()
    assert [(term.facet, term.name) for term in case.terms.all()] == [("keyword", "共富贷")]
    assert Version.objects.filter(kind="term", label__contains="共富贷").exists()
    assert "已经有人定过了" in decide("refuse").content.decode()


def test_refused_proposal_makes_nothing_and_says_who(ask, decide, client):
    ask("keyword", "共富贷")
    body = decide("refuse").content.decode()
    assert not Term.objects.exists()
    assert "没有采纳" in body


def test_keyword_is_not_put_on_a_case_that_is_no_draft_any_more(ask, decide, case):
    ask("keyword", "共富贷")
    type(case).objects.filter(pk=case.pk).update(status="in-review")
    decide("accept")
    assert Term.objects.get().name == "共富贷"
    assert not case.terms.exists()


def test_product_stands_under_the_institution_of_its_case(ask, decide, case):
    ask("product", "税e贷")
    decide("accept")
    assert Product.objects.get().institution == case.institution


def test_institution_is_accepted_by_who_may_add_one_and_then_completed(ask, decide):
    ask("institution", "新的银行")
    assert decide("accept", "审核").status_code == 403
    page = decide("accept", "管理员")
    made = Institution.objects.get(name="新的银行")
    assert page.redirect_chain[-1][0] == reverse("admin:cases_institution_change", args=[made.pk])


@pytest.mark.parametrize("kind", ["keyword", "institution"])
def test_what_is_there_already_is_not_asked_for(ask, kind):
    make_term("keyword", name="有了")
    make_institution(name="有了")
    answer = ask(kind, "有了")
    assert "可以直接选" in answer.content.decode()
    assert not Proposal.objects.exists()


def test_product_without_a_case_is_asked_for_its_institution(ask):
    assert "请选为哪一篇提的" in ask("product", "税e贷", case="").content.decode()


def test_same_word_waits_only_once(ask):
    ask("keyword", "共富贷")
    assert "已经有人提过" in ask("keyword", "共富贷").content.decode()
    assert Proposal.objects.count() == 1


def test_reviewer_is_told_on_the_first_page_and_decides_in_the_list(ask, client):
    ask("keyword", "共富贷")
    listed = reverse("admin:cases_proposal_changelist")
    assert "采纳</button>" not in client.get(listed).content.decode()
    client.force_login(make_user("审核"))
    assert "有 1 个提议" in client.get(reverse("admin:index")).content.decode()
    assert client.get(listed).content.decode().count("采纳</button>") == 2


def test_list_is_narrowed_to_what_waits(client, case):
    for name, accepted in (("等着的", None), ("要了的", True), ("不要的", False)):
        Proposal.objects.create(name=name, case=case, accepted=accepted)
    client.force_login(make_user("审核"))
    for result, name in (("waiting", "等着的"), ("accepted", "要了的"), ("refused", "不要的")):
        page = client.get(reverse("admin:cases_proposal_changelist"), {"result": result})
        assert [row.name for row in page.context["cl"].result_list] == [name]


def test_form_of_a_case_leads_to_asking_for_a_keyword(client, case):
    client.force_login(make_user("编辑"))
    body = client.get(reverse("admin:cases_case_change", args=[case.pk])).content.decode()
    assert f'href="{reverse(ADD)}?kind=keyword&amp;case={case.pk}"' in body


def test_list_of_proposals_costs_as_many_queries_for_many(client, case, django_assert_num_queries):
    for n in range(3):
        Proposal.objects.create(name=f"词{n}", case=case, proposed_by=make_user("编辑"))
    client.force_login(make_user("审核"))
    with django_assert_num_queries(7):
        client.get(reverse("admin:cases_proposal_changelist"))
