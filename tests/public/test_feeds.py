"""Any list as an Atom feed that readers accept and that says truly when it changed."""

import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from django.utils import timezone
from django.utils.http import http_date

from cases.models import Case, Offer
from cases.search.bitmaps import current
from tests.factories import index_all, make_case, make_category, make_institution, make_product, make_term

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
FEED = "/feeds/cases.atom"


def read(client, query: str = "", **headers) -> ET.Element:
    response = client.get(f"{FEED}?{query}" if query else FEED, headers=headers)
    assert response.status_code == 200
    return ET.fromstring(response.content)  # noqa: S314 -- our own


def titles(feed: ET.Element) -> list[str]:
    return [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]


def links(element: ET.Element) -> dict[str, str]:
    return {link.get("rel"): link.get("href") for link in element.findall(f"{ATOM}link")}


@pytest.fixture
def case():
    term = make_term("need", name="缺抵押", slug="no-collateral")
    bank = make_institution(name="微众银行股份有限公司", slug="webank")
    return make_case(
        code="sz2020-0101",
        title="甲 & 乙 <一>",
        summary="3 < 5 & “好”",
        terms=(term,),
        institution=bank,
        category=make_category(name="绿色金融"),
    )


def test_entry_says_who_what_when_and_where(client, case):
    (entry,) = read(client).findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id") == "http://testserver/cases/sz2020-0101/"
    assert entry.findtext(f"{ATOM}title") == "甲 & 乙 <一>"
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "微众银行股份有限公司"
    assert entry.find(f"{ATOM}summary").get("type") == "html"
    assert entry.findtext(f"{ATOM}summary") == "3 &lt; 5 &amp; “好”"
    assert [item.get("term") for item in entry.findall(f"{ATOM}category")] == ["绿色金融", "缺抵押"]
    assert links(entry) == {"alternate": "http://testserver/cases/sz2020-0101/"}
    assert datetime.fromisoformat(entry.findtext(f"{ATOM}updated")) == Case.objects.get().updated_at


def test_feed_has_what_atom_demands(client, case):
    feed = read(client, "need=no-collateral")
    assert feed.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated", "author"):
        assert len(feed.findall(f"{ATOM}{name}")) == 1
    assert feed.findtext(f"{ATOM}title") == "普惠金融案例库：缺抵押"
    assert links(feed) == {
        "alternate": "http://testserver/cases/?need=no-collateral",
        "self": "http://testserver/feeds/cases.atom?need=no-collateral",
    }
    assert client.get(FEED)["Content-Type"] == "application/atom+xml; charset=utf-8"


def test_feed_holds_what_the_list_holds_newest_first_whatever_the_sort(client):
    term = make_term("need", slug="slow")
    for day in range(3):
        make_case(title=f"第 {day} 天", terms=(term,), published_at=datetime(2021, 1, 1 + day, tzinfo=UTC))
    make_case(title="别的")
    for query in ("need=slow", "need=slow&sort=oldest&page=9", "need=slow&sort=nonsense"):
        assert titles(read(client, query)) == ["第 2 天", "第 1 天", "第 0 天"]


def test_search_can_be_subscribed_to(client):
    make_case(title="绿色票据", published_at=datetime(2021, 1, 1, tzinfo=UTC))
    make_case(title="票据贴现", published_at=datetime(2022, 1, 1, tzinfo=UTC))
    make_case(title="别的")
    index_all()
    assert titles(read(client, "q=" + quote("票据"))) == ["票据贴现", "绿色票据"]


def test_feed_is_limited(client, django_assert_num_queries):
    shared = {"category": make_category(), "institution": make_institution(), "terms": (make_term(),)}
    for _ in range(55):
        make_case(figures=0, **shared)
    index_all()
    current()  # this process takes over what was written
    with django_assert_num_queries(5):  # the state of the index, cases to come; keys, rows, terms
        assert len(titles(read(client))) == 50


@pytest.mark.parametrize("query", ["need=nope", "category=x&year=1066", "institution=%3Cb%3E"])
def test_unknown_value_is_400_in_plain_words(client, query):
    response = client.get(f"{FEED}?{query}")
    assert response.status_code == 400
    assert response["Content-Type"].startswith("text/plain")
    assert "没有" in response.content.decode()


@pytest.mark.parametrize(
    "query", ["q=%01%0b%1f", "q=%EF%BF%BE%EF%BF%BF", "q=]]>%3C!--", "q=😀", "q=" + "&q=".join("ab")]
)
def test_what_xml_cannot_hold_does_not_break_it(client, case, query):
    read(client, query)


def test_control_characters_in_a_case_do_not_break_it(client):
    make_case(title="甲\x0b乙", summary="丙\x01丁\ufffe")
    assert titles(read(client)) == ["甲乙"]


def test_drafts_and_scheduled_cases_are_not_in_it(client):
    make_case(status="draft")
    case = make_case(title="定时", published_at=timezone.now() + timedelta(days=1))
    assert titles(read(client)) == []
    Case.objects.filter(pk=case.pk).update(published_at=timezone.now())
    feed = read(client)
    assert titles(feed) == ["定时"]
    assert datetime.fromisoformat(feed.findtext(f"{ATOM}updated")) >= Case.objects.get(pk=case.pk).published_at


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_the_same_feed_is_not_sent_twice(client, case, encoding):
    first = client.get(FEED, headers={"accept-encoding": encoding})
    again = client.get(FEED, headers={"if-none-match": first["ETag"], "accept-encoding": encoding})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(FEED, headers={"if-modified-since": first["Last-Modified"]}).status_code == 304
    before = http_date(Case.objects.get().updated_at.timestamp() - 5)
    assert client.get(FEED, headers={"if-modified-since": before}).status_code == 200


def test_a_changed_feed_is_sent_again(client, case):
    first = client.get(FEED)
    Case.objects.get().save()
    assert client.get(FEED, headers={"if-none-match": first["ETag"]}).status_code == 200
    second = client.get(FEED)
    case.institution.name = "改名银行"
    case.institution.save()
    assert client.get(FEED, headers={"if-none-match": second["ETag"]}).status_code == 200


def test_a_feed_without_entries_stays_the_same(client):
    first = client.get(FEED)
    assert client.get(FEED, headers={"if-none-match": first["ETag"]}).status_code == 304


def test_feed_of_the_collections_is_well_formed(client, seeded):
    feed = read(client)
    assert len(titles(feed)) == 50
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]
    assert len(set(ids)) == 50


# --- products --------------------------------------------------------------------------------------------------------


def tell(name: str, *, day: int = 1, **fields) -> Offer:
    """A case that came out on a day of January 2021 and tells of a product."""
    case = make_case(published_at=datetime(2021, 1, day, tzinfo=UTC), **fields)
    product = make_product(name=name, institution=case.institution)
    return Offer.objects.create(case=case, product=product, order=1, audience="个体工商户", amount="最高 <5> 万元")


def read_products(client, query: str = "") -> ET.Element:
    response = client.get(f"/feeds/products.atom?{query}")
    assert (response.status_code, response["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    return ET.fromstring(response.content)  # noqa: S314 -- our own


def test_products_told_of_last_come_first(client):
    bank = make_institution(short_name="某银行", slug="bank")
    first = tell("云快贷", day=1, institution=bank)
    tell("无还本续贷", day=3)
    feed = read_products(client)
    assert [title.rpartition(" ")[2] for title in titles(feed)] == ["无还本续贷", "云快贷"]
    again = make_case(published_at=datetime(2021, 1, 9, tzinfo=UTC))
    Offer.objects.create(case=again, product=first.product, order=1)
    entry = read_products(client).find(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "某银行 云快贷"
    assert entry.findtext(f"{ATOM}published").startswith("2021-01-09")
    assert "个体工商户；最高 &lt;5&gt; 万元" in entry.findtext(f"{ATOM}summary")
    response = client.get(links(entry)["alternate"])
    assert f'id="product-{first.product_id}"' in response.content.decode()


def test_a_feed_of_products_holds_what_the_page_holds(client):
    tell("云快贷", institution=make_institution(slug="bank"))
    tell("无还本续贷")
    hidden = tell("没有发布")
    Case.objects.filter(pk=hidden.case_id).update(status="draft", published_at=None)
    for query in ("q=" + quote("续贷"), "institution=bank", "", "q=" + quote("没有"), "page=7&sort=luck"):
        page = client.get("/products/?" + query.replace("page=7&sort=luck", ""))
        assert sorted(titles(read_products(client, query))) == sorted(map(str, page.context["page"]))


def test_the_page_of_products_names_its_feed(client):
    tell("云快贷", institution=make_institution(slug="bank"))
    body = client.get("/products/?institution=bank&sort=name").content.decode()
    assert body.count('href="/feeds/products.atom?institution=bank"') == 2
    assert "/feeds/products.atom" not in client.get("/products/?sort=luck").content.decode()
    assert client.get("/feeds/products.atom?institution=nowhere").status_code == 400


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_a_feed_of_products_do_not_grow(client, django_assert_num_queries, count):
    for number in range(count):
        tell(f"产品 {number}")
    with django_assert_num_queries(2):  # products, their terms with the cases
        read_products(client)


def test_the_same_feed_of_products_is_not_sent_twice(client):
    tell("云快贷")
    etag = client.get("/feeds/products.atom")["ETag"]
    assert client.get("/feeds/products.atom", headers={"if-none-match": etag}).status_code == 304
