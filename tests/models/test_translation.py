"""Translations know which text they were made from."""

import pytest

from cases.models import Translation
from cases.models.translation import chinese, digest, key_of, sources
from tests.factories import make_case, make_category, make_entry, make_term

pytestmark = pytest.mark.django_db


def translate(row, **texts: str) -> Translation:
    kind, key = key_of(row)
    origins = {name: digest(getattr(row, name)) for name in texts}
    return Translation.objects.create(language="en", kind=kind, key=key, texts=texts, sources=origins)


def chinese_of(translation: Translation) -> dict[str, str]:
    return sources([(translation.kind, translation.key)]).get((translation.kind, translation.key), {})


def test_translation_is_outdated_once_its_chinese_is_another():
    category = make_category(name="绿色金融", intro="治污怎样融资。")
    translation = translate(category, name="Green Finance", intro="How sewage works are financed.")
    assert translation.outdated(chinese_of(translation)) == []
    category.intro = "治水怎样融资。"
    category.save()
    assert translation.outdated(chinese_of(translation)) == ["intro"]


def test_blanks_make_no_other_text():
    assert digest("一 二\n") == digest("一  二") != digest("一 三")


def test_what_is_not_translated_yet_is_named():
    case = make_case(title="题", subtitle="", summary="摘要")
    assert translate(case, title="Title").missing(sources([key_of(case)])[key_of(case)]) == ["summary"]


def test_every_kind_is_found_by_its_natural_key():
    case, term, entry = make_case(), make_term("need", name="缺抵押", slug="no-collateral"), make_entry(term="保理")
    assert [key_of(row)[1] for row in (case, term, entry)] == [case.code, "need/no-collateral", "保理"]
    rows = [case, case.institution, case.category, case.collection, term, entry]
    assert sources(map(key_of, rows)).keys() == {key_of(row) for row in rows}
    assert [row.content_key for row in chinese("term")] == ["need/no-collateral"]


def test_what_is_gone_has_no_source():
    assert sources([("case", "sz2020-9999")]) == {}
