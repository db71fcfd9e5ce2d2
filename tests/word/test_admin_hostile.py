"""Two hundred hostile files through the import page: none breaks it, none leaves half of anything."""

from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from cases.models import Case, CaseImage, WordImport, WordPicture, WordUpload
from cases.word import actions as word_files
from cases.word.admin import upload as page
from cases.word.recognition.images import encode_images
from cases.word.recognition.parser import read_case
from tests.factories import make_category, make_chapter, make_collection, make_user
from tests.word.docx_files import picture_case
from tests.word.docx_hostile import damage, false_names, parts
from tests.word.docx_traps import traps
from tests.word_files import stored_files

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
URL = "/admin/cases/case/import/"
TRAPS = traps()


@pytest.fixture
def send(client):
    """Sends files to a book whose chapters take anything; returns the lines of the report."""
    chapter = make_chapter(make_collection(), make_category(name="服务小微"))
    client.force_login(make_user("编辑"))

    def send(files: dict[str, bytes]) -> list[dict]:
        data = {
            "collection": chapter.collection.pk,
            "category": chapter.category.pk,
            "files": [SimpleUploadedFile(name, content) for name, content in files.items()],
        }
        assert client.post(URL, data, follow=True).status_code == 200
        return WordUpload.objects.latest("pk").lines

    return send


@pytest.fixture(autouse=True)
def _own_temporary_folder(settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path


def temporary_files() -> set[Path]:
    return set(Path(settings.FILE_UPLOAD_TEMP_DIR).glob("*.upload*"))


def assert_whole(lines: list[dict]) -> None:
    """What was taken is there as a whole, what was refused not at all."""
    assert {line["outcome"] for line in lines} <= {"created", "pending", "known", "refused"}
    assert not [line for line in lines if "出了意外" in line["message"]]
    assert all(line["message"] for line in lines if line["outcome"] == "refused")
    taken = [line["word_import"] for line in lines if line["outcome"] in ("created", "pending")]
    assert sorted(taken) == sorted(WordImport.objects.values_list("pk", flat=True))
    assert WordImport.objects.filter(outcome="draft").count() == Case.objects.count()
    assert WordPicture.objects.exclude(word_import__outcome="pending").count() == 0


def test_bad_files_are_refused_or_taken_whole(send, monkeypatch):
    # Without the process around the reader: that has its own tests, and two hundred starts take a minute.
    monkeypatch.setattr(
        word_files,
        "read_word",
        lambda path, *, filename, **options: encode_images(read_case(BytesIO(path.read_bytes()), filename)),
    )
    files = {name: data for name, (data, _) in (false_names() | dict(damage()) | parts()).items()}
    names, before, media = list(files), temporary_files(), len(stored_files())
    lines = []
    for start in range(0, len(names), 60):
        lines += send({f"{name}.docx": files[name] for name in names[start : start + 60]})
    assert len(lines) == len(names)
    assert_whole(lines)
    assert temporary_files() == before
    assert len(stored_files()) - media == CaseImage.objects.count()


def test_traps_between_good_files_do_not_spring(send, monkeypatch):
    """Every fifth of the traps: the reader's own tests run them all."""
    monkeypatch.setattr(page, "SECONDS", 600)  # a busy machine is no part of this
    before, media = temporary_files(), len(stored_files())
    sprung = {f"陷阱 {n}.docx": TRAPS[name]()[0] for n, name in enumerate(sorted(TRAPS)[::5])}
    lines = send({"一.docx": picture_case(), **sprung, "二.docx": picture_case(("别的图",))})
    assert_whole(lines)
    assert [lines[0]["outcome"], lines[-1]["outcome"]] == ["pending", "pending"]
    assert temporary_files() == before
    assert len(stored_files()) - media == CaseImage.objects.count()
