"""Rows and files of pictures live and die together."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from cases.editing.edit import delete_cases, edit_cases
from cases.editing.images import add_case_image, delete_case_images, replace_case_image, save_case_image
from cases.editing.renditions import ImageError
from cases.editing.revisions import open_revision, restore_version
from cases.models import Case, CaseImage, Version
from tests.factories import make_case
from tests.image_files import picture_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")


def files() -> set[str]:
    root = Path(settings.MEDIA_ROOT)
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def add(case, seed=0, **words) -> CaseImage:
    words = {"caption": "图注", "alt": "图上是什么", "user": None, **words}
    return add_case_image(case=case, data=picture_bytes(seed=seed), **words)


def test_picture_is_stored_in_its_sizes_and_comes_last():
    case = make_case(status="draft")
    first, second = add(case), add(case, seed=1)
    assert (first.order, second.order) == (1, 2)
    assert files() == {*first.names, *second.names}
    assert [rendition["width"] for rendition in first.renditions] == [480, 640]
    assert (first.width, first.height) == (640, 400)
    assert first.srcset == f"/media/{first.renditions[0]['name']} 480w, /media/{first.renditions[1]['name']} 640w"


def test_same_picture_twice_has_files_of_its_own():
    case = make_case(status="draft")
    assert not set(add(case).names) & set(add(case).names)


def test_reading_a_row_opens_no_file(django_assert_num_queries):
    image = add(make_case(status="draft"))
    for name in image.names:
        (Path(settings.MEDIA_ROOT) / name).unlink()
    assert CaseImage.objects.get(pk=image.pk).width == 640


@pytest.mark.parametrize(
    ("words", "message"),
    [({"alt": "  "}, "替代文字"), ({"caption": "长" * 161}, "160"), ({"order": 1}, "顺序 1 已有图片")],
)
def test_words_that_cannot_be_saved_leave_nothing(words, message):
    case = make_case(status="draft")
    before = set(add(case).names)
    with pytest.raises(ValidationError) as refusal:
        add(case, seed=1, **words)
    assert message in str(refusal.value.messages)
    assert (case.images.count(), files()) == (1, before)


def test_refused_picture_leaves_nothing():
    with pytest.raises(ImageError):
        add_case_image(case=make_case(status="draft"), data=b"<svg/>", caption="", alt="图", user=None)
    assert files() == set()


@pytest.mark.django_db(transaction=True)
def test_files_of_a_transaction_that_fails_later_are_taken_back():
    case = make_case(status="draft")

    def work():
        add(case)
        add(case, seed=1)
        assert len(files()) == 6
        raise RuntimeError

    with pytest.raises(RuntimeError), edit_cases():
        work()
    assert (case.images.count(), files()) == (0, set())


@pytest.mark.django_db(transaction=True)
def test_committed_files_stay_whatever_a_later_hook_does():
    def fail():
        raise RuntimeError

    def work():
        image = add(make_case(status="draft"))
        transaction.on_commit(fail)
        return image

    with pytest.raises(RuntimeError), edit_cases():
        work()
    assert files() == set(CaseImage.objects.get().names)


@pytest.mark.django_db(transaction=True)
def test_replaced_and_deleted_files_stay_while_a_version_names_them():
    image = add(make_case(status="draft"))
    first = image.names
    replace_case_image(image=image, data=picture_bytes(size=(300, 500), seed=2), user=None)
    image.refresh_from_db()
    second = image.names
    assert (image.width, image.height, image.order) == (300, 500, 1)
    delete_case_images(images=[image], user=None)
    assert files() == {*first, *second}
    version = Version.objects.of(image.case).get(number=2)
    restore_version(version=version, user=None)
    assert image.case.images.get().names == first


@pytest.mark.django_db(transaction=True)
def test_replaced_files_that_no_version_names_go_after_the_commit():
    image = add(make_case(status="draft"))
    old = image.names
    with transaction.atomic():
        replace_case_image(image=image, data=picture_bytes(seed=2), user=None)
        Version.objects.all().delete()
        assert files() > set(old)
    image.refresh_from_db()
    assert files() == set(image.names)


@pytest.mark.django_db(transaction=True)
def test_revision_shares_the_files_of_its_original():
    case = make_case(status="draft")
    image = add(case)
    Case.objects.update(status="published")
    revision = open_revision(case=case, user=None)
    Version.objects.all().delete()
    delete_case_images(images=revision.images.all(), user=None)
    assert revision.images.count() == 0
    assert files() == set(image.names)


@pytest.mark.django_db(transaction=True)
def test_replacing_that_is_rolled_back_keeps_the_old_files():
    image = add(make_case(status="draft"))

    def work():
        replace_case_image(image=image, data=picture_bytes(seed=2), user=None)
        raise RuntimeError

    with pytest.raises(RuntimeError), edit_cases():
        work()
    assert files() == set(CaseImage.objects.get().names)


@pytest.mark.django_db(transaction=True)
def test_deleting_removes_files_only_once_it_is_certain():
    case = make_case(status="draft")
    image, other = add(case), add(case, seed=1)
    for is_certain in (False, True):
        with transaction.atomic():
            delete_case_images(images=[image], user=None)
            Version.objects.all().delete()
            transaction.set_rollback(not is_certain)
        assert files() == (set(other.names) if is_certain else {*image.names, *other.names})


@pytest.mark.django_db(transaction=True)
def test_deleted_case_comes_back_with_its_pictures():
    image = add(make_case(status="draft"))
    delete_cases(cases=[image.case], user=None)
    assert files() == set(image.names)
    restore_version(version=Version.objects.deleted_cases().get(), user=None)
    assert CaseImage.objects.get().names == image.names


def test_words_are_saved_without_touching_the_file():
    image = add(make_case(status="draft"))
    image.caption, image.order = "新图注", 7
    save_case_image(image=image, user=None)
    image.refresh_from_db()
    assert (image.caption, image.order, files()) == ("新图注", 7, set(image.names))
