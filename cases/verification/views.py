"""The page behind a private link: the case as readers will see it, remarks beside each part, and the answer."""

from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cases.editing.together import PARTS
from cases.models import Case, Verification
from cases.public.detail import content_context
from cases.verification.actions import add_remark, answer, find, note_opened, take_remark_back

GONE = "这个核对链接已经过期或收回了。要再看，请联系协会的同事，让他们重新发一个。"
ANSWERS = {"right": True, "wrong": False}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """404 for a link nobody gave out, 410 for one that is over, 400 for what cannot be taken, with what was typed."""
    try:
        verification = find(token)
    except (signing.BadSignature, Verification.DoesNotExist):
        return _message(request, "没有这个页面", "核对链接不完整。请从信里把整个网址复制过来再试。", 404)
    if not verification.is_open:
        return _message(request, "链接不能用了", GONE, 410)
    problem = ""
    if request.method == "POST":
        try:
            place = _take(verification, request)
        except ValidationError as error:
            problem = " ".join(error.messages)
        else:
            return HttpResponseRedirect(f"{request.path}#{place}")
    elif request.method == "GET":
        note_opened(verification)
    return _page(request, verification, problem)


def _take(verification: Verification, request: HttpRequest) -> str:
    """Do what one of the page's buttons asks for; return the anchor to go back to."""
    data = request.POST
    if key := data.get("back", ""):
        if key.isdecimal() and len(key) < 19:
            take_remark_back(verification=verification, key=int(key))
        return "said"
    if "answer" in data:
        if data["answer"] not in ANSWERS:
            raise ValidationError("请选“没有错”或“有要改的”。")
        answer(verification=verification, is_right=ANSWERS[data["answer"]], name=data.get("name", ""))
        return "answer"
    words = {name: data.get(name, "").replace("\x00", "") for name in ("quote", "proposed", "text")}
    add_remark(verification=verification, field=data.get("field", ""), **words)
    return "said"


def _page(request: HttpRequest, verification: Verification, problem: str) -> HttpResponse:
    case = Case.objects.for_detail().get(pk=verification.case_id)
    remarks = list(verification.remarks.select_related("resolved_by"))
    for remark in remarks:
        remark.part = PARTS.get(remark.field, "")
    context = {
        **content_context(case),
        "verification": verification,
        "remarks": remarks,
        "problem": problem,
        "typed": request.POST if problem else {},
    }
    return _private(render(request, "verification/page.html", context, status=400 if problem else 200))


def _message(request: HttpRequest, title: str, message: str, status: int) -> HttpResponse:
    return _private(render(request, "error.html", {"title": title, "message": message}, status=status))


def _private(response: HttpResponse) -> HttpResponse:
    """An address that is a key: not for search engines, nor told to other sites."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "same-origin"
    return response
