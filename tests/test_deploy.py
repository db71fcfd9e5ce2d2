"""What deploy/ says fits the code: settings, commands, addresses, cookies and limits that exist; nothing open that should not be."""

import os
import re
import runpy
import subprocess
import sys
from configparser import RawConfigParser
from functools import cache
from pathlib import Path
from threading import Thread
from wsgiref.simple_server import make_server

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands
from django.urls import resolve
from gunicorn.config import KNOWN_SETTINGS

from cases.public.site import ELDER_COOKIE
from cases.word.admin.upload import MAX_REQUEST_BYTES
from portal.middleware import MAX_QUERY_LENGTH

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
OURS = re.compile(r"\b((?:DJANGO|PORTAL|EMAIL|DEFAULT|DATABASE|REDIS|MEDIA)_[A-Z0-9_]+)\b")
UNITS = sorted(path.name for path in (DEPLOY / "systemd").iterdir())
SERVICES = [name for name in UNITS if name.endswith(".service")]


@cache
def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.fixture
def compose() -> dict:
    return yaml.safe_load(read("deploy/compose.yaml"))["services"]


class Unit(RawConfigParser):
    """A systemd unit; a name given twice keeps both values, one a line."""

    def __init__(self, name: str) -> None:
        super().__init__(strict=False, delimiters=("=",), comment_prefixes=("#",))
        self.optionxform = str
        self.read_string(read(f"deploy/systemd/{name}"))


@pytest.mark.parametrize("name", ["deploy/Dockerfile", "deploy/compose.yaml", "docs/deploy.md", "docs/deploy.zh-CN.md"])
def test_every_setting_named_is_one_of_the_portal(name):
    assert set(OURS.findall(read(name))) - set(OURS.findall(read(".env.example"))) == set()


def test_what_compose_asks_for_is_explained():
    asked = set(re.findall(r"\$\{([A-Z_]+)", read("deploy/compose.yaml")))
    assert [name for name in sorted(asked) if f"# {name}=" not in read(".env.example")] == []


def test_only_the_front_can_be_reached_from_outside(compose):
    assert [name for name, service in compose.items() if "ports" in service] == ["front"]
    assert [name for name in ("database", "redis") if compose[name]["networks"] != ["inside"]] == []
    assert yaml.safe_load(read("deploy/compose.yaml"))["networks"]["inside"]["internal"] is True


def test_containers_of_the_portal_own_nothing_but_their_data(compose):
    ours = {name: service for name, service in compose.items() if service["image"].startswith("portal:")}
    assert sorted(ours) == ["migrate", "task", "web", "worker"]
    for service in ours.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["volumes"][0] == "files:/var/lib/portal"


def test_images_are_named_with_a_version(compose):
    assert [s["image"] for s in compose.values() if not re.search(r":\S+$", s["image"]) or "latest" in s["image"]] == []


def test_image_runs_as_nobody_special_and_holds_no_secret():
    lines = read("deploy/Dockerfile").splitlines()
    assert [line for line in lines if line.startswith("USER ")] == ["USER 10001:10001"]
    assert [line for line in lines if re.match(r"\s*(ENV|ARG)\b.*(SECRET|PASSWORD|TOKEN)", line)] == []


def test_image_takes_in_what_is_listed_and_nothing_else():
    patterns = [line for line in read(".dockerignore").splitlines() if line and not line.startswith("#")]
    taken = {pattern[1:] for pattern in patterns if pattern.startswith("!")}
    assert patterns[0] == "*"
    assert [name for name in sorted(taken) if not (ROOT / name).exists()] == []
    assert taken >= {"cases", "portal", "templates", "static", "locale", "fixtures", "manage.py", "requirements.txt"}
    assert not taken & {".env", ".git", "var", "tests"}


def test_lock_holds_what_is_required_and_a_hash_of_everything():
    """Where this fails after a change of requirements.txt: make lock."""
    pins = {
        line.partition("[")[0].partition("==")[0].lower(): line.partition("==")[2]
        for line in read("requirements.txt").split()
    }
    locked = dict(re.findall(r"^([a-z0-9._-]+)==(\S+) \\\n    --hash=sha256:", read("requirements.lock"), re.MULTILINE))
    assert {name: locked.get(name) for name in pins} == pins
    assert len(locked) == len(re.findall(r"^[a-z]", read("requirements.lock"), re.MULTILINE)) > len(pins)


def test_gunicorn_knows_what_it_is_told_and_leaves_long_addresses_to_the_site(tmp_path, monkeypatch):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    told = runpy.run_path(str(DEPLOY / "gunicorn.conf.py"))
    known = {setting.name for setting in KNOWN_SETTINGS}
    assert [name for name in told if not name.startswith("__") and name not in {*known, "os", "tempfile"}] == []
    assert MAX_QUERY_LENGTH < told["limit_request_line"] <= 8190


@pytest.mark.parametrize("name", SERVICES)
def test_service_is_no_root_and_runs_a_command_there_is(name):
    service = Unit(name)["Service"]
    assert service["User"] == "portal"
    assert service["ProtectSystem"] == "strict"
    assert service["NoNewPrivileges"] == "yes"
    command = re.search(
        r"manage\.py (\S+)|(gunicorn --config deploy/gunicorn\.conf\.py portal\.wsgi)", service["ExecStart"]
    )
    assert command.group(2) or command.group(1) in {*get_commands(), "%i"}


def test_every_timer_starts_a_unit_and_a_command_there_is():
    timers = [name for name in UNITS if name.endswith(".timer")]
    started = {Unit(name)["Timer"].get("Unit", name.replace(".timer", ".service")) for name in timers}
    tasks = {unit[len("portal-task@") : -len(".service")] for unit in started if "@" in unit}
    assert tasks == {"send_digests", "clean_media", "clearsessions"} <= set(get_commands())
    assert {unit for unit in started if "@" not in unit} <= set(UNITS)


def test_front_lets_everybody_with_a_page_of_their_own_past_its_cache():
    personal = (
        re.search(r'"~\(\^\|; \).*?\(([a-z|]+)\)="', read("deploy/nginx/portal.conf.template")).group(1).split("|")
    )
    names = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, ELDER_COOKIE)
    assert [name for name in names if re.sub("^__(Host|Secure)-", "", name) not in personal] == []


def test_a_server_names_its_cookies_so_that_no_other_host_can_set_them():
    said = "from portal.settings import *; print(SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, SECRET_KEY_FALLBACKS)"
    known = {
        "DJANGO_SECRET_KEY": "x",
        "DJANGO_HTTPS": "1",
        "DJANGO_SECRET_KEY_FALLBACKS": "old,older",
        "PATH": os.environ["PATH"],
    }
    run = subprocess.run([sys.executable, "-c", said], env=known, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert run.stdout.strip() == "__Host-sessionid __Host-csrftoken ['old', 'older']"


def test_front_takes_uploads_of_staff_that_the_desk_takes():
    desk = read("deploy/nginx/portal.conf.template").partition("location /admin/ {")[2]
    assert int(re.search(r"client_max_body_size (\d+)m", desk).group(1)) * 1024 * 1024 > MAX_REQUEST_BYTES


@pytest.mark.parametrize(
    "address", ["/suggest/", "/suggest.json", "/api/v1/cases/", "/find/", "/oai", "/cases.bib", "/follow/", "/feedback/", "/admin/login/", "/admin/password_reset/", "/admin/second-factor/", "/healthz", "/livez", "/readyz", "/metrics"]
)  # fmt: skip
def test_front_limits_addresses_there_are(address):
    places = re.findall(r"location ~ (\S+) \{", read("deploy/nginx/portal.conf.template"))
    assert any(re.search(place, address) for place in places)
    assert resolve(address)


@pytest.mark.parametrize("page", ["resting", "busy"])
def test_pages_of_the_front_need_nothing_but_themselves(page):
    html = read(f"deploy/nginx/{page}.html")
    assert '<html lang="zh-CN">' in html
    assert re.findall(r"<(?:script|link|img)\b", html) == []


@pytest.mark.parametrize(("status", "exit_status"), [("200 OK", 0), ("503 Service Unavailable", 1)])
def test_probe_says_by_its_exit_status_whether_the_site_lives(status, exit_status):
    asked = []

    def answer(environ, start_response):
        asked.append((environ["PATH_INFO"], environ["HTTP_HOST"]))
        start_response(status, [])
        return []

    with make_server("127.0.0.1", 0, answer) as server:
        Thread(target=server.handle_request, daemon=True).start()
        assert probe(server.server_port) == exit_status
    [(path, host)] = asked
    assert host == "cases.example.org"
    assert resolve(path)


def test_probe_says_so_where_nothing_answers():
    with make_server("127.0.0.1", 0, None) as closed:
        port = closed.server_port
    assert probe(port) == 1


def probe(port: int) -> int:
    known = {**os.environ, "PORT": str(port), "DJANGO_ALLOWED_HOSTS": "cases.example.org,localhost"}
    return subprocess.run([sys.executable, DEPLOY / "probe.py"], env=known, timeout=600).returncode
