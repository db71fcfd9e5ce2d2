"""A module imports only from its own layer or a lower one."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LAYERS = {
    "models": 1,
    "search": 2,
    "imports": 2,
    "exports": 2,
    "rendering": 2,
    "versions": 2,
    "content_checks": 2,
    "actions": 3,
    "forms": 4,
    "filters": 4,
    "facets": 4,
    "views": 5,
    "api": 5,
    "admin": 5,
    "desk": 5,
    "todo": 5,
    "feeds": 5,
    "sitemaps": 5,
    "management": 5,
    "templatetags": 5,
    "urls": 5,
}
OUTSIDE = {"apps", "migrations", "__init__"}
MODULES = sorted(
    path
    for path in (ROOT / "cases").rglob("*.py")
    if path.relative_to(ROOT / "cases").parts[0].removesuffix(".py") not in OUTSIDE
)


def layer_of(dotted: str) -> int | None:
    parts = dotted.split(".")
    return LAYERS[parts[1]] if parts[0] == "cases" and len(parts) > 1 else None


def imported(path: Path) -> list[str]:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    names = []
    for node in nodes:
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names += [f"{node.module}.{alias.name}" if node.module == "cases" else node.module for alias in node.names]
    return names


def test_every_module_has_a_layer():
    assert [
        path.name for path in MODULES if path.relative_to(ROOT / "cases").parts[0].removesuffix(".py") not in LAYERS
    ] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_down(path):
    own = layer_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
    assert [name for name in imported(path) if (layer_of(name) or 0) > own] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_module_stays_readable(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


@pytest.mark.parametrize("folder", ["imports", "exports"])
def test_converters_know_no_database_and_no_request(folder):
    names = [name for path in (ROOT / "cases" / folder).rglob("*.py") for name in imported(path)]
    assert [name for name in names if name.startswith(("django.db", "django.http", "cases.models"))] == []


def test_no_junk_drawer():
    assert [
        path.name for path in ROOT.glob("cases/**/*.py") if path.stem in {"utils", "common", "helpers", "signals"}
    ] == []
