"""Files without a row go; everything else stays."""

import os
import time
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from cases.editing.images import add_case_image
from cases.editing.media import clean_media
from tests.factories import make_case
from tests.image_files import picture_bytes

pytestmark = pytest.mark.django_db
HOUR = 3600


@pytest.fixture(autouse=True)
def media(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    (tmp_path / "media/cases/2026").mkdir(parents=True)
    return tmp_path / "media"


def put(name: str, hours_old: float = 2) -> Path:
    path = Path(settings.MEDIA_ROOT) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    os.utime(path, times=(time.time() - hours_old * HOUR,) * 2)
    return path


def run(*options) -> tuple[str, str]:
    out, errors = StringIO(), StringIO()
    call_command("clean_media", *options, stdout=out, stderr=errors)
    return out.getvalue(), errors.getvalue()


def test_old_files_without_a_row_are_removed_and_the_rest_stays():
    image = add_case_image(case=make_case(status="draft"), data=picture_bytes(), caption="", alt="图", user=None)
    for name in image.names:
        os.utime(Path(settings.MEDIA_ROOT) / name, times=(0, 0))
    orphan, young = put("cases/2026/orphan.webp"), put("cases/2026/young.webp", hours_old=0.5)
    out, _ = run()
    assert "已删除：cases/2026/orphan.webp" in out
    assert (orphan.exists(), young.exists()) == (False, True)
    assert all((Path(settings.MEDIA_ROOT) / name).exists() for name in image.names)


def test_dry_run_only_says_what_it_would_remove():
    orphan = put("cases/2026/orphan.webp")
    assert "多余：cases/2026/orphan.webp" in run("--dry-run")[0]
    assert orphan.exists()


def test_all_ages_takes_the_young_and_hours_set_the_limit():
    old, young = put("old.jpg", hours_old=10), put("young.jpg", hours_old=0)
    run("--hours", "20")
    assert old.exists()
    run("--all-ages")
    assert not old.exists()
    assert not young.exists()


def test_row_without_its_file_is_named(media):
    image = add_case_image(case=make_case(status="draft"), data=picture_bytes(), caption="", alt="图", user=None)
    (media / image.renditions[0]["name"]).unlink()
    out, errors = run()
    assert f"文件缺失：{image.renditions[0]['name']}（{image.case}）" in errors
    assert "缺失 1 个" in out


def test_links_are_neither_followed_nor_removed(media, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious.jpg").write_bytes(b"x")
    (media / "folder").symlink_to(outside, target_is_directory=True)
    (media / "file.jpg").symlink_to(outside / "precious.jpg")
    assert "是链接，没有动：folder" in run("--all-ages")[0]
    assert (outside / "precious.jpg").exists()
    assert (media / "folder").is_symlink()
    assert (media / "file.jpg").is_symlink()


def test_picture_saved_while_the_files_are_listed_stays(monkeypatch):
    from cases.editing import media as module  # noqa: PLC0415 -- the fixture of this name hides it

    saved = []

    def listing(root, report):
        yield from original(root, report)
        saved.append(
            add_case_image(case=make_case(status="draft"), data=picture_bytes(), caption="", alt="图", user=None)
        )

    original = module._files
    monkeypatch.setattr(module, "_files", listing)
    run("--all-ages")
    assert all((Path(settings.MEDIA_ROOT) / name).exists() for name in saved[0].names)


def test_folder_of_media_that_is_not_there_yet_is_no_error(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "none")
    assert "已删除 0 个文件" in run()[0]


def test_upload_whose_process_was_killed_is_removed_a_new_one_and_others_are_not(settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path = tmp_path / "uploads"
    tmp_path.mkdir()
    for name in ("tmpa1.upload.docx", "tmpb2.upload.jpg", "notes.txt"):
        (tmp_path / name).write_bytes(b"x")
    for name in ("tmpa1.upload.docx", "notes.txt"):
        os.utime(tmp_path / name, (0, 0))
    assert clean_media(grace=timedelta(hours=1), dry_run=True).uploads == ["tmpa1.upload.docx"]
    clean_media(grace=timedelta(hours=1), dry_run=False)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notes.txt", "tmpb2.upload.jpg"]
