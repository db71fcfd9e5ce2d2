"""What a POST changes, for everybody: it is done for those who may, and leaves the tables alone for all others."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cases.editing.edit import delete_cases
from cases.models import Case, CaseImage, Category, Collection, Institution, SheetImport, Term, Version, WordImport
from cases.sheets.plan import make_plan
from cases.sheets.reader import read_sheets
from cases.sheets.tables import SheetFile
from cases.word import actions as word_files
from tests.desk.test_permissions import ROLES, log_in
from tests.factories import (
    empty_rows,
    make_case,
    make_category,
    make_chapter,
    make_collection,
    make_finished_draft,
    make_institution,
    make_term,
    make_user,
)
from tests.image_files import picture_bytes
from tests.sheets.test_admin import workbook
from tests.word_files import file_bytes, read_json

pytestmark = pytest.mark.django_db

NOBODY = set()
WRITERS = {"编辑", "审核", "管理员"}
PUBLISHERS = {"审核", "管理员"}
MANAGERS = {"管理员"}
NO_ROWS = empty_rows() | {"chapters-TOTAL_FORMS": 0, "chapters-INITIAL_FORMS": 0}


@dataclass(frozen=True)
class Deed:
    """One POST: where to, what with, and how to see that it was done."""

    url: str
    data: dict
    done: Callable[[], bool]


def admin_url(name: str, *args) -> str:
    return reverse(f"admin:{name}", args=args)


def fields_of(item, *names: str) -> dict:
    return {name: getattr(item, name) or "" for name in names}


def case_fields(case: Case | None, **more) -> dict:
    chapter = make_chapter(make_collection(), make_category()) if case is None else None
    institution = make_institution() if case is None else case.institution
    return {
        "title": "改成这样", "subtitle": "", "order": 0, "summary": "摘要", "background": "背景", "approach": "做法", "results": "成效",
        "period": "", "regions": "", "source_pages": "", "terms": [], "institution": institution.pk,
        "collection": chapter.collection_id if chapter else case.collection_id,
        "category": chapter.category_id if chapter else case.category_id, **NO_ROWS, **more,
    }  # fmt: skip


# -- cases ---------------------------------------------------------------------------------------------------------


def case_add() -> Deed:
    return Deed(admin_url("cases_case_add"), case_fields(None), lambda: Case.objects.filter(title="改成这样").exists())


def case_change(status: str = "draft") -> Deed:
    case = make_finished_draft(status=status, figures=0)
    done = lambda: Case.objects.get(pk=case.pk).title == "改成这样"  # noqa: E731
    return Deed(admin_url("cases_case_change", case.pk), case_fields(case), done)


def case_change_in_review() -> Deed:
    return case_change("in-review")


def case_delete() -> Deed:
    case = make_case(status="draft")
    done = lambda: not Case.objects.filter(pk=case.pk).exists()  # noqa: E731
    return Deed(admin_url("cases_case_delete", case.pk), {"post": "yes"}, done)


def case_restore() -> Deed:
    delete_cases(cases=[make_case(status="draft")], user=None)
    version = Version.objects.deleted_cases().get()
    return Deed(admin_url("cases_case_restore", version.pk), {}, lambda: Case.objects.exists())


def case_picture() -> Deed:
    case = make_case(status="draft")
    data = {"file": SimpleUploadedFile("a.jpg", picture_bytes()), "alt": "图"}
    return Deed(admin_url("cases_case_images", case.pk), data, lambda: CaseImage.objects.exists())


def listed(action: str, before: str, after: str | None) -> Deed:
    case = make_finished_draft(status=before, published_at="2020-01-01T00:00Z" if before == "published" else None)
    data = {"action": action, "_selected_action": [case.pk], "confirmed": "1", "post": "yes"}
    seen = lambda: Case.objects.filter(pk=case.pk).values_list("status", flat=True).first() == after  # noqa: E731
    return Deed(admin_url("cases_case_changelist"), data, seen)


def list_submit() -> Deed:
    return listed("submit_selected", "draft", "in-review")


def list_publish() -> Deed:
    return listed("publish_selected", "in-review", "published")


def list_archive() -> Deed:
    return listed("archive_selected", "published", "archived")


def list_delete() -> Deed:
    return listed("delete_selected", "draft", None)


# -- files that come in --------------------------------------------------------------------------------------------


def word_upload() -> Deed:
    chapter = make_chapter(make_collection(year=2099), make_category(name="绿色金融"))
    make_institution(name="某某银行")
    data = {"collection": chapter.collection_id, "category": "", "institution": "",
            "files": [SimpleUploadedFile("a.docx", file_bytes())]}  # fmt: skip
    return Deed(admin_url("cases_case_import"), data, lambda: WordImport.objects.exists())


def word_discard() -> Deed:
    found = WordImport.objects.create(digest="0" * 64, filename="a.docx", outcome="pending")
    done = lambda: not WordImport.objects.exists()  # noqa: E731
    return Deed(admin_url("cases_wordimport_delete", found.pk), {"post": "yes"}, done)


def sheet_upload() -> Deed:
    case = make_case(status="draft")
    file = SimpleUploadedFile("案例.xlsx", workbook(f"编号,题名\n{case.code},新题\n"))
    return Deed(admin_url("cases_case_sheet"), {"file": file}, lambda: SheetImport.objects.exists())


# -- collections ---------------------------------------------------------------------------------------------------


def collection_arrange(status: str = "draft") -> Deed:
    first = make_case(order=1, status=status)
    second = make_case(collection=first.collection, category=first.category, order=2, status=status)
    data = {"category": first.category.slug, "case": [first.pk, second.pk],
            f"place-{first.pk}": 2, f"place-{second.pk}": 1}  # fmt: skip
    done = lambda: Case.objects.get(pk=second.pk).order < Case.objects.get(pk=first.pk).order  # noqa: E731
    return Deed(admin_url("cases_collection_arrange", first.collection_id), data, done)


def collection_arrange_public() -> Deed:
    return collection_arrange("published")


def collection_publish() -> Deed:
    case = make_finished_draft(status="in-review")
    done = lambda: Case.objects.get(pk=case.pk).is_published  # noqa: E731
    return Deed(admin_url("cases_collection_publish", case.collection_id), {"expected": 1, "at": ""}, done)


def collection_start() -> Deed:
    book = make_chapter(make_collection(), make_category()).collection
    data = {"title": "新的一本", "slug": "sz2033", "year": 2033, "period": ""}
    return Deed(admin_url("cases_collection_start", book.pk), data, lambda: Collection.objects.count() == 2)


# -- vocabulary ----------------------------------------------------------------------------------------------------

VOCABULARY = {
    "collection": (Collection, "title", make_collection, ("slug", "year", "order", "publisher", "kind")),
    "category": (Category, "name", make_category, ("slug", "order")),
    "institution": (Institution, "name", make_institution, ("short_name", "slug", "type")),
    "term": (Term, "name", make_term, ("slug", "order", "facet")),
}


def vocabulary(name: str, kind: str) -> Deed:
    model, label, make, names = VOCABULARY[name]
    item = make()
    data = {**fields_of(item, *names), label: "改成这样", **NO_ROWS}
    if kind == "add":
        item.delete()
    data.setdefault("order", 1)
    data["order"] = data["order"] or 1
    changed = lambda: model.objects.filter(**{label: "改成这样"}).exists()  # noqa: E731
    gone = lambda: not model.objects.exists()  # noqa: E731
    if kind == "add":
        return Deed(admin_url(f"cases_{name}_add"), data, changed)
    if kind == "change":
        return Deed(admin_url(f"cases_{name}_change", item.pk), data, changed)
    if kind == "delete":
        return Deed(admin_url(f"cases_{name}_delete", item.pk), {"post": "yes"}, gone)
    selected = {"action": "delete_selected", "_selected_action": [item.pk], "post": "yes"}
    return Deed(admin_url(f"cases_{name}_changelist"), selected, gone)


# -- accounts ------------------------------------------------------------------------------------------------------


def account_add() -> Deed:
    make_user("编辑")
    data = {"username": "xiaolin", "usable_password": "true", "password1": "long-enough-9", "password2": "long-enough-9",
            "is_staff": "on", "groups": [Group.objects.get(name="编辑").pk]}  # fmt: skip
    done = lambda: get_user_model().objects.filter(username="xiaolin").exists()  # noqa: E731
    return Deed(admin_url("auth_user_add"), data, done)


def account_raise() -> Deed:
    user = make_user("编辑")
    data = {"username": user.username, "is_active": "on", "is_staff": "on",
            "groups": [Group.objects.get(name="管理员").pk]}  # fmt: skip
    done = lambda: user.groups.filter(name="管理员").exists()  # noqa: E731
    return Deed(admin_url("auth_user_change", user.pk), data, done)


def account_password() -> Deed:
    user = make_user("编辑")
    data = {"usable_password": "true", "password1": "long-enough-9", "password2": "long-enough-9"}
    done = lambda: get_user_model().objects.get(pk=user.pk).check_password("long-enough-9")  # noqa: E731
    return Deed(admin_url("auth_user_password_change", user.pk), data, done)


def account_delete() -> Deed:
    user = make_user("编辑")
    done = lambda: not get_user_model().objects.filter(pk=user.pk).exists()  # noqa: E731
    return Deed(admin_url("auth_user_delete", user.pk), {"post": "yes"}, done)


# the deed -> for whom it is done
DEEDS = {
    case_add: WRITERS,
    case_change: WRITERS,
    case_change_in_review: PUBLISHERS,
    case_delete: MANAGERS,
    case_restore: WRITERS,
    case_picture: WRITERS,
    list_submit: WRITERS,
    list_publish: PUBLISHERS,
    list_archive: PUBLISHERS,
    list_delete: MANAGERS,
    word_upload: WRITERS,
    word_discard: WRITERS,
    sheet_upload: WRITERS,
    collection_arrange: WRITERS,
    collection_arrange_public: PUBLISHERS,
    collection_publish: PUBLISHERS,
    collection_start: MANAGERS,
    account_add: MANAGERS,
    account_raise: MANAGERS,
    account_password: MANAGERS,
    account_delete: NOBODY,
}


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    monkeypatch.setattr(word_files, "read_word", read_json)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("make_deed", DEEDS, ids=lambda make: make.__name__)
def test_deed_is_done_for_those_who_may_and_for_nobody_else(client, make_deed, role):
    log_in(client, role)
    deed = make_deed()
    assert not deed.done()
    client.post(deed.url, deed.data)
    assert deed.done() == (role in DEEDS[make_deed])


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("kind", ["add", "change", "delete", "list_delete"])
@pytest.mark.parametrize("name", VOCABULARY)
def test_vocabulary_is_changed_by_managers_only(client, name, kind, role):
    log_in(client, role)
    deed = vocabulary(name, kind)
    assert not deed.done()
    client.post(deed.url, deed.data)
    assert deed.done() == (role in MANAGERS)


@pytest.mark.parametrize("role", ROLES)
def test_sheet_is_written_by_whoever_uploaded_it_and_may_still_write(client, role):
    log_in(client, role)
    case = make_case(status="draft", title="旧题")
    user = get_user_model().objects.first() or make_user()
    file = read_sheets(workbook(f"编号,题名\n{case.code},新题\n"), "案例.xlsx")
    upload = SheetImport.objects.create(user=user, filename="案例.xlsx", data=file.as_json())
    plan = make_plan(SheetFile.from_json(upload.data), make_user("管理员"))
    client.post(admin_url("cases_case_sheet_review", upload.pk), {"digest": plan.digest})
    assert (Case.objects.get().title == "新题") == (role in WRITERS)
