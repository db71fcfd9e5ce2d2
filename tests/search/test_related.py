"""Neighbours of a case: near in substance, told why, and never one that readers cannot open."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases.editing.edit import delete_cases
from cases.models import Case, CaseStatus, RelatedCase
from tests.factories import index_all, make_case, make_institution, make_term, save_case

pytestmark = pytest.mark.django_db


def neighbours(case: Case) -> list[Case]:
    return [row.other for row in RelatedCase.objects.for_case(case).for_cards()]


def reason(case: Case, other: Case) -> str:
    return RelatedCase.objects.get(case=case, other=other).reason


def test_the_more_and_the_rarer_terms_are_shared_the_nearer():
    rare, common = make_term("keyword"), make_term("need")
    case, weak, strong = make_case(terms=(rare, common)), make_case(terms=(common,)), make_case(terms=(rare, common))
    for _ in range(4):
        make_case(terms=(common,))
    stranger = make_case()
    index_all()
    assert neighbours(case)[0] == strong
    assert weak in neighbours(case)
    assert stranger not in neighbours(case)


@pytest.mark.parametrize(
    ("facets", "expected"),
    [
        ({"keyword": ["微粒贷", "微业贷"]}, "都写到微粒贷和微业贷"),
        ({"need": ["缺抵押缺担保"], "instrument": ["知识产权融资"]}, "难处同为缺抵押缺担保；同为知识产权融资"),
        ({"audience": ["小微企业"], "priority": ["普惠金融"]}, "都服务小微企业"),
    ],
)
def test_the_reason_names_what_is_shared(facets, expected):
    terms = tuple(make_term(facet, name=name) for facet, names in facets.items() for name in names)
    case, other = make_case(terms=terms), make_case(terms=terms)
    index_all()
    assert reason(case, other) == expected


def test_the_reason_tells_of_the_same_institution():
    bank, term = make_institution(), make_term(name="信用贷款", facet="instrument")
    case, other, third = make_case(institution=bank, terms=(term,)), make_case(institution=bank), make_case()
    third.terms.set([term])
    index_all()
    assert reason(case, other) == "同一家机构"
    assert reason(case, third) == "同为信用贷款"


def test_likeness_is_mutual_for_a_case_that_comes_later():
    term = make_term("keyword")
    first = make_case(terms=(term,))
    index_all()
    later = make_case(terms=(term,))
    save_case(case=later, user=None)
    assert neighbours(first) == [later]


def test_a_draft_takes_no_place_until_it_is_published():
    term = make_term("keyword")
    case = make_case(terms=(term,))
    drafts = [make_case(terms=(term,), status=CaseStatus.DRAFT) for _ in range(9)]
    shown = make_case(terms=(term,))
    index_all()
    assert list(RelatedCase.objects.filter(case=case).values_list("other", flat=True)) == [shown.pk]
    drafts[0].status = CaseStatus.PUBLISHED
    save_case(case=drafts[0], user=None)
    assert set(neighbours(case)) == {shown, drafts[0]}


def test_a_draft_has_neighbours_of_its_own_for_its_preview():
    term = make_term("keyword")
    shown, draft = make_case(terms=(term,)), make_case(terms=(term,), status=CaseStatus.DRAFT)
    index_all()
    assert neighbours(draft) == [shown]
    assert neighbours(shown) == []


def test_the_place_of_an_unpublished_or_deleted_neighbour_is_filled_again():
    term = make_term("keyword")
    cases = [make_case(terms=(term,)) for _ in range(14)]
    index_all()
    case, kept = cases[0], neighbours(cases[0])
    assert len(kept) == 8
    for other in kept[:3]:
        other.status = CaseStatus.ARCHIVED
        save_case(case=other, user=None)
    delete_cases(cases=kept[3:5], user=None)
    remaining = neighbours(case)
    assert len(remaining) >= 4
    assert not set(remaining) & set(kept[:5])
    assert all(neighbour.is_published for neighbour in remaining)


def test_a_scheduled_neighbour_waits_for_its_time():
    term = make_term("keyword")
    case = make_case(terms=(term,))
    other = make_case(terms=(term,), published_at=timezone.now() + timedelta(days=1))
    index_all()
    assert neighbours(case) == []
    Case.objects.filter(pk=other.pk).update(published_at=timezone.now() - timedelta(days=1))
    assert neighbours(case) == [other]


def test_every_case_of_the_collections_has_neighbours_and_each_a_reason(seeded):
    cases = list(Case.objects.published())
    lists = {case.code: neighbours(case) for case in cases}
    assert [code for code, found in lists.items() if len(found) < 4] == []
    assert not RelatedCase.objects.filter(reason="").exists()
    assert "sz2020-0903" in [case.code for case in lists["sz2020-0901"]]


def test_an_edit_that_leaves_the_likeness_leaves_the_neighbours_unread(monkeypatch):
    case = make_case(title="绿色票据", terms=(make_term(),))
    index_all()
    monkeypatch.setattr(
        "cases.search.related.SimilarityIndex.neighbours", lambda *args: pytest.fail("worked out again")
    )
    case.summary = "只改一句话。"
    save_case(case=case, user=None)
