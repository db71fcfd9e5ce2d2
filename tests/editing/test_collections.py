"""A year's collection: begun from the last one, put in order, published at once."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from cases.editing.collections import ChapterChangedError, arrange_chapter, start_collection
from cases.editing.workflow import NotPublishableError, publish_case, publish_collection
from cases.models import Case, Collection, SearchDocument, Version
from tests.factories import make_case, make_category, make_chapter, make_collection, make_finished_draft, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief():
    return make_user("管理员")


@pytest.fixture
def book():
    return make_collection(slug="sz2020", title="2020 案例集", publisher="协会", order=7)


def begin(source, user, **changes):
    values = {"slug": "sz2021", "title": "2021 案例集", "year": 2021, "period": "2021 年"}
    return start_collection(source=source, user=user, **{**values, **changes})


def order_of(book, category) -> list[str]:
    return list(
        Case.objects.filter(collection=book, category=category).order_by("order").values_list("title", flat=True)
    )


def test_new_collection_takes_over_chapters_and_publisher_but_no_pages_and_no_cases(book, chief):
    for number in (1, 2, 11):
        make_chapter(book, make_category(), number=number, first_page=30, last_serial=9)
    make_case(collection=book)
    new = begin(book, chief)
    assert (new.publisher, new.order, new.cases.count()) == ("协会", 7, 0)
    assert list(new.chapters.values_list("number", "category", "first_page", "last_serial")) == [
        (chapter.number, chapter.category_id, None, 0) for chapter in book.chapters.all()
    ]
    assert Version.objects.of(new).count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"slug": "sz2020"}, "slug"),
        ({"title": "2020 案例集"}, "title"),
        ({"slug": "深圳"}, "slug"),
        ({"title": ""}, "title"),
        ({"year": 3000}, "__all__"),
    ],
)
def test_taken_or_wrong_names_are_refused_by_field(book, chief, changes, field):
    make_chapter(book, make_category())
    with pytest.raises(ValidationError) as refused:
        begin(book, chief, **changes)
    assert list(refused.value.message_dict) == [field]
    assert Collection.objects.count() == 1


def test_collection_without_chapters_is_no_model_for_another(book, chief):
    with pytest.raises(ValidationError, match="没有可以照搬的"):
        begin(book, chief)


def test_only_those_who_may_add_collections_start_one(book):
    make_chapter(book, make_category())
    with pytest.raises(PermissionDenied):
        begin(book, make_user("编辑"))


def test_chapter_is_put_in_the_order_given_and_codes_stay(book, chief):
    category = make_category()
    first, second, third = (make_case(collection=book, category=category, title=name) for name in "甲乙丙")
    moved = arrange_chapter(collection=book, category=category, order=[third.pk, first.pk, second.pk], user=chief)
    assert moved == 3
    assert order_of(book, category) == ["丙", "甲", "乙"]
    assert Case.objects.get(title="丙").code == third.code
    assert list(Case.objects.order_by("order").values_list("order", flat=True)) == [1, 2, 3]


def test_case_that_keeps_its_place_is_not_written(book, chief):
    category = make_category()
    cases = [make_case(collection=book, category=category, order=place) for place in (1, 2, 3)]
    before = cases[0].updated_at
    assert (
        arrange_chapter(collection=book, category=category, order=[cases[0].pk, cases[2].pk, cases[1].pk], user=chief)
        == 2
    )
    cases[0].refresh_from_db()
    assert cases[0].updated_at == before
    assert [Version.objects.of(case).count() for case in cases] == [0, 2, 2]


def test_added_missing_or_foreign_case_stops_the_ordering(book, chief):
    category = make_category()
    cases = [make_case(collection=book, category=category, order=place) for place in (1, 2)]
    stranger = make_case()
    keys = [case.pk for case in cases]
    for order in ([keys[1]], [*reversed(keys), stranger.pk], [keys[1], keys[1]], []):
        with pytest.raises(ChapterChangedError):
            arrange_chapter(collection=book, category=category, order=order, user=chief)
    assert [Case.objects.get(pk=key).order for key in keys] == [1, 2]


def test_revision_has_no_place_of_its_own(book, chief):
    category = make_category()
    case = make_case(collection=book, category=category, order=5)
    make_case(collection=book, category=category, revises=case, status="draft", published_at=None)
    assert arrange_chapter(collection=book, category=category, order=[case.pk], user=chief) == 1


def test_editor_orders_drafts_but_not_what_readers_see(book):
    editor, category = make_user("编辑"), make_category()
    cases = [make_case(collection=book, category=category, status="draft", order=place) for place in (1, 2)]
    assert arrange_chapter(collection=book, category=category, order=[cases[1].pk, cases[0].pk], user=editor) == 2
    Case.objects.update(status="published")
    with pytest.raises(PermissionDenied):
        arrange_chapter(collection=book, category=category, order=[cases[0].pk, cases[1].pk], user=editor)
    with pytest.raises(PermissionDenied):
        arrange_chapter(collection=book, category=category, order=[cases[1].pk, cases[0].pk], user=make_user())


def waiting(book, **fields) -> Case:
    """A case that was sent to review, with nothing in the way of publishing it."""
    return make_finished_draft(**{"collection": book, "status": "in-review", **fields})


def test_whole_collection_is_published_at_once_and_found(book, chief):
    drafts = [waiting(book), waiting(book)]
    left = make_finished_draft(collection=book)
    archived = make_case(collection=book, status="archived")
    elsewhere = make_finished_draft()
    assert publish_collection(collection=book, user=chief) == 2
    assert all(Case.objects.get(pk=case.pk).is_published for case in drafts)
    assert {Case.objects.get(pk=case.pk).status for case in (archived, elsewhere, left)} == {"archived", "draft"}
    found = SearchDocument.objects.filter(case__in=drafts).values_list("bitmap_keys", flat=True)
    assert len(found) == 2


def test_one_unfinished_case_holds_back_all_and_is_named(book, chief):
    good = waiting(book)
    bad = waiting(book, summary="")
    with pytest.raises(NotPublishableError) as refused:
        publish_collection(collection=book, user=chief)
    assert refused.value.blockers == [(bad, ["缺摘要。"])]
    assert set(Case.objects.filter(pk__in=[good.pk, bad.pk]).values_list("status", flat=True)) == {"in-review"}


def test_case_refused_on_the_way_undoes_those_before_it(book, chief, monkeypatch):
    cases = [waiting(book) for _ in range(2)]

    def publish(*, case, user, at):
        if case == cases[1]:
            raise ValidationError("别人刚刚动过。")
        return publish_case(case=case, user=user, at=at)

    monkeypatch.setattr("cases.editing.workflow.publish_case", publish)
    with pytest.raises(NotPublishableError) as refused:
        publish_collection(collection=book, user=chief)
    assert refused.value.blockers == [(cases[1], ["别人刚刚动过。"])]
    assert set(Case.objects.values_list("status", flat=True)) == {"in-review"}


def test_collection_is_published_at_a_time_to_come(book, chief):
    draft = waiting(book)
    at = timezone.now() + timedelta(days=3)
    publish_collection(collection=book, user=chief, at=at)
    draft.refresh_from_db()
    assert (draft.is_scheduled, draft.published_at) == (True, at)


def test_past_time_and_nothing_to_publish_are_said(book, chief):
    with pytest.raises(ValidationError, match="没有等着发布的"):
        publish_collection(collection=book, user=chief)
    with pytest.raises(ValidationError, match="已经过去"):
        publish_collection(collection=book, user=chief, at=timezone.now() - timedelta(hours=1))


def test_revision_is_not_published_along_with_the_collection(book, chief):
    case = make_case(collection=book)
    revision = make_finished_draft(collection=book, category=case.category, revises=case)
    with pytest.raises(ValidationError, match="没有等着发布的"):
        publish_collection(collection=book, user=chief)
    assert Case.objects.filter(pk=revision.pk).exists()


def test_only_those_who_may_publish_publish_a_collection(book):
    make_finished_draft(collection=book)
    with pytest.raises(PermissionDenied):
        publish_collection(collection=book, user=make_user("编辑"))


def test_large_collection_is_published_in_parts_or_by_chapter(book, chief, monkeypatch):
    monkeypatch.setattr("cases.editing.workflow.AT_ONCE", 2)
    cases = [waiting(book) for _ in range(4)]
    assert publish_collection(collection=book, user=chief, category=cases[3].category) == 1
    assert publish_collection(collection=book, user=chief) == 2
    left = [case for case in cases if not Case.objects.get(pk=case.pk).is_published]
    assert left == [cases[2]]


def test_so_many_moves_at_once_are_refused(book, monkeypatch):
    monkeypatch.setattr("cases.editing.collections.MOST_MOVED", 1)
    category = make_category()
    keys = [make_case(collection=book, category=category, status="draft").pk for _ in range(3)]
    with pytest.raises(ValidationError, match="一次最多 1 篇"):
        arrange_chapter(collection=book, category=category, order=keys[::-1], user=None)
