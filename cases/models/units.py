"""What a unit measures: kind, base unit and factor. Pure functions; the one table of units."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import TextChoices


class FigureKind(TextChoices):
    MONEY = "money", "金额"
    PEOPLE = "people", "户数、人数"
    COUNT = "count", "笔数"
    RATIO = "ratio", "比例"
    TIME = "time", "时间"
    OTHER = "other", "其他"


class Bound(TextChoices):
    EXACT = "exact", "恰为"
    OVER = "over", "超"
    NEAR = "near", "近"
    ABOUT = "about", "约"
    AT_MOST = "at-most", "至多"


@dataclass(frozen=True)
class Unit:
    """``1 unit = factor × base``; figures of one kind may be compared only where their base is the same."""

    kind: FigureKind
    base: str
    factor: Decimal


POWERS = {
    "": 1,
    "百": 100,
    "千": 1000,
    "万": 10_000,
    "十万": 100_000,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
    "万亿": 10**12,
}
CURRENCIES = (
    "元",
    "美元",
    "港元",
    "港币",
    "欧元",
    "日元",
    "英镑",
    "澳元",
    "纳币",
    "纳米比亚元",
    "人民币元",
    "元人民币",
)
SAME = {
    "人民币元": "元",
    "元人民币": "元",
    "港币": "港元",
    "家": "户",
    "家企业": "户",
    "户企业": "户",
    "名": "人",
    "位": "人",
    "人次": "人次",
}
BASES = {
    FigureKind.MONEY: CURRENCIES,
    FigureKind.PEOPLE: ("户", "家", "户企业", "家企业", "户次", "家次", "人", "名", "位", "人次", "名员工"),
    FigureKind.COUNT: ("笔", "笔次", "单"),
}
TIMES = {
    "年": 365, "年期": 365, "个月": 30, "月": 30, "周": 7, "天": 1, "日": 1, "个工作日": 1, "工作日": 1, "小时": Decimal(1) / 24, "个小时": Decimal(1) / 24,
    "分钟": Decimal(1) / 1440, "秒": Decimal(1) / 86400, "秒钟": Decimal(1) / 86400,
}  # fmt: skip
RATIOS = {"%": ("%", 1), "％": ("%", 1), "成": ("%", 10), "‰": ("%", Decimal("0.1")), "个百分点": ("个百分点", 1), "百分点": ("个百分点", 1),
          "个基点": ("个百分点", Decimal("0.01")), "基点": ("个百分点", Decimal("0.01")), "BP": ("个百分点", Decimal("0.01")), "BPS": ("个百分点", Decimal("0.01"))}  # fmt: skip
# "每户", "/年" and the like say of what: they are no part of the quantity compared.
RATE = re.compile(r"(/|每).*$")
BOUNDS = (
    (Bound.AT_MOST, re.compile(r"^(最高|最多|至多|不超过|不高于|最长|最快|最低可?至|低至)|(以内|以下|之内)$")),
    (
        Bound.OVER,
        re.compile(
            r"^(超过?|逾|突破|高于|大于|不低于|不少于|至少|最低|最少)|(以上|多|余|起)$|\d\s*(多|余)|[一-九十]多"
        ),
    ),
    (Bound.NEAR, re.compile(r"^(近|接近|将近)")),
    (Bound.ABOUT, re.compile(r"^(约|大约|大概|平均约)|(左右|上下)$")),
)


def _table() -> dict[str, Unit]:
    table = {name: Unit(FigureKind.TIME, "天", Decimal(days)) for name, days in TIMES.items()}
    table |= {name: Unit(FigureKind.RATIO, base, Decimal(factor)) for name, (base, factor) in RATIOS.items()}
    for kind, names in BASES.items():
        for name in names:
            for power, factor in POWERS.items():
                table[power + name] = Unit(kind, SAME.get(name, name), Decimal(factor))
    return table


UNITS = _table()


def unit_of(name: str) -> Unit:
    """The unit printed as ``name``; one that the table lacks is a kind and base of its own, its power taken off."""
    plain = RATE.sub("", unicodedata.normalize("NFKC", name).replace(" ", ""))
    if plain in UNITS:
        return UNITS[plain]
    power = next((power for power in sorted(POWERS, key=len, reverse=True) if power and plain.startswith(power)), "")
    return Unit(
        FigureKind.OTHER, plain[len(power) :] or plain, Decimal(POWERS[power] if len(plain) > len(power) else 1)
    )


def bound_of(value: str) -> Bound:
    """Whether the printed ``value`` is exact, or a bound: 超 3200 亿元, 近 70%, 5 小时以内."""
    plain = unicodedata.normalize("NFKC", value).strip()
    return next((bound for bound, pattern in BOUNDS if pattern.search(plain)), Bound.EXACT)
