"""OAI-PMH 2.0 for libraries and aggregators: the six verbs, Dublin Core, sets by collection and chapter, resumption.

Stateless: a resumption token holds the conditions and the last case, so it never runs out. What is no longer public is
no longer listed (``deletedRecord`` is ``no``).
"""

import json
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from email.utils import parseaddr

from django.conf import settings
from django.core import signing
from django.db.models import Min, Q, QuerySet
from django.db.models.functions import Greatest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from lxml import etree
from lxml.builder import ElementMaker

from cases.models import Case, Category, Collection
from cases.public.metadata import SITE, author, keywords, plain, reference

PAGE = 100
OAI = "http://www.openarchives.org/OAI/2.0/"
OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
DC = "http://purl.org/dc/elements/1.1/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMAS = {
    OAI: "http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd",
    OAI_DC: "http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
}
O = ElementMaker(namespace=OAI, nsmap={None: OAI, "xsi": XSI})  # noqa: E741 -- one letter for each element of a page
STAMP = "%Y-%m-%dT%H:%M:%SZ"
FORMS = {r"\d{4}-\d\d-\d\d": "%Y-%m-%d", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ": STAMP}
SETS = {"collection": Collection, "category": Category}
LIST_ARGUMENTS = {"metadataPrefix", "from", "until", "set", "resumptionToken"}
ARGUMENTS = {
    "Identify": set(),
    "ListMetadataFormats": {"identifier"},
    "ListSets": {"resumptionToken"},
    "ListIdentifiers": LIST_ARGUMENTS,
    "ListRecords": LIST_ARGUMENTS,
    "GetRecord": {"identifier", "metadataPrefix"},
}
# What the protocol's schema takes in each argument; an answer repeats it.
NAME = r"[A-Za-z0-9\-_.!~*'()]+"
SYNTAX = {"set": rf"{NAME}(:{NAME})*", "metadataPrefix": NAME}
PRINTABLE = r"[!-~]*"


class OaiError(Exception):
    """An answer of the protocol's own: ``code`` is one of its error codes."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@csrf_exempt  # harvesters may POST their questions; nothing is written
@require_http_methods(["GET", "HEAD", "POST"])
def oai(request: HttpRequest) -> HttpResponse:
    """Answer one request of the protocol; its errors are answers, too, so the status is always 200."""
    data = request.POST if request.method == "POST" else request.GET
    address = request.build_absolute_uri(request.path)
    root = O("OAI-PMH", O.responseDate(timezone.now().astimezone(UTC).strftime(STAMP)))
    root.set(f"{{{XSI}}}schemaLocation", f"{OAI} {SCHEMAS[OAI]}")
    try:
        verb = checked_verb(data)
        root.append(O.request(address, **{name: data[name] for name in sorted(data)}))
        root.append(O(verb, *VERBS[verb](request, data)))
    except OaiError as error:
        asked = {} if error.code in ("badVerb", "badArgument") else {name: data[name] for name in sorted(data)}
        for old in root.findall(f"{{{OAI}}}request"):
            root.remove(old)
        root.append(O.request(address, **asked))
        root.append(O.error(str(error), code=error.code))
    content = etree.tostring(root, xml_declaration=True, encoding="utf-8")
    return HttpResponse(content, content_type="text/xml; charset=utf-8")


def checked_verb(data: QueryDict) -> str:
    verbs = data.getlist("verb")
    if len(verbs) != 1 or verbs[0] not in ARGUMENTS:
        raise OaiError("badVerb", f"verb: {', '.join(ARGUMENTS)}")
    allowed = ARGUMENTS[verbs[0]] | {"verb"}
    if wrong := sorted(name for name in data if name not in allowed or len(data.getlist(name)) > 1):
        raise OaiError("badArgument", f"not allowed here, or repeated: {', '.join(wrong)[:200]}")
    if wrong := sorted(name for name in data if not re.fullmatch(SYNTAX.get(name, PRINTABLE), data[name])):
        raise OaiError("badArgument", f"cannot be meant: {', '.join(wrong)}")
    if "resumptionToken" in data and len(data) > 2:
        raise OaiError("badArgument", "resumptionToken stands alone")
    return verbs[0]


# --- verbs -----------------------------------------------------------------------------------------------------------


def identify(request: HttpRequest, data: QueryDict) -> Iterable[etree._Element]:
    # A lower bound is what is asked for; no case is stamped earlier than it came out.
    first = Case.objects.published().aggregate(first=Min("published_at"))["first"] or datetime(2020, 1, 1, tzinfo=UTC)
    return [
        O.repositoryName(SITE),
        O.baseURL(request.build_absolute_uri(request.path)),
        O.protocolVersion("2.0"),
        O.adminEmail(parseaddr(settings.DEFAULT_FROM_EMAIL)[1]),
        O.earliestDatestamp(first.astimezone(UTC).strftime(STAMP)),
        O.deletedRecord("no"),
        O.granularity("YYYY-MM-DDThh:mm:ssZ"),
    ]


def list_metadata_formats(request: HttpRequest, data: QueryDict) -> Iterable[etree._Element]:
    if "identifier" in data:
        case_of(request, data["identifier"])
    names = (O.metadataPrefix("oai_dc"), O.schema(SCHEMAS[OAI_DC]), O.metadataNamespace(OAI_DC))
    return [O.metadataFormat(*names)]


def list_sets(request: HttpRequest, data: QueryDict) -> Iterable[etree._Element]:
    if "resumptionToken" in data:
        raise OaiError("badResumptionToken", "the sets are one list")
    rows = [(f"collection:{row.slug}", str(row)) for row in Collection.objects.all()]
    rows += [(f"category:{row.slug}", row.name) for row in Category.objects.all()]
    return [O.set(O.setSpec(spec), O.setName(plain(name))) for spec, name in rows]


def list_identifiers(request: HttpRequest, data: QueryDict) -> Iterable[etree._Element]:
    return listed(request, data, header)


def list_records(request: HttpRequest, data: QueryDict) -> Iterable[etree._Element]:
    return listed(request, data, record)


def get_record(request: HttpRequest, data: QueryDict) -> Iterable[etree._Element]:
    checked_prefix(data)
    if "identifier" not in data:
        raise OaiError("badArgument", "identifier is missing")
    return [record(request, case_of(request, data["identifier"]))]


VERBS: dict[str, Callable[[HttpRequest, QueryDict], Iterable[etree._Element]]] = {
    "Identify": identify,
    "ListMetadataFormats": list_metadata_formats,
    "ListSets": list_sets,
    "ListIdentifiers": list_identifiers,
    "ListRecords": list_records,
    "GetRecord": get_record,
}


def listed(request: HttpRequest, data: QueryDict, write: Callable) -> list[etree._Element]:
    """One page of cases, and the token of the next."""
    if "resumptionToken" in data:
        conditions = read_token(data["resumptionToken"], data["verb"])
    else:
        checked_prefix(data)
        conditions = {name: data[name] for name in ("from", "until", "set") if name in data}
    # Keys first, from an index alone: a database that sorts whole rows would read every text for each page.
    keys = list(
        selected(conditions)
        .filter(pk__gt=conditions.get("after", 0))
        .order_by("pk")
        .values_list("pk", flat=True)[: PAGE + 1]
    )
    rows = dated(Case.objects.filter(pk__in=keys)).for_export_list().order_by("pk")
    found = [case for case in rows if case.is_published]
    if not found:
        raise OaiError("noRecordsMatch", "no case meets these conditions")
    elements = [write(request, case) for case in found if case.pk in keys[:PAGE]]
    if len(keys) > PAGE:
        following = {**conditions, "after": keys[PAGE - 1], "verb": data["verb"]}
        elements.append(O.resumptionToken(signing.dumps(following, salt="oai")))
    elif "after" in conditions:
        elements.append(O.resumptionToken())
    return elements


# --- conditions ------------------------------------------------------------------------------------------------------


def selected(conditions: dict[str, str]) -> QuerySet:
    """The public cases that were changed, or came out, in time, and are in the set."""
    cases = Case.objects.published()
    given = [conditions[name] for name in ("from", "until") if name in conditions]
    if len({len(value) for value in given}) > 1:
        raise OaiError("badArgument", "from and until differ in granularity")
    if "from" in conditions:
        since = moment(conditions["from"], is_end=False)
        # Nothing was changed later than now; told so, SQLite reads the index case_changed and not the texts.
        cases = cases.filter(Q(updated_at__gte=since) | Q(published_at__gte=since), updated_at__lte=timezone.now())
    if "until" in conditions:
        until = moment(conditions["until"], is_end=True)
        cases = cases.filter(updated_at__lte=until, published_at__lte=until)
    if "set" in conditions:
        kind, _, slug = conditions["set"].partition(":")
        if kind not in SETS:
            raise OaiError("noRecordsMatch", "there is no such set")
        cases = cases.filter(**{f"{kind}__slug": slug})
    return cases


def dated(cases: QuerySet) -> QuerySet:
    """With ``stamp``: a scheduled case is new when its time has come, not when it was written."""
    return cases.annotate(stamp=Greatest("updated_at", "published_at"))


def moment(text: str, *, is_end: bool) -> datetime:
    """A datestamp of either granularity; the end of a day or second is its last moment."""
    form = next((form for pattern, form in FORMS.items() if re.fullmatch(pattern, text, re.ASCII)), "")
    try:
        found = datetime.strptime(text, form).replace(tzinfo=UTC)
    except ValueError as error:
        raise OaiError("badArgument", "dates are YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ") from error
    last = {"hour": 23, "minute": 59, "second": 59} if form == "%Y-%m-%d" else {}
    return found.replace(microsecond=999_999, **last) if is_end else found


def checked_prefix(data: QueryDict) -> None:
    if "metadataPrefix" not in data:
        raise OaiError("badArgument", "metadataPrefix is missing")
    if data["metadataPrefix"] != "oai_dc":
        raise OaiError("cannotDisseminateFormat", "oai_dc is what there is")


def read_token(token: str, verb: str) -> dict:
    try:
        found = signing.loads(token, salt="oai")
    except (signing.BadSignature, json.JSONDecodeError) as error:
        raise OaiError("badResumptionToken", "this token was not given here") from error
    if found.pop("verb") != verb:
        raise OaiError("badResumptionToken", "this token was given for another verb")
    return found


def case_of(request: HttpRequest, identifier: str) -> Case:
    lead, code = identifier.rpartition(":")[::2]
    cases = dated(Case.objects.published()).select_related("collection", "category", "institution")
    case = cases.filter(code=code).first() if lead == f"oai:{domain(request)}" else None
    if case is None:
        raise OaiError("idDoesNotExist", "there is no such case")
    return case


# --- elements --------------------------------------------------------------------------------------------------------


def header(request: HttpRequest, case: Case) -> etree._Element:
    return O.header(
        O.identifier(f"oai:{domain(request)}:{case.code}"),
        O.datestamp(case.stamp.astimezone(UTC).strftime(STAMP)),
        O.setSpec(f"collection:{case.collection.slug}"),
        O.setSpec(f"category:{case.category.slug}"),
    )


def record(request: HttpRequest, case: Case) -> etree._Element:
    """A case in Dublin Core."""
    address = request.build_absolute_uri(case.get_absolute_url())
    item = reference(case, address=address, accessed=timezone.localdate())
    values = [
        ("title", item["title"]),
        ("creator", author(item)),
        *(("subject", word) for word in keywords(case)),
        ("description", plain(case.summary)),
        ("publisher", item.get("publisher", SITE)),
        ("date", "-".join(f"{part:02}" for part in item["issued"]["date-parts"][0])),
        ("type", "Text"),
        ("format", "text/html"),
        ("identifier", address),
        ("source", item.get("container-title") or item.get("note", "")),
        ("language", "zh-CN"),
        ("rights", settings.LICENCE_URL or "转引请注明出处"),
    ]
    dc = etree.Element(f"{{{OAI_DC}}}dc", nsmap={"oai_dc": OAI_DC, "dc": DC, "xsi": XSI})
    dc.set(f"{{{XSI}}}schemaLocation", f"{OAI_DC} {SCHEMAS[OAI_DC]}")
    for name, value in values:
        if value:
            etree.SubElement(dc, f"{{{DC}}}{name}").text = value
    return O.record(header(request, case), O.metadata(dc))


def domain(request: HttpRequest) -> str:
    return request.get_host().partition(":")[0]
