"""References equal what the official CSL styles give, and programs read the files."""

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from cases.models import Case
from cases.public.citing.exchange import bibtex, csl_json, ris, text
from cases.public.citing.styles import STYLES
from cases.public.metadata import described, pages, reference
from tests.factories import make_case, make_collection, make_institution

pytestmark = pytest.mark.django_db

# What citeproc-js 2.4 gives with the styles “GB/T 7714—2025（顺序编码，双语）” and “…2015…” of zotero-chinese/styles and apa.csl of
# citation-style-language/styles, from the items of ``reference``; neither program nor styles are in this repository.
OFFICIAL = json.loads(Path(__file__).with_name("citations.json").read_text(encoding="utf-8"))
TODAY = date(2026, 11, 22)


def cited(case: Case, **options) -> dict:
    return reference(case, address=f"https://cases.example.org/cases/{case.code}/", accessed=TODAY, **options)


def test_twenty_cases_are_proved():
    assert len(OFFICIAL) == 20
    assert {code.partition("-")[0] for code in OFFICIAL} >= {"sz2020", "zj2024", "fs2024", "gz2021", "ccb2021"}


@pytest.mark.parametrize("code", OFFICIAL)
def test_strings_equal_the_official_styles(seeded, code):
    case = Case.objects.select_related("collection", "category", "institution").get(code=code)
    case.source_pages = OFFICIAL[code].get("pages", "")
    case.published_at = datetime(2026, 11, 20, 12, tzinfo=UTC)
    item = cited(case)
    assert {name: write(item) for name, (_, write) in STYLES.items()} == {name: OFFICIAL[code][name] for name in STYLES}


@pytest.mark.parametrize(
    ("printed", "expected"),
    [("12-15", "12-15"), ("第 12—15 页", "12-15"), ("12、15～17", "12, 15-17"), ("12", "12"), ("", "")],
)
def test_pages_are_written_as_styles_want_them(printed, expected):
    assert pages(printed) == expected


def test_only_a_web_page_has_a_date_of_access():
    printed, press = make_case(), make_case(collection=make_collection(kind="press", published_on="2022-01-07"))
    assert "accessed" not in cited(printed)
    assert cited(press)["accessed"] == {"date-parts": [[2026, 11, 22]]}
    assert cited(press)["author"] == [
        {"literal": "普惠金融案例库"}
    ]  # the bank did not write what a paper reports of it
    assert "2022-01-07" in cited(press)["note"]


def test_a_figure_is_cited_with_its_sentence_and_its_place():
    case = make_case(figures=2)
    figure = case.figures.get(order=2)
    figure.sentence, figure.as_of = "贷款达 3 亿元。", "2020 年末"
    item = cited(case, figure=figure)
    assert item["URL"].endswith(f"/{case.code}/#figure-2")
    first, second = "".join(text([item], "gbt2025")).splitlines()
    assert first == f"“贷款达 3 亿元。”（{figure.label}：{figure.value}（2020 年末））"
    assert second.endswith("/#figure-2.")


def apa_list(*works: tuple[str, int, str]) -> list[str]:
    """What stands before the title's end in the APA list of (institution, year, title)."""
    banks = {name: make_institution(name=name) for name in {work[0] for work in works}}
    items = [
        cited(make_case(title=title, institution=banks[name], collection=make_collection(year=year)))
        for name, year, title in works
    ]
    return [line.partition(" In ")[0] for line in "".join(text(items, "apa")).splitlines()]


def test_apa_lists_by_author_year_and_title_and_tells_works_of_one_year_apart():
    works = [("乙银行", 2020, "丙"), ("甲银行", 2021, "甲"), ("乙银行", 2020, "安"), ("乙银行", 2019, "丁")]
    assert apa_list(*works) == [
        "甲银行. (2021). 甲.",
        "乙银行. (2019). 丁.",
        "乙银行. (2020a). 安.",
        "乙银行. (2020b). 丙.",
    ]


def test_apa_has_letters_beyond_z():
    lines = apa_list(*(("某银行", 2020, f"第{n:02}篇") for n in range(28)))
    assert [line[len("某银行. (2020") :].partition(")")[0] for line in lines[-3:]] == ["z", "aa", "ab"]


def test_list_too_long_to_be_sorted_keeps_its_order(monkeypatch):
    monkeypatch.setattr("cases.public.citing.exchange.SORTED_AT_MOST", 1)
    assert apa_list(("乙银行", 2020, "乙"), ("甲银行", 2020, "甲")) == ["乙银行. (2020). 乙.", "甲银行. (2020). 甲."]


@pytest.mark.parametrize("style", ["gbt2025", "gbt2015"])
def test_other_styles_keep_the_order_of_the_list(style):
    items = [cited(make_case(title=title)) for title in ("乙", "甲")]
    first, second = "".join(text(items, style)).splitlines()
    assert ("乙[M/OL]" in first, "甲[M/OL]" in second) == (True, True)


HOSTILE = "坏\\{题}% & $x_1 #2~^\r\nER  - \n“完”"


@pytest.fixture
def hostile():
    collection = make_collection(title="书{名}", publisher="出版\n社", place="深圳")
    bank = make_institution(name="甲, 乙银行")
    case = make_case(title=HOSTILE, institution=bank, collection=collection, source_pages="3-5")
    return described(cited(case), case)


def test_bibtex_keeps_its_braces_in_pairs(hostile):
    (entry,) = bibtex([hostile])
    unescaped = re.sub(r"\\[\\{}$&#%_]", "", entry)
    depth = 0
    for sign in unescaped:
        depth += {"{": 1, "}": -1}.get(sign, 0)
        assert depth >= 0
    assert depth == 0
    assert "author = {{甲, 乙银行}}" in entry
    assert "address = {深圳}" in entry
    assert "pages = {3--5}" in entry


def test_ris_has_one_tag_a_line_and_one_end(hostile):
    lines = "".join(ris([hostile])).rstrip().split("\r\n")
    assert [line for line in lines if not re.match(r"[A-Z][A-Z0-9]  - ", line + " ")] == []
    assert sum(line.startswith("ER") for line in lines) == 1
    assert {"SP  - 3", "EP  - 5", "CY  - 深圳", "AU  - 甲, 乙银行"} <= set(lines)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_csl_json_is_one_array(hostile, count):
    items = json.loads("".join(csl_json([hostile] * count)))
    assert [item["type"] for item in items] == ["chapter"] * count
