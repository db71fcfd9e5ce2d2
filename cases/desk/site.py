"""The staff desk: Django's admin, whose first page says what there is to do."""

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse

from cases.desk.todo import todo_lists


class StaffDesk(AdminSite):
    site_header = "普惠金融案例库 · 工作台"
    site_title = "案例库工作台"
    index_title = "今天要做的事"

    def index(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        context = {"todo_lists": todo_lists(request.user) if request.user.has_perm("cases.view_case") else []}
        return super().index(request, {**context, **(extra_context or {})})
