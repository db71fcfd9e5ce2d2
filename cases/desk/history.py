"""The history of an object: every version with who, when, and what changed; cases can be brought back."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from cases.editing.differences import differences
from cases.editing.revisions import restore_version
from cases.editing.vocabulary import delete_vocabulary, edit_vocabulary
from cases.models import Version, VersionEvent

PAGE_SIZE = 15


class HistoryMixin(admin.ModelAdmin):
    """Django's history page, with our versions in place of its log."""

    can_restore = False

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        item = self.get_object(request, object_id)
        if item is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, item):
            raise PermissionDenied
        versions = Version.objects.of(item).select_related("user")
        page = Paginator(versions, PAGE_SIZE).get_page(request.GET.get("p"))
        context = {
            **self.admin_site.each_context(request),
            "title": f"修改历史：{item}",
            "opts": self.opts,
            "object": item,
            "page": page,
            "versions": self._with_differences(versions, page),
            "can_restore": self.can_restore and request.user.has_perm("cases.change_case"),
        }
        return render(request, "admin/cases/history.html", context)

    def _with_differences(self, versions, page) -> list[tuple[Version, list]]:
        """Each version of the page with what it changed; one query for all."""
        start = page.start_index() - 1 if page.paginator.count else 0
        rows = list(versions[start : start + PAGE_SIZE + 1])
        befores = [*rows[1:], None]
        return [
            (row, differences(self.model, before.data, row.data) if before else [])
            for row, before in list(zip(rows, befores, strict=False))[:PAGE_SIZE]
        ]


class VocabularyAdmin(HistoryMixin):
    """Rows that many cases share: each write keeps a version, and the search follows."""

    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def save_model(self, request: HttpRequest, obj, form, change: bool) -> None:
        """Write nothing yet: ``save_related`` writes it and its chapters as one edit."""

    def save_related(self, request: HttpRequest, form, formsets, change: bool) -> None:
        with edit_vocabulary(form.instance, user=request.user) as item:
            item.save()
            super().save_related(request, form, formsets, change)

    def delete_model(self, request: HttpRequest, obj) -> None:
        delete_vocabulary(item=obj, user=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        for item in queryset:
            delete_vocabulary(item=item, user=request.user)


class CaseHistoryMixin(HistoryMixin):
    """Restoring a version, and finding what was deleted."""

    can_restore = True

    def get_urls(self) -> list:
        wrap = self.admin_site.admin_view
        return [
            path("deleted/", wrap(self.deleted_view), name="cases_case_deleted"),
            path(
                "versions/<int:version_id>/restore/", wrap(require_POST(self.restore_view)), name="cases_case_restore"
            ),
            *super().get_urls(),
        ]

    def deleted_view(self, request: HttpRequest) -> HttpResponse:
        """Cases that were deleted and can be brought back."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        page = Paginator(Version.objects.deleted_cases().select_related("user"), PAGE_SIZE).get_page(
            request.GET.get("p")
        )
        context = {
            **self.admin_site.each_context(request),
            "title": "已删除的案例",
            "opts": self.opts,
            "page": page,
        }
        return render(request, "admin/cases/case/deleted.html", context)

    def restore_view(self, request: HttpRequest, version_id: int) -> HttpResponse:
        version = get_object_or_404(Version, pk=version_id, kind="case")
        if not self.has_change_permission(request):
            raise PermissionDenied
        try:
            case = restore_version(version=version, user=request.user)
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
            if self.model.objects.filter(pk=version.object_id).exists():
                return HttpResponseRedirect(reverse("admin:cases_case_history", args=[version.object_id]))
            if version.event != VersionEvent.DELETED:
                raise Http404 from None
            return HttpResponseRedirect(reverse("admin:cases_case_deleted"))
        self.message_user(
            request, f"已把第 {version.number} 版的内容恢复成草稿 {case.code}，看过以后再送审或发布。", messages.SUCCESS
        )
        return HttpResponseRedirect(reverse("admin:cases_case_change", args=[case.pk]))
