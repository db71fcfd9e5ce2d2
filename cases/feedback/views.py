"""The form of 报告错误 (``?case=CODE&quote=…``) and of 求一个案例 (without a case; ``?text=…``)."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe
from rest_framework.throttling import SimpleRateThrottle

from cases.feedback.actions import make_wish, report_error
from cases.models import Case


class ClientThrottle(SimpleRateThrottle):
    rate = "10/hour"

    def get_cache_key(self, request: HttpRequest, view: None) -> str:
        return f"feedback:client:{self.get_ident(request)}"


class SiteThrottle(SimpleRateThrottle):
    """All readers together: a flood from many addresses must not bury the desk."""

    rate = "500/day"

    def get_cache_key(self, request: HttpRequest, view: None) -> str:
        return "feedback:site"


def _long(most: int) -> dict:
    return {"required": "还没有写。", "max_length": f"最多 {most} 字，现在 %(show_value)s 字。"}


class FeedbackForm(forms.Form):
    quote = forms.CharField(label="哪一句", max_length=200, required=False, error_messages=_long(200))
    text = forms.CharField(
        label="说明", max_length=500, widget=forms.Textarea(attrs={"rows": 4}), error_messages=_long(500)
    )
    address = forms.EmailField(
        label="邮箱（想要回信才填，处理完就删掉）",
        required=False,
        error_messages={"invalid": "这个邮箱地址写得不完整，请检查，例如 name@example.com。"},
    )


@csrf_exempt  # it needs no account, and a cookie on every public page would cost more than it guards
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """400 for what cannot be taken, 404 for a case that is not public, 429 for too much; what was typed stays."""
    data = request.POST if request.method == "POST" else request.GET
    code = data.get("case", "")
    case = get_object_or_404(Case.objects.published(), code=code) if code else None
    if request.method != "POST":
        words = {name: request.GET.get(name, "")[:most] for name, most in (("quote", 200), ("text", 500))}
        return _page(request, FeedbackForm(initial=words), case)
    form = FeedbackForm(request.POST)
    if not form.is_valid():
        return _page(request, form, case, 400)
    for throttle, words in (
        (ClientThrottle(), "这台设备一小时里写得太多了，请过一会儿再发。"),
        (SiteThrottle(), "今天收到的来信太多了，请明天再发，或者直接联系协会。"),
    ):
        if not throttle.allow_request(request, None):
            form.add_error(None, f"{words}写好的内容还在。")
            response = _page(request, form, case, 429)
            response["Retry-After"] = str(int(throttle.wait() or 0) + 1)
            return response
    fields = form.cleaned_data
    if case:
        report_error(case=case, **fields)
    else:
        make_wish(text=fields["text"], address=fields["address"])
    return redirect("feedback:sent")


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    return render(request, "feedback/sent.html")


def _page(request: HttpRequest, form: FeedbackForm, case: Case | None, status: int = 200) -> HttpResponse:
    errors = [message for messages in form.errors.values() for message in messages]
    context = {"form": form, "case": case, "errors": errors}
    response = render(request, "feedback/write.html", context, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response
