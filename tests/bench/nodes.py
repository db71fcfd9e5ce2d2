"""Two web nodes, a primary with a replica, and Redis behind nginx: each killed under load, and what readers and an editor see of it.

    python -m tests.bench.nodes

Needs nginx, redis-server, openssl and PostgreSQL's programs; makes servers of its own in a temporary folder and removes them. As root, PostgreSQL runs
as the user postgres. Two minutes; prints the table of docs/scale.md and how many saves were lost (0).
"""

import http.client
import itertools
import os
import random
import re
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

import lxml.html

ROOT = Path(__file__).resolve().parents[2]
PRIMARY, REPLICA, REDIS, NODES, FRONT, PLAIN = 5561, 5562, 6392, (8983, 8984), 8985, 8986
PASSWORD = "nodes under load 9 times"
READERS, PAUSE, DOWN, UP = 4, 0.12, 12, 10  # seconds
PREPARE = f"""
from django.contrib.auth import get_user_model
get_user_model().objects.create_superuser("nodes", password="{PASSWORD}")
from cases.models import Case
case = Case.objects.published().order_by("pk").first()
codes = list(Case.objects.published().values_list("code", flat=True)[:40])
case.pk, case.code, case.status, case.published_at, case.order = None, "sz2020-9901", "draft", None, 99
case.save()
print("PREPARED", case.pk, *codes)
"""
KEPT = """
from cases.models import Case, Version
versions = Version.objects.filter(kind="case", object_id={key}).values_list("data__summary", flat=True)
print("KEPT", Case.objects.get(pk={key}).summary, *filter(None, versions))
"""


class Machines:
    """Every server of the trial, below ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.running = folder, {}
        self.bin = Path(sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1])
        self.environment = {
            **os.environ, "PORTAL_VAR_DIR": str(folder / "var"), "DJANGO_DEBUG": "0", "DJANGO_HTTPS": "1", "DJANGO_BEHIND_PROXY": "1",
            "DJANGO_SECRET_KEY": "nodes" * 12, "DJANGO_ALLOWED_HOSTS": "localhost", "PORTAL_TAKEAWAY": "worker", "PORTAL_PAGE_RATE": "",
            "DATABASE_URL": f"postgresql://postgres@127.0.0.1:{PRIMARY}/portal",
            "DATABASE_REPLICA_URLS": f"postgresql://postgres@127.0.0.1:{REPLICA}/portal", "REDIS_URL": f"redis://127.0.0.1:{REDIS}/0",
        }  # fmt: skip

    def start(self, name: str, *command: str) -> None:
        log = (self.folder / f"{name}.log").open("ab")
        self.running[name] = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
        )

    def kill(self, name: str, how: int = signal.SIGKILL) -> None:
        process = self.running.pop(name)
        os.killpg(process.pid, how)
        process.wait()

    def node(self, number: int) -> None:
        config = ("--config", "deploy/gunicorn.conf.py", "--bind", f"127.0.0.1:{NODES[number]}", "--workers", "1")
        self.start(f"node{number}", sys.executable, "-m", "gunicorn", *config, "portal.wsgi")

    def redis(self) -> None:
        self.start(
            "redis", "redis-server", "--port", str(REDIS), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"
        )

    def postgres(self, program: str, *arguments: str) -> None:
        command = [str(self.bin / program), *arguments]
        as_postgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] if os.geteuid() == 0 else []
        subprocess.run([*as_postgres, *command], cwd=self.folder, check=True, stdout=subprocess.DEVNULL)

    def database(self, name: str, *do: str) -> None:
        self.postgres("pg_ctl", "-D", str(self.folder / name), "-w", "-l", str(self.folder / f"{name}.log"), *do)

    def make_databases(self) -> None:
        self.postgres(
            "initdb", "-D", str(self.folder / "primary"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"
        )
        settings = f"port={PRIMARY}\nunix_socket_directories='{self.folder}'\nlisten_addresses='127.0.0.1'\nshared_buffers=64MB\n"
        with (self.folder / "primary/postgresql.conf").open("a") as file:
            file.write(settings)
        self.database("primary", "start")
        at = ("-h", "127.0.0.1", "-p", str(PRIMARY), "-U", "postgres")
        self.postgres("createdb", *at, "portal")
        self.postgres("pg_basebackup", *at, "-D", str(self.folder / "replica"), "-R", "-X", "stream", "-c", "fast")
        config = self.folder / "replica/postgresql.conf"
        config.write_text(config.read_text().replace(f"port={PRIMARY}", f"port={REPLICA}"))
        self.database("replica", "start")

    def front(self) -> None:
        """nginx as deploy/ has it, with both nodes, and limits that four readers of one address do not meet."""
        keys = (
            "-keyout",
            f"{self.folder}/privkey.pem",
            "-out",
            f"{self.folder}/fullchain.pem",
            "-subj",
            "/CN=localhost",
        )
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *keys],
            check=True,
            capture_output=True,
        )
        text = (ROOT / "deploy/nginx/portal.conf.template").read_text(encoding="utf-8")
        servers = "\n".join(f"    server 127.0.0.1:{port} max_fails=2 fail_timeout=5s;" for port in NODES)
        text = re.sub(r"    server \$\{FRONT_UPSTREAM\}[^\n]*", servers, text).replace("${FRONT_HOST}", "localhost")
        text = re.sub(r"rate=\d+r/[sm]", "rate=5000r/s", text)
        for there, here in (
            ("/etc/portal/certificates", self.folder), ("/var/cache/portal", self.folder / "cache"), ("/var/log/nginx", self.folder),
            ("/usr/share/portal", ROOT / "deploy/nginx"), ("listen 443", f"listen {FRONT}"), ("[::]:443", f"[::]:{FRONT}"),
            ("listen 80 ", f"listen {PLAIN} "), ("[::]:80 ", f"[::]:{PLAIN} "),
        ):  # fmt: skip
            text = text.replace(there, str(here))
        (self.folder / "portal.conf").write_text(text, encoding="utf-8")
        temporary = " ".join(
            f"{kind}_temp_path {self.folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (self.folder / "nginx.conf").write_text(
            f"daemon off; pid {self.folder}/nginx.pid; events {{}} http {{ access_log off; {temporary} include {self.folder}/portal.conf; }}"
        )
        self.start("nginx", "nginx", "-e", f"{self.folder}/nginx.log", "-c", f"{self.folder}/nginx.conf")

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, check=True, capture_output=True, text=True
        ).stdout

    def stop(self) -> None:
        for name in [name for name, process in self.running.items() if process.poll() is None]:
            self.kill(name, signal.SIGTERM)
        for name in ("replica", "primary"):
            if (self.folder / name / "postmaster.pid").exists():
                self.database(name, "stop", "-m", "fast")


class Trial:
    """What was asked and answered: ``answers`` of readers as (second, status, seconds), ``saves`` as (second, status, words)."""

    def __init__(self, key: str, paths: list[str], certificate: Path) -> None:
        self.key, self.paths = key, paths
        self.context = ssl.create_default_context(cafile=certificate)
        self.began, self.is_over = time.time(), threading.Event()
        self.answers: list[tuple[float, int, float]] = []
        self.saves: list[tuple[float, int, str]] = []
        self.cookies: dict[str, str] = {}

    @property
    def now(self) -> float:
        return time.time() - self.began

    def ask(self, method: str, path: str, fields: list | None = None) -> tuple[int, str]:
        """Status (0: no answer) and text."""
        connection = http.client.HTTPSConnection("localhost", FRONT, context=self.context, timeout=15)
        headers = (
            {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
            if path.startswith("/admin/")
            else {}
        )
        if fields is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Referer": f"https://localhost{path}",
                "Origin": "https://localhost",
            }
        try:
            connection.request(method, path, urlencode(fields) if fields is not None else None, headers)
            response = connection.getresponse()
            text = response.read().decode("utf-8", "replace")
        except OSError:
            return 0, ""
        finally:
            connection.close()
        if path.startswith("/admin/"):
            for cookie in response.headers.get_all("Set-Cookie") or ():
                name, _, value = cookie.partition(";")[0].partition("=")
                self.cookies[name] = value
        return response.status, text

    def read(self, seed: int) -> None:
        chance = random.Random(seed)
        while not self.is_over.is_set():
            began = time.time()
            status, _ = self.ask("GET", chance.choice(self.paths))
            self.answers.append((began - self.began, status, time.time() - began))
            time.sleep(PAUSE)

    def log_in(self) -> None:
        page = "/admin/login/?next=/admin/"
        form = next(form for form in lxml.html.fromstring(self.ask("GET", page)[1]).forms if "password" in form.fields)
        values = [*((name, value) for name, value in form.form_values() if name not in ("username", "password"))]
        status, _ = self.ask("POST", page, [*values, ("username", "nodes"), ("password", PASSWORD)])
        assert status == 302, status

    def edit(self) -> None:
        page = f"/admin/cases/case/{self.key}/change/"
        for number in itertools.count(1):
            if self.is_over.is_set():
                return
            words, (status, text) = f"第{number}次保存", self.ask("GET", page)
            if status == 200:
                form = next(form for form in lxml.html.fromstring(text).forms if "summary" in form.fields)
                values = [pair for pair in form.form_values() if pair[0] != "summary" and not pair[0].startswith("_")]
                status, _ = self.ask("POST", page, [*values, ("summary", words), ("_continue", "1")])
            self.saves.append((self.now, status, words))
            time.sleep(0.5)

    def row(self, name: str, since: float, until: float) -> str:
        answers = [answer for answer in self.answers if since <= answer[0] < until]
        failed, times = sum(status == 0 or status >= 500 for _, status, _ in answers), sorted(t for _, _, t in answers)
        saves = [status for second, status, _ in self.saves if since <= second < until]
        median, slow = (times[int(len(times) * share)] * 1000 for share in (0.5, 0.95))
        taken = saves.count(302)
        return f"| {name}, {until - since:.0f} s | {len(answers)} | {failed} | {median:.0f} | {slow:.0f} | {taken}, {len(saves) - taken} |"


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="portal-nodes-"))
    folder.chmod(0o777)  # PostgreSQL's user and nginx's write here, too
    machines = Machines(folder)
    try:
        machines.make_databases()
        machines.redis()
        machines.manage("migrate", "-v0")
        machines.manage("seed")
        machines.manage("reindex", "-v0")
        machines.manage("collectstatic", "--noinput", "-v0")
        key, *codes = machines.manage("shell", "-v0", "-c", PREPARE).partition("PREPARED ")[2].split()
        for number in range(2):
            machines.node(number)
        machines.front()
        time.sleep(8)
        run(machines, key, codes)
    finally:
        machines.stop()
        shutil.rmtree(folder, ignore_errors=True)


def run(machines: Machines, key: str, codes: list[str]) -> None:
    lists = [
        "/",
        "/cases/",
        "/institutions/",
        "/products/",
        "/glossary/",
        "/collections/",
        "/api/v1/cases/",
        "/feeds/cases.atom",
    ]
    searches = ["/cases/?" + urlencode({"q": words}) for words in ("贷款", "无还本")]
    pages = [*(f"/cases/{code}/" for code in codes), *(f"/cases/?page={page}" for page in range(2, 5))]
    trial = Trial(key, [*lists, *searches, *pages], machines.folder / "fullchain.pem")
    trial.log_in()
    threads = [threading.Thread(target=trial.read, args=(seed,)) for seed in range(READERS)] + [
        threading.Thread(target=trial.edit)
    ]
    for thread in threads:
        thread.start()
    steps = [
        ("all well", lambda: None, DOWN),
        ("one web node gone", lambda: machines.kill("node1"), DOWN),
        ("back", lambda: machines.node(1), UP),
        ("replica gone", lambda: machines.database("replica", "stop", "-m", "immediate"), DOWN),
        ("back", lambda: machines.database("replica", "start"), UP),
        ("Redis gone", lambda: machines.kill("redis"), DOWN),
        ("back", machines.redis, UP),
        ("primary gone", lambda: machines.database("primary", "stop", "-m", "immediate"), DOWN),
        ("back", lambda: machines.database("primary", "start"), UP + 5),
    ]
    marks = []
    for name, do, seconds in steps:
        marks.append((name, trial.now))
        do()
        time.sleep(seconds)
    trial.is_over.set()
    for thread in threads:
        thread.join()
    print(
        "| | requests | failed | median ms | p95 ms | saves: taken, refused in words |\n| --- | ---: | ---: | ---: | ---: | --- |"
    )
    for (name, since), (_, until) in itertools.pairwise([*marks, ("", trial.now)]):
        print(trial.row(name, since, until))
    failed = sorted(f"{second:.0f} s: {status}" for second, status, _ in trial.answers if status == 0 or status >= 500)
    print("\nFailed (0: no answer):", ", ".join(failed) or "none")
    last, *kept = machines.manage("shell", "-v0", "-c", KEPT.format(key=key)).partition("KEPT ")[2].split()
    taken = [words for _, status, words in trial.saves if status == 302]
    print(
        f"\n{len(taken)} saves taken, {len(set(taken) - set(kept))} lost; the last one is {'there' if taken[-1] == last else 'gone'}."
    )


if __name__ == "__main__":
    main()
