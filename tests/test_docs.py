"""The README says what is there, and nothing else."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from cases.editing.workflow import TRANSITIONS
from cases.public.filters import CaseFilter

ROOT = Path(__file__).resolve().parent.parent
READMES = ["README.md", "README.zh-CN.md"]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def settings_read() -> set[str]:
    text = read("portal/settings.py")
    told_by_ourselves = {"PORTAL_SERVES"}
    return set(re.findall(r'(?:os\.environ\.get|_flag|_list)\(\s*"([A-Z0-9_]+)"', text)) - told_by_ourselves


def test_every_setting_is_documented_and_every_documented_one_exists():
    documented = set(
        re.findall(r"\b((?:DJANGO|PORTAL|EMAIL|DEFAULT|DATABASE|REDIS|MEDIA)_[A-Z0-9_]+)\b", read(".env.example"))
    )
    assert documented == settings_read()
    assert [name for name in sorted(settings_read()) if name not in read("README.md")] == []


@pytest.mark.parametrize("name", READMES)
def test_every_own_command_is_documented(name):
    own = {command for command, app in get_commands().items() if app in ("cases", "portal")}
    assert [command for command in sorted(own) if f"manage.py {command}" not in read(name)] == []


def test_every_filter_parameter_is_documented():
    parameters = set(CaseFilter.base_filters)
    line = next(line for line in read("README.md").splitlines() if line.startswith("`/cases/`"))
    assert parameters | {"page"} == set(re.search(r"`(q [a-z ]+)`", line).group(1).split())


@pytest.mark.parametrize("name", READMES)
def test_every_named_make_target_exists(name):
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    assert set(re.findall(r"make ([a-z][a-z-]+)", read(name))) - {"are"} <= targets


@pytest.mark.parametrize("name", [*READMES, "docs/clerk.zh-CN.md"])
def test_pictures_exist_and_are_small(name):
    pictures = [(ROOT / name).parent / path for path in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", read(name))]
    assert len(pictures) >= 3
    assert [path.name for path in pictures if not path.exists() or path.stat().st_size > 120_000] == []


def test_handbook_calls_steps_by_the_names_of_their_buttons():
    buttons = set(re.findall(r"“([^”，]+)…”", read("docs/clerk.zh-CN.md")))
    known = {step.label for step in TRANSITIONS.values()}
    assert {name.removeprefix("保存，然后") for name in buttons} - known <= {"直接更正", "请机构核对"}
    assert len(buttons) >= 5


def test_what_the_walk_of_the_standard_names_as_proof_is_there():
    """Files by their path, those without a folder of their own below cases/; tests by their name."""
    named = re.findall(r"`([\w./-]+)`", read("docs/security.md"))
    files = {path for path in named if re.search(r"^\w.*/|\.(?:py|md|txt)$", path)}
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert sorted(path for path in files if not (ROOT / path).exists() and not (ROOT / "cases" / path).exists()) == []
    assert [test for test in named if re.match(r"test_\w+$", test) and f"def {test}(" not in tests] == []
    assert len(files) > 40
