"""Products, documents and words of the glossary: found by name in a query, suggested, and shown above the cases."""

import pytest
from django.contrib.auth import get_user_model

from cases.models import Document, GlossaryEntry, Offer, Product, SearchName
from cases.search.checking import check_index
from cases.search.query import asks_for_most
from cases.search.results import named_in, search
from cases.search.suggest import suggest
from tests.factories import index_all, make_case, make_term, save_vocabulary

pytestmark = pytest.mark.django_db


def make_product(name: str, *, case=None, **fields) -> Product:
    case = case or make_case()
    other_names = fields.pop("other_names", "")
    product = Product.objects.create(institution=case.institution, name=name, other_names=other_names)
    Offer.objects.create(case=case, product=product, order=Offer.objects.filter(case=case).count() + 1, **fields)
    return product


@pytest.fixture
def references():
    case = make_case(title="甲")
    product = make_product("无还本续贷", case=case, other_names="连连贷", amount="最高 1000 万元", term="最长 3 年")
    document = Document.objects.create(title="标准化票据管理办法", number="银发〔2020〕6 号")
    case.documents.add(document)
    entry = GlossaryEntry.objects.create(
        term="首贷户", other_names="首次贷款户\nFLA", definition="第一次贷到款的企业。"
    )
    index_all()
    return product, document, entry


PRODUCT, DOCUMENT, ENTRY = range(3)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("无还本续贷", PRODUCT),
        ("谁做过无还本续贷、条件是什么", PRODUCT),
        ("連連貸 额度", PRODUCT),
        ("wuhuanbenxudai", PRODUCT),
        ("whbxd", PRODUCT),
        ("《标准化票据管理办法》全文", DOCUMENT),
        ("票据管理办法", DOCUMENT),
        ("银发〔2020〕6 号", DOCUMENT),
        ("首贷户是什么", ENTRY),
        ("fla", ENTRY),
        ("什么叫FLA", ENTRY),
        ("shoudaihu", ENTRY),
    ],
)
def test_query_names(references, text, named):
    kinds = ("product", "document", "glossary")
    expected = {kind: [references[named].pk] if place == named else [] for place, kind in enumerate(kinds)}
    assert named_in(text) == expected


@pytest.mark.parametrize("text", ["", "续贷", "flat", "贷", "办法", "a" * 500, "“”", "无还本"])
def test_query_names_nothing(references, text, django_assert_max_num_queries):
    with django_assert_max_num_queries(1):
        assert not any(named_in(text).values())


def test_name_inside_a_longer_one_does_not_count(references):
    longer = make_product("税务无还本续贷")
    index_all()
    assert named_in("税务无还本续贷")["product"] == [longer.pk]


@pytest.mark.parametrize("text", ["单户最高能贷多少", "最高额度", "能贷多少", "最多可以借多少钱", "贷款额度有多高"])
def test_question_for_the_most(text):
    assert asks_for_most(text)


@pytest.mark.parametrize("text", ["额度", "绿色贷款", "最高法院", "多少人"])
def test_no_question_for_the_most(text):
    assert not asks_for_most(text)


@pytest.mark.parametrize("typed", ["无还", "连连", "wuhuan", "whbxd"])
def test_product_is_suggested(references, typed):
    (group,) = [group for group in suggest(typed) if group.kind == "product"]
    (item,) = group.items
    bank = references[PRODUCT].institution.short_name
    assert (group.label, item.label, item.note) == ("产品", "无还本续贷", bank)
    assert item.url == "/products/?q=%E6%97%A0%E8%BF%98%E6%9C%AC%E7%BB%AD%E8%B4%B7"


@pytest.mark.parametrize(
    ("typed", "label", "title", "named"),
    [
        ("票据管理", "文件", "标准化票据管理办法", 1),
        ("银发", "文件", "标准化票据管理办法", 1),
        ("sdh", "词语", "首贷户", 2),
    ],
)
def test_document_and_glossary_entry_are_suggested(references, typed, label, title, named):
    items = [(group.label, item.label, item.url) for group in suggest(typed) for item in group.items]
    assert (label, title, references[named].get_absolute_url()) in items


def test_what_only_drafts_tell_of_is_not_suggested():
    draft = make_case(status="draft", published_at=None)
    make_product("内部贷", case=draft)
    draft.documents.add(Document.objects.create(title="内部办法"))
    index_all()
    assert suggest("内部") == []


def test_names_follow_every_write(references):
    user = get_user_model()(username="editor")
    product, document, entry = references
    product.name, document.title, entry.term = "见贷即保", "防范条例", "白名单"
    for item in references:
        save_vocabulary(item=item, user=user)
    assert named_in("见贷即保 防范条例 白名单") == {
        "product": [product.pk],
        "document": [document.pk],
        "glossary": [entry.pk],
    }
    assert not named_in("无还本续贷")["product"]
    assert len(search("见贷即保").keys) == len(search("防范条例").keys) == 1
    assert check_index() == {}


def test_check_misses_the_names_of_a_product(references):
    SearchName.objects.filter(kind="product").delete()
    assert sum(check_index().values()) == 1


def test_other_name_of_the_glossary_finds_what_is_written_with_the_term(references):
    case = make_case(background="本行支持首贷户。")
    index_all()
    assert case.pk in search("首次贷款户").keys


def test_box_shows_the_product_with_its_terms_and_the_word(client, references):
    body = client.get("/cases/", {"q": "谁做过无还本续贷，首贷户能办吗"}).content.decode()
    for text in ("最高 1000 万元", "最长 3 年", references[0].institution.short_name, "第一次贷到款的企业"):
        assert text in body


@pytest.mark.parametrize("query", [{}, {"q": "别的"}])
def test_no_box_without_a_name(client, references, query):
    assert client.get("/cases/", query).context["listing"].named is None


def test_box_of_many_products_leads_to_all(client):
    for _ in range(7):
        make_product("云快贷")
    index_all()
    body = client.get("/cases/", {"q": "云快贷 条件"}).content.decode()
    assert (body.count("#product-"), "全部 7 个产品" in body) == (5, True)
    page = client.get("/products/", {"q": "云快贷 怎么申请"}).context["page"]
    assert page.paginator.count == 7


def test_question_for_the_most_leads_to_the_three_greatest(client):
    for name, amount in (("甲贷", 10), ("乙贷", 40), ("丙贷", 30), ("丁贷", 20), ("戊贷", None)):
        make_product(name, max_amount=amount)
    index_all()
    response = client.get("/cases/", {"q": "单户最高能贷多少"})
    assert [product.name for product in response.context["listing"].named.products] == ["乙贷", "丙贷", "丁贷"]
    assert "/products/?sort=amount" in response.content.decode()


def test_what_only_drafts_tell_of_is_in_no_box(client):
    make_product("内部贷", case=make_case(status="draft", published_at=None), max_amount=10)
    index_all()
    for text in ("内部贷", "单户最高能贷多少"):
        assert client.get("/cases/", {"q": text}).context["listing"].named is None


@pytest.mark.parametrize("product_count", [1, 4])
def test_queries_of_the_box_do_not_grow(client, django_assert_num_queries, product_count):
    for _ in range(product_count):
        make_product("云快贷")
    index_all()
    client.get("/cases/", {"q": "云快贷"})
    with django_assert_num_queries(9):  # of these, names, products and their terms are the box's
        client.get("/cases/", {"q": "云快贷"})


def test_list_offers_only_keywords_that_join_cases(client):
    joins, once = make_term("keyword", name="共有词", slug="joins"), make_term("keyword", name="独有词", slug="once")
    make_case(terms=(joins, once))
    make_case(terms=(joins,))
    index_all()

    def offered(**query) -> list[str]:
        facets = client.get("/cases/", query).context["listing"].facets
        return [value.label for group in facets if group.name == "keyword" for value in group.values]

    assert offered() == ["共有词"]
    assert sorted(offered(keyword="once")) == ["共有词", "独有词"]
