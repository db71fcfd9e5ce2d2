"""Any list as an Atom feed that readers accept and that says truly when it changed."""

import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from django.utils import timezone
from django.utils.http import http_date

from cases.models import Case
from cases.search.bitmaps import current
from tests.factories import index_all, make_case, make_category, make_institution, make_term

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
