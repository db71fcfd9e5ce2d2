"""manage.py import_cases: a folder of members' files, from the command line."""

import json
import os
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from cases.models import Case, WordImport
from cases.word import actions as word_files
from tests.factories import make_category, make_chapter, make_collection, make_institution, make_user
from tests.word_files import file_bytes, read_json, stored_files

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _reader(monkeypatch):
    monkeypatch.setattr(word_files, "read_word", read_json)


@pytest.fixture
def chapter():
    make_institution(name="某某银行", slug="some-bank")
    return make_chapter(
        make_collection(slug="sz2099", year=2099), make_category(name="绿色金融", slug="green"), number=9
    )


@pytest.fixture
def folder(tmp_path, chapter):
    """Two good files, one of them deep inside, one that waits, two that cannot be read, and what is passed over."""
    (tmp_path / "分行" / "2020").mkdir(parents=True)
    for name, data in {
        "a.docx": file_bytes(title="甲", pictures=1),
        "分行/2020/b.DOCX": file_bytes(title="乙"),
        "c.docx": file_bytes(title="丙", institution=""),
        "old.doc": b"\xd0\xcf\x11\xe0",
        "x.wps": b"fail",
        "~$a.docx": b"lock",
        "读我.txt": b"text",
    }.items():
        (tmp_path / name).write_bytes(data)
    return tmp_path


def run(*args, **options) -> tuple[str, int]:
    """What the command prints, and its exit status."""
    out = StringIO()
    try:
        call_command("import_cases", *map(str, args), stdout=out, **options)
    except CommandError as error:
        return f"{out.getvalue()}{error}", error.returncode
    return out.getvalue(), 0


def rows() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in apps.get_app_config("cases").get_models()}


def test_every_file_below_a_folder_has_its_line(folder):
    printed, status = run(folder)
    lines = dict(line.split("　", 1) for line in printed.splitlines() if "　" in line)
    assert {name.removeprefix(f"{folder}/"): words.split("：")[0] for name, words in lines.items()} == {
        "a.docx": "新建 sz2099-0901",
        "c.docx": "待补全",
        "old.doc": "无法导入",
        "x.wps": "无法导入",
        "读我.txt": "不像稿子，没有读",
        "分行/2020/b.DOCX": "新建 sz2099-0902",
    }
    assert "5 个文件，新建 2，待补全 1，无法导入 2。" in printed
    assert status == 1
    assert Case.objects.count() == 2


def test_second_run_changes_nothing(folder):
    run(folder)
    before, files = rows(), stored_files()
    printed, _ = run(folder)
    assert "已导入过 3，无法导入 2" in printed
    assert (rows(), stored_files()) == (before, files)


def test_status_is_zero_where_every_file_went_in(folder):
    assert run(folder / "a.docx", folder / "分行")[1] == 0


def test_trial_writes_no_row_and_no_file_and_ends_well(folder):
    before, files = rows(), stored_files()
    printed, status = run(folder, dry_run=True)
    assert "试运行，没有写入：5 个文件，新建 2，待补全 1，无法导入 2。" in printed
    assert status == 0
    assert (rows(), stored_files()) == (before, files)


def test_report_for_programs_is_one_json_document(folder):
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("import_cases", str(folder), json=True, stdout=out)
    report = json.loads(out.getvalue())
    assert report["counts"] == {"created": 2, "pending": 1, "refused": 2}
    assert {one["code"] for one in report["files"] if one["outcome"] == "refused"} == {"not-word", "unexpected"}


def test_options_say_where_and_by_whom(folder, chapter):
    other = make_chapter(make_collection(slug="other", year=2000), make_category(slug="risk"))
    user = make_user("编辑", username="zhang")
    make_institution(slug="second-bank")
    run(folder / "c.docx", collection="other", category="risk", institution="second-bank", user="zhang")
    case = Case.objects.get()
    assert (case.collection, case.category, case.institution.slug) == (other.collection, other.category, "second-bank")
    assert (case.editor, WordImport.objects.get().uploaded_by) == (user, user)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"collection": "none"}, "没有这本案例集：none"),
        ({"category": "none"}, "没有这一章：none"),
        ({"institution": "none"}, "没有这家机构：none"),
        ({"user": "none"}, "没有这个用户：none"),
    ],
)
def test_unknown_name_is_a_mistake_of_usage(folder, options, words):
    printed, status = run(folder, **options)
    assert (words in printed, status) == (True, 2)
    assert WordImport.objects.count() == 0


def test_path_that_is_not_there_and_folder_without_manuscripts_are_mistakes_of_usage(folder, tmp_path):
    (tmp_path / "empty").mkdir()
    assert run(folder / "none.docx")[1] == 2
    assert run(tmp_path / "empty")[1] == 2
    assert WordImport.objects.count() == 0


def test_name_of_any_bytes_is_printed(chapter, tmp_path):
    path = os.fsencode(tmp_path) + b"/\xff\xfe\n\x1b[31m.docx"
    with open(path, "wb") as file:
        file.write(file_bytes())
    printed, status = run(tmp_path)
    assert status == 0
    assert "\x1b" not in printed
    printed.encode()


def test_what_is_no_file_has_its_line_and_is_never_read(chapter, tmp_path, monkeypatch):
    monkeypatch.undo()
    os.mkfifo(tmp_path / "fifo.docx")
    for name, target in {
        "zero.docx": "/dev/zero",
        "gone.docx": "nowhere",
        "loop.docx": "loop.docx",
        "kernel.docx": "/proc/kmsg",
        "again": ".",
    }.items():
        (tmp_path / name).symlink_to(target)
    (tmp_path / "folder.docx").mkdir()
    (tmp_path / "empty.docx").touch()
    out = StringIO()
    call_command("import_cases", str(tmp_path), json=True, dry_run=True, stdout=out)
    codes = {os.path.basename(one["path"]): one["code"] for one in json.loads(out.getvalue())["files"]}
    assert codes == {
        "fifo.docx": "not-a-file",
        "zero.docx": "not-a-file",
        "gone.docx": "unreadable",
        "loop.docx": "unreadable",
        "kernel.docx": codes["kernel.docx"],
        "empty.docx": "empty",
    }
    assert codes["kernel.docx"] in ("empty", "unreadable")


def test_folder_that_cannot_be_opened_has_its_line(folder, monkeypatch):
    def walk(path, onerror):
        onerror(PermissionError(13, "Permission denied", str(folder / "closed")))
        return iter([(str(folder), [], ["a.docx"])])

    monkeypatch.setattr("cases.management.commands.import_cases.os.walk", walk)
    printed, status = run(folder)
    assert ("closed　无法导入：这个文件夹打不开" in printed, "a.docx　新建" in printed, status) == (True, True, 1)


@pytest.mark.parametrize("as_json", [True, False])
def test_report_nobody_reads_to_its_end_is_no_fault(folder, as_json, monkeypatch):
    class Closed(StringIO):
        def write(self, text):
            raise BrokenPipeError

    with open(os.devnull, "w") as nowhere, monkeypatch.context() as patch:
        patch.setattr("cases.management.commands.import_cases.os.dup2", lambda *descriptors: None)
        patch.setattr("sys.stdout", nowhere)
        call_command("import_cases", str(folder), dry_run=True, json=as_json, stdout=Closed())


def test_no_collection_at_all_is_said(tmp_path):
    (tmp_path / "a.docx").write_bytes(b"x")
    printed, status = run(tmp_path)
    assert ("还没有案例集" in printed, status) == (True, 2)
