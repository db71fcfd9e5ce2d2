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
    assert "1 到 100" in response.json()["errors"]["page_size"][0]


@pytest.mark.parametrize("page", ["0", "999", "abc"])
def test_page_that_is_not_there_is_404(client, page):
    response = client.get(f"/api/v1/cases/?page={page}")
    assert (response.status_code, response.json()["detail"]) == (404, "没有这一页。")


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


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/api/v1/cases/?need=nothing", 400, "请从列表中重新选择"),
        ("/api/v1/cases/nothing/", 404, "没有这个案例"),
        ("/api/v1/nothing/", 404, "没有找到"),
        ("/api/v1/figures/?sort=size", 400, "没有“size”这种排序"),
        ("/api/v1/figures/?kind=x", 400, "没有“x”这种类别"),
        ("/api/v1/figures/?min=x", 400, "要写数字"),
        ("/api/v1/figures/?category=x", 400, "“章节”里没有 “x”"),
        ("/api/v1/figures/?base_unit=x", 400, "没有以“x”为单位的数字"),
        ("/api/v1/figures/?as_of=x", 400, "四位数字"),
        ("/api/v1/cases/?q=%ff", 400, "不是 UTF-8"),
    ],
)
def test_errors_are_problem_details(client, path, status, words):
    response = client.get(path)
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert (response.status_code, problem["status"], problem["type"]) == (status, status, "about:blank")
    assert words in problem["detail"]
    assert problem["title"]


def test_any_site_may_read(client):
    for response in (client.get("/api/v1/cases/"), client.options("/api/v1/cases/"), client.get("/api/v1/nothing/")):
        assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in client.get("/cases/")


def test_an_answer_is_not_sent_twice(client):
    case = make_case()
    for path in ("/api/v1/cases/", f"/api/v1/cases/{case.code}/", "/api/v1/figures/"):
        etag = client.get(path)["ETag"]
        assert client.get(path, headers={"If-None-Match": etag}).status_code == 304
    changed = client.get(f"/api/v1/cases/{case.code}/")["Last-Modified"]
    assert client.get(f"/api/v1/cases/{case.code}/", headers={"If-Modified-Since": changed}).status_code == 304


def test_too_many_requests_are_told_when_to_come_back(client, monkeypatch):
    monkeypatch.setattr("rest_framework.throttling.AnonRateThrottle.THROTTLE_RATES", {"anon": "2/min"})
    assert [client.get("/api/v1/terms/").status_code for _ in range(2)] == [200, 200]
    response = client.get("/api/v1/terms/")
    assert (response.status_code, response["Content-Type"]) == (429, "application/problem+json")
    assert 0 < int(response["Retry-After"]) <= 60
    assert "/cases.jsonl" in response.json()["detail"]


def test_figures_are_filtered_and_sorted_by_size(client):
    small, large = make_case(figures=0), make_case(figures=0)
    KeyFigure.objects.create(case=small, order=1, label="少", value="3 万元", number=3, unit="万元")
    KeyFigure.objects.create(case=large, order=1, label="多", value="2 亿元", number=2, unit="亿元", is_headline=True)
    KeyFigure.objects.create(case=large, order=2, label="户", value="5 户", number=5, unit="户")
    KeyFigure.objects.create(case=large, order=3, label="话", value="若干")

    def labels(query: str) -> list[str]:
        return [figure["label"] for figure in client.get(f"/api/v1/figures/?{query}").json()["results"]]

    assert labels("sort=-amount&base_unit=元") == ["多", "少"]
    assert labels("sort=amount") == ["户", "少", "多"]
    assert labels("base_unit=元&min=10000000") == ["多"]
    assert labels("base_unit=元&max=30000") == ["少"]
    assert labels(f"case={small.code}") == ["少"]
    assert labels("headline=true") == ["多"]
    assert labels(f"category={small.category.slug}") == ["少"]
    both = f"collection={small.collection.slug}&collection={large.collection.slug}"
    assert sorted(labels(both)) == sorted(["少", "多", "户", "话"])


def test_schema_is_openapi_3_1_and_describes_figures(client):
    schema = client.get("/api/v1/schema/").json()
    assert schema["openapi"] == "3.1.0"
    names = {parameter["name"] for parameter in schema["paths"]["/api/v1/figures/"]["get"]["parameters"]}
    assert {"kind", "base_unit", "min", "max", "since", "sort", "category", "page_size"} <= names


def test_the_api_explains_itself_from_its_schema(client):
    page = client.get("/api/v1/").content.decode()
    for path in client.get("/api/v1/schema/").json()["paths"]:
        assert f"<code>GET {path}</code>" in page
    for word in ("base_unit", "只增不改不删", "RFC 9457", "600/min"):
        assert word in page


def test_machine_readers_are_told_where_texts_stand(client):
    case = make_case()
    answer = client.get("/llms.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert f"http://testserver/collections/{case.collection.slug}.md" in answer.content.decode()
    assert "1 个普惠金融案例" in answer.content.decode()


def test_schema_tells_of_problems_and_asks_nothing_of_slugs(client):
    schema = client.get("/api/v1/schema/").json()
    for methods in schema["paths"].values():
        assert {"400", "404", "429"} <= set(methods["get"]["responses"])
        assert "application/problem+json" in methods["get"]["responses"]["400"]["content"]
    assert "pattern" not in schema["components"]["schemas"]["TermRef"]["properties"]["slug"]
