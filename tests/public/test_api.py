"""The read-only API."""

import pytest
from django.urls import reverse

from cases.models import Advice, Document, EditorNote, Highlight, KeyFigure, Offer, Product
from tests.factories import make_case, make_institution, make_term

pytestmark = pytest.mark.django_db


def test_list_answers_pages_of_cases(client):
    case = make_case(terms=(make_term(),))
    data = client.get("/api/v1/cases/").json()
    assert (data["count"], data["next"], data["previous"]) == (1, None, None)
    assert data["results"][0]["code"] == case.code
    assert set(data["results"][0]["institution"]) == {"slug", "name", "short_name", "type", "type_label"}
    assert data["results"][0]["url"] == f"http://testserver/cases/{case.code}/"


def test_detail_adds_text_figures_and_citation(client):
    case = make_case()
    data = client.get(reverse("api:case-detail", args=[case.code])).json()
    assert (data["background"], data["approach"], data["results"]) == ("背景", "做法", "成效")
    assert data["figures"][0]["unit"] == "亿元"
    assert isinstance(data["figures"][0]["number"], (int, float))
    assert data["citation"].startswith(
        f"{case.institution.name}. {case.title}[M/OL]//{case.collection.title}. 协会，2020. http"
    )


def test_list_reads_the_same_filter_as_the_page(client):
    make_case(institution=make_institution(slug="bank"))
    make_case()
    assert client.get("/api/v1/cases/?institution=bank").json()["count"] == 1
    assert client.get("/cases/?institution=bank").context["listing"].page.paginator.count == 1


@pytest.mark.parametrize("query", ["page_size=0", "page_size=101", "page_size=x", "page_size=１０"])
def test_bad_page_size_is_refused_in_chinese(client, query):
    response = client.get(f"/api/v1/cases/?{query}")
    assert response.status_code == 400
    assert "1 到 100" in response.json()["page_size"][0]


@pytest.mark.parametrize("page", ["0", "999", "abc"])
def test_page_that_is_not_there_is_404(client, page):
    response = client.get(f"/api/v1/cases/?page={page}")
    assert (response.status_code, response.json()) == (404, {"detail": "没有这一页。"})


def test_nothing_can_be_written(client):
    case = make_case()
    for method in (client.post, client.put, client.patch, client.delete):
        assert method(reverse("api:case-detail", args=[case.code])).status_code == 405


def test_schema_describes_every_filter(client):
    paths = client.get("/api/v1/schema/").json()["paths"]
    names = {parameter["name"] for parameter in paths["/api/v1/cases/"]["get"]["parameters"]}
    assert {
        "category",
        "institution",
        "type",
        "collection",
        "year",
        "audience",
        "need",
        "instrument",
        "priority",
        "keyword",
        "sort",
        "page",
        "page_size",
    } <= names


def test_unknown_address_is_json_404(client):
    assert client.get("/api/v1/nothing/").json()["detail"].startswith("没有找到")


def test_detail_carries_advice_notes_highlights_products_and_documents(client):
    case = make_case(figures=0)
    KeyFigure.objects.create(case=case, order=1, label="办理", value="5~8 天", number=5, number_to=8, unit="天")
    Highlight.objects.create(case=case, order=1, text="全国首单", as_of="〔2020 年〕3 月")
    Advice.objects.create(case=case, order=1, kind="unsaid", text="利率")
    EditorNote.objects.create(case=case, order=1, kind="misprint", text="疑多一个字")
    product = Product.objects.create(institution=case.institution, name="云快贷")
    Offer.objects.create(case=case, order=1, product=product, amount="最高 1000 万元", max_amount=10_000_000)
    case.documents.add(Document.objects.create(title="关于减费的通知", number="银发〔2020〕1 号"))
    data = client.get(reverse("api:case-detail", args=[case.code])).json()
    figure = data["figures"][0]
    assert (figure["kind"], figure["base_unit"], figure["amount"], figure["amount_to"]) == ("time", "天", 5, 8)
    assert data["highlights"] == [{"text": "全国首单", "as_of": "〔2020 年〕3 月"}]
    assert data["advice"] == [{"kind": "unsaid", "kind_label": "原文没有说的", "text": "利率"}]
    assert data["editor_notes"][0]["kind_label"] == "疑为误印"
    assert (data["offers"][0]["product"], data["offers"][0]["max_amount"]) == ("云快贷", 10_000_000)
    assert data["documents"][0]["title"] == "关于减费的通知"
