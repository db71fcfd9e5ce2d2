"""The staff desk: Django's admin, whose first page says what there is to do and how far the year's collection is."""

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse

from cases.desk.chapters import chapter_counts, current_collection, totals
from cases.desk.todo import todo_lists
from cases.editing.permissions import EDIT, PUBLISH
from cases.models import Feedback, Proposal

# What a clerk opens every day comes first in the header; the rest follows by name.
DAILY = ("Case", "WordImport", "Collection", "Proposal", "Feedback", "Institution", "Product", "Term")


class StaffDesk(AdminSite):
    site_header = "普惠金融案例库 · 工作台"
    site_title = "案例库工作台"
    index_title = "今天要做的事"
    enable_nav_sidebar = False  # its links stand in the header: the list of cases needs the width

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list:
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=lambda one: [*DAILY, one["object_name"]].index(one["object_name"]))
        return apps

    def index(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        context: dict = {}
        if request.user.has_perm("cases.view_case"):
            context["todo_lists"] = todo_lists(request.user)
            if request.user.has_perm(PUBLISH):
                context["proposal_count"] = Proposal.objects.filter(accepted=None).count()
            if request.user.has_perm(EDIT):
                context["feedback_count"] = Feedback.objects.filter(settled_at=None).count()
            if collection := current_collection():
                states = list(chapter_counts(collection).values())
                context |= {"collection": collection, "chapters": states, "totals": totals(states)}
        return super().index(request, {**context, **(extra_context or {})})
