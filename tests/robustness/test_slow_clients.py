"""Clients that send a byte now and then hold nobody up: the server as ``make run`` starts it."""

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 300  # seconds, for what takes less than one where nothing else runs
SLOW = 200
HEAD = b"GET /cases/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
BODY = b"POST /reading-mode/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 900\r\n\r\nmode="

pytestmark = pytest.mark.slow


def options(**others: object) -> list[str]:
    """What the Makefile tells the server, some of it otherwise."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", "")
    known = dict(
        re.findall(r"--([a-z-]+)(?:=(\S*))?", re.search(r"^SERVER = waitress-serve (.*)$", text, re.MULTILINE).group(1))
    )
    known |= {name.replace("_", "-"): str(value) for name, value in others.items()}
    return [f"--{name}={value}" if value or name == "ident" else f"--{name}" for name, value in known.items()]


@pytest.fixture(scope="module")
def serve(tmp_path_factory):
    """Start a server with these options on one database; its port."""
    running, folder = [], tmp_path_factory.mktemp("var")
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "portal.settings", "DJANGO_DEBUG": "0", "DJANGO_SECRET_KEY": "tests-only-not-a-secret", "DJANGO_HTTPS": "0",
        "PORTAL_VAR_DIR": str(folder), "REDIS_URL": "", "DATABASE_URL": f"sqlite:///{folder}/portal.sqlite3",
    }  # fmt: skip
    for command in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True)

    def started(**others: object) -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        told = options(listen=f"127.0.0.1:{port}", **others)
        command = [sys.executable, "-m", "waitress", *told, "portal.wsgi:application"]
        running.append(
            subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        )
        until = time.monotonic() + PATIENCE
        while True:
            try:
                assert asked(port, "/healthz") == 200
            except OSError:
                assert time.monotonic() < until
                time.sleep(0.05)
            else:
                return port

    started.folder = folder
    yield started
    for process in running:
        process.terminate()
        process.wait(PATIENCE)


@pytest.fixture(scope="module")
def port(serve) -> int:
    return serve(channel_timeout=PATIENCE)  # on a busy machine the others' pages may take longer than clients may


@pytest.fixture(scope="module")
def strict_port(serve) -> int:
    return serve(channel_timeout=1, cleanup_interval=1)


def asked(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def test_two_hundred_slow_heads_and_bodies_stop_nobody(port):
    with ExitStack() as stack:
        slow = [stack.enter_context(connect(port)) for _ in range(SLOW)]
        for number, client in enumerate(slow):
            client.sendall(BODY if number % 2 else HEAD)
        for path in ("/healthz", "/", "/cases/", "/admin/login/"):
            assert asked(port, path) == 200
            for client in slow:
                client.sendall(b"x")  # still there
        # Who has said all is answered like anyone else.
        slow[0].sendall(b"\r\n\r\n")
        assert slow[0].recv(15) == b"HTTP/1.1 200 OK"


@pytest.mark.parametrize("beginning", [b"", HEAD, BODY], ids=["nothing", "head", "body"])
def test_a_client_that_falls_silent_is_let_go(strict_port, beginning):
    with connect(strict_port) as client:
        client.sendall(beginning)
        assert client.recv(1) == b""


def test_a_body_beyond_all_uploads_is_refused_by_its_length(port):
    with connect(port) as client:
        client.sendall(b"POST /cases/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 600000000\r\n\r\n")
        assert client.recv(12) == b"HTTP/1.1 413"


def test_the_database_is_for_its_owner_alone(serve, port):
    files = list(serve.folder.glob("portal.sqlite3*"))
    assert files
    assert [oct(path.stat().st_mode & 0o777) for path in files if path.stat().st_mode & 0o077] == []


@pytest.mark.parametrize("value", ["abc$def#ghi", "a b", "p@ss'w\"ord", "x\\y"])
def test_make_reads_the_settings_as_the_shell_does(tmp_path, value):
    quoted = "'" + value.replace("'", "'\\''") + "'"
    (tmp_path / ".env").write_text(f"DJANGO_SECRET_KEY={quoted}\n")
    (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text(encoding="utf-8"))
    show = 'show: ; @$(LOCAL); printf %s "$$DJANGO_SECRET_KEY"'
    shown = subprocess.run(
        ["make", "-s", f"--eval={show}", "show"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert shown.stdout == value


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("", ""),
        ("DJANGO_ALLOWED_HOSTS=cases.example.org", "1"),
        ("DJANGO_ALLOWED_HOSTS=a\nDJANGO_HTTPS=0", "0"),
        ("DJANGO_HTTPS=1", "1"),
    ],
)
def test_a_server_has_secure_cookies_unless_it_says_otherwise(tmp_path, settings, expected):
    (tmp_path / ".env").write_text(f"DJANGO_SECRET_KEY=x\n{settings}\n")
    (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text(encoding="utf-8"))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")}
    show = 'show: ; @$(LOCAL); printf %s "$$DJANGO_HTTPS"'
    command = ["make", "-s", f"--eval={show}", "show"]
    assert (
        subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True).stdout
        == expected
    )
