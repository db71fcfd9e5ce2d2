"""The English of the collections: whole, made from the text that is there, and with its numbers."""

import re
from pathlib import Path

import pytest
import yaml

from cases.models.translation import TRANSLATED, digest
from cases.seed.seeding import Loader

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
KEYS = {"case": ("code",), "term": ("facet", "slug"), "glossaryentry": ("term",)}
CHINESE_UNITS = {"": 1, "万": 10**4, "百万": 10**6, "亿": 10**8, "万亿": 10**12}
ENGLISH_UNITS = {"": 1, "million": 10**6, "billion": 10**9, "trillion": 10**12}
WORDS = dict(
    zip(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], range(1, 11), strict=True)
)
WORDS |= {"ten-odd": 10, "around the clock": 24}
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


@pytest.fixture(scope="module")
def rows() -> list[dict]:
    return [item for path in FIXTURES.rglob("*.yaml") for item in yaml.load(path.read_text(encoding="utf-8"), Loader)]  # noqa: S506 -- a SafeLoader


@pytest.fixture(scope="module")
def chinese(rows) -> dict[tuple[str, str], dict]:
    found = {}
    for item in rows:
        kind, fields = item["model"].removeprefix("cases."), item["fields"]
        if kind in TRANSLATED:
            key = "/".join(fields[name] for name in KEYS.get(kind, ("slug",)))
            found[kind, key] = {name: fields.get(name) or "" for name in TRANSLATED[kind]}
    return found


@pytest.fixture(scope="module")
def english(rows) -> dict[tuple[str, str], dict]:
    items = [item["fields"] for item in rows if item["model"] == "cases.translation"]
    assert {fields["language"] for fields in items} == {"en"}
    return {(fields["kind"], fields["key"]): fields for fields in items}


def test_all_is_translated_but_prefaces_and_rare_keywords(chinese, english):
    asked = {(*key, name) for key, texts in chinese.items() for name, text in texts.items() if text}
    given = {(*key, name) for key, fields in english.items() for name in fields["texts"]}
    assert given - asked == set()
    left = {(key, name) for _, key, name in asked - given if not key.startswith("keyword/")}
    assert {name for _, name in left} == {"preface"}


def test_nothing_is_translated_from_another_text(chinese, english):
    assert [
        (*key, name)
        for key, fields in english.items()
        for name in fields["texts"]
        if fields["sources"][name] != digest(chinese[key][name])
    ] == []


def test_no_chinese_is_left_but_names_in_brackets(english):
    texts = [(key, text) for key, fields in english.items() for text in fields["texts"].values()]
    outside = [(key, re.sub(r"\([^()]*\)", "", text)) for key, text in texts]
    left = [key for key, text in outside if re.search(r"[\u4e00-\u9fff，。；：]", text)]
    assert left == []


def numbers(text: str, units: dict[str, int]) -> set[float]:
    """The numbers written in digits, with the unit of thousands that follows them."""
    names = "|".join(sorted(filter(None, units), key=len, reverse=True))
    found = re.findall(rf"(\d[\d,]*(?:\.\d+)?)\s?余?(?:({names})(?![a-z]))?", text)
    return {round(float(number.replace(",", "")) * units[unit], 4) for number, unit in found}


def test_numbers_of_titles_and_summaries_are_the_same(chinese, english):
    lost = []
    for (kind, key), fields in english.items():
        for name, text in fields["texts"].items() if kind == "case" else ():
            source = chinese[kind, key][name].replace("7×24 小时", "24 小时")
            given = numbers(text, ENGLISH_UNITS) | {n for word, n in WORDS.items() if word in text.lower()}
            given |= {place for place, month in enumerate(MONTHS, 1) if month in text}
            lost += [(key, name, number) for number in numbers(source, CHINESE_UNITS) - given]
    assert lost == []


def test_numbers_are_read_with_their_units():
    assert numbers("785.98 亿元、1.4 万余个、3 天", CHINESE_UNITS) == {78_598_000_000, 14_000, 3}
    assert numbers("RMB 78.598 billion, 14,000, 3", ENGLISH_UNITS) == {78_598_000_000, 14_000, 3}
