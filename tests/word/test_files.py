"""One file from disk to draft: an answer for whatever it is."""

import pytest

from cases.models import Case, WordImport
from cases.word import actions as word_files
from cases.word.actions import Destination, FileOutcome, check_file, import_file, plain_name
from tests.factories import make_category, make_chapter, make_collection, make_institution
from tests.word_files import file_bytes, read_json, stored_files

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _reader(monkeypatch):
    monkeypatch.setattr(word_files, "read_word", read_json)


@pytest.fixture
def destination():
    book, category = make_collection(), make_category(name="绿色金融")
    make_chapter(book, category)
    make_institution(name="某某银行")
    return Destination(book)


@pytest.fixture
def take(tmp_path, destination):
    def take(data: bytes, filename: str = "来稿.docx"):
        path = tmp_path / "upload"
        path.write_bytes(data)
        return import_file(path=path, filename=filename, user=None, destination=destination)

    return take


def test_file_becomes_a_draft_waits_or_was_here_before(take):
    data = file_bytes(title="甲")
    assert take(data).outcome == FileOutcome.CREATED
    assert take(data).outcome == FileOutcome.KNOWN
    waiting = take(file_bytes(institution="不认识"))
    assert (waiting.outcome, "不认识" in waiting.message) == (FileOutcome.PENDING, True)


def test_file_that_is_no_word_file_is_refused_with_the_readers_words(take):
    line = take(b"%PDF-1.7")
    assert (line.outcome, line.code, line.message) == (FileOutcome.REFUSED, "not-word", "这不是 Word 文件。")


def test_fault_of_the_reader_is_logged_and_told_without_its_innards(take, caplog):
    line = take(b"fail")
    assert (line.outcome, line.code) == (FileOutcome.REFUSED, "unexpected")
    assert "RuntimeError" not in line.message
    assert "the reader has a fault" in caplog.text


def test_file_that_is_gone_is_refused(tmp_path, destination):
    line = import_file(path=tmp_path / "none.docx", filename="none.docx", user=None, destination=destination)
    assert (line.outcome, line.code) == (FileOutcome.REFUSED, "unreadable")


def test_second_time_says_when_by_whom_and_what_became_of_the_draft(take):
    take(file_bytes(title="甲"))
    Case.objects.all().delete()
    message = take(file_bytes(title="甲")).message
    assert "导入的人：命令行" in message
    assert "草稿后来被删除了" in message


def test_trial_answers_the_same_and_writes_nothing(tmp_path, destination):
    path = tmp_path / "a.docx"
    for data, outcome in (
        (file_bytes(pictures=2), FileOutcome.CREATED),
        (file_bytes(institution=""), FileOutcome.PENDING),
        (b"x", FileOutcome.REFUSED),
    ):
        path.write_bytes(data)
        before = stored_files()
        assert check_file(path=path, filename="a.docx", destination=destination).outcome == outcome
        assert (Case.objects.count(), WordImport.objects.count(), stored_files()) == (0, 0, before)


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("../../x.docx", "x.docx"),
        ("C:\\稿件\\甲.docx", "甲.docx"),
        ("\u202excod.甲.docx", "xcod.甲.docx"),
        ("a\r\nb\x00.docx", "ab .docx"),
        ("", "未命名.docx"),
        ("..", ".."),
        ("长" * 400 + ".docx", "长" * 195 + ".docx"),
        ("长" * 400, "长" * 200),
        ("<b>甲</b>.docx", "b>.docx"),
    ],
)
def test_name_is_a_name_and_nothing_else(given, plain):
    assert plain_name(given) == plain
    assert len(plain_name(given)) <= 200
