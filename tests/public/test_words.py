"""The words of the site in English: every one marked, translated, compiled, and none too many."""

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from cases.figures.page import DESCRIPTION, TITLE
from cases.models import FACETS, AdviceKind, Case, CollectionKind, FigureKind, InstitutionType, NoteKind
from cases.models.places import PLACES
from cases.public.errors import WORDS
from cases.public.figures import SORTS as FIGURE_SORTS
from cases.public.filters import SORTS, CaseFilter
from cases.public.wizard import QUESTIONS
from cases.search.suggest import LABELS

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "locale" / "en" / "LC_MESSAGES"
TEMPLATES = sorted(
    path
    for pattern in ("base.html", "error.html", "includes/*.html", "public/*.html", "figures/*.html")
    for path in (ROOT / "templates").glob(pattern)
)
# Pages in Chinese alone: documentation of the API. Not marked yet: none should be added.
CHINESE_ALONE = {"public/api.html"}
NOT_YET: set[str] = set()
CODE = sorted(path for room in ("public", "figures") for path in (ROOT / "cases" / room).rglob("*.py"))
FULL_WIDTH = re.compile(r"[\u3001-\u300f\u4e00-\u9fff\uff01-\uff5e]")
MARKED = re.compile(
    r"\{%\s*translate\s+(?:\"([^\"]*)\"|'([^']*)')(?:\s+context\s+\"(\w+)\")?"
    r"|\{%\s*blocktranslate.*?%\}(.*?)\{%\s*endblocktranslate",
    re.S,
)
FUNCTIONS = {"say", "_", "gettext", "gettext_lazy"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT / "templates"))


def in_templates() -> Iterator[str]:
    for path in (ROOT / "templates").rglob("*.html"):
        if path.parts[-2] in ("public", "includes", "figures") or path.parent == ROOT / "templates":
            for found in MARKED.finditer(path.read_text(encoding="utf-8")):
                text = found[1] or found[2]
                if text and found[3]:
                    text = f"{found[3]}\x04{text}"  # as gettext keeps a word with its context
                if text is None:
                    text = found[4].partition("{% plural %}")[0].replace("%", "%%")
                    text = re.sub(r"\{\{\s*(\w+)\s*\}\}", r"%(\1)s", text)
                yield text


def in_code() -> Iterator[str]:
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in FUNCTIONS:
                yield from (argument.value for argument in node.args[:1] if isinstance(argument, ast.Constant))


def chosen_at_run_time() -> Iterator[str]:
    """What the code passes on in a variable."""
    yield from (facet.label for facet in FACETS.values())
    yield from (str(filter_.label) for filter_ in CaseFilter.DIMENSIONS.values())
    yield from (label for label, _ in SORTS.values())
    yield from (
        str(label)
        for kind in (InstitutionType, AdviceKind, CollectionKind, FigureKind, NoteKind)
        for label in kind.labels
    )
    yield from Case.labels(Case.SECTIONS).values()
    yield from (text for question in QUESTIONS for text in (question.text, question.hint))
    yield from (text for texts in WORDS.values() for text in texts)
    yield from LABELS.values()
    yield from PLACES.values()
    yield from FIGURE_SORTS.values()
    yield "年份为编者所加"  # by the template library
    yield from (TITLE, DESCRIPTION, CaseFilter.DIMENSIONS["category"].label)


@pytest.fixture(scope="module")
def catalogue():
    with (FOLDER / "django.po").open("rb") as file:
        return read_po(file, abort_invalid=True)


def test_every_word_is_translated_and_none_is_left_over(catalogue):
    asked = {*in_templates(), *in_code(), *chosen_at_run_time()}
    known = {key_of(message) for message in catalogue if message.id}
    assert (asked - known, known - asked) == (set(), set())
    assert [message.id for message in catalogue if message.id and (message.fuzzy or not all(texts_of(message)))] == []


def key_of(message) -> str:
    text = message.id[0] if message.pluralizable else message.id
    return f"{message.context}\x04{text}" if message.context else text


def texts_of(message) -> list[str]:
    return list(message.string) if message.pluralizable else [message.string]


def test_compiled_catalogue_is_that_of_the_text(catalogue):
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for message in catalogue:
        if message.id and not message.pluralizable:
            assert compiled.gettext(key_of(message)) == message.string
        elif message.id:
            assert [compiled.ngettext(*message.id, n) for n in (1, 2)] == list(message.string)
    assert len({key if isinstance(key, str) else key[0] for key in compiled._catalog if key}) == len(catalogue)


def test_translations_hold_what_is_to_be_put_in(catalogue):
    holes = re.compile(r"%\(\w+\)s|\{\d\}|%%")
    wrong = []
    for message in catalogue:
        source = message.id[0] if message.pluralizable else message.id
        wrong += [source for text in texts_of(message) if set(holes.findall(text)) - set(holes.findall(source))]
    assert wrong == []


def test_english_holds_no_chinese_but_what_is_typed(catalogue):
    examples = r"“[^”]*”|机构:农行|章节:绿色|年:2020|农行, weizhong|農行|例?农, weiz|无还本续贷, 纯信用, 出口|〔〕"
    left = [
        text
        for message in catalogue
        for text in texts_of(message)
        if message.id and FULL_WIDTH.search(re.sub(examples, "", text))
    ]
    assert left == []


@pytest.mark.parametrize("path", [path for path in TEMPLATES if name_of(path) not in CHINESE_ALONE], ids=name_of)
def test_every_word_of_a_template_is_marked(path):
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"\{%\s*blocktranslate.*?endblocktranslate\s*%\}|\{#.*?#\}|<!--.*?-->", "", text, flags=re.S)
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", text)
    unmarked = FULL_WIDTH.search(text) is not None
    assert unmarked == (name_of(path) in NOT_YET)


SCRIPTS = sorted((ROOT / "static" / "public").glob("*.js"))
ONE_LANGUAGE = {"english.js", "offline.js"}  # the list itself, and what is shown without a network


def test_scripts_say_what_their_list_of_words_holds():
    words = (ROOT / "static/public/english.js").read_text(encoding="utf-8")
    listed = dict(re.findall(r'^  "([^"]+)": "([^"]+)",$', words, re.MULTILINE))
    scripts = "".join(path.read_text(encoding="utf-8") for path in SCRIPTS if path.name not in ONE_LANGUAGE)
    code = re.sub(r"^\s*//.*$|\s// .*$", "", scripts, flags=re.MULTILINE)
    assert {text for text in re.findall(r'"([^"]*)"', code) if FULL_WIDTH.search(text)} - listed.keys() == set()
    assert [text for text in listed if text not in code] == []
    assert [text for text in listed.values() if FULL_WIDTH.search(text)] == []
