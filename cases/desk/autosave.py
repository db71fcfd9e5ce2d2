"""Comfort while writing a case: the page beside the text, rendered as readers will see it, and drafts kept safe.

The browser keeps unsaved text itself (static/desk/autosave.js), so that neither an expired session nor a
closed window loses it. What the server adds is small: who is writing, which state the form began from, and, after
a save, a cookie that says which drafts are now in the database.
"""

import re

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cases.desk.preview import MAX_BODY, too_long, unsaved_case
from cases.editing.content_checks import SUMMARY_LIMIT, check_case
from cases.models import Case
from cases.public.detail import content_context
from cases.templatetags.cases_tags import reading_minutes

SUMMARY_RANGE = (60, SUMMARY_LIMIT)
SAVED_COOKIE = "writing-saved"
SAVED_COOKIE_SECONDS = 24 * 3600
SAVED_TOKENS = 10
TOKEN = re.compile(r"[a-z0-9]{8,40}\Z")
EXAMPLES = (
    ("# 小标题", "小标题"),
    ("空一行，就是另起一段。\n\n第二段。", "分段"),
    ("- 第一点\n- 第二点", "列点"),
    ("1. 先做\n2. 再做", "编号"),
    ("**要紧的话**", "加粗"),
    ("[深圳市银行业协会](https://www.szba.com.cn/)", "链接"),
    ("| 产品 | 金额 |\n| --- | ---: |\n| 抗疫贷 | 3 亿元 |", "表格"),
    ("> 引用的原话", "引用"),
)


class WritingMixin(admin.ModelAdmin):
    """Live preview and safe drafts on the form of a ``ModelAdmin`` for cases."""

    change_form_template = "admin/cases/case/change_form.html"

    def get_urls(self) -> list:
        return [path("render/", self.render_unsaved, name="cases_case_render"), *super().get_urls()]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            # The name of the notation helps nobody; the cheat-sheet above the form does.
            field.help_text = field.help_text.replace("Markdown。", "")
        return field

    @method_decorator(never_cache)
    @method_decorator(require_POST)
    def render_unsaved(self, request: HttpRequest) -> HttpResponse:
        """What the form holds, unsaved, as the case's page and with what an editor would object to.

        Takes the form's own fields and ``case``, the primary key or nothing; answers ``{"page": HTML document,
        "problems": [text], "length": characters, "minutes": n}``, or ``{"detail": text}`` with 401, 403, 404, 413.
        """
        refusal = self._refusal(request)
        if refusal:
            return refusal
        key = request.POST.get("case", "")
        stored = Case.objects.select_related("collection", "category", "institution__parent")
        original = stored.filter(pk=key).first() if re.fullmatch(r"\d{1,18}", key) else None
        if original is None and key:
            return _answer(404, "这篇案例已经不在了，可能被删除。")
        case = unsaved_case(request.POST, original=original)
        same = [(link.other, link.reason) for link in case.links.all() if link.other.is_published]
        context = {**content_context(case), "same": same}
        page = render_to_string(
            "public/case_detail.html", {**context, "layout": "admin/cases/case/render_page.html"}, request
        )
        texts = (getattr(case, name) for name in ("summary", *Case.SECTIONS))
        return JsonResponse(
            {
                "page": page,
                "problems": [*too_long(request.POST), *check_case(case)],
                "length": sum(len(re.sub(r"\s", "", text)) for text in texts),
                "minutes": reading_minutes(case),
            }
        )

    def _refusal(self, request: HttpRequest) -> HttpResponse | None:
        # Not admin_view: a script that asks wants to be told, not sent to a login page.
        if not self.admin_site.has_permission(request):
            return _answer(401, "登录已过期。写的字还在这台电脑上，重新登录后会问你要不要恢复。")
        if not (self.has_view_or_change_permission(request) or self.has_add_permission(request)):
            return _answer(403, "你没有查看案例的权限。")
        if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BODY:
            return _answer(413, "文字太长，不能边写边看；请先保存，再看完整预览。")
        return None

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None) -> HttpResponse:
        if obj and not self.has_change_permission(request, obj):
            # Nothing to write: without boxes the page beside the text would be an empty one.
            return super().render_change_form(request, context, add, change, form_url, obj)
        context["writing"] = {
            "user": request.user.pk,
            "case": obj.pk if obj else "",
            "base": obj.updated_at.isoformat() if obj else "",
            "render_url": reverse(f"{self.admin_site.name}:cases_case_render"),
            "bound": bool(context.get("errors")) or request.method == "POST",
            "summary_range": "-".join(map(str, SUMMARY_RANGE)),
            "examples": EXAMPLES,
        }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def response_add(self, request: HttpRequest, obj: Case, *args, **kwargs) -> HttpResponse:
        return mark_saved(request, super().response_add(request, obj, *args, **kwargs))

    def response_change(self, request: HttpRequest, obj: Case) -> HttpResponse:
        return mark_saved(request, super().response_change(request, obj))


def mark_saved(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Tell the browser, on whatever page it opens next, that the draft of this form is in the database."""
    token = request.POST.get("writing_token", "")
    if TOKEN.match(token):
        known = [item for item in request.COOKIES.get(SAVED_COOKIE, "").split(".") if TOKEN.match(item)]
        response.set_cookie(
            SAVED_COOKIE,
            ".".join([*known, token][-SAVED_TOKENS:]),
            max_age=SAVED_COOKIE_SECONDS,
            path=reverse("admin:index"),
            secure=request.is_secure(),
            samesite="Lax",
        )
    return response


def _answer(status: int, detail: str) -> JsonResponse:
    return JsonResponse({"detail": detail}, status=status)
