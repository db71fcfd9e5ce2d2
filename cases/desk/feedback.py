"""读者来信 on the desk: a list, and a button for what has been seen to."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from cases.editing.permissions import EDIT
from cases.feedback.actions import settle
from cases.models import Feedback
from cases.models.base import person_name


class SettledFilter(admin.SimpleListFilter):
    title, parameter_name = "处理", "settled"

    def lookups(self, request: HttpRequest, model_admin) -> list[tuple[str, str]]:
        return [("no", "等着处理"), ("yes", "处理过了")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        chosen = self.value()
        return queryset.filter(settled_at__isnull=chosen == "no") if chosen in ("no", "yes") else queryset


@admin.register(Feedback)
class FeedbackAdmin(admin.ModelAdmin):
    """What readers wrote is read and settled, never changed."""

    list_display = ("text", "kind", "link", "quote", "count", "address", "made_at", "state")
    list_display_links = None
    list_filter = (SettledFilter, "kind")
    list_select_related = ("case", "settled_by")
    search_fields = ("text", "quote", "case__code", "case__title")
    actions = None

    def get_urls(self) -> list:
        view = self.admin_site.admin_view(self.settle_view)
        return [path("<int:pk>/settle/", view, name="cases_feedback_settle"), *super().get_urls()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Feedback | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Feedback | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Feedback | None = None) -> bool:
        return request.user.has_perm(EDIT)

    @method_decorator(require_POST)
    def settle_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        settle(feedback=get_object_or_404(Feedback, pk=pk), user=request.user)
        self.message_user(request, "记下了：处理过了。", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:cases_feedback_changelist") + "?settled=no")

    @admin.display(description="哪一篇", ordering="case")
    def link(self, feedback: Feedback) -> str:
        if feedback.case is None:
            return ""
        address = reverse("admin:cases_case_change", args=[feedback.case_id])
        return format_html('<a href="{}">{} {}</a>', address, feedback.case.code, feedback.case.title)

    @admin.display(description="处理", ordering="settled_at")
    def state(self, feedback: Feedback) -> str:
        if feedback.settled_at:
            return person_name(feedback.settled_by) or "处理过了"
        address = reverse("admin:cases_feedback_settle", args=[feedback.pk])
        return format_html('<button class="button" formaction="{}">处理过了</button>', address)
