"""Styles: one rule or one declaration a line, colours in one place, no dead rule. Scripts: modules of one dialect."""

import re
import shutil
from pathlib import Path

import django
import pytest

from portal.storage import ModuleStaticFilesStorage

ROOT = Path(__file__).resolve().parent.parent
ADMIN = Path(django.__file__).parent / "contrib" / "admin"
STYLES = sorted(ROOT.glob("static/*/*.css"))
SCRIPTS = sorted(path for path in ROOT.glob("static/*/*.js") if path.parent.name != "vendor")
COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color|color-mix)\("
    r"|(?<![\w-])(?:black|blue|brown|gold|gr[ae]y|green|orange|pink|purple|red|silver|white|yellow)(?![\w-])",
    re.I,
)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT / "static"))


def without_comments(path: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)


def text_of(*paths) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


@pytest.fixture(scope="module")
def markup():
    """The words among which every class stands, the beginnings of classes put together there, and how they may go on."""
    python = text_of(*ROOT.glob("cases/**/*.py"))
    admin = text_of(*ADMIN.glob("templates/**/*.html"), *ADMIN.glob("**/*.py"), *ADMIN.glob("static/**/*.js"))
    pages = text_of(*ROOT.glob("templates/**/*.html"), *SCRIPTS)
    python_classes = "\n".join(line for line in python.splitlines() if "class=" in line or '"class"' in line)
    beginnings = set(re.findall(r"([\w-]+-)(?:\{|\\1)", pages + python + admin))
    return set(re.findall(r"[\w-]+", pages + python_classes + admin)), beginnings, set(re.findall(r"[\w-]+", python))


def test_the_files_are_found():
    assert {"public/site.css", "desk/desk.css", "word/word.css"} <= {name_of(path) for path in STYLES}
    assert {"public/suggest.js", "desk/autosave.js", "word/word.js"} <= {name_of(path) for path in SCRIPTS}


@pytest.mark.parametrize("path", STYLES, ids=name_of)
def test_a_line_of_css_holds_one_rule_or_one_declaration(path):
    lines = without_comments(path).splitlines()
    assert [line for line in lines if len(line) > 120 or line.count("{") > 1] == []
    assert [line for line in lines if "{" not in line and re.search(r";\s*\S", line)] == []


@pytest.mark.parametrize("path", STYLES, ids=name_of)
def test_colours_are_named_in_one_place(path):
    """``public/tokens.css``; for the desk, whose colours are the admin's, the custom properties of ``desk.css``."""
    if name_of(path) == "public/tokens.css":
        return
    own = r":root \{[^{}]*\}" if name_of(path) == "desk/desk.css" else "(?!)"
    declarations = re.findall(r"\{([^{}]*)\}", re.sub(own, "", without_comments(path)))
    assert [colour for text in declarations for colour in COLOUR.findall(text)] == []


@pytest.mark.parametrize("path", STYLES, ids=name_of)
def test_every_class_of_a_rule_stands_in_a_page(path, markup):
    words, beginnings, ends = markup  # "state-{{ case.status }}": a beginning, and a word of Python
    selectors = " ".join(re.findall(r"([^{}]*)\{", without_comments(path)))
    classes = set(re.findall(r"\.([A-Za-z][\w-]*)", selectors))
    starts = [(name, name[len(start) :]) for name in classes for start in beginnings if name.startswith(start)]
    assert classes - words - {name for name, rest in starts if rest in ends or rest.isdigit()} == set()


@pytest.mark.parametrize("path", SCRIPTS, ids=name_of)
def test_a_script_is_a_modern_module_without_globals(path):
    text = path.read_text(encoding="utf-8")
    old = r"\bvar |\bfunction \(|\.prototype\b|\bself = this\b|use strict|\bwindow\.\w+ = "
    assert re.findall(old, text) == []
    assert [line for line in text.splitlines() if len(line) > 120] == []


def test_every_script_of_ours_is_loaded_as_a_module():
    tags = re.findall(r"<script [^>]*>", text_of(*ROOT.glob("templates/**/*.html")))
    ours = [tag for tag in tags if "{% static" in tag and "vendor/" not in tag]
    assert len(ours) >= 5
    assert [tag for tag in ours if 'type="module"' not in tag] == []


def test_no_function_stands_in_two_scripts():
    names = [name for path in SCRIPTS for name in re.findall(r"^(?:export )?function (\w+)", text_of(path), flags=re.M)]
    assert sorted(name for name in set(names) if names.count(name) > 1 and name != "start") == []


def test_imports_follow_the_names_of_hashed_files(tmp_path):
    """Plain names would be cached past a release: on the server a module imports what has its content in its name."""
    storage = ModuleStaticFilesStorage(location=tmp_path)
    shutil.copytree(ROOT / "static", tmp_path, dirs_exist_ok=True)
    list(storage.post_process({name_of(path): (storage, name_of(path)) for path in SCRIPTS}))
    imported = {}
    for path in SCRIPTS:
        text = (tmp_path / storage.stored_name(name_of(path))).read_text(encoding="utf-8")
        imported[name_of(path)] = re.findall(r'from "\./([^"]+)";', text)
    assert len(imported["desk/autosave.js"]) == 4
    assert [
        name for path, names in imported.items() for name in names
        if not re.fullmatch(r"[\w-]+\.[0-9a-f]{12}\.js", name) or not (tmp_path / path).with_name(name).is_file()
    ] == []  # fmt: skip
