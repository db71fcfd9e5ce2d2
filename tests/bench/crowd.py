"""Two hundred readers at once for a minute while staff save, on gunicorn as deploy/ starts it.

    REDIS_URL=redis://… python -m tests.bench.crowd [--readers 200] [--seconds 60] [--into docs/speed.md]

Makes a database of its own on ``BENCH_POSTGRES`` with the real collections, and drops it. Readers keep their connections and ask for
the next page half a second after the last has come; two editors open a draft, change it and save it, a second apart. Prints answers,
errors, times as readers had them, saves, and the memory of the workers before and after. Fails where anything was refused.
"""

import argparse
import asyncio
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlencode

import lxml.html

from tests.bench.databases import database, put

ROOT = Path(__file__).resolve().parents[2]
EDITORS, PAUSE, BREATH = 2, 0.5, 1.0
PASSWORD = "crowd under load 9 times"
PREPARE = f"""
from django.contrib.auth import get_user_model
from cases.models import Case
codes, template = list(Case.objects.published().values_list("code", flat=True)[:40]), Case.objects.published().first()
keys = []
for number in range({EDITORS}):
    get_user_model().objects.create_superuser(f"crowd{{number}}", password="{PASSWORD}")
    template.pk, template.code, template.status, template.published_at, template.order = None, f"sz2020-990{{number}}", "draft", None, 90 + number
    template.save()
    keys.append(template.pk)
print("PREPARED", *keys, *codes)
"""


class Site:
    """gunicorn on a port of its own, in ``folder``."""

    def __init__(self, folder: Path, url: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder = folder
        self.environment = {
            **os.environ, "PORTAL_VAR_DIR": str(folder), "DJANGO_DEBUG": "0", "DJANGO_HTTPS": "0", "DJANGO_SECRET_KEY": "crowd" * 12,
            "DATABASE_URL": url, "PORTAL_PAGE_RATE": "", "PORTAL_TAKEAWAY": "worker", "DJANGO_SETTINGS_MODULE": "portal.settings",
        }  # fmt: skip

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, check=True, stdout=subprocess.PIPE, text=True)
        return done.stdout

    def start(self) -> None:
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "--config",
            "deploy/gunicorn.conf.py",
            "--bind",
            f"127.0.0.1:{self.port}",
        ]
        self.log = (self.folder / "log").open("wb")
        self.server = subprocess.Popen(
            [*command, "portal.wsgi"],
            cwd=ROOT,
            env=self.environment,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )
        while (self.folder / "log").read_text().count("warm:") < 2:
            if self.server.poll() is not None:
                raise SystemExit((self.folder / "log").read_text())
            time.sleep(0.2)

    def memory(self) -> float:
        """MB of all workers, what they share counted once."""
        children = Path(f"/proc/{self.server.pid}/task/{self.server.pid}/children").read_text().split()
        lines = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in children]
        return sum(int(re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE)[1]) for text in lines) / 1024

    def stop(self) -> None:
        os.killpg(self.server.pid, signal.SIGTERM)
        self.server.wait()
        self.log.close()


class Editor(threading.Thread):
    """Opens a draft, changes it, saves it, until ``is_over``."""

    def __init__(self, port: int, number: int, key: str, is_over: threading.Event) -> None:
        super().__init__()
        self.port, self.name, self.key, self.is_over = port, f"crowd{number}", key, is_over
        self.cookies: dict[str, str] = {}
        self.statuses: list[int] = []

    def ask(self, method: str, path: str, fields: list | None = None) -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, urlencode(fields) if fields is not None else None, headers)
        response = connection.getresponse()
        text = response.read().decode("utf-8", "replace")
        for cookie in response.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        connection.close()
        return response.status, text

    def run(self) -> None:
        self.send("/admin/login/?next=/admin/", "password", [("username", self.name), ("password", PASSWORD)])
        while not self.is_over.is_set():
            words = [("summary", f"摘要 {random.random()}"), ("_continue", "1")]
            self.statuses.append(self.send(f"/admin/cases/case/{self.key}/change/", "summary", words))
            time.sleep(BREATH)

    def send(self, page: str, box: str, values: list[tuple[str, str]]) -> int:
        status, text = self.ask("GET", page)
        if status != 200:
            return status
        form = next(form for form in lxml.html.fromstring(text).forms if box in form.fields)
        known = {name for name, _ in values}
        kept = [(name, value) for name, value in form.form_values() if name not in known and not name.startswith("_")]
        return self.ask("POST", page, [*kept, *values])[0]


async def read(
    port: int, paths: list[str], chance: random.Random, until: float, answers: list[tuple[float, int]]
) -> None:
    """One reader, on one connection; a broken one counts as status 0."""
    await asyncio.sleep(chance.random() * PAUSE)
    reader = writer = None
    while time.monotonic() < until:
        began = time.monotonic()
        try:
            if writer is None:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            words = f"GET {chance.choice(paths)} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\n\r\n"
            writer.write(words.encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            await reader.readexactly(int(re.search(r"content-length: (\d+)", head)[1]))
            status = int(head.split()[1])
            if "connection: close" in head:  # a worker that is replaced says so
                writer.close()
                writer = None
        except (OSError, asyncio.IncompleteReadError):
            status, writer = 0, None
        answers.append((time.monotonic() - began, status))
        await asyncio.sleep(PAUSE)
    if writer:
        writer.close()


async def crowd(port: int, paths: list[str], readers: int, seconds: int) -> list[tuple[float, int]]:
    answers: list[tuple[float, int]] = []
    until = time.monotonic() + seconds
    await asyncio.gather(*(read(port, paths, random.Random(seed), until, answers) for seed in range(readers)))
    return answers


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--readers", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--into", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="portal-crowd-") as folder, database("postgresql") as url:
        site = Site(Path(folder), url)
        for command in (("migrate", "-v0"), ("seed",), ("reindex", "-v0"), ("collectstatic", "--noinput", "-v0")):
            site.manage(*command)
        words = site.manage("shell", "-v0", "-c", PREPARE).partition("PREPARED ")[2].split()
        site.start()
        try:
            text, is_clean = measured(site, words[:EDITORS], words[EDITORS:], options.readers, options.seconds)
        finally:
            site.stop()
    print(text)
    if options.into and is_clean:
        put(text, "crowd", options.into)
    raise SystemExit(0 if is_clean else 1)


def measured(site: Site, keys: list[str], codes: list[str], readers: int, seconds: int) -> tuple[str, bool]:
    lists = [
        "/",
        "/cases/",
        "/institutions/",
        "/glossary/",
        "/collections/",
        "/figures/",
        "/api/v1/cases/",
        "/feeds/cases.atom",
    ]
    paths = [
        *lists,
        f"/cases/?q={quote('无还本')}",
        *(f"/cases/{code}/" for code in codes),
        "/cases/?page=2",
        "/cases/?page=3",
    ]
    asyncio.run(crowd(site.port, paths, 8, 5))  # pages and memory as after some minutes
    before, is_over = site.memory(), threading.Event()
    editors = [Editor(site.port, number, key, is_over) for number, key in enumerate(keys)]
    for editor in editors:
        editor.start()
    answers = asyncio.run(crowd(site.port, paths, readers, seconds))
    is_over.set()
    for editor in editors:
        editor.join()
    after = site.memory()
    times = sorted(taken * 1000 for taken, _ in answers)
    failed = sum(status != 200 for _, status in answers)
    saves = [status for editor in editors for status in editor.statuses]
    middle, slow, slowest = times[len(times) // 2], times[int(len(times) * 0.95)], times[-1]
    text = (
        "| readers | seconds | answers | errors | p50 ms | p95 ms | longest ms | saves, refused | workers MB before, after |\n"
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
        f"| {readers} | {seconds} | {len(answers):,} | {failed} | {middle:.0f} | {slow:.0f} | {slowest:.0f} "
        f"| {saves.count(302)}, {len(saves) - saves.count(302)} | {before:.0f}, {after:.0f} |"
    )
    return text, not failed and bool(saves) and set(saves) == {302}


if __name__ == "__main__":
    main()
