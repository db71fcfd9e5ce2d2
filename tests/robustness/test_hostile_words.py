"""Markup in every text that anybody may write, on every page that shows it: it is shown, and is no markup there."""

import re
from html import unescape

import lxml.etree
import lxml.html
import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models

from cases.models import SheetImport, Translation, WordImport, WordUpload
from tests.factories import index_all, save_case
from tests.robustness.whole import Whole, body_of, client_of, routes

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

MARKUP = "\"'><xss-x onx=1></script><xss-x></textarea></title><xss-x>--><xss-x>[x](javascript:xss())"
# What nobody types: names made by the portal, dates and keys that forms check, the index, rows of the machinery.
MADE_BY_US = {
    "code", "slug", "digest", "file", "period_from", "published_on", "issued_on", "as_of_date", "section", "sentence", "base_unit", "mark", "key",
    "language", "field", "query", "password", "address",
}  # fmt: skip
MACHINERY = {
    "casestamp",
    "contentversion",
    "searchdocument",
    "searchstate",
    "searchname",
    "searchkey",
    "relatedcase",
    "seedrecord",
    "version",
    "wordpicture",
}
LEADING = ("href", "src", "action", "formaction", "data", "poster", "srcset")


def texts() -> dict[str, models.Field]:
    """Every column that holds what somebody wrote, by its name."""
    written = [*apps.get_app_config("cases").get_models(), get_user_model()]
    return {
        f"{model._meta.model_name}.{field.name}": field
        for model in written
        if model._meta.model_name not in MACHINERY
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField) and not field.choices and field.name not in MADE_BY_US
    }


def hostile(mark: str, most: int | None) -> str:
    return (f"{mark}{MARKUP}")[:most]


@pytest.fixture
def poisoned(settings):
    """A portal in which every text is markup; each column's begins with a mark of its own."""
    settings.TAKEAWAY_MAKER = "worker"
    whole = Whole()
    for number, field in enumerate(texts().values()):
        for row in field.model.objects.all():
            text = hostile(f"Q{number}Q{row.pk}", field.max_length)
            text = f"https://x.example/{text}"[: field.max_length] if isinstance(field, models.URLField) else text
            field.model.objects.filter(pk=row.pk).update(**{field.name: text})
    whole = refreshed(whole)
    Translation.objects.update(texts={"title": hostile("QTQ", None), "background": hostile("QTQ", None)})
    line = {
        "filename": hostile("QFQ", None),
        "outcome": "refused",
        "message": hostile("QMQ", None),
        "word_import": None,
    }
    WordUpload.objects.update(lines=[line])
    WordImport.objects.update(notices=[{"level": "unsure", "text": hostile("QNQ", None)}])
    for sheet in SheetImport.objects.all():
        sheet.data["tables"][0]["rows"][0]["values"]["title"] = hostile("QSQ", None)
        sheet.save()
    for summary in ("", MARKUP):  # two versions, and what differs between them
        for case in (whole.case, whole.draft):
            case.summary = hostile(summary, 200)
            save_case(case=case, user=whole.superuser)
    index_all()
    return whole


def refreshed(whole: Whole) -> Whole:
    for value in vars(whole).values():
        if isinstance(value, models.Model):
            value.refresh_from_db()
    return whole


def problems(response) -> list[str]:
    """What of an answer would run, or be taken for markup."""
    kind, body = response.get("Content-Type", "").partition(";")[0], body_of(response)
    if kind == "text/html" and body:
        return of_tree(lxml.html.fromstring(body))
    if kind.endswith("xml"):
        tree = lxml.etree.fromstring(body)
        inner = [lxml.html.fromstring(part.text) for part in tree.iter() if part.get("type") == "html" and part.text]
        return [problem for part in (tree, *inner) for problem in of_tree(part)]
    is_file = response.get("Content-Disposition", "").startswith(("attachment", "inline"))
    return [] if not body or is_file or response["X-Content-Type-Options"] == "nosniff" else [f"{kind} may be sniffed"]


def of_tree(tree) -> list[str]:
    found = []
    for element in tree.iter(lxml.etree.Element):
        names = [name for name in element.attrib if name.startswith("onx") or name.lower() == "xss-x"]
        leads = [
            value
            for name, value in element.attrib.items()
            if name in LEADING and value.strip().lower().startswith("javascript:")
        ]
        if "xss" in str(element.tag) or names or leads:
            found.append(f"<{element.tag} {dict(element.attrib)}> below <{element.getparent().tag}>")
    return found


def pages(whole: Whole) -> dict[tuple[str, str], object]:
    """Every page there is, as a reader, in English and as staff see it."""
    found = {}
    for route in routes():
        path = route.address(whole.arguments(route))
        for who, client in (("reader", client_of(None)), ("superuser", client_of(whole.superuser))):
            found[path, who] = client.get(path)
        found[f"/en{path}", "reader"] = client_of(None).get(f"/en{path}")
    return found


def test_markup_in_a_text_is_no_markup_of_a_page(poisoned):
    found, seen = {}, set()
    for where, response in pages(poisoned).items():
        assert response.status_code < 500, where
        if not response.streaming:
            seen |= set(re.findall(r"Q(\d+|[A-Z])Q", unescape(response.content.decode("utf-8", "replace"))))
        if told := problems(response):
            found[where] = told[:2]
    assert found == {}
    unseen = {name for number, name in enumerate(texts()) if str(number) not in seen}
    assert unseen == set()
    assert {"T", "F", "M", "N", "S"} <= seen


@pytest.mark.parametrize(
    "name", ["<xss-x>.docx", "\"'><xss-x>.xlsx", "<xss-x>.png", "案例</script><xss-x>.docx", "<xss-x>.csv"]
)
@pytest.mark.parametrize(("path", "box"), [("import/", "files"), ("sheet/", "file"), ("{}/images/", "file")])
def test_markup_in_the_name_of_a_file_is_no_markup_of_a_page(path, box, name):
    whole = Whole()
    place = {"collection": whole.case.collection_id, "category": whole.case.category_id}
    sent = {**place, box: SimpleUploadedFile(name, b"PK\x03\x04 no such file")}
    address = f"/admin/cases/case/{path.format(whole.draft.pk)}"
    response = client_of(whole.superuser).post(address, sent, follow=True)
    assert response.status_code < 500
    assert problems(response) == []
