"""Quantities in English, exactly as their number and unit say, or not at all: 超 3.2 亿元 is over RMB 320 million.

Nothing is rounded and nothing guessed. A unit that says several things (户 is a household, a shop or a firm) or a printed
value that says more than bound, number and unit stays Chinese.
"""

import re
import unicodedata
from decimal import Decimal

from django.utils.translation import get_language

from cases.models import KeyFigure
from cases.models.units import POWERS

MONEY = {"元": "RMB ", "人民币元": "RMB ", "元人民币": "RMB ", "美元": "US$", "港元": "HK$", "港币": "HK$", "欧元": "€", "日元": "JP¥", "英镑": "£", "澳元": "A$", "纳币": "N$", "纳米比亚元": "N$"}  # fmt: skip
SIGNS = {"%": "%", "％": "%"}
# Singular and plural; what is counted in 万 and 亿 has these before it.
NOUNS = {
    "人": ("person", "people"), "名": ("person", "people"), "家企业": ("company", "companies"), "户企业": ("company", "companies"),
    "年": ("year", "years"), "个月": ("month", "months"), "月": ("month", "months"), "周": ("week", "weeks"), "天": ("day", "days"), "日": ("day", "days"),
    "个工作日": ("working day", "working days"), "工作日": ("working day", "working days"), "小时": ("hour", "hours"), "个小时": ("hour", "hours"),
    "分钟": ("minute", "minutes"), "秒": ("second", "seconds"), "秒钟": ("second", "seconds"), "毫秒": ("millisecond", "milliseconds"),
    "个百分点": ("percentage point", "percentage points"), "百分点": ("percentage point", "percentage points"),
    "个基点": ("basis point", "basis points"), "基点": ("basis point", "basis points"), "BP": ("basis point", "basis points"), "BPS": ("basis point", "basis points"),
    "公里": ("kilometre", "kilometres"), "吨": ("tonne", "tonnes"), "平方米": ("square metre", "square metres"),
}  # fmt: skip
LARGE = ((12, "trillion"), (9, "billion"), (6, "million"))
BEFORE = {
    "": "{}", "超": "over {}", "超过": "over {}", "逾": "over {}", "突破": "over {}", "近": "nearly {}", "接近": "nearly {}", "约": "about {}", "大约": "about {}",
    "约为": "about {}", "最高": "up to {}", "最多": "up to {}", "不超过": "no more than {}", "不低于": "at least {}", "不少于": "at least {}", "至少": "at least {}", "低至": "as low as {}",
    "最低至": "as low as {}", "不高于": "no more than {}", "不超": "no more than {}", "最长": "up to {}", "最快": "{} at the fastest",
}  # fmt: skip
AFTER = {"": "{}", "余": "over {}", "多": "over {}", "以上": "{} or more", "以内": "{} or less", "左右": "about {}"}
NUMBER = r"\d[\d,]*(?:\.\d+)?"
PRINTED = re.compile(
    rf"(?P<before>\D*?)\s*(?P<low>{NUMBER})\s*(?:%?\s*[-—–~～至]\s*(?P<high>{NUMBER})\s*)?(?P<more>[余多]?)\s*(?P<unit>\D*?)(?P<after>余|多|以上|以内|左右|)"
)


def value_in_english(figure: KeyFigure) -> str:
    """The printed value of a figure, where it is bound, number and unit alone and agrees with these; else nothing."""
    found = PRINTED.fullmatch(unicodedata.normalize("NFKC", figure.value).strip())
    if not found or figure.number is None:
        return ""
    unit = unicodedata.normalize("NFKC", figure.unit).replace(" ", "")
    numbers = [Decimal(found[name].replace(",", "")) for name in ("low", "high") if found[name]]
    told = [number for number in (figure.number, figure.number_to) if number is not None]
    bounds = [
        pattern
        for pattern in (BEFORE.get(found["before"]), AFTER.get(found["more"] or found["after"]))
        if pattern != "{}"
    ]
    said = [amount_in_english(number, unit) for number in numbers]
    is_its_unit = found["unit"].replace(" ", "") in (unit, unit.removesuffix("元"))  # 27.32 亿 is printed, 亿元 kept
    if numbers != told or not is_its_unit or None in bounds or len(bounds) > 1 or not all(said):
        return ""
    return "".join(bounds or ["{}"]).format(" to ".join(said))


def amount_in_english(number: Decimal | str, unit: str) -> str:
    """A number of a printed unit: 320 and 万元 are RMB 3.2 million; nothing where English has no one word for the unit."""
    power = next((name for name in sorted(POWERS, key=len, reverse=True) if name and unit.startswith(name)), "")
    base, amount = unit.removeprefix(power), Decimal(number) * POWERS[power]
    if base in MONEY:
        return f"{MONEY[base]}{digits(amount)}"
    if base in SIGNS and not power:
        return f"{digits(amount)}{SIGNS[base]}"
    return f"{digits(amount)} {NOUNS[base][amount != 1]}" if base in NOUNS else ""


def digits(amount: Decimal) -> str:
    """A number whole, with the English word of its size: 3200, 13,500, 1.3 million."""
    power, name = next(((power, f" {name}") for power, name in LARGE if abs(amount) >= 10**power), (0, ""))
    text = f"{amount.scaleb(-power):,f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) + name


def said_unit(unit: str) -> str:
    """A unit of figures in the language of the page: RMB, days; itself where it has no name in that."""
    if not is_english():
        return unit
    return MONEY.get(unit, "").strip() or (NOUNS[unit][1] if unit in NOUNS else unit)


def is_english() -> bool:
    return get_language() == "en"
