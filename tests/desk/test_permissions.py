"""Who may do what on the desk: every address and every action of the admin, for everybody."""

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse

from cases.editing.edit import delete_cases
from cases.editing.workflow import TRANSITIONS
from cases.models import Feedback, Proposal, SheetImport, Translation, Verification, Version, WordImport, WordUpload
from tests.factories import LONG_AGO, make_case, make_document, make_entry, make_finished_draft, make_product, make_user

pytestmark = pytest.mark.django_db

ROLES = ("anonymous", "nobody", "编辑", "审核", "管理员")
LOGIN = 302  # for a visitor: to the login page
ALL = {"anonymous": 302, "nobody": 200, "编辑": 200, "审核": 200, "管理员": 200}
STAFF = {**ALL, "nobody": 403}
MANAGERS = {**STAFF, "编辑": 403, "审核": 403}
PUBLISHERS = {**STAFF, "编辑": 403}
VOCABULARY = ("collection", "category", "institution", "term", "product", "document", "glossaryentry", "translation")

# name of the address -> (what its arguments are made of, answer to a GET for each role)
PAGES = {
    "index": ("", ALL),
    "password_change": ("", ALL),
    "password_change_done": ("", ALL),
    "jsi18n": ("", {**ALL, "anonymous": 302}),
    "app_list": ("app", {**STAFF, "nobody": 404}),
    "cases_case_changelist": ("", STAFF),
    "cases_case_add": ("", STAFF),
    "cases_case_change": ("draft", STAFF),
    "cases_case_history": ("draft", STAFF),
    "cases_case_delete": ("draft", MANAGERS),
    "cases_case_deleted": ("", STAFF),
    "cases_case_verifications": ("", {**STAFF, "编辑": 404, "审核": 404, "管理员": 404}),  # 404: no case was named
    "cases_case_sheet": ("", STAFF),
    "cases_case_sheet_template": ("", STAFF),
    "cases_case_sheet_export": ("format", STAFF),
    "cases_case_sheet_made": ("token", {**STAFF, "编辑": 404, "审核": 404, "管理员": 404}),  # 404: nobody signed it
    "cases_case_sheet_review": ("sheet", {**STAFF, "编辑": 404, "审核": 404, "管理员": 404}),  # another person's
    **{f"cases_{model}_changelist": ("", STAFF) for model in VOCABULARY},
    **{f"cases_{model}_change": (model, STAFF) for model in VOCABULARY},
    **{f"cases_{model}_history": (model, STAFF) for model in VOCABULARY},
    **{f"cases_{model}_add": ("", MANAGERS) for model in VOCABULARY},
    **{f"cases_{model}_delete": (model, MANAGERS) for model in VOCABULARY},
    "cases_collection_arrange": ("collection", STAFF),
    "cases_collection_publish": ("collection", PUBLISHERS),
    "cases_collection_start": ("collection", MANAGERS),
    "cases_case_import": ("", STAFF),
    "cases_case_import_template": ("", STAFF),
    "cases_wordimport_changelist": ("", STAFF),
    "cases_wordimport_add": ("", {**MANAGERS, "管理员": 403}),
    "cases_wordimport_change": ("wordimport", STAFF),
    "cases_wordimport_history": ("wordimport", STAFF),
    "cases_wordimport_delete": ("wordimport", STAFF),
    "cases_wordimport_upload": ("upload", STAFF),
    "cases_wordimport_pending": ("", STAFF),
    "cases_feedback_changelist": ("", STAFF),
    "cases_feedback_add": ("", {**STAFF, "编辑": 403, "审核": 403, "管理员": 403}),
    "cases_feedback_change": ("feedback", STAFF),
    "cases_feedback_history": ("feedback", STAFF),
    "cases_feedback_delete": ("feedback", {**STAFF, "编辑": 403, "审核": 403, "管理员": 403}),
    "cases_proposal_changelist": ("", STAFF),
    "cases_proposal_add": ("", STAFF),
    "cases_proposal_change": ("proposal", STAFF),
    "cases_proposal_history": ("proposal", STAFF),
    "cases_proposal_delete": ("proposal", {**MANAGERS, "管理员": 403}),
    "auth_user_changelist": ("", MANAGERS),
    "auth_user_add": ("", MANAGERS),
    "auth_user_change": ("user", MANAGERS),
    "auth_user_history": ("user", MANAGERS),
    "auth_user_delete": ("user", {**MANAGERS, "管理员": 403}),
    "auth_user_password_change": ("user", MANAGERS),
}
# one row for each step, on a case in the state the step starts from
STEPS = {
    "submit": ("draft", STAFF),
    "publish": ("draft", PUBLISHERS),
    "return": ("in-review", PUBLISHERS),
    "withdraw": ("in-review", STAFF),
    "revise": ("published", STAFF),
    "archive": ("published", PUBLISHERS),
    "reopen": ("archived", STAFF),
    "reschedule": ("scheduled", PUBLISHERS),
    "unschedule": ("scheduled", PUBLISHERS),
}
# addresses with tests of their own, or that only lead on
ELSEWHERE = {"login", "logout", "autocomplete", "view_on_site", "cases_case_render"}
EXPORTS = {"export_xlsx", "export_csv", "export_figures"}
# what a POST, and only a POST, does
POSTS = {
    "cases_case_comments": ("draft", {**STAFF, "编辑": 400, "审核": 400, "管理员": 400}),  # 400: nothing was written
    "cases_case_here": ("draft", STAFF),
    "cases_verification_withdraw": ("verification", {**STAFF, "编辑": 302, "审核": 302, "管理员": 302}),
    "cases_feedback_settle": ("feedback", {**STAFF, "编辑": 302, "审核": 302, "管理员": 302}),
    "cases_proposal_decide": ("proposal", {**PUBLISHERS, "审核": 302, "管理员": 302}),
    "cases_case_restore": ("version", {**STAFF, "编辑": 302, "审核": 302, "管理员": 302}),
    "cases_case_images": ("draft", {**STAFF, "编辑": 400, "审核": 400, "管理员": 400}),  # 400: no picture was sent
}
ACTIONS = {
    "case": {
        "编辑": {"submit_selected", "verify_selected", *EXPORTS},
        "审核": {"submit_selected", "verify_selected", "publish_selected", "archive_selected", *EXPORTS},
        "管理员": {
            "submit_selected",
            "verify_selected",
            "publish_selected",
            "archive_selected",
            "delete_selected",
            *EXPORTS,
        },
    },
    **{model: {"编辑": set(), "审核": set(), "管理员": {"delete_selected"}} for model in VOCABULARY},
    "wordimport": {role: {"delete_selected"} for role in ("编辑", "审核", "管理员")},
    "user": {"编辑": set(), "审核": set(), "管理员": {"drop_second_factor_selected"}},
    "proposal": {"编辑": set(), "审核": set(), "管理员": set()},
    "feedback": {"编辑": set(), "审核": set(), "管理员": set()},
}


@pytest.fixture
def things():
    """Arguments for the addresses, by kind; made when asked for."""
    case = make_finished_draft()

    def version() -> int:
        doomed = make_case(status="draft")
        delete_cases(cases=[doomed], user=None)
        return Version.objects.deleted_cases().get().pk

    makers = {
        "": lambda: None,
        "app": lambda: "cases",
        "draft": lambda: case.pk,
        "collection": lambda: case.collection_id,
        "category": lambda: case.category_id,
        "institution": lambda: case.institution_id,
        "term": lambda: case.terms.first().pk,
        "product": lambda: make_product().pk,
        "document": lambda: make_document().pk,
        "glossaryentry": lambda: make_entry().pk,
        "translation": lambda: Translation.objects.create(language="en", kind="case", key=case.code).pk,
        "user": lambda: make_user().pk,
        "version": version,
        "upload": lambda: WordUpload.objects.create(uploaded_by=make_user()).pk,
        "wordimport": lambda: WordImport.objects.create(digest="0" * 64, filename="a.docx", outcome="pending").pk,
        "format": lambda: "xlsx",
        "token": lambda: "a-b.xlsx:x",
        "proposal": lambda: Proposal.objects.create(name="新词").pk,
        "feedback": lambda: Feedback.objects.create(kind="wish", text="愿望").pk,
        "verification": lambda: Verification.objects.create(case=case, recipient="银行", until=LONG_AGO.date()).pk,
        "sheet": lambda: SheetImport.objects.create(user=make_user(), filename="a.xlsx", data={}).pk,
    }
    return lambda kind: [] if kind == "" else [makers[kind]()]


def log_in(client, role: str) -> None:
    if role != "anonymous":
        client.force_login(make_user(*([] if role == "nobody" else [role])))


def addresses() -> set[str]:
    """The name of every address below /admin/."""
    return {pattern.name for resolver in _flat(admin.site.get_urls()) for pattern in [resolver] if pattern.name}


def _flat(patterns):
    for pattern in patterns:
        yield from _flat(pattern.url_patterns) if hasattr(pattern, "url_patterns") else [pattern]


def test_every_address_of_the_admin_is_in_the_table():
    assert addresses() - ELSEWHERE == {*PAGES, *POSTS, "cases_case_step"}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", PAGES)
def test_page(client, things, name, role):
    kind, expected = PAGES[name]
    log_in(client, role)
    assert client.get(reverse(f"admin:{name}", args=things(kind))).status_code == expected[role]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", POSTS)
def test_post(client, things, name, role):
    kind, expected = POSTS[name]
    url = reverse(f"admin:{name}", args=things(kind))
    log_in(client, role)
    response = client.post(url)
    assert response.status_code == expected[role]
    assert ("/login/" in response.get("Location", "")) == (role == "anonymous")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", STEPS)
def test_step(client, name, role):
    status, expected = STEPS[name]
    dates = {"published": LONG_AGO, "scheduled": LONG_AGO.replace(year=2999)}
    status = "published" if status == "scheduled" else status
    case = make_finished_draft(status=status, published_at=dates.get(STEPS[name][0]))
    before = case.published_at
    log_in(client, role)
    url = reverse("admin:cases_case_step", args=[case.pk, name])
    assert client.get(url).status_code == expected[role]
    client.post(url, {"comment": "意见"})
    case.refresh_from_db()
    took = case.status != status or case.published_at != before or case.revisions.exists()
    assert took == (expected[role] == 200)


@pytest.mark.parametrize("role", ["编辑", "审核", "管理员"])
@pytest.mark.parametrize("model", ACTIONS)
def test_actions_of_a_list(model, role):
    request = RequestFactory().get("/admin/")
    request.user = make_user(role)
    model_admin = next(item for key, item in admin.site._registry.items() if key._meta.model_name == model)
    assert set(model_admin.get_actions(request)) == ACTIONS[model][role]


@pytest.mark.parametrize(("role", "expected"), [("anonymous", 302), ("nobody", 403), ("编辑", 200), ("管理员", 200)])
def test_completion_of_names(client, role, expected):
    log_in(client, role)
    field = {"app_label": "cases", "model_name": "case", "field_name": "institution"}
    assert client.get(reverse("admin:autocomplete"), field).status_code == expected


def test_every_list_is_in_the_table_of_actions():
    assert {model._meta.model_name for model in admin.site._registry} == set(ACTIONS)


def test_a_visitor_is_led_to_the_login_page(client):
    for name in ("index", "cases_case_changelist"):
        assert client.get(reverse(f"admin:{name}"))["Location"].startswith("/admin/login/")


def test_every_step_of_the_workflow_has_its_row():
    assert set(STEPS) == set(TRANSITIONS)
