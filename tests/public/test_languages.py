"""Pages in other languages: addresses that point at each other, one query for all that is translated, Chinese where nothing is."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml.html import document_fromstring

from cases.models import Translation
from cases.models.translation import digest, key_of
from cases.public.languages import Mark, fill, in_language, language_of, shortened
from tests.factories import index_all, make_case, make_collection, make_entry, make_institution, make_term

pytestmark = pytest.mark.django_db

PAGES = {
    "home": "",
    "case-list": "",
    "case-detail": "case",
    "category-list": "",
    "category-detail": "category",
    "collection-list": "",
    "collection-detail": "collection",
    "institution-list": "",
    "institution-detail": "institution",
    "product-list": "",
    "document-list": "",
    "glossary": "",
    "shelf": "",
    "suggest": "",
    "find": "",
    "about": "",
}


@pytest.fixture
def case():
    case = make_case(title="口号", subtitle="两天放款", summary="两天放款 690 万元。", terms=(make_term("need"),))
    index_all()
    return case


@pytest.fixture
def address(case):
    """The address of a kind of page, in Chinese."""
    arguments = {
        "": [],
        "case": [case.code],
        **{name: [getattr(case, name).slug] for name in ("category", "collection", "institution")},
    }
    return lambda name: reverse(f"cases:{name}", args=arguments[PAGES[name]])


def translate(row, **texts: str) -> None:
    kind, key = key_of(row)
    origins = {name: digest(getattr(row, name)) for name in texts}
    Translation.objects.create(language="en", kind=kind, key=key, texts=texts, sources=origins)


def links(html: str) -> dict[str, str]:
    return dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', html))


@pytest.mark.parametrize("name", PAGES)
def test_page_stands_in_both_languages_and_each_points_at_the_other(client, address, name):
    chinese, english = client.get(address(name)), client.get(f"/en{address(name)}")
    assert [page.status_code for page in (chinese, english)] == [200, 200]
    assert '<html lang="zh-Hans"' in chinese.content.decode()
    assert '<html lang="en"' in english.content.decode()
    pairs = {"zh-Hans": f"http://testserver{address(name)}", "en": f"http://testserver/en{address(name)}"}
    assert links(chinese.content.decode()) == links(english.content.decode()) == pairs
    assert english["Content-Language"] == "en"
    assert english["Content-Length"] == str(len(english.content))


def test_no_mark_is_left_on_any_page(client, address):
    for name in PAGES:
        for path in (address(name), f"/en{address(name)}"):
            assert re.findall("[\ue000-\ue002]", client.get(path).content.decode()) == []


def test_links_of_an_english_page_stay_english_and_files_are_where_they_are(client, case):
    html = client.get(f"/en{case.get_absolute_url()}").content.decode()
    assert f'href="/en{case.category.get_absolute_url()}"' in html
    assert f'href="{case.get_absolute_url().rstrip("/")}.pdf' in html
    assert "/en/cases/" + case.code + "." not in html
    assert f"http://testserver{case.get_absolute_url()}</" in html or f"testserver{case.get_absolute_url()}." in html


@pytest.mark.parametrize("path", ["/en/sitemap.xml", "/en/healthz", "/en/feeds/cases.atom", "/zh-hans/", "/de/"])
def test_what_has_one_language_has_one_address(client, path):
    assert client.get(path).status_code == 404


def test_language_is_that_of_the_address_whatever_the_browser_asks_for(client):
    assert '<html lang="zh-Hans"' in client.get("/about/", headers={"Accept-Language": "en"}).content.decode()
    assert '<html lang="en"' in client.get("/en/about/", headers={"Accept-Language": "zh"}).content.decode()


def test_address_without_its_last_slash_leads_on(client):
    assert client.get("/en")["Location"] == "/en/"


def test_error_is_told_on_an_english_page_too(client, case):
    response = client.get("/en/cases/?need=nothing")
    assert response.status_code == 400
    assert 'role="alert"' in response.content.decode()


def test_sitemap_names_each_page_in_each_language_with_all_of_them(client, case):
    xml = client.get("/sitemap-cases.xml").content.decode()
    chinese, english = (f"http://testserver{prefix}{case.get_absolute_url()}" for prefix in ("", "/en"))
    assert re.findall("<loc>([^<]+)</loc>", xml) == [chinese, english]
    assert xml.count(f'hreflang="zh-Hans" href="{chinese}"') == xml.count(f'hreflang="en" href="{english}"') == 2


# --- marks ----------------------------------------------------------------------------------------------------------


def test_mark_becomes_the_translation_escaped(case):
    translate(case, title="Loans & <b>leases</b>")
    page = f"<h1>{Mark('case', case.code, 'title', '口号')}</h1>"
    assert fill(page, "en") == "<h1>Loans &amp; &lt;b&gt;leases&lt;/b&gt;</h1>"


def test_chinese_that_is_left_says_so_where_a_tag_may_stand():
    mark = Mark("case", "a-0101", "title", "甲<乙")
    left = '<span lang="zh-Hans">甲&lt;乙</span>'
    page = f'<title>{mark}</title><a title="{mark}">{mark}</a><option>{mark}</option>'
    assert fill(page, "en") == f'<title>甲&lt;乙</title><a title="甲&lt;乙">{left}</a><option>甲&lt;乙</option>'


def test_what_a_reader_writes_like_a_mark_does_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert fill("<p>\ue000a\ue001&lt;script&gt;\ue002 \ue000</p>", "en") == (
            '<p><span lang="zh-Hans">&lt;script&gt;</span> \ue000</p>'
        )


def test_a_page_asks_once_for_all_it_shows(django_assert_num_queries):
    rows = [make_case() for _ in range(3)] + [make_entry(), make_institution(), make_collection()]
    for row in rows:
        kind, _ = key_of(row)
        translate(row, **{{"glossaryentry": "term", "institution": "name"}.get(kind, "title"): f"{kind} in English"})
    marks = [Mark(*key_of(row), name, "中") for row in rows for name in ("title", "term", "name")]
    with django_assert_num_queries(1):
        html = fill("".join(marks), "en")
    assert html.count("in English") == len(rows)


@pytest.mark.parametrize(
    ("address", "language", "expected"),
    [
        ("/cases/?q=1", "en", "/en/cases/?q=1"),
        ("https://en/en/cases/", "zh-hans", "https://en/cases/"),
        ("/en/", "zh-hans", "/"),
        ("/", "en", "/en/"),
        ("/english/", "zh-hans", "/english/"),
    ],
)
def test_address_in_another_language(address, language, expected):
    assert in_language(address, language) == expected


def test_language_of_an_address():
    assert [language_of(path) for path in ("/en/x/", "/en", "/x/en/", "/")] == ["en", "en", "zh-hans", "zh-hans"]


def test_text_to_be_filled_in_is_not_cut_short():
    assert len(shortened("一二三四五六七八", 6)) == 6
    mark = Mark("case", "a-0101", "title", "口号口号")
    assert fill(shortened(mark, 3), "en") == '<span lang="zh-Hans">口号口号</span>'


def test_options_of_a_list_are_called_what_their_rows_are(client, case):
    term = case.terms.get()
    translate(term, name="Slow service", description="Several errands")
    translate(case.institution, short_name="First Bank")
    translate(case.category, name="Fintech")
    html = client.get("/en/cases/").content.decode()
    for name in ("Slow service", "First Bank", "Fintech"):
        assert name in html
    html = client.get(f"/en/cases/?need={term.slug}").content.decode()
    assert "Slow service" in re.search("<title>(.*?)</title>", html)[1]
    assert term.name not in client.get(f"/en{case.category.get_absolute_url()}?need={term.slug}").content.decode()


HAN = re.compile("[\u4e00-\u9fff]")


def chinese_unsaid(html: str) -> list[str]:
    """Chinese text in no element that says it is Chinese, but for names in brackets and what is to be typed."""
    found = []
    for element in document_fromstring(html).iter():
        is_said = any((one.get("lang") or "").startswith("zh") for one in (element, *element.iterancestors()))
        if not isinstance(element.tag, str) or is_said or element.tag in ("script", "style", "title"):
            continue
        texts = [element.text, *(child.tail for child in element)]
        found += [text.strip() for text in texts if text and HAN.search(re.sub(r"\([^()]*\)|“[^”]*”", "", text))]
    return found


CHINESE_WITHIN = [
    *("", "cases/", "cases/sz2020-0304/", "categories/", "collections/", "collections/sz2020/", "institutions/"),
    *("institutions/ccb/", "products/", "documents/", "glossary/", "find/", "about/"),
    *("figures/", "figures/?kind=money&base_unit=元&min=5", "figures/?category=green&kind=people", "places/"),
    *("compare/", "compare/?case=sz2020-0304&case=sz2020-0302"),
]
WRONG = ["figures/?kind=x", "figures/?kind=money&base_unit=x", "figures/?min=x", "compare/?case=x"]


@pytest.mark.parametrize("path", CHINESE_WITHIN)
def test_what_is_chinese_on_an_english_page_says_so(client, seeded, path):
    assert chinese_unsaid(client.get(f"/en/{path}").content.decode()) == []


@pytest.mark.parametrize("path", WRONG)
def test_what_is_wrong_is_said_in_english_too(client, case, path):
    response = client.get(f"/en/{path}")
    assert response.status_code == 400
    assert chinese_unsaid(response.content.decode()) == []


@pytest.mark.parametrize(("path", "queries"), [("/cases/", 1), ("/glossary/", 1), ("/categories/", 1), ("/about/", 0)])
def test_translations_cost_a_page_one_query(client, case, django_assert_num_queries, path, queries):
    make_entry()
    for prefix in ("", "/en"):
        client.get(prefix + path)  # what only the first request does
    with CaptureQueriesContext(connection) as chinese:
        client.get(path)
    with django_assert_num_queries(len(chinese) + queries):
        client.get(f"/en{path}")
