"""Pages of following by mail: ask, look into the mailbox, say yes, leave."""

import hashlib
import logging

from django import forms
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe
from rest_framework.throttling import SimpleRateThrottle

from cases.following.actions import LEAVE, Wish, follow, leave, read_wish
from cases.following.letters import list_of, names_of, question
from cases.models import Frequency
from cases.models.following import QUERY_MAX

logger = logging.getLogger(__name__)


class ClientThrottle(SimpleRateThrottle):
    """How often one client may ask, for whatever address."""

    rate = "20/hour"

    def get_cache_key(self, request: HttpRequest, view: None) -> str:
        return f"following:client:{self.get_ident(request)}"


class AddressThrottle(SimpleRateThrottle):
    """How many letters that ask one address gets, whoever asks."""

    rate = "3/day"

    def get_cache_key(self, request: HttpRequest, view: None) -> str:
        return f"following:address:{hashlib.sha256(request.address.lower().encode()).hexdigest()}"


class FollowForm(forms.Form):
    """An address, how often, and the list: any spelling of its query string, cleaned to the canonical one."""

    address = forms.EmailField(
        label="邮箱",
        error_messages={
            "required": "请写上邮箱地址。",
            "invalid": "这个邮箱地址写得不完整，请检查，例如 name@example.com。",
        },
    )
    frequency = forms.ChoiceField(
        label="多久一封",
        choices=Frequency.choices,
        initial=Frequency.WEEKLY,
        error_messages={"required": "请选多久一封。", "invalid_choice": "多久一封只能选每天、每周或每月。"},
    )
    query = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_query(self) -> str:
        case_filter = list_of(self.cleaned_data["query"])
        if case_filter.errors_text:
            raise forms.ValidationError(case_filter.errors_text)
        query = case_filter.canonical("", ("sort",)).removeprefix("?")
        if len(query) > QUERY_MAX:
            raise forms.ValidationError("条件太多，一封信写不下。请回到列表减少几个条件，再来订阅。")
        return query


@csrf_exempt  # all it does is ask the address itself; a cookie on every public page would cost more than it guards
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Ask for an address, and send it the letter that asks back. What is answered says nothing of the address.

    400 for what cannot be meant, 429 for a client that asks too often, 503 where no letter can be sent.
    """
    if request.method != "POST":
        return _asked(request, FollowForm(initial={"query": request.GET.get("query", ""), "frequency": "weekly"}), [])
    form = FollowForm(request.POST)
    if not form.is_valid():
        return _asked(request, form, [message for messages in form.errors.values() for message in messages], 400)
    throttle = ClientThrottle()
    if not throttle.allow_request(request, None):
        response = _asked(request, form, ["这台设备一小时里订阅得太多了，请过一会儿再试。"], 429)
        response["Retry-After"] = str(int(throttle.wait() or 0) + 1)
        return response
    wish = Wish(**form.cleaned_data)
    request.address = wish.address
    # An address asked often enough gets no more letters; whoever asks is not told, or learnt that others had asked.
    if AddressThrottle().allow_request(request, None):
        try:
            question(wish, site=request.build_absolute_uri("/").rstrip("/")).send()
        except OSError:
            logger.exception("a letter that asks could not be sent")
            return _asked(request, form, ["现在发不出信，请过一会儿再试。写好的内容还在。"], 503)
    return redirect("following:sent")


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    return _page(request, "following/sent.html", {})


@csrf_exempt  # the signed link is the key
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Begin on POST: programs that open every link of a letter to look for harm must not say yes for its reader."""
    try:
        wish = read_wish(token)
    except signing.BadSignature:
        return _page(request, "following/invalid.html", {"is_leaving": False}, 404)
    if request.method == "POST":
        follow(wish=wish)
    case_filter = list_of(wish.query)
    context = {
        "is_done": request.method == "POST",
        "names": names_of(case_filter),
        "frequency": Frequency(wish.frequency).label,
        "list": case_filter.canonical(reverse("cases:case-list")),
    }
    return _page(request, "following/confirm.html", context)


@csrf_exempt  # RFC 8058: mail programs POST here, without a cookie, by one click of their user
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unfollow(request: HttpRequest, token: str) -> HttpResponse:
    """Leave on POST, for the same reason; once or twice is the same."""
    try:
        if request.method == "POST":
            leave(token=token)
        else:
            signing.loads(token, salt=LEAVE)
    except signing.BadSignature:
        return _page(request, "following/invalid.html", {"is_leaving": True}, 404)
    return _page(request, "following/leave.html", {"is_done": request.method == "POST"})


def _asked(request: HttpRequest, form: FollowForm, errors: list[str], status: int = 200) -> HttpResponse:
    case_filter = list_of(form["query"].value() or "")
    names = names_of(case_filter)
    context = {
        "form": form,
        "errors": errors,
        "names": names,
        "list": case_filter.canonical(reverse("cases:case-list")),
    }
    return _page(request, "following/start.html", context, status)


def _page(request: HttpRequest, template: str, context: dict, status: int = 200) -> HttpResponse:
    """A page that search engines leave out, whose address, a key, goes to no other site."""
    response = render(request, template, context, status=status)
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "same-origin"
    return response
