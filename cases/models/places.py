"""The places and years a case is about, read from what its 地区 and 时间 say. Pure functions: the text stays the one source.

A place is a province (Shenzhen counts in Guangdong as well), a district of Shenzhen, or one of the wider ones below. What is
named more closely than its province counts there; what names no known place counts nowhere, and is shown as it is written.
"""

import re
from functools import lru_cache

from cases.models.dates import partial_dates

# Slug: name. The letter that a map writes for a province is that of number plates and newspapers.
PROVINCES = {
    "beijing": ("北京", "京"), "tianjin": ("天津", "津"), "hebei": ("河北", "冀"), "shanxi": ("山西", "晋"), "neimenggu": ("内蒙古", "蒙"),
    "liaoning": ("辽宁", "辽"), "jilin": ("吉林", "吉"), "heilongjiang": ("黑龙江", "黑"), "shanghai": ("上海", "沪"), "jiangsu": ("江苏", "苏"),
    "zhejiang": ("浙江", "浙"), "anhui": ("安徽", "皖"), "fujian": ("福建", "闽"), "jiangxi": ("江西", "赣"), "shandong": ("山东", "鲁"),
    "henan": ("河南", "豫"), "hubei": ("湖北", "鄂"), "hunan": ("湖南", "湘"), "guangdong": ("广东", "粤"), "guangxi": ("广西", "桂"),
    "hainan": ("海南", "琼"), "chongqing": ("重庆", "渝"), "sichuan": ("四川", "川"), "guizhou": ("贵州", "黔"), "yunnan": ("云南", "滇"),
    "xizang": ("西藏", "藏"), "shaanxi": ("陕西", "陕"), "gansu": ("甘肃", "甘"), "qinghai": ("青海", "青"), "ningxia": ("宁夏", "宁"),
    "xinjiang": ("新疆", "新"), "hongkong": ("香港", "港"), "macao": ("澳门", "澳"), "taiwan": ("台湾", "台"),
}  # fmt: skip
DISTRICTS = {
    "futian": "福田", "luohu": "罗湖", "nanshan": "南山", "yantian": "盐田", "baoan": "宝安", "longgang": "龙岗", "longhua": "龙华",
    "pingshan": "坪山", "guangming": "光明", "dapeng": "大鹏", "qianhai": "前海",
}  # fmt: skip
SHENZHEN, NATION, BAY, ABROAD = "shenzhen", "nationwide", "greater-bay-area", "abroad"
WIDER = {SHENZHEN: "深圳", NATION: "全国", BAY: "粤港澳大湾区", ABROAD: "境外"}
PLACES = {**WIDER, **DISTRICTS, **{slug: name for slug, (name, _) in PROVINCES.items()}}
# What is written without its province, or stands for a district.
WITHIN = {
    "沙头街道": ("guangdong", SHENZHEN, "futian"),
    "平湖": ("guangdong", SHENZHEN, "longgang"),
    "巴林左旗": ("neimenggu",),
    "金溪": ("jiangxi",),
}
OUTSIDE = ("印尼", "欧洲", "纳米比亚", "巴西", "美国", "日本", "新加坡", "东南亚", "非洲")
SINCE = re.compile("至|到|以来|[—–～~-]")
LONGEST = 60  # years of one case


@lru_cache(maxsize=10_000)
def places_of(regions: str) -> tuple[str, ...]:
    """The slugs of the places that 地区 names, each once: ``深圳南山、湖北武汉`` is Guangdong, Shenzhen, Nanshan, Hubei."""
    return tuple(dict.fromkeys(slug for part in re.split("[、，,；;\\s]+", regions) if part for slug in _places(part)))


def _places(part: str) -> tuple[str, ...]:
    if part.startswith("深圳"):
        rest = part.removeprefix("深圳").removeprefix("市")
        within = next((slugs[2:] for name, slugs in WITHIN.items() if rest.startswith(name)), ())
        return ("guangdong", SHENZHEN, *within, *(slug for slug, name in DISTRICTS.items() if rest.startswith(name)))
    if part in WITHIN:
        return WITHIN[part]
    for slug in (NATION, BAY):
        if part.startswith(WIDER[slug]):
            return (slug,)
    if part.startswith(OUTSIDE):
        return (ABROAD,)
    return tuple(slug for slug, (name, _) in PROVINCES.items() if part.startswith(name))[:1]


@lru_cache(maxsize=10_000)
def years_of(period: str) -> tuple[int, ...]:
    """The years that 时间 names; all of those between where it says from when to when."""
    years = sorted({int(date[:4]) for date in partial_dates(period)})
    if len(years) > 1 and SINCE.search(period) and years[-1] - years[0] <= LONGEST:
        return tuple(range(years[0], years[-1] + 1))
    return tuple(years)
