"""The house: a room for each thing the portal can do; a room imports only from rooms on lower floors (docs/architecture.md)."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = (
    {"models"},
    {"search", "background"},
    {"editing", "public", "templatetags"},
    {"word", "sheets", "seed", "backup", "feedback", "following", "verification", "figures"},
    {"takeaway"},
    {"desk", "management"},
    {"admin", "apps"},  # where Django finds the desk and the app
)
FLOOR_OF = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
LONGEST_CHAIN = 9  # modules
ONE_CALLER_SHARE = 0.10
PAIRS_ON_ONE_FLOOR = {("templatetags", "public")}  # the template library of the public pages, where Django looks for it
CODE = sorted(
    path for path in (ROOT / "cases").rglob("*.py") if path.parent != ROOT / "cases" or path.stem != "__init__"
)
MODULES = [path for path in CODE if "migrations" not in path.parts]
MIGRATIONS = [path for path in CODE if "migrations" in path.parts]
ROOMS = sorted(room for floor in FLOORS[1:6] for room in floor if room not in ("templatetags", "management"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def room_of(dotted: str) -> str | None:
    parts = dotted.split(".")
    return parts[1] if parts[0] == "cases" and len(parts) > 1 else None


def imported(path: Path) -> list[str]:
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def may_import(own: str, other: str) -> bool:
    return own == other or FLOOR_OF[other] < FLOOR_OF[own] or (own, other) in PAIRS_ON_ONE_FLOOR


def test_every_module_stands_in_a_room():
    assert [
        name_of(path)
        for path in MODULES
        if room_of(".".join(path.relative_to(ROOT).with_suffix("").parts)) not in FLOOR_OF
    ] == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_go_down(path):
    own = room_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
    others = [(name, room) for name in imported(path) if (room := room_of(name))]
    assert [name for name, room in others if not may_import(own, room)] == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_module_stays_readable(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


@pytest.mark.parametrize("folder", ["word/docx", "word/pdf", "word/recognition", "word/sandbox"])
def test_reading_knows_no_database_and_no_request(folder):
    names = [name for path in (ROOT / "cases" / folder).rglob("*.py") for name in imported(path)]
    assert [name for name in names if name.startswith(("django.db", "django.http", "cases.models"))] == []


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_what_it_is_for_and_loads_nothing(room):
    tree = ast.parse((ROOT / "cases" / room / "__init__.py").read_text(encoding="utf-8"))
    assert len(ast.get_docstring(tree).splitlines()) >= 6
    assert len(tree.body) == 1


def test_no_junk_drawer():
    assert [path.name for path in MODULES if path.stem in {"utils", "common", "helpers", "signals"}] == []


@pytest.mark.parametrize("path", MIGRATIONS, ids=name_of)
def test_migration_imports_nothing_of_ours(path):
    assert [name for name in imported(path) if name.split(".")[0] in ("cases", "portal")] == []


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def import_depths() -> dict[str, int]:
    """For each module, the number of ours on the longest chain of imports that begins with it."""
    known = {dotted(path): path for path in MODULES}
    direct = {
        name: {found for target in imported(path) if (found := next_known(target, known)) and found != name}
        for name, path in known.items()
    }
    depths: dict[str, int] = {}

    def depth(name: str) -> int:
        if name not in depths:
            depths[name] = 0  # a package and its own modules may name each other
            depths[name] = 1 + max(map(depth, direct[name]), default=0)
        return depths[name]

    return {name: depth(name) for name in known}


def next_known(target: str, known: dict[str, Path]) -> str | None:
    return target if target in known else parent if (parent := target.rpartition(".")[0]) in known else None


def test_chains_of_imports_stay_short():
    depths = import_depths()
    assert {name: depth for name, depth in depths.items() if depth > LONGEST_CHAIN} == {}


def test_private_helpers_are_ideas_of_their_own():
    """A private function with one caller makes a reader jump; few functions are worth it."""
    functions, lonely = 0, []
    for path in MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        uses = Counter(getattr(node, "id", getattr(node, "attr", None)) for node in ast.walk(tree))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                functions += 1
                is_private = node.name.startswith("_") and not node.name.startswith("__")
                if is_private and not node.decorator_list and uses[node.name] == 1:
                    lonely.append(f"{name_of(path)}:{node.name}")
    assert len(lonely) / functions < ONE_CALLER_SHARE, lonely


def test_docs_show_every_room_on_its_floor():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    shown, floor = {}, None
    for line in next(part for part in text.split("\n\n") if part.startswith("    ")).splitlines():
        told = re.split(r"\s{2,}", line.strip())
        if told[0].isdigit():
            floor = int(told.pop(0))
        shown |= dict.fromkeys(told[::2], floor)
    assert shown == {room: FLOOR_OF[room] + 1 for room in [*ROOMS, "models", "management"]}
