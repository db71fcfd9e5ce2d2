"""Whatever was done, the next reader sees it, on every node, whatever was kept."""

import re
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cases.editing.edit import delete_cases
from cases.editing.revisions import adopt_revision, open_revision
from cases.editing.vocabulary import delete_vocabulary
from cases.editing.workflow import archive_case, publish_case, reopen_case, submit_case
from cases.models import Advice, Case, Institution
from cases.public import detail
from portal.warm import pages
from tests.factories import (
    add_image,
    index_all,
    make_case,
    make_category,
    make_chapter,
    make_document,
    make_entry,
    make_finished_draft,
    make_product,
    make_term,
    save_case,
    save_vocabulary,
)
from tests.image_files import picture_bytes

ASKED_AT = re.compile(rb"<responseDate>[^<]+</responseDate>")
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@contextmanager
def node(name: str, monkeypatch):
    """Answer as a node with a memory of its own."""
    with monkeypatch.context() as patch:
        patch.setattr(pages, "caches", {"pages": LocMemCache(f"node-{name}", {})})
        yield


class Portal:
    """A case, what stands beside it, and every kind of page they are shown on."""

    def __init__(self) -> None:
        self.term = make_term(name="缺抵押")
        self.case = make_case(title="绿色出行贷款", terms=(self.term,))
        place = {
            "collection": self.case.collection,
            "category": self.case.category,
            "institution": self.case.institution,
        }
        self.neighbour = make_case(title="邻近的案例", terms=(self.term,), **place)
        self.draft = make_finished_draft(title="还没有发布", **place)
        self.scheduled = make_case(title="定时发布", published_at=timezone.now() + timedelta(hours=1), **place)
        index_all()
        code, book = self.case.code, self.case.collection.slug
        self.paths = [
            "/", "/cases/", "/cases/?q=%E7%BB%BF%E8%89%B2", f"/cases/?need={self.term.slug}", f"/cases/{code}/", f"/cases/{self.neighbour.code}/",
            f"/cases/{self.draft.code}/", f"/cases/{self.scheduled.code}/", "/categories/", f"/categories/{self.case.category.slug}/",
            "/collections/", f"/collections/{book}/", "/institutions/", f"/institutions/{self.case.institution.slug}/",
            "/products/", "/documents/", "/glossary/", "/find/", "/about/", "/llms.txt", "/sitemap.xml", "/sitemap-cases.xml",
            "/sitemap-pages.xml", "/feeds/cases.atom", "/feeds/products.atom", "/api/v1/cases/", f"/api/v1/cases/{code}/",
            "/api/v1/categories/", "/api/v1/institutions/", "/api/v1/collections/", "/api/v1/figures/", "/api/v1/terms/",
            "/oai?verb=ListIdentifiers&metadataPrefix=oai_dc",
            "/figures/", f"/compare/?case={code}&case={self.neighbour.code}", "/en/", "/en/cases/", f"/en/cases/{code}/", f"/embed/{code}/", f"/cases/{code}.bib", "/cases.csv",
            f"/oembed?url=http%3A%2F%2Ftestserver%2Fcases%2F{code}%2F",
        ]  # fmt: skip


def told(path: str, tag: str = "", **cookies: str) -> tuple[int, bytes]:
    client = Client()
    client.cookies.load(cookies)
    response = client.get(path, headers={"If-None-Match": tag} if tag else {})
    return response.status_code, ASKED_AT.sub(b"", response.getvalue())


def rendered(path: str) -> tuple[int, bytes]:
    """The page as it is now: who has a session is not answered from what is kept, nor are pieces of pages kept."""
    caches["pieces"].clear()
    return told(path, sessionid="none")


def publish(portal: Portal) -> None:
    submit_case(case=portal.draft, user=None)
    publish_case(case=portal.draft, user=None)


def change_by_revision(portal: Portal) -> None:
    revision = open_revision(case=portal.case, user=None)
    revision.subtitle = "修订以后"
    save_case(case=revision, user=None)
    adopt_revision(revision=revision, user=None, decided={})


def add_row(portal: Portal) -> None:
    Advice.objects.create(case=portal.case, kind="fits", text="适合没有抵押的企业", order=1)


def rename(portal: Portal, name: str) -> None:
    row = getattr(portal.case, name)
    field = "title" if name == "collection" else "name"
    setattr(row, field, "改过的名字")
    save_vocabulary(item=row, user=None)


def delete_term(portal: Portal) -> None:
    portal.case.terms.clear()
    portal.neighbour.terms.clear()
    delete_vocabulary(item=portal.term, user=None)


def tell_of_product(portal: Portal) -> None:
    portal.case.offers.create(
        product=make_product(institution=portal.case.institution), audience="小微企业", amount="300 万元"
    )


def write(portal: Portal) -> None:
    portal.case.title = "绿色出行贷款，改过"
    save_case(case=portal.case, user=None)


ACTIONS = {
    "write": write,
    "revise": change_by_revision,
    "publish": publish,
    "archive": lambda portal: archive_case(case=portal.case, user=None),
    "delete": lambda portal: delete_cases(cases=[portal.neighbour], user=None),
    "chapter": lambda portal: rename(portal, "category"),
    "another chapter": lambda portal: make_chapter(portal.case.collection, make_category(name="新章")),
    "institution": lambda portal: rename(portal, "institution"),
    "collection": lambda portal: rename(portal, "collection"),
    "term": lambda portal: save_case_with_term(portal),
    "delete term": delete_term,
    "product": tell_of_product,
    "document": lambda portal: portal.case.documents.add(make_document(title="《关于绿色出行的意见》")),
    "glossary": lambda portal: make_entry(term="碳账户"),
    "row": add_row,
    "figure": lambda portal: portal.case.figures.update(label="受惠户数"),
    "image": lambda portal: add_image(portal.case, picture_bytes()),
}  # fmt: skip


def save_case_with_term(portal: Portal) -> None:
    portal.case.terms.add(make_term(name="新标签"))
    save_case(case=portal.case, user=None)


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
def test_the_next_reader_sees_what_was_done_on_both_nodes(action, monkeypatch):
    portal = Portal()
    nodes, tags = ("a", "b"), {}
    for name in nodes:
        with node(name, monkeypatch):
            for path in portal.paths:
                tags[path] = Client().get(path).get("ETag", "")
    action(portal)
    now = {path: rendered(path) for path in portal.paths}
    for name in nodes:
        with node(name, monkeypatch):
            assert {path: told(path, tags[path]) for path in portal.paths} == now
            assert {path: told(path) for path in portal.paths} == now  # and who comes after


@pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
def test_pieces_kept_of_pages_show_what_was_done(action, settings):
    settings.PAGE_CACHE = False
    portal = Portal()
    for path in portal.paths:
        told(path)
    action(portal)
    shown = {path: told(path) for path in portal.paths}
    caches["pieces"].clear()
    assert shown == {path: told(path) for path in portal.paths}


def test_what_is_put_together_of_pieces_is_the_page(settings):
    settings.PAGE_CACHE = False
    portal = Portal()
    assert {path: told(path) for path in portal.paths} == {path: told(path) for path in portal.paths}


def test_a_write_makes_the_pieces_of_its_case_alone_anew(settings, monkeypatch):
    settings.PAGE_CACHE = False
    portal = Portal()
    pages = [f"/cases/{case.code}/" for case in (portal.case, portal.neighbour)]
    for path in pages:
        told(path)
    made = []
    monkeypatch.setattr(detail, "_article", spy(detail._article, made))
    write(portal)
    for path in pages:
        assert portal.case.title in told(path)[1].decode()  # of the other, among its neighbours
    assert made == [portal.case.code]


def test_what_one_host_was_told_no_other_is(settings):
    settings.PAGE_CACHE, settings.ALLOWED_HOSTS = False, ["*"]
    path = f"/cases/{Portal().case.code}/"
    told(path)
    other = Client().get(path, headers={"host": "other.example"}).content.decode()
    assert "http://other.example" in other
    assert "http://testserver" not in other


def spy(function, made: list[str]):
    def spied(request, case, **options):
        made.append(case.code)
        return function(request, case, **options)

    return spied


def test_a_scheduled_case_is_seen_when_its_time_has_come_though_nobody_writes(monkeypatch):
    portal = Portal()
    before = {path: told(path) for path in portal.paths}
    due = portal.scheduled.published_at
    monkeypatch.setattr("django.utils.timezone.now", lambda: due)
    assert {path: told(path) for path in portal.paths} == {path: rendered(path) for path in portal.paths}
    page = f"/cases/{portal.scheduled.code}/"
    assert (before[page][0], told(page)[0]) == (404, 200)
    assert page in told("/cases/")[1].decode()


def test_a_draft_however_often_saved_leaves_what_is_kept(django_assert_num_queries):
    portal = Portal()
    told("/cases/")
    portal.draft.title = "还在改"
    save_case(case=portal.draft, user=None)
    with django_assert_num_queries(1):
        told("/cases/")


@given(
    st.lists(
        st.tuples(st.sampled_from(["write", "archive", "reopen", "publish", "institution"]), st.booleans()), max_size=6
    )
)
@hypothesis_settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_in_whatever_order(transactional_db, steps):
    """Any way through the life of a case, with or without readers between its steps."""
    Case.objects.all().delete()
    Institution.objects.all().delete()
    case = make_finished_draft(title="路过的案例")
    index_all()
    paths = ["/", "/cases/", f"/cases/{case.code}/", "/institutions/", "/api/v1/cases/", "/feeds/cases.atom"]
    for step, is_read in steps:
        take(step, case)
        if is_read:
            assert [told(path) for path in paths] == [rendered(path) for path in paths]
    assert [told(path) for path in paths] == [rendered(path) for path in paths]


def take(step: str, case: Case) -> None:
    """One step, where the case is in a state for it."""
    case.refresh_from_db()
    if step == "write":
        case.summary += "再写一句。"
        save_case(case=case, user=None)
    elif step == "institution":
        case.institution.name += "新"
        save_vocabulary(item=case.institution, user=None)
    elif step == "archive" and case.status != "archived":
        archive_case(case=case, user=None)
    elif step == "reopen" and case.status == "archived":
        reopen_case(case=case, user=None)
    elif step == "publish" and case.status != "published":
        publish_case(case=case, user=None)
