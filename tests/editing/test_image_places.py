"""The number of an image stays with it through revisions, old versions, deletions and what was kept before there were numbers."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from cases.editing.content_checks import check_case
from cases.editing.edit import edit_case
from cases.editing.gate import Public
from cases.editing.images import add_case_image, delete_case_images, save_case_image
from cases.editing.revisions import open_revision, restore_version
from cases.editing.serialization import serialize
from cases.editing.workflow import publish_case
from cases.models import Case, CaseImage, Version
from tests.factories import LONG_AGO, add_image, make_finished_draft
from tests.image_files import picture_bytes

pytestmark = pytest.mark.django_db
TEXT = "做法一。\n\n〔图 2〕\n\n做法二。\n\n〔图 1〕"


@pytest.fixture
def case() -> Case:
    """A public case with two images in its text, the second before the first."""
    case = make_finished_draft(status="published", published_at=LONG_AGO)
    for number in (1, 2):
        add_image(case, picture_bytes(seed=number))
    with edit_case(case, user=None, public=Public.TRUSTED) as case:
        case.approach = TEXT
        case.save()
    return case


def files(case: Case) -> dict[int, str]:
    return {image.number: image.file.name for image in CaseImage.objects.filter(case=case)}


def test_revision_and_its_original_name_the_same_images(case):
    revision = open_revision(case=case, user=None)
    assert files(revision) == files(case)
    delete_case_images(images=[revision.images.get(number=2)], user=None)
    added = add_case_image(case=revision, data=picture_bytes(seed=3), caption="", alt="新的图", user=None)
    assert added.number == 3
    with edit_case(revision, user=None) as revision:
        revision.approach = TEXT.replace("〔图 2〕", "〔图 3〕")
        revision.save()
    publish_case(case=revision, user=None)
    case.refresh_from_db()
    assert files(case) == {1: files(case)[1], 3: added.file.name}
    assert not any("〔图" in problem for problem in check_case(case))


def test_old_version_brings_images_and_places_back_together(case):
    version, before = Version.objects.of(case).first(), files(case)
    revision = open_revision(case=case, user=None)
    with edit_case(revision, user=None) as revision:
        first, second = revision.images.order_by("order")
        for image, order in ((first, 9), (second, 1)):
            image.order = order
            save_case_image(image=image, user=None)
        revision.approach = "别的。"
        revision.save()
    revision.delete()
    again = restore_version(version=version, user=None)
    assert (again.approach, files(again)) == (TEXT, before)


def test_order_is_no_number(case):
    data = serialize(case)["images"]
    assert [(row["order"], row["number"]) for row in data] == [(1, 1), (2, 2)]
    CaseImage.objects.filter(case=case, number=1).update(order=7)
    assert [(row["order"], row["number"]) for row in serialize(case)["images"]] == [(2, 2), (7, 1)]


def test_version_from_before_there_were_numbers_takes_the_order(case):
    version = Version.objects.of(case).first()
    for row in version.data["images"]:
        del row["number"]
    version.save()
    revision = restore_version(version=version, user=None)
    assert sorted(files(revision)) == [1, 2]


def test_migration_numbers_rows_and_what_versions_keep(case):
    image = case.images.get(number=2)
    with connection.constraint_checks_disabled():
        CaseImage.objects.filter(pk=image.pk).update(order=5, number=0)
    version = Version.objects.of(case).first()
    for row in version.data["images"]:
        del row["number"]
    version.save()
    migration = import_module("cases.migrations.0025_image_numbers")
    migration.number(apps, SimpleNamespace(connection=connection))
    image.refresh_from_db()
    version.refresh_from_db()
    assert image.number == 5
    assert [row["number"] for row in version.data["images"]] == [1, 2]
