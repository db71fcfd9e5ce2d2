"""OAI-PMH: six verbs, errors as the protocol has them, lists that resume."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from lxml import etree

from cases.models import Case
from cases.takeaway import oai
from tests.factories import make_case, make_category, make_collection, make_institution, make_term

pytestmark = pytest.mark.django_db

NS = {"o": oai.OAI, "dc": oai.DC}


def ask(client, **arguments) -> etree._Element:
    response = client.get("/oai", arguments)
    assert (response.status_code, response["Content-Type"]) == (200, "text/xml; charset=utf-8")
    return etree.fromstring(response.content)


def texts(root: etree._Element, path: str) -> list[str]:
    return [item.text for item in root.iterfind(path, NS)]


def error(client, **arguments) -> str:
    (found,) = ask(client, **arguments).findall("o:error", NS)
    return found.get("code")


@pytest.fixture
def case():
    return make_case(
        code="sz2020-0101",
        title="甲 & <乙>\x0b",
        collection=make_collection(slug="sz2020", title="书名"),
        category=make_category(slug="green", name="绿色金融"),
        institution=make_institution(name="某银行"),
        terms=(make_term(name="周转"),),
    )


def test_identify_says_what_the_protocol_asks(client, case):
    root = ask(client, verb="Identify")
    names = [etree.QName(item).localname for item in root.find("o:Identify", NS)]
    assert names == [
        *("repositoryName", "baseURL", "protocolVersion", "adminEmail", "earliestDatestamp", "deletedRecord"),
        "granularity",
    ]
    assert texts(root, ".//o:baseURL") == ["http://testserver/oai"]


def test_the_address_of_who_runs_it_is_one_that_the_protocol_takes(client, case, settings):
    for sender in (settings.DEFAULT_FROM_EMAIL, "案例库 <portal@cases.example.org>"):
        settings.DEFAULT_FROM_EMAIL = sender
        (address,) = texts(ask(client, verb="Identify"), ".//o:adminEmail")
        assert re.fullmatch(r"\S+@(\S+\.)+\S+", address)


def test_formats_and_sets_are_listed(client, case):
    assert texts(ask(client, verb="ListMetadataFormats"), ".//o:metadataPrefix") == ["oai_dc"]
    assert {"collection:sz2020", "category:green"} <= set(texts(ask(client, verb="ListSets"), ".//o:setSpec"))


def test_a_record_is_dublin_core(client, case):
    root = ask(client, verb="GetRecord", identifier="oai:testserver:sz2020-0101", metadataPrefix="oai_dc")
    assert texts(root, ".//dc:title") == ["甲 & <乙>"]
    assert texts(root, ".//dc:creator") == ["某银行"]
    assert texts(root, ".//dc:subject") == ["绿色金融", "周转"]
    assert texts(root, ".//dc:identifier") == ["http://testserver/cases/sz2020-0101/"]
    assert texts(root, ".//dc:source") == ["书名"]
    assert texts(root, ".//o:setSpec") == ["collection:sz2020", "category:green"]
    assert root.find("o:request", NS).get("verb") == "GetRecord"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({}, "badVerb"),
        ({"verb": "Delete"}, "badVerb"),
        ({"verb": "Identify", "set": "x"}, "badArgument"),
        ({"verb": "ListRecords"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "marc"}, "cannotDisseminateFormat"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2020-13-01"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "²020-01-01"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2020-01-01", "until": "2020-01-01T00:00:00Z"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "until": "1999-01-01"}, "noRecordsMatch"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "collection:none"}, "noRecordsMatch"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "x"}, "noRecordsMatch"),
        ({"verb": "ListRecords", "resumptionToken": "x"}, "badResumptionToken"),
        ({"verb": "ListRecords", "resumptionToken": "x", "set": "y"}, "badArgument"),
        ({"verb": "GetRecord", "metadataPrefix": "oai_dc"}, "badArgument"),
        ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "oai:testserver:none"}, "idDoesNotExist"),
        ({"verb": "ListMetadataFormats", "identifier": "x"}, "idDoesNotExist"),
        ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "\x01"}, "badArgument"),
        ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "案例"}, "badArgument"),
        ({"verb": "ListRecords", "resumptionToken": "\uffff"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "a b"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": ""}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "9999-12-31"}, "noRecordsMatch"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "until": "0001-01-01"}, "noRecordsMatch"),
    ],
)  # fmt: skip
def test_errors_are_those_of_the_protocol(client, case, arguments, code):
    assert error(client, **arguments) == code


@pytest.mark.parametrize("verb", ["ListIdentifiers", "ListRecords"])
def test_lists_resume_until_they_end_and_name_each_case_once(client, case, monkeypatch, verb):
    monkeypatch.setattr(oai, "PAGE", 2)
    for _ in range(4):
        make_case(collection=case.collection)
    make_case()
    found, arguments, pages = [], {"metadataPrefix": "oai_dc", "set": "collection:sz2020"}, 0
    while arguments:
        root = ask(client, verb=verb, **arguments)
        found += texts(root, ".//o:header/o:identifier")
        (token,) = texts(root, ".//o:resumptionToken")
        arguments, pages = ({"resumptionToken": token} if token else {}), pages + 1
    assert pages == 3
    assert len(found) == len(set(found)) == 5


def test_a_token_of_another_verb_is_refused(client, case, monkeypatch):
    monkeypatch.setattr(oai, "PAGE", 1)
    make_case()
    (token,) = texts(ask(client, verb="ListRecords", metadataPrefix="oai_dc"), ".//o:resumptionToken")
    assert error(client, verb="ListIdentifiers", resumptionToken=token) == "badResumptionToken"


def test_what_changed_since_is_listed(client, case):
    Case.objects.update(updated_at=datetime(2021, 5, 1, 12, tzinfo=UTC))
    new = make_case()
    Case.objects.filter(pk=new.pk).update(updated_at=datetime(2021, 5, 3, tzinfo=UTC))

    def codes(**dates) -> list[str]:
        root = ask(client, verb="ListIdentifiers", metadataPrefix="oai_dc", **dates)
        return [text.rpartition(":")[2] for text in texts(root, ".//o:identifier")]

    assert codes(**{"from": "2021-05-02"}) == [new.code]
    assert codes(until="2021-05-01") == [case.code]
    assert codes(**{"from": "2021-05-01T12:00:00Z", "until": "2021-05-01T12:00:00Z"}) == [case.code]


def test_a_scheduled_case_is_new_when_it_comes_out(client, case):
    now = timezone.now()
    Case.objects.update(updated_at=now - timedelta(days=9), published_at=now - timedelta(hours=1))
    since = (now - timedelta(days=1)).astimezone(UTC).strftime(oai.STAMP)
    assert texts(ask(client, verb="ListIdentifiers", metadataPrefix="oai_dc", **{"from": since}), ".//o:identifier")


def test_drafts_are_not_given(client):
    make_case(code="sz2020-0102", status="draft", published_at=None)
    assert error(client, verb="ListRecords", metadataPrefix="oai_dc") == "noRecordsMatch"
    assert (
        error(client, verb="GetRecord", metadataPrefix="oai_dc", identifier="oai:testserver:sz2020-0102")
        == "idDoesNotExist"
    )


def test_questions_may_be_posted(client, case):
    response = client.post("/oai", {"verb": "ListRecords", "metadataPrefix": "oai_dc"})
    assert b"sz2020-0101" in response.content


@pytest.mark.parametrize("count", [1, 3])
def test_queries_of_a_list_of_records_do_not_grow(client, django_assert_num_queries, count):
    for _ in range(count):
        make_case(terms=(make_term(),))
    with django_assert_num_queries(3):  # keys, cases, terms
        ask(client, verb="ListRecords", metadataPrefix="oai_dc")
