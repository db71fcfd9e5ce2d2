"""kill -9 at any moment: the portal is as before or as after, never between."""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from cases.word.admin.forms import WORD_TYPE
from tests.image_files import picture_bytes
from tests.robustness.site import Site
from tests.word.docx_files import full_case

pytestmark = pytest.mark.slow
KILLS = 20
WORD = full_case()


@dataclass(frozen=True)
class Scene:
    """A request, the status of its answer, and whether it has begun to write (for kills aimed at that)."""

    request: Callable[[Site], int]
    expected: int
    writing: Callable[[Site], bool] | None = None


def upload_picture(site: Site) -> int:
    fields = {"alt": "图上是什么", "caption": "图注"}
    return site.upload(f"/admin/cases/case/{site.case}/images/", fields, "file", picture_bytes(size=(1800, 1200)))[0]


def publish(site: Site) -> int:
    return site.post(f"/admin/cases/case/{site.case}/step/publish/", {"at_0": "", "at_1": ""})[0]


def upload_word(site: Site) -> int:
    fields = {name: getattr(site, name) for name in ("collection", "category", "institution")}
    return site.upload("/admin/cases/case/import/", fields, "files", WORD, WORD_TYPE, "case.docx")[0]


def has_files(site: Site) -> bool:
    return any(path.is_file() for path in (site.var / "media").rglob("*"))


SCENES = {
    "picture": Scene(upload_picture, 201, has_files),
    "publish": Scene(publish, 302),
    "word": Scene(upload_word, 302, has_files),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    made = Site(tmp_path_factory.mktemp("kill"), os.environ.get("DATABASE_URL", ""))
    made.prepare()
    yield made
    made.close()


class Answer(threading.Thread):
    """A request under way; ``status`` is 0 until it is answered."""

    def __init__(self, request: Callable[[Site], int], site: Site) -> None:
        super().__init__(daemon=True)
        self.request, self.site, self.status = request, site, 0

    def run(self) -> None:
        try:
            self.status = self.request(self.site)
        except OSError:
            self.status = 0


def moments(whole: float) -> list[float]:
    """Seconds to wait before each kill: from at once to a little after the usual end."""
    return [whole * 1.15 * n / (KILLS - 1) for n in range(KILLS)]


def wait_for_writing(scene: Scene, site: Site, answer: Answer) -> None:
    while not scene.writing(site) and answer.is_alive():
        time.sleep(0.0005)


def kill_during(scene: Scene, site: Site, delay: float, *, aimed: bool) -> int:
    """Send the request, kill the server ``delay`` seconds later (``aimed``: after it began to write); the status."""
    site.reset()
    pid = site.serve()
    answer = Answer(scene.request, site)
    answer.start()
    if aimed:
        wait_for_writing(scene, site, answer)
    time.sleep(delay)
    site.stop(pid)
    answer.join()
    return answer.status


@pytest.mark.parametrize("name", SCENES)
def test_killed_request_leaves_the_portal_as_before_or_as_after(site, name):
    scene = SCENES[name]
    site.reset()
    before = site.call("look")["state"]
    pid = site.serve()
    began = time.monotonic()
    assert scene.request(site) == scene.expected
    whole = time.monotonic() - began
    site.stop(pid)
    seen = site.call("look")
    after = seen["state"]
    # Answered, then killed at once: what was answered is there.
    assert (seen["problems"], seen["orphans"], seen["uploads"], before == after) == ([], 0, 0, False)

    outcomes = Counter()
    for number, delay in enumerate(moments(whole)):
        aimed = scene.writing is not None and number % 2 == 1
        status = kill_during(scene, site, number * 0.004 if aimed else delay, aimed=aimed)
        seen = site.call("look")
        assert seen["problems"] == [], f"killed after {delay:.3f} s"
        assert seen["state"] in (before, after), f"killed after {delay:.3f} s"
        assert status in (0, scene.expected)
        if status:
            assert seen["state"] == after
        outcomes["after" if seen["state"] == after else "before"] += 1
        outcomes["left files"] += seen["orphans"] > 0
        outcomes["left uploads"] += seen["uploads"] > 0
    assert outcomes["before"] > 0
    assert outcomes["left files"] > 0 or scene.writing is None, "no kill came between the files and the commit"
    assert outcomes["left uploads"] > 0 or name != "word", "no kill came while the file was on its way or being read"


@pytest.mark.parametrize("older", [False, True], ids=["new", "replacing"])
def test_killed_backup_is_complete_or_absent(site, older):
    site.reset()
    path = site.folder / "backup.zip"
    began = time.monotonic()
    assert site.manage("backup", str(path), "-v0") == 0, site.output
    whole = time.monotonic() - began
    complete = site.call("verify_backup", str(path))
    first = path.read_bytes()
    before = site.call("look")["state"]
    outcomes = Counter()
    for delay in moments(whole)[:: 2 if older else 1]:
        path.unlink(missing_ok=True)
        if older:
            path.write_bytes(first)
        pid = site.start("manage", "backup", str(path), "-v0")
        time.sleep(delay)
        site.stop(pid)
        outcomes[path.exists()] += 1
        if path.exists():
            assert site.call("verify_backup", str(path)) == complete, f"killed after {delay:.3f} s"
    assert site.manage("backup", str(path), "-v0") == 0, site.output  # over what the killed ones left
    assert site.call("verify_backup", str(path)) == complete
    assert not Path(f"{path}.part").exists()
    assert site.call("look") == {"problems": [], "orphans": 0, "uploads": 0, "state": before}
    assert outcomes[older] > 0


def test_killed_restore_leaves_the_old_portal_or_the_new_one(site):
    site.reset()
    pid = site.serve()
    assert upload_picture(site) == 201
    site.stop(pid)
    path = site.folder / "restored.zip"
    assert site.manage("backup", str(path), "-v0") == 0, site.output
    after = site.call("look")["state"]
    site.reset()
    before = site.call("look")["state"]
    began = time.monotonic()
    assert site.manage("restore", str(path), "--replace", "-v0") == 0, site.output
    whole = time.monotonic() - began
    assert site.call("look") == {"problems": [], "orphans": 0, "uploads": 0, "state": after}
    outcomes = Counter()
    for delay in moments(whole):
        site.reset()
        pid = site.start("manage", "restore", str(path), "--replace", "-v0")
        time.sleep(delay)
        site.stop(pid)
        # The index is built after the restore: a restore that was killed after it is mended by reindex.
        assert site.manage("reindex", "-v0") == 0, site.output
        seen = site.call("look")
        assert seen["problems"] == [], f"killed after {delay:.3f} s"
        assert seen["state"] in (before, after), f"killed after {delay:.3f} s"
        outcomes["after" if seen["state"] == after else "before"] += 1
    assert min(outcomes["before"], outcomes["after"]) > 0, outcomes
