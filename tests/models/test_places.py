"""Places and years, read from what 地区 and 时间 say."""

import re

import pytest

from cases.models import Case
from cases.models.places import PLACES, places_of, years_of


@pytest.mark.parametrize(
    ("regions", "places"),
    [
        ("深圳", ("guangdong", "shenzhen")),
        ("深圳、深圳南山", ("guangdong", "shenzhen", "nanshan")),
        ("深圳市龙岗区", ("guangdong", "shenzhen", "longgang")),
        ("深圳平湖", ("guangdong", "shenzhen", "longgang")),
        ("沙头街道", ("guangdong", "shenzhen", "futian")),
        ("广东河源、湖北武汉", ("guangdong", "hubei")),
        ("陕西志丹、山西吕梁", ("shaanxi", "shanxi")),
        ("巴林左旗，金溪", ("neimenggu", "jiangxi")),
        ("全国、粤港澳大湾区", ("nationwide", "greater-bay-area")),
        ("印尼雅加达、欧洲", ("abroad",)),
        ("某地", ()),
        ("", ()),
        ("、、 ", ()),
    ],
)
def test_places(regions, places):
    assert places_of(regions) == places


@pytest.mark.parametrize(
    ("period", "years"),
    [
        ("〔2020 年〕1 月 28 日起", (2020,)),
        ("2018 年底至 2020 年 3 月 4 日", (2018, 2019, 2020)),
        ("2016 年以来，至 2018 年末", (2016, 2017, 2018)),
        ("截至 2018 年底；2020 年 6 月 5 日", (2018, 2019, 2020)),
        ("2018 年、2020 年", (2018, 2020)),
        ("1901 年至 2020 年", (1901, 2020)),
        ("近年", ()),
        ("", ()),
    ],
)
def test_years(period, years):
    assert years_of(period) == years


@pytest.mark.django_db
def test_every_place_of_the_real_collections_is_known(seeded):
    parts = {part for text in Case.objects.values_list("regions", flat=True) for part in re.split("、", text) if part}
    assert [part for part in sorted(parts) if not places_of(part)] == []
    assert {slug for part in parts for slug in places_of(part)} <= set(PLACES)
