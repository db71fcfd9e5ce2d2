"""Pictures where no folder is: what S3 gives, played by Django's storage in memory, which has no paths either."""

import zipfile
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from cases.background import files
from cases.backup.archive import BackupError, BackupFile
from cases.backup.backup import write_backup
from cases.backup.restore import restore_backup
from cases.editing.media import clean_media
from cases.models import CaseImage
from cases.models.stored_files import media_folder, stored_files
from cases.takeaway.books import make_book
from portal.doctor.findings import Level
from portal.doctor.services import folders
from tests.factories import add_image, make_case
from tests.image_files import picture_bytes


@pytest.fixture(autouse=True)
def _no_folder(settings):
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
    assert media_folder() is None


@pytest.fixture
def image(db) -> CaseImage:
    return add_image(make_case(), picture_bytes())


def stored() -> set[str]:
    return {name for name, _, _ in stored_files()}


def content(name: str) -> bytes:
    with default_storage.open(name) as file:
        return file.read()


def test_picture_is_kept_and_sent_like_any_other(image, client):
    assert stored() == set(image.names)
    for name in image.names:
        response = client.get(f"/media/{name}")
        assert b"".join(response.streaming_content) == content(name)
        assert response["Content-Type"] == ("image/webp" if name.endswith("webp") else "image/jpeg")
        assert response["Cache-Control"] == "public, max-age=31536000, immutable"
        assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize("name", ["none.jpg", "cases/../../secret.jpg", "cases", "a.html"])
def test_what_is_no_picture_of_ours_is_404(client, name):
    default_storage.save("a.html", ContentFile(b"<script>"))
    assert client.get(f"/media/{name}").status_code == 404


@pytest.mark.parametrize("suffix", ["pdf", "docx", "epub"])
def test_books_hold_the_picture(image, suffix):
    order = files.Order("case", image.case.code, "", suffix, "a4", "https://cases.example.org", "v")
    with_picture = len(make_book(order, lambda step: None))
    image.delete()
    assert with_picture - len(make_book(order, lambda step: None)) > 500


def test_files_nobody_names_are_removed_and_missing_ones_told(image):
    default_storage.save("cases/2026/lost.jpg", ContentFile(b"x"))
    default_storage.delete(image.names[0])
    report = clean_media(grace=timedelta(hours=-1), dry_run=False)
    assert report.orphans == ["cases/2026/lost.jpg"]
    assert [name for _, name in report.missing] == [image.names[0]]
    assert stored() == set(image.names[1:])


def test_a_file_just_written_is_left_alone(image):
    default_storage.save("cases/2026/new.jpg", ContentFile(b"x"))
    assert clean_media(grace=timedelta(hours=1), dry_run=False).orphans == []
    assert "cases/2026/new.jpg" in stored()


@pytest.fixture
def backup(transactional_db, tmp_path):
    image = add_image(make_case(), picture_bytes())
    path = tmp_path / "backup.zip"
    write_backup(path=path, user=None)
    return image, path


def test_backup_holds_the_pictures_and_brings_them_back(backup):
    image, path = backup
    before = {name: content(name) for name in image.names}
    assert {name.removeprefix("media/") for name in zipfile.ZipFile(path).namelist() if "media/" in name} == set(before)
    for name in before:
        default_storage.delete(name)
    with BackupFile(path) as opened:
        restore_backup(backup=opened, replace=True, user=None)
    assert {name: content(name) for name in stored()} == before


def test_restore_writes_nothing_over_another_picture(backup):
    image, path = backup
    damaged, gone, *_ = image.names
    default_storage.delete(gone)
    default_storage.delete(damaged)
    default_storage.save(damaged, ContentFile(b"damaged"))
    with BackupFile(path) as opened, pytest.raises(BackupError, match="请先把它移走"):
        restore_backup(backup=opened, replace=True, user=None)
    assert content(damaged) == b"damaged"
    assert gone not in stored()


def test_doctor_writes_to_the_storage_and_leaves_nothing(settings):
    assert next(finding.subject for finding in folders() if finding.level is Level.GOOD) == "图片存储"
    assert stored() == set()
