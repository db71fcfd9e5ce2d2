"""What readers see changes by a revision, by a step of the workflow, or by a correction its user has looked at."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases.editing.collections import arrange_chapter
from cases.editing.edit import edit_case
from cases.editing.gate import Public, PublicChangeError
from cases.editing.images import add_case_image
from cases.models import Case, Version
from tests.factories import LONG_AGO, make_finished_draft, make_user
from tests.image_files import picture_bytes

pytestmark = pytest.mark.django_db


def make_public(**fields) -> Case:
    return make_finished_draft(**{"status": "published", "published_at": LONG_AGO, **fields})


def write(case: Case, *, public: Public = Public.REFUSED, seen: str | None = None, **fields) -> None:
    with edit_case(case, user=None, public=public, seen=seen):
        for name, value in fields.items():
            setattr(case, name, value)
        case.save()


@pytest.mark.parametrize("later", [timedelta(0), timedelta(days=9)])
def test_a_public_or_scheduled_case_is_not_just_written(later):
    case = make_public(title="旧", published_at=timezone.now() + later)
    with pytest.raises(PublicChangeError) as refused:
        write(case, title="新")
    assert [item.name for item in refused.value.differences] == ["title"]
    assert (Case.objects.get().title, Version.objects.count()) == ("旧", 0)


def test_a_draft_does_not_become_public_by_being_written():
    with pytest.raises(PublicChangeError):
        write(make_finished_draft(), status="published", published_at=LONG_AGO)
    with pytest.raises(PublicChangeError):
        write(make_finished_draft(), public=Public.CORRECTED, status="published", published_at=LONG_AGO)


def test_a_correction_goes_through_as_it_was_seen():
    case = make_public(title="旧")
    with pytest.raises(PublicChangeError) as asked:
        write(case, public=Public.CORRECTED, seen="ask", title="新")
    with pytest.raises(PublicChangeError):
        write(case, public=Public.CORRECTED, seen=asked.value.digest, title="又改")
    write(case, public=Public.CORRECTED, seen=asked.value.digest, title="新")
    assert Case.objects.published().get().title == "新"


def test_a_correction_that_publishing_would_refuse_is_refused():
    with pytest.raises(PublicChangeError, match="缺背景"):
        write(make_public(), public=Public.CORRECTED, background="")
    assert Case.objects.get().background


def test_with_four_eyes_there_is_no_correction(settings):
    settings.FOUR_EYES = True
    with pytest.raises(PublicChangeError, match="另一个人"):
        write(make_public(), public=Public.CORRECTED, title="新")


def test_what_readers_do_not_see_is_written_without_a_question():
    case, user = make_public(), make_user("编辑")
    write(case, editor=user)
    assert Case.objects.get().editor == user


def test_blanks_that_a_form_takes_from_the_ends_are_no_change():
    case = make_public(results="成效\n")
    write(case, results="成效")
    assert Version.objects.of(case).count() == 1  # the state before, and nothing after


def test_order_of_a_chapter_is_decided_on_its_own_page():
    case = make_public(order=3)
    arrange_chapter(collection=case.collection, category=case.category, order=[case.pk], user=None)
    assert Case.objects.get().order == 1


def test_a_refused_picture_leaves_no_file(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    with pytest.raises(PublicChangeError):
        add_case_image(case=make_public(), data=picture_bytes(), caption="", alt="图", user=None)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
