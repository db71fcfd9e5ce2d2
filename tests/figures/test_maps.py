"""/places/: where and when, on maps of tiles and as lists; both are conditions of every list."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.editing.edit import edit_case
from cases.editing.gate import Public
from cases.figures.maps import CHINA, OF_SHENZHEN
from cases.models import KeyFigure
from cases.models.places import DISTRICTS, PROVINCES
from tests.factories import index_all, make_case, make_collection

pytestmark = pytest.mark.django_db


@pytest.fixture
def two():
    cases = (
        make_case(regions="深圳南山、湖北武汉", period="2019 年至 2020 年"),
        make_case(regions="深圳", period="2020 年"),
    )
    make_case(regions="浙江", period="2018 年", status="draft", published_at=None)
    index_all()
    return cases


def test_every_place_has_one_tile():
    assert sorted(slug for slug in CHINA.split() if slug != ".") == sorted(PROVINCES)
    assert sorted(slug for slug in OF_SHENZHEN.split() if slug != ".") == sorted(DISTRICTS)


def test_tiles_and_lists_say_the_same(client, two):
    context = client.get("/places/").context
    tiles = {tile.name: tile.count for tile in (*context["china"].tiles, *context["shenzhen"].tiles) if tile.count}
    assert tiles == {"广东": 2, "湖北": 1, "南山": 1}
    listed = {place.name: place.count for _, places in context["lists"] for place in places}
    assert listed == {**tiles, "深圳": 2}
    assert [(place.name, place.count, place.share) for place in context["years"]] == [
        ("2020 年", 2, 100),
        ("2019 年", 1, 50),
    ]


def test_each_tile_and_bar_leads_to_as_many_cases_as_it_says(client, two):
    context = client.get("/places/").context
    shown = [*context["china"].tiles, *context["shenzhen"].tiles, *context["years"]]
    shown += [place for _, places in context["lists"] for place in places]
    counts = {item.url: item.count for item in shown if item.count}
    assert {url: client.get(url).context["listing"].page.paginator.count for url in counts} == counts
    assert len(counts) == 6


def test_places_and_years_are_conditions_of_lists_figures_and_the_api(client, two):
    first, _ = two
    codes = [case["code"] for case in client.get("/api/v1/cases/?region=nanshan&region=hubei").json()["results"]]
    assert codes == [first.code]
    assert client.get("/api/v1/cases/?period=2019&region=shenzhen").json()["count"] == 1
    assert client.get("/figures/?region=hubei").context["listing"].total == 1
    groups = {group.name: group for group in client.get("/cases/").context["listing"].facets}
    assert [(value.label, value.count) for value in groups["region"].values[:2]] == [("深圳", 2), ("广东", 2)]
    assert [(value.label, value.count) for value in groups["period"].values] == [("2020 年", 2), ("2019 年", 1)]


@pytest.mark.parametrize("query", ["region=atlantis", "period=20", "period=２０２０", "period=3000"])
def test_unknown_places_and_years_are_an_error(client, two, query):
    assert client.get(f"/cases/?{query}").status_code == 400


def test_a_place_follows_the_case_when_it_is_written_anew(client, two):
    with edit_case(two[1], user=None, public=Public.TRUSTED) as case:
        case.regions = "贵州"
        case.save()
    tiles = client.get("/places/").context["china"].tiles
    assert {tile.name: tile.count for tile in tiles if tile.count} == {"广东": 1, "湖北": 1, "贵州": 1}


def test_a_map_has_words_and_no_style_of_its_own(client, two):
    page = client.get("/places/").content.decode()
    drawing = re.search(r'<svg class="tile-map.*?</svg>', page, re.S)[0]
    assert re.search(r'aria-labelledby="(\S+) (\S+)".*<title id="\1">.*<desc id="\2">', drawing, re.S)
    assert len(re.findall(r"<rect", drawing)) == 34
    assert "style=" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_the_cases(client, count):
    for _ in range(count):
        make_case(regions="深圳、浙江", period="2020 年")
    index_all()
    client.get("/places/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/places/")
    assert len(asked) == 2


def test_places_of_a_case_lead_to_the_cases_there(client):
    case = make_case(regions="深圳南山、湖北武汉、火星")
    index_all()
    page = client.get(case.get_absolute_url()).content.decode()
    places = re.search("<dt>地区</dt><dd>(.*?)</dd>", page)[1]
    assert places == (
        '<a href="/cases/?region=nanshan">深圳南山</a>、<a href="/cases/?region=hubei">湖北武汉</a>、火星'
    )


def test_home_invites_to_figures_and_places(client):
    book = make_collection(slug="b1")
    cases = [make_case(collection=book, regions="浙江", figures=0) for _ in range(3)]
    for case in cases:
        for order, value in ((1, 3), (2, 50)):
            KeyFigure.objects.create(
                case=case, order=order, label="贷款", value=f"{value} 亿元", number=value, unit="亿元"
            )
    index_all()
    page = client.get("/").content.decode()
    drawing = re.search('<section class="seen".*?</section>', page, re.S)[0]
    assert len(re.findall("<circle", drawing)) == 6
    assert 'href="/figures/?collection=b1&amp;kind=money' in drawing
    assert 'href="/places/"' in drawing
    assert len(re.findall('<rect class="level-2"', drawing)) == 1


def test_home_draws_nothing_of_a_book_with_few_figures(client):
    make_case(figures=1)
    index_all()
    assert 'class="seen"' not in client.get("/").content.decode()
