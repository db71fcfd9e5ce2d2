"""Remarks on a case and who else has it open, beside the form: each answer is a piece of the page, so that nothing typed is left."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from cases.editing.accepting import accept_comment
from cases.editing.content_checks import TEXT_FIELDS
from cases.editing.together import PARTS, add_comment, note_open_form, resolve_comment
from cases.models import Case, Comment
from cases.models.base import person_name


class TogetherMixin(admin.ModelAdmin):
    """Addresses below the form of a case."""

    def get_urls(self) -> list:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/comments/", wrap(self.comment_view), name="cases_case_comments"),
            path("<int:pk>/here/", wrap(self.here_view), name="cases_case_here"),
            *super().get_urls(),
        ]

    @method_decorator(require_POST)
    def comment_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Add a remark (``field quote proposed text``), see to one (``resolve``, its key) or put its words into the text
        (``accept``); 400 with the reason where it is wrong."""
        case = get_object_or_404(Case, pk=pk)
        problem = ""
        try:
            if key := _key(request.POST.get("accept", "")):
                draft = accept_comment(comment=get_object_or_404(Comment, pk=key, case=case), user=request.user)
                self.message_user(request, "换上了，写的话都在正文里。", messages.SUCCESS)
                return HttpResponseRedirect(reverse("admin:cases_case_change", args=[draft.pk]))
            if key := _key(request.POST.get("resolve", "")):
                resolve_comment(comment=get_object_or_404(Comment, pk=key, case=case), user=request.user)
            else:
                words = {name: request.POST.get(name, "") for name in ("field", "quote", "proposed", "text")}
                add_comment(case=case, user=request.user, **words)
        except ValidationError as error:
            problem = " ".join(error.messages)
        if not problem and request.headers.get("X-Requested-With") != "fetch":
            return HttpResponseRedirect(reverse("admin:cases_case_change", args=[pk]) + "#comments")
        context = {"case": case, "comments": comments_of(case), "parts": PARTS, "problem": problem}
        return render(request, "admin/cases/case/_comments.html", context, status=400 if problem else 200)

    @method_decorator(require_POST)
    def here_view(self, request: HttpRequest, pk: int) -> JsonResponse:
        """Say who else has the form open: ``{"others": [name]}``."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        others = note_open_form(case=get_object_or_404(Case, pk=pk), user=request.user)
        return JsonResponse({"others": [person_name(user) for user in others]})

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None) -> HttpResponse:
        if obj and not add:
            context |= {"comments": comments_of(obj), "parts": PARTS}
        return super().render_change_form(request, context, add, change, form_url, obj)


def comments_of(case: Case) -> list[Comment]:
    """What has not been seen to, in the order of the text; one query."""
    waiting = list(case.comments.filter(resolved_at=None).select_related("user", "verification"))
    places = list(PARTS)
    for comment in waiting:
        comment.part = PARTS.get(comment.field, "")
        comment.is_ready = bool(comment.proposed and comment.quote and comment.field in TEXT_FIELDS)
    return sorted(waiting, key=lambda comment: places.index(comment.field) if comment.field in places else len(places))


def _key(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0
