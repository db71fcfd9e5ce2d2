"""Feeds, sitemaps and OAI-PMH on the real collections, held against their schemas (tests/schemas/)."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from lxml import etree

from cases.takeaway import oai

SCHEMAS = Path(__file__).parent.parent / "schemas"
DUBLIN_CORE = f"{{{oai.OAI_DC}}}dc"
FEEDS = [
    "/feeds/cases.atom",
    "/feeds/cases.atom?category=green&sort=code",
    "/feeds/cases.atom?institution=abc-shenzhen",
    "/feeds/cases.atom?q=没有抵押",
    "/feeds/cases.atom?case=sz2020-0103&case=sz2020-0101",
    "/feeds/cases.atom?category=green&q=没有的词语啊",
    "/feeds/products.atom",
]
VERBS = [
    "verb=Identify",
    "verb=ListMetadataFormats",
    "verb=ListMetadataFormats&identifier=oai:testserver:sz2020-0101",
    "verb=ListSets",
    "verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:testserver:sz2020-0101",
    "verb=ListIdentifiers&metadataPrefix=oai_dc",
    "verb=ListIdentifiers&metadataPrefix=oai_dc&set=category:green",
    "verb=ListRecords&metadataPrefix=oai_dc&from=2020-01-01",
    "",
    "verb=Nothing",
    "verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:testserver:none",
    "verb=GetRecord&metadataPrefix=marc&identifier=oai:testserver:sz2020-0101",
    "verb=ListRecords&metadataPrefix=oai_dc&from=2999-01-01",
    "verb=ListRecords&metadataPrefix=oai_dc&from=yesterday",
    "verb=ListRecords&resumptionToken=no-token",
    "verb=ListSets&verb=Identify",
]


def schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(SCHEMAS / name))


def read(client, url: str) -> etree._Element:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return etree.fromstring(answer.getvalue())


@pytest.mark.parametrize("url", FEEDS)
def test_feed_is_atom(client, seeded, url):
    relax = etree.RelaxNG(etree.parse(SCHEMAS / "atom.rng"))
    feed = read(client, url)
    assert relax.validate(feed), relax.error_log
    ids = [item.text for item in feed.iterfind("{http://www.w3.org/2005/Atom}entry/{http://www.w3.org/2005/Atom}id")]
    assert len(ids) == len(set(ids))


def test_schema_of_feeds_refuses_what_is_no_atom(client, seeded):
    relax = etree.RelaxNG(etree.parse(SCHEMAS / "atom.rng"))
    feed = read(client, "/feeds/cases.atom")
    feed.remove(feed.find("{http://www.w3.org/2005/Atom}updated"))
    assert not relax.validate(feed)


def test_sitemap_and_each_of_its_parts_is_one(client, seeded):
    index, parts = schema("siteindex.xsd"), schema("sitemap-with-languages.xsd")
    root = read(client, "/sitemap.xml")
    assert index.validate(root), index.error_log
    addresses = [urlsplit(item.text) for item in root.iter("{*}loc")]
    assert len(addresses) >= 5
    for address in addresses:
        part = read(client, address.path + (f"?{address.query}" if address.query else ""))
        assert parts.validate(part), (address.path, parts.error_log)


@pytest.mark.parametrize("query", VERBS)
def test_answer_of_oai_pmh_is_one(client, seeded, query):
    protocol, dublin_core = schema("OAI-PMH.xsd"), schema("oai_dc.xsd")
    answer = read(client, f"/oai?{query}")
    records = list(answer.iter(DUBLIN_CORE))
    for record in records:
        assert dublin_core.validate(etree.fromstring(etree.tostring(record))), dublin_core.error_log
    assert bool(records) == ("Record" in query and answer.find("{*}error") is None)
    # The protocol's schema wants what stands in a record declared; it was held against its own above.
    protocol.validate(answer)
    assert [entry.message for entry in protocol.error_log if DUBLIN_CORE not in entry.message] == []


def test_lists_of_oai_pmh_resume_as_the_schema_has_it(client, seeded, monkeypatch):
    monkeypatch.setattr(oai, "PAGE", 20)
    protocol, query, pages = schema("OAI-PMH.xsd"), "verb=ListIdentifiers&metadataPrefix=oai_dc", 0
    while query:
        answer = read(client, f"/oai?{query}")
        assert protocol.validate(answer), protocol.error_log
        token, pages = answer.findtext(".//{*}resumptionToken"), pages + 1
        query = f"verb=ListIdentifiers&resumptionToken={token}" if token else ""
    assert pages == 5  # 96 cases
