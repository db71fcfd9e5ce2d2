"""A portal of its own for one test: database, media folder, and processes that may be killed."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from http.cookies import SimpleCookie
from itertools import count
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 300  # seconds, for what takes less than one where nothing else runs
_serial = count(1)


class Site:
    """``prepare`` makes the state every round begins with, ``reset`` goes back to it.

    On PostgreSQL (when DATABASE_URL says so) two databases of its own are made, and dropped by ``close``.
    """

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder, self.var, self.kept = folder, folder / "var", folder / "prepared"
        self.var.mkdir()
        self.server = database_url if database_url.startswith("postgres") else ""
        self.database = f"portal_site_{os.getpid()}_{next(_serial)}"
        self.cookies: dict[str, str] = {}
        self.case = self.collection = self.category = self.institution = 0
        self.running: set[int] = set()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        if self.server:
            self._recreate(self.database)
        self.nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.robustness.nursery"], cwd=ROOT, env=self._environment(), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def prepare(self) -> None:
        """Tables, a little content, a member of staff who has logged in."""
        assert self.manage("migrate", "-v0") == 0, self.output
        self.case, self.collection, self.category, self.institution = self.call("prepare")
        pid = self.serve()
        self.log_in()
        self.stop(pid, signal.SIGTERM)
        if self.server:
            self._recreate(f"{self.database}_kept", template=self.database)
        shutil.copytree(self.var, self.kept)

    def reset(self) -> None:
        shutil.rmtree(self.var)
        shutil.copytree(self.kept, self.var)
        if self.server:
            self._recreate(self.database, template=f"{self.database}_kept")

    def close(self) -> None:
        for pid in list(self.running):  # of a test that failed half way
            self.stop(pid)
        self.nursery.stdin.close()
        self.nursery.wait(PATIENCE)
        self.nursery.stdout.close()
        if self.server:
            for name in (self.database, f"{self.database}_kept"):
                self._on_server("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    # processes

    def start(self, do: str, *arguments) -> int:
        pid = self._order(do=do, arguments=arguments, out=str(self.folder / "out"))["pid"]
        self.running.add(pid)
        return pid

    def wait(self, pid: int) -> int:
        self.running.discard(pid)
        return self._order(do="wait", pid=pid)["code"]

    def stop(self, pid: int, how: int = signal.SIGKILL) -> None:
        """End a process with all that it started."""
        with contextlib.suppress(ProcessLookupError):
            (os.killpg if how == signal.SIGKILL else os.kill)(pid, how)
        self.wait(pid)

    def manage(self, *arguments: str) -> int:
        return self.wait(self.start("manage", *arguments))

    def call(self, name: str, *arguments):
        """The answer of a function of ``states.py``."""
        code = self.wait(self.start("call", name, *arguments))
        assert code == 0, self.output
        return json.loads(self.output.splitlines()[-1])

    def serve(self) -> int:
        """Start the server, and wait until its worker has answered once."""
        pid, limit = self.start("serve", self.port), time.monotonic() + PATIENCE
        while True:
            try:
                assert self.ask("GET", "/healthz")[0] == 200
            except OSError:
                assert time.monotonic() < limit, self.output
                time.sleep(0.02)
            else:
                return pid

    @property
    def output(self) -> str:
        return (self.folder / "out").read_text()

    # requests

    def ask(self, method: str, path: str, body: bytes = b"", content_type: str = "") -> tuple[int, str]:
        """Status and body; cookies are kept as a browser keeps them."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"Cookie": "; ".join(f"{key}={value}" for key, value in self.cookies.items())}
        if body:
            headers |= {"Content-Type": content_type, "X-CSRFToken": self.cookies.get("csrftoken", "")}
        try:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            for line in answer.headers.get_all("Set-Cookie") or []:
                self.cookies |= {key: morsel.value for key, morsel in SimpleCookie(line).items()}
            return answer.status, answer.read().decode()
        except http.client.HTTPException as error:
            raise ConnectionError from error
        finally:
            connection.close()

    def post(self, path: str, fields: dict) -> tuple[int, str]:
        return self.ask("POST", path, urlencode(fields, doseq=True).encode(), "application/x-www-form-urlencoded")

    def upload(
        self, path: str, fields: dict, name: str, data: bytes, kind: str = "image/jpeg", filename: str = "file"
    ) -> tuple[int, str]:
        mark, parts = b"----portal", []
        for key, value in fields.items():
            parts.append(f'Content-Disposition: form-data; name="{key}"\r\n\r\n{value}'.encode())
        head = f'Content-Disposition: form-data; name="{name}"; filename="{filename}"\r\nContent-Type: {kind}\r\n\r\n'
        parts.append(head.encode() + data)
        body = b"".join(b"--" + mark + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + mark + b"--\r\n"
        return self.ask("POST", path, body, f"multipart/form-data; boundary={mark.decode()}")

    def log_in(self) -> None:
        self.ask("GET", "/admin/login/")
        assert self.post("/admin/login/", {"username": "staff", "password": "not-a-secret"})[0] == 302

    # inside

    def _order(self, **order) -> dict:
        self.nursery.stdin.write(json.dumps(order) + "\n")
        self.nursery.stdin.flush()
        return json.loads(self.nursery.stdout.readline())

    def _environment(self) -> dict[str, str]:
        own = {"DJANGO_DEBUG": "1", "PORTAL_VAR_DIR": str(self.var), "REDIS_URL": ""}
        own["DJANGO_SETTINGS_MODULE"] = "portal.settings"
        environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"} | own
        if self.server:
            environment["DATABASE_URL"] = urlsplit(self.server)._replace(path=f"/{self.database}").geturl()
        return environment

    def _recreate(self, name: str, template: str = "template1") -> None:
        self._on_server("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        # A connection of a process just killed may take a moment to go.
        self._on_server("CREATE DATABASE {} TEMPLATE {}", name, template)

    def _on_server(self, statement: str, *names: str) -> None:
        address = urlsplit(self.server)._replace(path="/postgres").geturl()
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
