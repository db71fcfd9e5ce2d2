"""Hostile files: each gives a document or a clear refusal, within limits that the kernel keeps."""

import resource
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest

from cases.word.document import WordDocument, WordFileError
from cases.word.docx.limits import FILE_BYTES, MB
from cases.word.recognition.images import encode_images
from cases.word.recognition.parser import read_case
from cases.word.sandbox.reader import read_word
from tests.word.docx_files import picture_case as image_case
from tests.word.docx_files import styled_case
from tests.word.docx_hostile import OK, damage, false_names, parts
from tests.word.docx_traps import traps

pytestmark = pytest.mark.slow
SMALL = false_names() | dict(damage()) | parts()
TRAPS = traps()
ROOT = Path(__file__).resolve().parents[2]


def outcome(call) -> str:
    """The code of the refusal, or ``OK``; anything else raised is a failure of the test."""
    try:
        document = call()
    except WordFileError as error:
        return error.code if len(str(error)) > 15 else f"{error.code}, without a sentence"
    assert isinstance(document, WordDocument)
    return OK


@pytest.mark.parametrize("name", SMALL)
def test_a_bad_file_is_refused_by_its_code_or_read(name):
    data, codes = SMALL[name]
    assert outcome(lambda: read_case(BytesIO(data), "来稿.docx")) in codes


@pytest.mark.parametrize("name", TRAPS)
def test_a_trap_is_refused_within_the_limits_of_the_kernel(name, tmp_path):
    data, codes = TRAPS[name]()
    path = tmp_path / "trap.docx"
    path.write_bytes(data)
    assert outcome(lambda: read_word(path, filename="来稿.docx")) in codes


def test_a_wps_file_is_known_by_its_name():
    data = false_names()["an old word file"][0]
    assert outcome(lambda: read_case(BytesIO(data), "来稿.WPS")) == "wps"


def test_a_file_of_200_mb_is_refused_without_being_read(tmp_path):
    path = tmp_path / "large.docx"
    with path.open("wb") as file:
        file.truncate(200 * MB)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert outcome(lambda: read_word(path, filename="large.docx")) == "too-large"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 5 * 1024


def test_bytes_beyond_the_limit_are_refused():
    assert outcome(lambda: read_word(bytes(FILE_BYTES + 1), filename="a.docx")) == "too-large"


def test_bytes_and_path_are_read_alike(tmp_path):
    path = tmp_path / "a.docx"
    path.write_bytes(styled_case())
    assert read_word(path, filename="a.docx") == read_word(path.read_bytes(), filename="a.docx")


def test_the_guarded_reader_says_what_the_plain_one_says():
    data = styled_case()
    assert read_word(data, filename="a.docx") == encode_images(read_case(BytesIO(data), "a.docx"))


@pytest.mark.parametrize("filename", ["", "-c", "--help", "a\0b.docx", "\ud800.docx", "长" * 3000, "../../etc/passwd"])
def test_the_name_of_the_file_can_do_no_harm(filename):
    assert outcome(lambda: read_word(styled_case(), filename=filename)) == OK


def test_a_reader_that_hangs_is_stopped(monkeypatch):
    monkeypatch.setattr("cases.word.sandbox.reader.WALL_SECONDS", 0.5)
    monkeypatch.setattr("cases.word.sandbox.reader.COMMAND", [sys.executable, "-c", "import time; time.sleep(60)"])
    assert outcome(lambda: read_word(styled_case(), filename="a.docx")) == "too-slow"


def test_a_reader_that_computes_for_ever_is_stopped(monkeypatch):
    script = "import cases.background.child as child; child.limit(1, 290 * child.MB)\nwhile True: pass"
    monkeypatch.setattr("cases.word.sandbox.reader.COMMAND", [sys.executable, "-c", script])
    assert outcome(lambda: read_word(styled_case(), filename="a.docx")) == "too-slow"


def test_images_are_decoded_in_the_reading_process_alone(monkeypatch):
    def decode(*args, **options):
        raise AssertionError("this process decodes a stranger's image")

    data = image_case()
    monkeypatch.setattr("PIL.Image.open", decode)
    monkeypatch.setattr("PIL.Image.Image.load", decode)
    document = read_word(data, filename="a.docx")
    assert document.images
    for image in document.images:
        assert (image.data, image.problem) == (b"", "")
        assert {image.encoded.fallback.suffix, *(one.suffix for one in image.encoded.webp)} <= {"jpg", "png", "webp"}


def test_images_are_checked_but_left_where_only_the_text_is_asked():
    document = read_word(image_case(), filename="a.docx", with_images=False)
    assert [(image.data, image.encoded) for image in document.images] == [(b"", None)] * len(document.images)
    assert document.images


@pytest.mark.parametrize(
    "script", ["import os; os.abort()", "print('{}')", "print('[1]')", "print('{\"code\": 1}')", "x = 1", "1/0"]
)
def test_a_reader_that_dies_or_babbles_is_a_refusal(monkeypatch, script):
    monkeypatch.setattr("cases.word.sandbox.reader.COMMAND", [sys.executable, "-c", script])
    assert outcome(lambda: read_word(styled_case(), filename="a.docx")) == "too-complex"


def test_the_reader_sees_no_secrets_and_needs_no_django(tmp_path):
    script = "import sys, cases.word.sandbox.worker; print(sorted(n for n in sys.modules if n.split('.')[0] in ('django', 'docx')))"
    answer = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_the_reader_ends_with_its_parent(tmp_path):
    reader = (
        "import os, time; from cases.background.child import end_with_parent; end_with_parent(os.getppid(), 60); "
        "print('ready', flush=True); time.sleep(60); print('outlived')"
    )
    script = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {reader!r}])"
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout.readline() == "ready\n"
    parent.kill()
    parent.wait()
    with parent.stdout as shared:  # ends when the last process that holds it does
        assert shared.read() == ""


def test_many_threads_read_at_once():
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 -- only here

    data = styled_case()
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda number: read_word(data, filename=f"{number}.docx").title, range(8)))
    assert len(set(results)) == 1
