"""One spelling for each thing that can be asked for."""

import ast
from pathlib import Path

import pytest
from django.test import RequestFactory

from portal.warm.address import is_of_reader, known_parameters, read_address

ROOT = Path(__file__).resolve().parent.parent.parent
STAFF_ROOMS = {"desk", "word", "sheets", "editing"}


def address(path: str, *, cookie: str = "", **headers: str):
    return read_address(RequestFactory().get(path, HTTP_COOKIE=cookie, headers=headers))


def key(path: str, **headers: str) -> str:
    return address(path, **headers).key


@pytest.mark.parametrize(
    "same",
    [
        ("/cases/?need=a&category=b", "/cases/?category=b&need=a"),
        ("/cases/", "/cases/?utm_source=wechat&isappinstalled=0"),
        ("/cases/?q=%E7%BB%BF", "/cases/?q=绿"),
        ("/cases/?", "/cases/"),
    ],
)
def test_what_means_the_same_has_one_address(same):
    first, second = map(address, same)
    assert (first.key, first.query) == (second.key, second.query)


def test_what_differs_has_another_address():
    others = [
        key("/"),
        key("/cases/"),
        key("/cases/?need="),  # an empty answer is one, in the finder
        key("/cases/?need=a"),
        key("/cases/?need=a&need=b"),
        key("/cases/?need=b&need=a"),
        key("/cases/", cookie="reading=elder"),
        key("/cases/", cookie="reading=elder-2"),
        key("/cases/", host="localhost"),
        key("/cases/", hx_request="true", hx_target="listing"),
        key("/cases/", hx_request="true", hx_target="other"),
        read_address(RequestFactory().get("/cases/", secure=True)).key,
    ]
    assert len(set(others)) == len(others)


@pytest.mark.parametrize(
    "asked",
    [
        {"path": "/cases/?junk=1"},
        {"path": "/cases/?need=a&Need=b"},
        {"path": "/cases/", "cookie": "reading=whatever-anyone-sends"},
        {"path": "/cases/", "hx_request": "true", "hx_target": "x" * 30},
        {"path": "/cases/", "hx_request": "true", "hx_target": "a b"},
    ],
)
def test_what_no_page_knows_is_not_kept(asked):
    assert address(**asked) is None


def test_forms_that_a_cookie_or_a_script_chose_are_for_no_shared_cache():
    assert address("/cases/").is_shared
    assert not address("/cases/", cookie="reading=elder").is_shared
    assert not address("/cases/", hx_request="true", hx_target="listing").is_shared


@pytest.mark.parametrize(
    ("cookie", "expected"),
    [("", True), ("reading=elder", True), ("csrftoken=x", True), ("sessionid=x", False), ("messages=x", False)],
)
def test_who_has_a_session_or_a_message_is_not_answered_from_what_is_kept(cookie, expected):
    assert is_of_reader(RequestFactory().get("/", HTTP_COOKIE=cookie)) is expected


def read_from_the_query(tree: ast.AST) -> set[str]:
    """The names in ``request.GET.get("name")``, ``….getlist("name")`` and ``request.GET["name"]``."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            is_read = node.func.attr in ("get", "getlist")
            owner, name = node.func.value, node.args[0]
        elif isinstance(node, ast.Subscript):
            is_read, owner, name = True, node.value, node.slice
        else:
            continue
        is_query = isinstance(owner, ast.Attribute) and owner.attr in ("GET", "query_params")
        if is_read and is_query and isinstance(name, ast.Constant):
            found.add(name.value)
    return found


def test_every_parameter_that_a_public_page_reads_is_known():
    modules = [
        path for path in (ROOT / "cases").rglob("*.py") if path.relative_to(ROOT / "cases").parts[0] not in STAFF_ROOMS
    ]
    read = {str(path): read_from_the_query(ast.parse(path.read_text(encoding="utf-8"))) for path in modules}
    assert sum(map(len, read.values())) > 10
    assert {path: names - known_parameters() for path, names in read.items() if names - known_parameters()} == {}
