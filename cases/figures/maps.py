"""Where and when cases happened, drawn: maps of tiles, one for each province and district, and a bar for each year.

A tile is no outline of a province: it is the same size for each, so that small ones are read as well as large ones.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cases.figures.drawing import share_of
from cases.models import Category
from cases.models.places import DISTRICTS, PLACES, PROVINCES, SHENZHEN, WIDER
from cases.public.filters import with_query
from cases.public.languages import say
from cases.public.metadata import PageMeta
from cases.search.bitmaps import Counts

# Rows from north to south, from west to east; a dot is no place.
CHINA = """
. . . . . . . heilongjiang
xinjiang . . . neimenggu beijing . jilin
. gansu ningxia shanxi hebei tianjin liaoning .
xizang qinghai shaanxi henan shandong jiangsu . .
. sichuan chongqing hubei anhui shanghai . .
. yunnan guizhou hunan jiangxi zhejiang . .
. . guangxi guangdong fujian . taiwan .
. . hainan macao hongkong . . .
"""
OF_SHENZHEN = """
baoan guangming longhua longgang pingshan .
qianhai nanshan futian luohu yantian dapeng
"""
TILE_HEIGHT, GAP = 52, 4  # pixels
STEPS = (1, 2, 5, 10)  # cases from which a tile is darker


@dataclass(frozen=True)
class Tile:
    """``x`` and ``width`` in percent, ``y`` in pixels; ``level`` is 0 where there is no case."""

    name: str
    letter: str
    count: int
    url: str
    x: float
    y: int
    width: float
    level: int

    @property
    def centre(self) -> float:
        return round(self.x + self.width / 2, 2)


@dataclass(frozen=True)
class Map:
    tiles: Sequence[Tile]
    height: int


@dataclass(frozen=True)
class Place:
    """A line of a list with bars; ``row`` is what it is the name of, where that is a row."""

    name: str
    count: int
    url: str
    share: float | None
    row: Category | None = None


def tile_map(plan: str, count: Callable[[str], int], letter: Callable[[str], str], *, height: int = TILE_HEIGHT) -> Map:
    """The tiles of ``plan``, a row of slugs a line, ``height`` pixels each."""
    rows = [line.split() for line in plan.strip().splitlines()]
    width, tiles = 100 / max(map(len, rows)), []
    for row, slugs in enumerate(rows):
        for column, slug in enumerate(slugs):
            if slug != ".":
                number = count(slug)
                level = sum(number >= step for step in STEPS)
                x, y = round(column * width + 0.4, 2), row * (height + GAP)
                tiles.append(
                    Tile(
                        say(PLACES[slug]),
                        letter(slug),
                        number,
                        address("region", slug),
                        x,
                        y,
                        round(width - 0.8, 2),
                        level,
                    )
                )
    return Map(tiles, len(rows) * (height + GAP) - GAP)


def address(name: str, value: str) -> str:
    return with_query(reverse("cases:case-list"), {name: [value]})


def count_of_place(counts: Counts, slug: str) -> int:
    return counts.state.count([f"region:{slug}"], counts.visible)


@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """Maps of the provinces and of the districts of Shenzhen, the same as a list, and the years. Two queries."""
    counts = Counts()
    state, visible = counts.state, counts.visible
    count = partial(count_of_place, counts)

    def listed(slugs: Sequence[str]) -> list[Place]:
        found = sorted(((count(slug), slug) for slug in slugs), key=lambda item: -item[0])
        most = max((number for number, _ in found), default=0)
        return [
            Place(say(PLACES[slug]), number, address("region", slug), share_of(number, most))
            for number, slug in found
            if number
        ]

    years = sorted(key.removeprefix("period:") for key in state.facet_bitmaps if key.startswith("period:"))[::-1]
    by_year = [(year, number) for year in years if (number := state.count([f"period:{year}"], visible))]
    most = max((number for _, number in by_year), default=0)
    context = {
        "china": tile_map(CHINA, count, lambda slug: PROVINCES[slug][1]),
        "shenzhen": tile_map(OF_SHENZHEN, count, lambda slug: PLACES[slug]),
        "shenzhen_total": count(SHENZHEN),
        "lists": [
            (say("更大的范围"), listed([slug for slug in WIDER if slug != SHENZHEN])),
            (say("省、自治区、直辖市"), listed(list(PROVINCES))),
            (say("深圳各区"), listed([SHENZHEN, *DISTRICTS])),
        ],
        "years": [
            Place(say("{0} 年", year), number, address("period", year), share_of(number, most))
            for year, number in by_year
        ],
        "meta": PageMeta(
            url=request.build_absolute_uri(request.path),
            title=say("地方与年份"),
            description=say("普惠金融案例发生在哪些省、深圳的哪些区，在哪几年：每一格、每一根条都通到它的案例。"),
        ),
    }
    return render(request, "figures/places.html", context)
