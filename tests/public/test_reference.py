"""Products, official documents and the glossary: what a reader finds there, and what never shows."""

import re

import pytest

from cases.models import CaseLink, Document, GlossaryEntry, Offer, Product
from tests.factories import make_case, make_institution

pytestmark = pytest.mark.django_db
NO_BREAKS = re.compile(r"<wbr>|<span class=\"one-line\">|(?<=[\d元年])</span>")


def make_offer(case, name="云快贷", institution=None, order=1, **fields) -> Offer:
    product, _ = Product.objects.get_or_create(institution=institution or case.institution, name=name)
    return Offer.objects.create(case=case, product=product, order=order, **fields)


def test_a_product_shows_its_terms_and_the_case_they_come_from(client):
    case = make_case(subtitle="小店拿到周转的钱")
    make_offer(case, audience="个体工商户", amount="最高 1000 万元", term="最长 5 年", conditions="线上申请")
    body = client.get("/products/").content.decode()
    for text in (
        "云快贷",
        "个体工商户",
        "最高 1000 万元",
        "最长 5 年",
        "线上申请",
        "小店拿到周转的钱",
        case.get_absolute_url(),
    ):
        assert text in NO_BREAKS.sub("", body)


def test_a_product_that_only_drafts_tell_of_is_not_shown(client):
    make_offer(make_case(status="draft", published_at=None), name="内部贷")
    assert "内部贷" not in client.get("/products/").content.decode()


def test_terms_told_by_a_draft_are_not_shown_beside_public_ones(client):
    public = make_case()
    draft = make_case(status="draft", published_at=None, institution=public.institution)
    make_offer(public, amount="500 万元")
    make_offer(draft, amount="9999 万元")
    body = client.get("/products/").content.decode()
    assert "500 万元" in body
    assert "9999" not in body


@pytest.mark.parametrize("words", ["云快", "个体", "线上 申请", "随借随还贷"])
def test_products_are_found_by_name_other_name_and_terms(client, words):
    case = make_case()
    offer = make_offer(case, audience="个体工商户", conditions="线上申请")
    Product.objects.filter(pk=offer.product_id).update(other_names="随借随还贷")
    make_offer(make_case(), name="别的贷")
    names = [product.name for product in client.get("/products/", {"q": words}).context["page"]]
    assert names == ["云快贷"]


def test_products_by_the_most_one_client_gets(client):
    for name, amount in (("小", 500_000), ("大", 30_000_000), ("不知", None)):
        make_offer(make_case(), name=name, max_amount=amount)
    names = [product.name for product in client.get("/products/?sort=amount").context["page"]]
    assert names == ["大", "小"]


@pytest.mark.parametrize("query", ["institution=nowhere", "sort=luck"])
def test_an_unknown_value_is_an_error_above_the_list(client, query):
    make_offer(make_case())
    response = client.get(f"/products/?{query}")
    assert response.status_code == 400
    assert 'role="alert"' in response.content.decode()


def test_a_page_that_does_not_exist_shows_the_first(client):
    make_offer(make_case())
    assert client.get("/products/?page=9").status_code == 404


@pytest.mark.parametrize("item_count", [1, 3])
@pytest.mark.parametrize(("path", "queries"), [("/products/", 4), ("/documents/", 2), ("/glossary/", 1)])
def test_queries_do_not_grow(client, django_assert_num_queries, path, queries, item_count):
    for n in range(item_count):
        case = make_case()
        make_offer(case, name=f"产品{n}")
        Document.objects.create(title=f"文件{n}").cases.add(case)
        GlossaryEntry.objects.create(term=f"词{n}", definition="解释")
    with django_assert_num_queries(queries):
        assert client.get(path).status_code == 200


def test_a_document_shows_its_whole_title_and_the_cases_that_name_it(client):
    case = make_case(subtitle="按通知减费")
    Document.objects.create(title="关于减费让利的通知", number="银发〔2020〕1 号", issuer="人民银行").cases.add(case)
    Document.objects.create(title="只有草稿提到的通知").cases.add(make_case(status="draft", published_at=None))
    body = client.get("/documents/").content.decode()
    for text in ("《关于减费让利的通知》", "银发〔2020〕1 号", "人民银行", "按通知减费"):
        assert text in NO_BREAKS.sub("", body)
    assert "只有草稿提到的通知" not in body


def test_the_glossary_is_in_the_order_of_a_dictionary(client):
    for term in ("转贷款", "ABN", "保理"):
        GlossaryEntry.objects.create(term=term, definition="解释")
    groups = client.get("/glossary/").context["groups"]
    assert [(letter, [entry.term for entry in entries]) for letter, entries in groups] == [
        ("A", ["ABN"]),
        ("B", ["保理"]),
        ("Z", ["转贷款"]),
    ]


def test_linked_cases_name_each_other_with_the_reason(client):
    first, second, draft = make_case(), make_case(subtitle="另一篇"), make_case(status="draft", published_at=None)
    CaseLink.objects.create(case=first, order=1, other=second, reason="同一笔贷款")
    CaseLink.objects.create(case=first, order=2, other=draft, reason="草稿里的事")
    here, there = (client.get(case.get_absolute_url()).content.decode() for case in (first, second))
    assert "另一篇" in here
    assert "同一笔贷款" in here
    assert "草稿里的事" not in here
    assert first.get_absolute_url() in there


def test_a_product_of_another_institution_with_the_same_name_is_another_product(client):
    make_offer(make_case(), name="复工贷")
    make_offer(make_case(), name="复工贷", institution=make_institution())
    assert len(client.get("/products/?q=复工贷").context["page"]) == 2


def test_title_of_a_further_page_says_which(client, monkeypatch):
    monkeypatch.setattr("cases.public.reference.PRODUCTS_A_PAGE", 1)
    for _ in range(2):
        make_offer(make_case())
    titles = [re.search("<title>(.*?)</title>", client.get(f"/products/?page={n}").content.decode())[1] for n in (1, 2)]
    assert titles == ["产品 · 普惠金融案例库", "产品（第 2 页） · 普惠金融案例库"]
