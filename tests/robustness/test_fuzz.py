"""Every address of the portal, asked for by chance in every way: none answers with an error of the server.

The addresses come from the resolver, so that a new one is tried without being named. The same requests are made at
every run (``derandomize``); what a request wrote is taken back before the next.
"""

import io
from urllib.parse import urljoin, urlsplit

import lxml.html
import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.warm.address import known_parameters
from tests.robustness.whole import Route, Whole, body_of, client_of, routes

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ROUTES = routes()
TOGETHER = 12  # addresses of one test: making the portal costs as much as some requests
DELIBERATE = 503
READER, EDITOR, SUPERUSER = "reader", "editor", "superuser"
ODD = [
    "", " ", "0", "-1", "1.5", "9" * 30, "1e400", "NaN", "１", "abc", "None", "true", "[]", "{}", "null", "*", "%s", "{0.__class__}", "%00", "\0",
    "'\"><xss-x>", "javascript:alert(1)", "https://evil.example/", "//evil.example", "../../etc/passwd", "..\\..\\x", "/", "\\", "~", ".", "..",
    "\r\nX-Evil: 1", "1,2,3", "1 OR 1=1", "=cmd()", "2020-13-45", "0000-00-00", "9999-12-31", "2026-11-22T25:61", "普惠金融", "\u202e反", "😀" * 20, "é",
    "a" * 300, "贷" * 3000, "案例集 第一辑", "draft", "published", "xlsx", "delete_selected", "publish_selected", "oai_dc", "ListRecords",
]  # fmt: skip
# What the desk reads beside the filters of the public pages.
DESK = [
    "o", "p", "all", "e", "_popup", "_to_field", "_changelist_filters", "next", "action", "_selected_action", "term", "app_label", "model_name",
    "field_name", "status__exact", "collection__id__exact", "institution__id__exact", "institution__name__regex", "comment", "at", "collection",
    "category", "institution", "case", "upload", "files", "file", "digest", "post", "text", "field", "value", "token", "mode", "email",
]  # fmt: skip
HEADERS = {
    "Host": ["evil.example", "testserver:99999", "[::1", "", "a" * 300, "testserver\x00"],
    "X-Forwarded-Host": ["evil.example", ""],
    "X-Forwarded-For": ["", "unknown", "1.2.3.4, 5.6.7.8", "::1", "x" * 999],
    "X-Forwarded-Proto": ["https", "gopher"],
    "Range": ["bytes=0-", "bytes=-1", "bytes=5-2", "bytes=0-1,3-4", "bytes=99999999999-", "lines=1"],
    "If-None-Match": ["*", 'W/"x"', '"x", "y"', "\\", '"'],
    "If-Match": ["*", '"x"'],
    "If-Modified-Since": ["Thu, 01 Jan 1970 00:00:00 GMT", "yesterday", "Mon, 99 Foo 9999 99:99:99 GMT", "-1"],
    "If-Unmodified-Since": ["Thu, 01 Jan 1970 00:00:00 GMT", "0"],
    "If-Range": ['"x"', "Thu, 01 Jan 1970 00:00:00 GMT"],
    "Accept": ["*/*", "application/json", "image/*;q=abc", ";;,", "application/xml;version=9"],
    "Accept-Language": ["en", "zh-TW,zh;q=x", "*;q=-1", "x" * 600, "../.."],
    "Accept-Encoding": ["gzip", "br;q=9", "identity;q=0", "zstd, deflate"],
    "Cookie": ["sessionid=x; csrftoken=", "reading=elder", "reading=\x7f", "messages=W10", ";;=;"],
    "Referer": ["https://evil.example/", "x", ""],
    "Origin": ["null", "https://evil.example"],
    "HX-Request": ["true"],
    "HX-Target": ["results", "../x"],
    "X-HTTP-Method-Override": ["DELETE"],
    "X-Request-ID": ["x" * 500, "a\tb"],
    "X-Requested-With": ["XMLHttpRequest"],
}  # fmt: skip
KINDS = [
    "application/json",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded",
    "text/plain",
    "x",
]
NAMES = [
    "案例.docx",
    "表.xlsx",
    "图.png",
    "../../x.docx",
    "a\0b.csv",
    "C:\\x\\y.xlsx",
    "\r\nX: 1.docx",
    "😀" * 80 + ".docx",
    ".",
    "<xss-x>.png",
]
CONTENTS = [
    b"",
    b"PK\x03\x04",
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"\xd0\xcf\x11\xe0",
    b"a,b\n1,2\n",
    b"\0" * 2000,
    "题名".encode("gb18030"),
]

odd = st.one_of(st.sampled_from(ODD), st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
names = st.sampled_from([*DESK, *sorted(known_parameters())])
fields = st.dictionaries(names, st.one_of(odd, st.lists(odd, max_size=3)), max_size=4)
headers = st.lists(st.sampled_from(sorted(HEADERS)), max_size=3, unique=True).flatmap(
    lambda chosen: st.fixed_dictionaries({name: st.sampled_from(HEADERS[name]) for name in chosen})
)
methods = st.sampled_from(
    ["get"] * 5 + ["form"] * 4 + ["post", "post", "files", "raw", "head", "put", "patch", "delete", "options", "trace"]
)
bodies = st.one_of(
    st.binary(max_size=60), st.sampled_from([b"{", b"[]", b"null", b'{"a":', b"--\r\n", b"=&=&%", b"%ff=%fe"])
)


@pytest.fixture
def whole(settings):
    settings.TAKEAWAY_MAKER = "worker"  # no thread outlives its test
    return Whole()


@pytest.mark.parametrize("first", range(0, len(ROUTES), TOGETHER))
def test_no_request_makes_an_error_of_the_server(whole, first):
    people = {READER: None, EDITOR: whole.editor, SUPERUSER: whole.superuser}
    tickets = {who: client_of(user).cookies.output(header="", sep=";") for who, user in people.items()}

    @settings(max_examples=10 * TOGETHER, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(ROUTES[first : first + TOGETHER]), st.sampled_from(list(people)), methods, st.data())
    def asked(route: Route, who: str, method: str, data: st.DataObject) -> None:
        client = Client()  # whoever logs out is logged in again for the next
        client.cookies.load(tickets[who])
        with transaction.atomic():
            status = ask(whole, client, route, method, data)
            transaction.set_rollback(True)
        assert status < 500 or status == DELIBERATE, (status, route, who)

    asked()


def ask(whole: Whole, client: Client, route: Route, method: str, data: st.DataObject) -> int:
    """The status of one request drawn by chance."""
    arguments = whole.arguments(route)
    for place in arguments:
        if data.draw(st.integers(0, 3), label=place) == 0:
            arguments[place] = data.draw(odd, label=place)
    path, told = route.address(arguments), data.draw(headers)
    if method == "form":
        return fill(client, path, data)
    sent = data.draw(bodies if method in ("raw", "put", "patch") else fields)
    if method == "files":
        made = st.builds(lambda name, content: named(name, content), st.sampled_from(NAMES), st.sampled_from(CONTENTS))
        sent |= {
            name: data.draw(made)
            for name in data.draw(st.lists(st.sampled_from(["file", "files", "image"]), min_size=1, max_size=2))
        }
    if method == "raw":
        kind = data.draw(st.sampled_from(KINDS), label="kind")
        return over(client.post(path, sent, content_type=kind, headers=told))
    if method in ("put", "patch"):
        return over(getattr(client, method)(path, sent, headers=told))
    if method in ("options", "delete", "trace"):
        return over(getattr(client, method)(path, headers=told))
    return over(getattr(client, "post" if method == "files" else method)(path, sent, headers=told))


def fill(client: Client, path: str, data: st.DataObject) -> int:
    """Send a form of the page back, some of its boxes filled oddly; the page's own status where it has none."""
    page = client.get(path)
    if page.status_code != 200 or not page.get("Content-Type", "").startswith("text/html"):
        return over(page)
    forms = lxml.html.fromstring(page.content).forms
    if not forms:
        return over(page)
    form = data.draw(st.sampled_from(forms), label="form")
    sent = {name: value for name, value in form.form_values() if name}
    boxes = [name for name in form.fields if name and name != "csrfmiddlewaretoken"]
    for name in data.draw(st.lists(st.sampled_from(boxes), max_size=3)) if boxes else ():
        sent[name] = data.draw(odd, label=name)
    action = urljoin(path, form.action or path)
    if not action.startswith("/"):
        return over(page)
    return over(client.post(action, sent) if form.method == "POST" else client.get(action, sent))


def named(name: str, content: bytes) -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = name
    return file


def over(response) -> int:
    """The status of an answer that was read to its end: it shows no trace of an error and no file of the machine, takes no
    markup from what was sent, and leads to this site alone."""
    body = body_of(response)
    assert b"Traceback (most recent call last)" not in body
    assert b"root:x:0:0" not in body
    assert b"<xss-x>" not in body or not response["Content-Type"].startswith("text/html")
    assert "X-Evil" not in response
    assert "evil.example" not in urlsplit(response.get("Location", "")).netloc
    return response.status_code
