"""Backups of a portal at work, and from one engine to the other."""

import json
import os
import zipfile
from pathlib import Path

import pytest

from tests.image_files import picture_bytes
from tests.robustness.site import Site

pytestmark = pytest.mark.slow


@pytest.fixture
def make_site(tmp_path):
    made = []

    def make(name: str, database_url: str) -> Site:
        (tmp_path / name).mkdir()
        made.append(Site(tmp_path / name, database_url))
        return made[-1]

    yield make
    for site in made:
        site.close()


def rows(path: Path, model: str) -> list[dict]:
    with zipfile.ZipFile(path) as archive:
        return [json.loads(line) for line in archive.read(f"data/{model}.jsonl").splitlines()]


def data(path: Path) -> dict[str, bytes]:
    """Everything in the backup but what it says of itself."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name != "manifest.json"}


def test_backup_shows_one_moment_whatever_is_written_meanwhile(make_site):
    site = make_site("site", os.environ.get("DATABASE_URL", ""))
    site.prepare()
    path = site.folder / "backup.zip"
    seen = site.call("backup_while_writing", str(path))
    assert seen["before"] != seen["after"]
    for label, count in seen["before"].items():
        assert len(rows(path, label.lower())) == count, label
    cases = {row["pk"] for row in rows(path, "cases.case")}
    assert {row["fields"]["case"] for row in rows(path, "cases.keyfigure")} <= cases
    # Its pictures belong to a version that may be restored: they are kept, and are in the backup.
    assert seen["missing"] == []
    assert {f"media/{name}" for name in seen["gone"]} <= set(data(path))


def test_backup_goes_from_one_engine_to_the_other_and_back_unchanged(make_site):
    """SQLite to PostgreSQL when DATABASE_URL names one; to another SQLite otherwise."""
    here, there = make_site("here", ""), make_site("there", os.environ.get("DATABASE_URL", ""))
    here.prepare()
    assert there.manage("migrate", "-v0") == 0
    paths = [here.folder / f"{n}.zip" for n in range(3)]
    pid = here.serve()
    assert here.upload(f"/admin/cases/case/{here.case}/images/", {"alt": "图"}, "file", picture_bytes())[0] == 201
    here.stop(pid)
    state = here.call("look")
    assert here.manage("backup", str(paths[0])) == 0
    assert there.manage("restore", str(paths[0])) == 0, there.output
    assert there.call("look") == state
    assert there.manage("backup", str(paths[1])) == 0
    assert data(paths[1]) == data(paths[0])
    here.reset()
    assert here.manage("restore", str(paths[1]), "--replace") == 0, here.output
    assert here.call("look") == state
    assert here.manage("backup", str(paths[2])) == 0
    assert data(paths[2]) == data(paths[0])
    pid = there.serve()  # the restored member of staff can log in
    there.log_in()
    there.stop(pid)
