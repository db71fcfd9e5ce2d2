"""A portal with a row of everything, and every address its resolver knows: for tests that leave none out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import AbstractBaseUser
from django.core import signing
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from cases.editing.edit import delete_cases
from cases.models import (
    Advice,
    Case,
    CaseLink,
    Comment,
    EditorNote,
    Feedback,
    Follower,
    Highlight,
    KeyFigure,
    Proposal,
    Step,
    Translation,
    Version,
    WordImport,
    WordUpload,
)
from cases.sheets.actions import stage
from cases.sheets.tables import SheetFile, SheetRow, Table
from cases.verification.actions import ask, link
from tests.factories import (
    add_image,
    index_all,
    make_case,
    make_document,
    make_entry,
    make_finished_draft,
    make_product,
    make_term,
    make_user,
    save_case,
)
from tests.image_files import picture_bytes

PLACE = re.compile(r"\(\?P<(\w+)>[^)]*\)|<(?:(book|references|stream):)?(?:\w+:)?(\w+)>")
WORDS = {
    "form": "xlsx", "format": "xlsx", "name": "submit", "app_label": "cases", "url": "nowhere", "section": "cases", "book": "md",
    "references": "bib", "stream": "csv", "uidb64": "MQ", "id": "1", "content_type_id": "1",
}  # fmt: skip


@dataclass(frozen=True)
class Route:
    """An address as the resolver spells it, with ``<places>`` for its arguments, and the name of its view."""

    pattern: str
    name: str

    @property
    def places(self) -> list[str]:
        return [next(filter(None, names)) for names in PLACE.findall(self.pattern)]

    def address(self, arguments: dict[str, str]) -> str:
        """The path with ``arguments`` in their places, as a client would send it."""
        path = PLACE.sub(
            lambda match: quote(arguments[next(filter(None, match.groups()))], safe="/.-_:~"), self.pattern
        )
        return "/" + path.replace("^", "").replace("$", "")


def routes() -> list[Route]:
    return list(_walk(get_resolver().url_patterns, ""))


def _walk(patterns: list, before: str) -> Iterator[Route]:
    for item in patterns:
        whole = before + str(item.pattern)
        if hasattr(item, "url_patterns"):
            yield from _walk(item.url_patterns, whole)
        else:
            yield Route(whole, item.name or "")


class Whole:
    """One row of everything that has a page, and who may look at it."""

    def __init__(self) -> None:
        self.superuser = make_user(username="superuser", email="boss@example.org", is_superuser=True)
        self.editor = make_user("编辑", username="editor")
        terms = [make_term(facet) for facet in ("audience", "need", "instrument", "keyword")]
        self.case = make_case(terms=tuple(terms), regions="深圳", figures=3)
        place = {
            "collection": self.case.collection,
            "category": self.case.category,
            "institution": self.case.institution,
        }
        self.neighbour = make_case(terms=tuple(terms), regions="深圳", **place)
        self.draft = make_finished_draft(**place)
        self.product, self.document, self.entry = (
            make_product(institution=place["institution"]),
            make_document(),
            make_entry(),
        )
        for case in (self.case, self.draft):
            self._rows(case)
        self._staffs_rows(place)
        save_case(case=self.case, user=self.editor)
        gone = make_case(status="draft", **place)
        delete_cases(cases=[gone], user=self.superuser)
        index_all()
        self.rows = {
            "case": self.case, "category": place["category"], "collection": place["collection"], "institution": place["institution"],
            "product": self.product, "document": self.document, "glossaryentry": self.entry, "term": terms[3], "user": self.editor,
            "feedback": self.feedback, "proposal": self.proposal, "translation": self.translation, "wordimport": self.word_import,
        }  # fmt: skip

    def _rows(self, case) -> None:
        Highlight.objects.create(case=case, text="要点一", order=1)
        Step.objects.create(case=case, kind="path", source="银行", target="企业", text="一步", order=1)
        Advice.objects.create(case=case, kind="suits", text="适合没有抵押的企业", order=1)
        EditorNote.objects.create(case=case, kind="remark", text="编者说", order=1)
        CaseLink.objects.create(case=case, other=self.neighbour, reason="同一家机构")
        case.offers.create(product=self.product, audience="小店", order=1)
        case.documents.add(self.document)
        KeyFigure.objects.filter(case=case).update(as_of_date="2020-12-31")
        add_image(case, picture_bytes())

    def _staffs_rows(self, place: dict) -> None:
        Case.objects.filter(pk=self.draft.pk).update(returned_at=timezone.now(), review_comment="请改")
        self.draft.refresh_from_db()
        until = timezone.localdate() + timedelta(days=14)
        self.verification = ask(case=self.draft, recipient="银行", address="", until=until, user=self.editor)
        self.comment = Comment.objects.create(
            case=self.draft, field="background", quote="背景", text="看看", user=self.editor
        )
        Comment.objects.create(case=self.draft, field="background", text="机构说的", verification=self.verification)
        self.feedback = Feedback.objects.create(
            kind="error", case=self.case, quote="背景", text="这里不对", address="r@example.org"
        )
        self.proposal = Proposal.objects.create(name="新词", note="常用", case=self.draft, proposed_by=self.editor)
        self.translation = Translation.objects.create(
            language="en", kind="case", key=self.case.code, texts={"title": "A title"}
        )
        self.upload = WordUpload.objects.create(
            uploaded_by=self.superuser,
            lines=[{"filename": "稿.docx", "outcome": "refused", "message": "读不了", "word_import": None}],
        )
        self.word_import = WordImport.objects.create(
            digest="0" * 64, filename="稿.docx", title="题名", outcome="draft", upload=self.upload, uploaded_by=self.superuser,
            case=self.draft, collection=place["collection"], notices=[{"level": "unsure", "text": "请看"}],
        )  # fmt: skip
        self.follower = Follower.objects.create(address="reader@example.org", query="", frequency="daily", due_on=until)
        row = SheetRow(2, {"code": self.draft.code, "title": "表里的题名"})
        file = SheetFile((Table("案例", {"code": "A", "title": "B"}, (row,)),))
        self.sheet = stage(file=file, filename="表.xlsx", user=self.superuser)
        LogEntry.objects.create(
            user=self.superuser,
            object_id=str(self.case.pk),
            object_repr="题名",
            action_flag=CHANGE,
            change_message="改了",
        )

    def arguments(self, route: Route) -> dict[str, str]:
        """What leads to a page that is there."""
        return {place: self._argument(place, route) for place in route.places}

    def _argument(self, place: str, route: Route) -> str:
        model = next((part for part in route.pattern.split("/") if part in self.rows), "case")
        if place in ("object_id", "pk"):
            special = {"cases_verification_withdraw": self.verification, "cases_wordimport_upload": self.upload}
            staff_only = "admin/cases/case/" in route.pattern and model == "case"
            return str(special.get(route.name, self.draft if staff_only else self.rows[model]).pk)
        made = {
            "code": lambda: self.draft.code if route.name == "case-preview" else self.case.code,
            "slug": lambda: self._slug(route),
            "version_id": lambda: str(Version.objects.deleted_cases().first().pk),
            "upload_id": lambda: str(self.sheet.pk),
            "token": lambda: self._token(route),
            "name": lambda: "submit" if "step" in route.pattern else self.case.images.first().file.name,
        }
        return made[place]() if place in made else WORDS[place]

    def _slug(self, route: Route) -> str:
        kind = route.pattern.split("/")[0]
        rows = {
            "categories": self.case.category,
            "collections": self.case.collection,
            "institutions": self.case.institution,
        }
        return rows[kind].slug if kind in rows else self.case.code

    def _token(self, route: Route) -> str:
        if route.name == "page":
            return link(self.verification).strip("/").rpartition("/")[2]
        return signing.dumps(self.follower.pk, salt="following.leave") if route.name == "leave" else "none"


def client_of(user: AbstractBaseUser | None) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


def body_of(response: HttpResponseBase) -> bytes:
    """The whole of an answer; the file it comes from is closed then."""
    return b"".join(response.streaming_content) if response.streaming else response.content
