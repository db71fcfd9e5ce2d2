"""What machines read of a page: Zotero, search engines, messengers, crawlers."""

import json
import re
from html import unescape
from html.parser import HTMLParser
from urllib.parse import parse_qs

import pytest

from tests.factories import make_case, make_category, make_collection, make_institution, make_term

pytestmark = pytest.mark.django_db


class Page(HTMLParser):
    """The meta tags, links, COinS and JSON-LD of a page."""

    def __init__(self, client, path: str) -> None:
        super().__init__()
        self.metas, self.coins, self.canonical, self._data = [], [], [], None
        self.text = client.get(path).content.decode()
        self.feed(self.text)
        self.title = unescape(re.search(r"<title>(.*?)</title>", self.text, re.S)[1]).partition(" · ")[0]
        self.heading = unescape(re.sub("<[^>]+>", "", re.search(r"<h1[^>]*>(.*?)</h1>", self.text, re.S)[1]))

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        if tag == "meta" and (name := named.get("name") or named.get("property")):
            self.metas.append((name, named["content"]))
        if named.get("class") == "Z3988":
            self.coins.append(parse_qs(named["title"]))
        if named.get("rel") == "canonical":
            self.canonical.append(named["href"])
        self._data = [] if named.get("type") == "application/ld+json" else None

    def handle_data(self, data):
        if self._data is not None:
            self.things = {thing["@type"]: thing for thing in json.loads(data)["@graph"]}
            self._data = None

    def all(self, name: str) -> list[str]:
        return [content for known, content in self.metas if known == name]

    def one(self, name: str) -> str:
        (content,) = self.all(name)
        return content


def zotero_item(page: Page) -> dict:
    """What Zotero makes of a page without a translator of its own, by the rules of its Embedded Metadata: the kind from
    ``citation_inbook_title``, else ``og:type``; names split at ';', and at ',' into surname and forename."""
    metas = dict(page.metas)
    kinds = {"website": "webpage", "article": "journalArticle"}
    kind = "bookSection" if "citation_inbook_title" in metas else kinds[metas["og:type"]]
    pages = [metas[name] for name in ("citation_firstpage", "citation_lastpage") if name in metas]
    return {
        "itemType": "multiple" if len(page.coins) > 1 else kind,
        "title": metas.get("citation_title", metas["og:title"]),
        "creators": [tuple(name.split(",")) for value in page.all("citation_author") for name in value.split(";")],
        "bookTitle": metas.get("citation_inbook_title"),
        "publisher": metas.get("citation_publisher"),
        "date": metas["citation_publication_date"],
        "pages": "-".join(pages),
        "language": metas["citation_language"],
        "tags": [tag for value in page.all("citation_keywords") for tag in value.split(";")],
    }


@pytest.fixture
def case():
    return make_case(
        code="sz2020-0101",
        title="印在书上的题名</script><b>",
        subtitle="一句话",
        category=make_category(slug="green", name="绿色金融"),
        collection=make_collection(slug="sz2020", title="案例集", publisher="某协会"),
        institution=make_institution(slug="bank", name="甲银行; 深圳, 分行"),
        terms=(make_term(slug="slow", name="周转"),),
        source_pages="3-5",
    )


def test_zotero_finds_a_section_of_a_book(client, case):
    assert zotero_item(Page(client, "/cases/sz2020-0101/")) == {
        "itemType": "bookSection",
        "title": "印在书上的题名</script><b>",
        "creators": [("甲银行； 深圳， 分行",)],
        "bookTitle": "案例集",
        "publisher": "某协会",
        "date": "2020",
        "pages": "3-5",
        "language": "zh-CN",
        "tags": ["绿色金融", "周转"],
    }


def test_zotero_finds_a_web_page_where_no_book_was_printed(client):
    case = make_case(collection=make_collection(kind="press"), title="本站的题名")
    item = zotero_item(Page(client, case.get_absolute_url()))
    assert (item["itemType"], item["title"], item["creators"]) == ("webpage", "本站的题名", [("普惠金融案例库",)])
    assert item["date"] == "2020/01/01"


def test_a_case_page_has_no_coins_though_it_names_other_cases(client, case):
    make_case(category=case.category, collection=case.collection, institution=case.institution)
    assert Page(client, "/cases/sz2020-0101/").coins == []


@pytest.mark.parametrize("path", ["/cases/", "/categories/green/", "/collections/sz2020/", "/institutions/bank/"])
def test_a_list_has_one_coins_a_case(client, case, path):
    (found,) = Page(client, path).coins
    assert found["rft_val_fmt"] == ["info:ofi/fmt:kev:mtx:book"]
    assert found["rft.genre"] == ["bookitem"]
    assert (found["rft.atitle"], found["rft.btitle"], found["rft.pages"]) == ([case.title], ["案例集"], ["3-5"])
    assert found["rft_id"] == ["http://testserver/cases/sz2020-0101/"]


def test_search_engines_find_article_organization_and_the_way_there(client, case):
    things = Page(client, "/cases/sz2020-0101/").things
    assert things["Article"]["headline"] == "一句话"
    assert things["Article"]["alternativeHeadline"] == case.title
    assert things["Article"]["isPartOf"]["@type"] == "Book"
    assert things["Article"]["about"]["name"] == case.institution.name
    assert things["Article"]["dateModified"] == case.updated_at.isoformat()
    assert [step["name"] for step in things["BreadcrumbList"]["itemListElement"]] == [
        "普惠金融案例库",
        "绿色金融",
        "一句话",
    ]
    assert Page(client, "/institutions/bank/").things["Organization"]["name"] == case.institution.name
    assert Page(client, "/collections/sz2020/").things["Book"]["name"] == "案例集"


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/cases/", "全部案例"),
        ("/cases/?need=slow", "周转"),
        ("/cases/?q=题名&need=slow", "“题名”，周转"),
        ("/categories/green/", "绿色金融"),
        ("/categories/green/?need=slow", "绿色金融，周转"),
    ],
)
def test_title_and_heading_say_what_the_list_holds(client, case, path, title):
    page = Page(client, path)
    assert (page.title, page.heading, page.one("og:title")) == (title, title, title)


def test_a_further_page_is_itself(client, case):
    for _ in range(20):
        make_case(category=case.category)
    page = Page(client, "/categories/green/?page=2")
    assert page.title == "绿色金融（第 2 页）"
    assert page.canonical == ["http://testserver/categories/green/?page=2"]


@pytest.mark.parametrize(
    ("path", "canonical", "is_indexed"),
    [
        ("/cases/?utm=x", "/cases/", True),
        ("/cases/?need=slow", "/cases/?need=slow", True),
        ("/cases/?need=slow&category=green", "/cases/?category=green&need=slow", False),
        ("/cases/?q=x", "/cases/?q=x", False),
        ("/cases/?sort=title", "/cases/?sort=title", False),
        ("/collections/sz2020/?a=b", "/collections/sz2020/", True),
        ("/cases/sz2020-0101/?a=b", "/cases/sz2020-0101/", True),
    ],
)
def test_each_page_has_one_address_and_combinations_are_not_indexed(client, case, path, canonical, is_indexed):
    page = Page(client, path)
    assert page.canonical == [f"http://testserver{canonical}"]
    assert page.all("robots") == ([] if is_indexed else ["noindex, follow"])


def test_a_list_that_htmx_swaps_in_brings_its_title_and_heading(client, case):
    headers = {"HX-Request": "true", "HX-Target": "listing"}
    body = client.get("/cases/?need=slow", headers=headers).content.decode()
    assert "<title>周转 · 普惠金融案例库</title>" in body
    assert '<h1 id="heading" data-hx-swap-oob="true">周转</h1>' in body


def test_a_case_has_a_picture_for_messengers_and_a_pdf_for_zotero(client, case):
    page = Page(client, "/cases/sz2020-0101/")
    assert page.one("og:image") == "http://testserver/cases/sz2020-0101.png"
    assert page.one("citation_pdf_url") == "http://testserver/cases/sz2020-0101.pdf"


@pytest.mark.parametrize(
    ("path", "feed"),
    [
        ("/collections/sz2020/", "/feeds/cases.atom?collection=sz2020"),
        ("/institutions/bank/", "/feeds/cases.atom?institution=bank"),
        ("/categories/green/", "/feeds/cases.atom?category=green"),
        ("/cases/?need=slow", "/feeds/cases.atom?need=slow"),
        ("/", "/feeds/cases.atom"),
    ],
)
def test_each_list_names_its_feed(client, case, path, feed):
    page = Page(client, path).text
    assert re.findall(r'<link rel="alternate" type="application/atom\+xml"[^>]* href="([^"]+)"', page) == [feed]
    assert client.get(feed).status_code == 200


def test_licence_and_date_of_change_stand_on_the_page(client, case, settings):
    assert "转引请注明出处。" in Page(client, "/").text
    settings.LICENCE_NAME, settings.LICENCE_URL = "CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"
    page = Page(client, "/cases/sz2020-0101/")
    assert f'<a rel="license" href="{settings.LICENCE_URL}">CC BY 4.0</a>' in page.text
    assert page.things["Article"]["license"] == settings.LICENCE_URL
    assert f"{case.updated_at:%Y} 年" in page.text
