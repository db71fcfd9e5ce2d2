"""A folder is written whole or not at all."""

import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from cases.seed.folder import FolderError, write_folder, write_text


def fill_with(text: str):
    return lambda folder: write_text(folder / "book" / "one.yaml", [text])


def content(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_new_folder_is_made_with_its_parents(tmp_path):
    write_folder(tmp_path / "a" / "b", fill_with("1"), force=False)
    assert content(tmp_path) == {"a/b/book/one.yaml": "1"}


def test_folder_with_something_in_it_is_replaced_only_when_asked(tmp_path):
    target = tmp_path / "out"
    write_folder(target, fill_with("1"), force=False)
    with pytest.raises(FolderError, match="--force"):
        write_folder(target, fill_with("2"), force=False)
    assert content(tmp_path) == {"out/book/one.yaml": "1"}
    write_folder(target, fill_with("2"), force=True)
    assert content(tmp_path) == {"out/book/one.yaml": "2"}


@pytest.mark.parametrize("name", ["README.md", ".git/config", "book/deep/one.yaml", "book/notes.txt"])
def test_what_no_export_wrote_is_never_removed(tmp_path, name):
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("mine")
    with pytest.raises(FolderError, match="不是导出来的文件"):
        write_folder(tmp_path, fill_with("1"), force=True)
    assert content(tmp_path) == {name: "mine"}


def test_a_file_or_a_link_in_the_place_is_refused(tmp_path):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path)
    for name in ("file", "link"):
        with pytest.raises(FolderError, match="不是文件夹"):
            write_folder(tmp_path / name, fill_with("1"), force=True)


def test_failure_leaves_the_old_folder(tmp_path):
    def fail(folder: Path) -> None:
        fill_with("2")(folder)
        raise OSError("disk full")

    write_folder(tmp_path / "out", fill_with("1"), force=False)
    with pytest.raises(OSError, match="disk full"):
        write_folder(tmp_path / "out", fail, force=True)
    assert content(tmp_path) == {"out/book/one.yaml": "1"}


def die(folder: Path) -> None:
    fill_with("2")(folder)
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("before", [True, False])
def test_killed_process_leaves_the_old_folder_or_none(tmp_path, before):
    target = tmp_path / "out"
    if before:
        write_folder(target, fill_with("1"), force=False)
    process = multiprocessing.get_context("fork").Process(
        target=write_folder, args=(target, die), kwargs={"force": True}
    )
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert (content(target) if target.exists() else None) == ({"book/one.yaml": "1"} if before else None)


def test_death_between_the_two_renames_is_mended_by_the_next_run(tmp_path):
    write_folder(tmp_path / "out", fill_with("1"), force=False)
    (tmp_path / "out").rename(tmp_path / ".out.old")
    with pytest.raises(FolderError, match="--force"):
        write_folder(tmp_path / "out", fill_with("2"), force=False)
    assert content(tmp_path / "out") == {"book/one.yaml": "1"}
