"""A row written as a fixture reads back as itself, whatever it holds."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cases.models import Case, Category, Collection, Institution, KeyFigure, Term
from cases.seed.writer import document, item

NASTY = [
    "yes", "no", "null", "~", "on", "1", "1.5", "1e3", "0x1f", "2020-09-01", "12:30", "2,000 万元", "-", "- 一", "?", "? 问", ":", "a: b",
    "a:", "a #b", "#b", "%", "@x", "`x`", "!x", "&x", "*x", "|", ">", "'", "''", '"', '"a"', "{a}", "[a]", "[a, b]", " 前空格", "后空格 ",
    "全角　空格　", "😀", "多行\n文字", "多行\n文字\n", "多行\n\n\n", "\n开头", "\n", "  缩进\n少些", "行末空格 \n行", "a\tb", "\ta\nb", "a\n\tb",
    "a\r\nb", "a\rb", "\x85", "\u2028", "\ufeffa", "\x7f", "\x1b[0m", "<<", "=", "---", "--- a", "...", "a\n---\nb\n", "a\n...\n", "\\n", "\\",
]  # fmt: skip
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")) | st.sampled_from(NASTY)
LOADERS = [yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader)]


def case(**fields) -> Case:
    book, theme = Collection(slug="b1"), Category(slug="green")
    return Case(
        code="b1-0101", title="题名", collection=book, category=theme, institution=Institution(slug="a"), **fields
    )


def read(*items: str) -> list[dict]:
    text = "".join(document(items))
    first, second = (yaml.load(text, loader) for loader in LOADERS)  # noqa: S506 -- SafeLoaders
    assert first == second
    return [entry["fields"] for entry in first]


@pytest.mark.parametrize("text", NASTY)
def test_nasty_text_comes_back_in_long_and_short_fields(text):
    fields, figure = read(
        item(case(summary=text, subtitle=text)), item(KeyFigure(case=case(), label=text, value=text, note=text))
    )
    assert (fields["summary"], fields["subtitle"], figure["label"], figure["value"]) == (text,) * 4


@given(text=TEXT, slug=TEXT)
def test_any_text_comes_back(text, slug):
    fields, term = read(
        item(case(background=text, period=text), terms=[("keyword", slug), ("need", text)]),
        item(Term(facet="need", slug=slug, name=text, description=text)),
    )
    assert (fields["background"], fields["period"]) == (text, text)
    assert fields["terms"] == [["keyword", slug], ["need", text]]
    assert [term.get(name, "") for name in ("slug", "name", "description")] == [slug, text, text]


@given(number=st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**15), max_value=10**15))
def test_any_number_comes_back_exactly(number):
    (figure,) = read(item(KeyFigure(case=case(), label="a", value="b", number=number, unit="元")))
    assert round(KeyFigure._meta.get_field("number").to_python(figure["number"]), 4) == number  # as the column rounds


def test_long_text_stands_as_lines_to_be_read():
    text = item(case(background="第一段\n\n- 甲\n- 乙\n", approach="一段"))
    assert "    background: |\n      第一段\n\n      - 甲\n      - 乙\n    approach: |-\n      一段\n" in text


def test_time_is_that_of_the_association():
    (fields,) = read(item(case(published_at=datetime(2026, 11, 21, 1, 0, tzinfo=UTC))))
    assert fields["published_at"] == "2026-11-21T09:00:00+08:00"


def test_what_holds_its_default_is_not_said_but_a_case_is_told_in_full():
    figure, told = read(
        item(KeyFigure(case=case(), order=1, label="a", value="b", number=Decimal("4.0000"))), item(case())
    )
    assert figure == {"case": ["b1-0101"], "order": 1, "label": "a", "value": "b", "number": 4}
    assert {"subtitle", "period", "source_pages", "results", "order", "status"} <= set(told)
    assert "published_at" not in told
