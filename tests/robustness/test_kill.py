"""kill -9 at any moment: the portal is as before or as after, never between."""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.pictures import picture_bytes
from tests.robustness.site import Site

pytestmark = pytest.mark.slow
KILLS = 20


def upload_picture(site: Site) -> int:
    fields = {"alt": "图上是什么", "caption": "图注"}
    return site.upload(f"/admin/cases/case/{site.case}/images/", fields, "file", picture_bytes(size=(1800, 1200)))[0]


def publish(site: Site) -> int:
    return site.post("/admin/cases/case/", {"action": "publish", "_selected_action": site.case})[0]


# What is asked of the server, and the status of its answer.
REQUESTS: dict[str, tuple[Callable[[Site], int], int]] = {
    "picture": (upload_picture, 201),
    "publish": (publish, 302),
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


@pytest.mark.parametrize("name", REQUESTS)
def test_killed_request_leaves_the_portal_as_before_or_as_after(site, name):
    request, expected = REQUESTS[name]
    site.reset()
    before = site.call("look")["state"]
    pid = site.serve()
    began = time.monotonic()
    assert request(site) == expected
    whole = time.monotonic() - began
    site.stop(pid)
    seen = site.call("look")
    after = seen["state"]
    # Answered, then killed at once: what was answered is there.
    assert (seen["problems"], seen["orphans"], before == after) == ([], 0, False)

    outcomes = Counter()
    for delay in moments(whole):
        site.reset()
        pid = site.serve()
        answer = Answer(request, site)
        answer.start()
        time.sleep(delay)
        site.stop(pid)
        answer.join()
        seen = site.call("look")
        assert seen["problems"] == [], f"killed after {delay:.3f} s"
        assert seen["state"] in (before, after), f"killed after {delay:.3f} s"
        assert answer.status in (0, expected)
        if answer.status:
            assert seen["state"] == after
        outcomes["after" if seen["state"] == after else "before"] += 1
    assert outcomes["before"] > 0


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
    assert site.call("look") == {"problems": [], "orphans": 0, "state": before}
    assert outcomes[older] > 0
