"""Files beside pages hold the references of what the page shows."""

import json
import re
from urllib.parse import urlencode

import pytest
from django.template.loader import render_to_string
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from cases.models import Case, CaseStatus
from cases.takeaway.references import REFERENCES
from tests.factories import index_all, make_case, make_category, make_collection, make_institution, make_term
from tests.takeaway.books import book_of

pytestmark = pytest.mark.django_db


def body(response) -> str:
    return b"".join(response.streaming_content).decode()


def codes(client, path: str) -> list[str]:
    response = client.get(path)
    assert response.status_code == 200
    return [item["id"] for item in json.loads(body(response))]


@pytest.fixture
def case():
    return make_case(
        code="sz2020-0101",
        category=make_category(slug="green"),
        collection=make_collection(slug="sz2020", place="深圳"),
        institution=make_institution(slug="bank", name="某银行"),
        source_pages="3-5",
    )


def test_a_case_has_its_references_on_its_page(client, case):
    page = client.get("/cases/sz2020-0101/").content.decode()
    assert (
        f"某银行. {case.title}[M/OL]//{case.collection.title}. 深圳：协会，2020：3-5. http://testserver/cases/" in page
    )
    for name in ("cite-gbt2025", "cite-gbt2015", "cite-apa"):
        assert f'id="{name}"' in page
        assert f'data-copy="{name}" hidden' in page
    for suffix in ("bib", "ris", "json"):
        assert f'href="/cases/sz2020-0101.{suffix}"' in page


@pytest.mark.parametrize("suffix", REFERENCES)
@pytest.mark.parametrize(
    "page", ["/cases", "/cases/sz2020-0101", "/categories/green", "/collections/sz2020", "/institutions/bank"]
)
def test_each_page_gives_each_format(client, case, page, suffix):
    response = client.get(f"{page}.{suffix}")
    assert response.status_code == 200
    assert response["X-Robots-Tag"] == "noindex"
    assert f'{page.rpartition("/")[2]}.{suffix}"' in response["Content-Disposition"]
    assert case.title in body(response)


def test_what_is_not_public_is_not_given(client):
    draft = make_case(status=CaseStatus.DRAFT, published_at=None)
    assert client.get(f"/cases/{draft.code}.bib").status_code == 404
    assert client.get(f"/collections/{draft.collection.slug}.bib").status_code == 404
    assert codes(client, "/cases.json") == []
    assert codes(client, f"/categories/{draft.category.slug}.json") == []


@pytest.mark.parametrize(
    "path", ["/cases.exe", "/cases/nothing-0101.bib", "/categories/nothing.ris", "/collections/no.txt"]
)
def test_unknown_pages_and_formats_are_404(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("query", "words"), [("need=nothing", "请从列表中重新选择"), ("style=mla", "gbt2015（GB/T 7714—2015）")]
)
def test_conditions_that_mean_nothing_are_400_and_say_why(client, query, words):
    response = client.get(f"/cases.txt?{query}")
    assert (response.status_code, words in response.content.decode()) == (400, True)


def test_styles_are_chosen_in_the_address(client, case):
    assert "协会，2020：3-5." in body(client.get("/cases.txt"))
    assert "协会, 2020: 3-5." in body(client.get("/cases.txt?style=gbt2015"))
    assert "(pp. 3–5)" in body(client.get("/cases.txt?style=apa"))


def test_a_figure_is_cited_by_itself(client, case):
    figure = case.figures.get()
    words = body(client.get("/cases/sz2020-0101.txt?figure=1"))
    assert words.startswith(f"{figure.label}：{figure.value}\n某银行. ")
    assert words.endswith("/cases/sz2020-0101/#figure-1.\n")
    for number in ("2", "x", "99999999999999999999", "²"):
        assert client.get(f"/cases/sz2020-0101.txt?figure={number}").status_code == 404


def test_a_book_is_cited_in_printed_order(client):
    book, category = make_collection(slug="sz2020"), make_category()
    for code in ("sz2020-0103", "sz2020-0101", "sz2020-0102"):
        make_case(code=code, collection=book, category=category)
    assert codes(client, "/collections/sz2020.json") == ["sz2020-0101", "sz2020-0102", "sz2020-0103"]


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_a_list_do_not_grow_with_it(client, django_assert_num_queries, count):
    for _ in range(count):
        make_case(terms=(make_term(),))
    index_all()
    with django_assert_num_queries(5):
        body(client.get("/cases.bib"))


# Suffix of a stream: where in it the code of each case stands, once.
STREAMED = {
    "txt": r"/cases/(\S+)/\.",
    "bib": r"url = \{[^}]*/cases/([^}/]+)/\}",
    "ris": r"UR  - \S*/cases/([^/\s]+)/",
    "csv": r"(?m)^(?:\ufeff)?([\w-]+-\d{4,}),",
    "jsonl": r'(?m)^\{"code": ?"([^"]+)"',
}


class SameFilterTest(TestCase):
    """Whatever is chosen on the page: the file holds the cases of all its pages, in their order."""

    @classmethod
    def setUpTestData(cls):
        terms = [make_term(slug=slug) for slug in "abc"]
        cls.categories = [make_category(slug=slug) for slug in ("x", "y")]
        for number in range(24):
            chosen = tuple(term for bit, term in enumerate(terms) if number >> bit & 1)
            make_case(category=cls.categories[number % 2], terms=chosen, title=f"{number % 5} 号贷款")
        cls.codes = dict(Case.objects.values_list("pk", "code"))
        index_all()

    @settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
    @given(
        page=st.sampled_from(["/cases", "/categories/x"]),
        needs=st.lists(st.sampled_from("abc"), max_size=3),
        category=st.sampled_from(["", "y"]),
        words=st.sampled_from(["", "贷款", "3 号"]),
        sort=st.sampled_from(["", "code", "title", "oldest"]),
    )
    def test_file_and_page_agree(self, page, needs, category, words, sort):
        query = urlencode(
            {k: v for k, v in {"need": needs, "category": category, "q": words, "sort": sort}.items() if v}, doseq=True
        )
        shown, number = [], 1
        while True:
            listing = self.client.get(f"{page}/?{query}&page={number}").context["listing"]
            shown += [self.codes[card.pk] for card in listing.page]
            if not listing.page.has_next():
                break
            number += 1
        assert codes(self.client, f"{page}.json?{query}") == shown
        assert len(shown) == len(Case.objects.filter(code__in=shown))
        for suffix, pattern in STREAMED.items():
            assert re.findall(pattern, body(self.client.get(f"{page}.{suffix}?{query}"))) == shown, suffix
        kind, _, slug = page.removeprefix("/").partition("/")
        book = book_of({"cases": "list", "categories": "category"}[kind], slug, query) if shown else None
        assert [case.code for case in book.cases] == shown if book else not shown


def test_paper_gets_the_reference_and_the_address_as_qr_code(client, case):
    page = client.get("/cases/sz2020-0101/").content.decode()
    paper = page[page.index('<div class="print-only">') :]
    assert 'class="qr"' in paper
    assert "[M/OL]//" in paper[: paper.index("</div>")]


def test_a_long_list_offers_its_tables_and_no_book(client, case):
    assert ".pdf" in client.get("/cases/").content.decode()
    page = render_to_string("public/_cite_list.html", {"count": 301, "page": "/cases/"})
    assert ".pdf" not in page
    assert "/cases.csv" in page


@pytest.fixture
def named():
    """The query string of three cases named from the last to the first, and their codes."""
    book = make_collection(slug="b1")
    named = [make_case(code=f"b1-010{n}", collection=book).code for n in (3, 2, 1)]
    make_case()
    index_all()
    return "&".join(f"case={code}" for code in named), named


def test_references_and_tables_keep_the_order_in_which_cases_are_named(client, named):
    query, expected = named
    assert codes(client, f"/cases.json?{query}") == expected
    for path in (f"/cases.csv?{query}", f"/cases.csv?table=figures&{query}", f"/cases.jsonl?{query}"):
        assert re.findall(r"/cases/(b1-\d+)/(?:#figure-1)?[\"\r]", body(client.get(path))) == expected


def test_books_keep_the_order_in_which_cases_are_named(named):
    query, expected = named
    book = book_of("list", query=query)
    assert ([case.code for case in book.cases], book.title) == (expected, "选定的 3 篇")
