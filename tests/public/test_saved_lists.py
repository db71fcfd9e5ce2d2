"""A list is kept as an address: one address for one list, a feed beside it."""

import re

import pytest

from tests.factories import index_all, make_case, make_category, make_term

pytestmark = pytest.mark.django_db

FEED_LINK = re.compile(r'<link rel="alternate" type="application/atom\+xml" title="[^"]+" href="([^"]+)">')


@pytest.fixture(autouse=True)
def _case():
    make_case(
        title="票据",
        category=make_category(slug="green"),
        terms=(make_term("need", slug="slow"), make_term("need", slug="dear"), make_term("audience", slug="owner")),
    )
    index_all()


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("/cases/", "/cases/"),
        ("/cases/?page=1", "/cases/"),
        ("/cases/?need=slow&audience=owner", "/cases/?audience=owner&need=slow"),
        ("/cases/?need=slow&need=dear&need=slow", "/cases/?need=dear&need=slow"),
        ("/cases/?utm_source=x&need=&need=slow&q=", "/cases/?need=slow"),
        ("/cases/?sort=newest", "/cases/"),
        ("/cases/?sort=code", "/cases/?sort=code"),
        ("/cases/?q=+%E7%A5%A8%E6%8D%AE++&sort=relevance", "/cases/?q=%E7%A5%A8%E6%8D%AE"),
        ("/categories/green/?need=slow&category=red", "/categories/green/?need=slow"),
    ],
)
def test_one_list_has_one_address(client, asked, kept):
    response = client.get(asked)
    listing = response.context["listing"]
    assert listing.address == f"http://testserver{kept}"
    again = client.get(kept).context["listing"]
    assert again.address == listing.address
    assert list(again.page) == list(listing.page)
    assert f'value="{listing.address.replace("&", "&amp;")}"' in response.content.decode()


@pytest.mark.parametrize(
    ("asked", "feed"),
    [
        ("/cases/", "/feeds/cases.atom"),
        ("/cases/?need=slow&audience=owner&sort=code&page=1", "/feeds/cases.atom?audience=owner&need=slow"),
        ("/categories/green/?need=slow", "/feeds/cases.atom?category=green&need=slow"),
    ],
)
def test_list_names_its_feed_in_the_head_and_in_sight(client, asked, feed):
    body = client.get(asked).content.decode()
    assert FEED_LINK.findall(body) == [feed.replace("&", "&amp;")]
    assert f'href="{feed.replace("&", "&amp;")}">订阅这个列表' in body
    assert client.get(feed).status_code == 200


@pytest.mark.parametrize("asked", ["/cases/?need=nope", "/cases/?page=9"])
def test_what_is_wrong_is_not_offered_for_keeping(client, asked):
    body = client.get(asked).content.decode()
    assert 'data-name="save"' not in body
    assert FEED_LINK.findall(body) == []


def test_search_page_explains_the_syntax(client):
    body = client.get("/cases/").content.decode()
    for sign in ("“知识产权质押”", "-信用卡", "机构:农行", "章节:绿色", "年:2020"):
        assert sign in body
