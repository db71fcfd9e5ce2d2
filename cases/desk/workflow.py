"""The steps of the workflow, each a page of its own that asks before it acts; the table is in ``editing.workflow``."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse

from cases.editing.adoption import plan_adoption
from cases.editing.content_checks import blocking_problems, check_case
from cases.editing.duplicates import find_duplicates
from cases.editing.gate import publishing_problems
from cases.editing.permissions import PUBLISH
from cases.editing.workflow import TRANSITIONS, Transition
from cases.models import Case


class LabelledDateTime(AdminSplitDateTime):
    """Django's two boxes stand beside their words; here they also carry them, for those who hear the page."""

    def __init__(self) -> None:
        super().__init__()
        for widget, label in zip(self.widgets, ("发布日期", "发布时间"), strict=True):
            widget.attrs["aria-label"] = label


class TransitionForm(forms.Form):
    comment = forms.CharField(
        label="退回意见", required=False, widget=forms.Textarea(attrs={"rows": 5, "cols": 60}), max_length=2000
    )
    at = forms.SplitDateTimeField(
        label="发布时间",
        required=False,
        widget=LabelledDateTime,
        help_text="留空即现在发布；填将来的时间，到时候读者才看得到。",
    )


class WorkflowMixin(admin.ModelAdmin):
    """Pages and list actions of the workflow."""

    actions = ("submit_selected", "publish_selected", "archive_selected")

    def get_urls(self) -> list:
        view = self.admin_site.admin_view(self.step_view)
        return [path("<int:object_id>/step/<slug:name>/", view, name="cases_case_step"), *super().get_urls()]

    def step_view(self, request: HttpRequest, object_id: int, name: str) -> HttpResponse:
        step, case = TRANSITIONS.get(name), Case.objects.for_detail().filter(pk=object_id).first()
        if step is None or case is None:
            raise Http404
        if not request.user.has_perm(step.permission):
            raise PermissionDenied
        initial = {"at": case.published_at} if case.is_scheduled else {}
        form = TransitionForm(request.POST if request.method == "POST" else None, initial=initial)
        errors, status = [], 200
        if request.method == "POST":
            response, errors, status = self._take(request, step, case, form)
            if response:
                return response
        blockers = []
        if step.checks:
            blockers = publishing_problems(case, request.user) if step.name == "publish" else blocking_problems(case)
        is_adopted = step.name == "publish" and case.revises_id is not None
        adoption = plan_adoption(case, request.POST) if is_adopted else None
        context = {
            **self.admin_site.each_context(request),
            "title": f"{step.label}：{case.title}",
            "opts": self.opts,
            "case": case,
            "step": step,
            "fields": [form[field] for field in _fields(step, case)],
            "adoption": adoption,
            "duplicates": find_duplicates(case) if step.checks else [],
            "decided": set(request.POST.values()),
            "errors": errors,
            "blockers": blockers,
            "advice": [problem for problem in check_case(case) if problem not in blockers] if step.checks else [],
            "media": self.media + form.media,
        }
        return render(request, "admin/cases/case/transition.html", context, status=status)

    def _take(self, request: HttpRequest, step: Transition, case: Case, form: TransitionForm):
        """(response, errors, status): the answer to a step confirmed."""
        if not form.is_valid():
            return None, [f"{form[name].label}：{'、'.join(found)}" for name, found in form.errors.items()], 400
        arguments = {field: form.cleaned_data[field] for field in _fields(step, case)}
        if step.name == "publish":
            arguments["decided"] = request.POST
        try:
            with transaction.atomic():  # the step and its line in the log, or neither
                result = step.action(case=case, user=request.user, **arguments)
                self.log_change(request, result, step.label)
        except ValidationError as error:
            is_late = (
                case.status not in step.statuses or Case.objects.filter(pk=case.pk, status=case.status).count() == 0
            )
            return None, error.messages, 409 if is_late else 400
        self.message_user(request, f"{step.label}：《{result.title}》（{result.code}）。", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:cases_case_change", args=[result.pk])), [], 302

    @admin.action(description="送审所选案例", permissions=["change"])
    def submit_selected(self, request: HttpRequest, queryset: QuerySet) -> None:
        self._take_all(request, queryset, TRANSITIONS["submit"])

    @admin.action(description="发布所选案例", permissions=["publish"])
    def publish_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return self._confirm(request, queryset, "publish")

    @admin.action(description="归档所选案例（读者不再看到）", permissions=["publish"])
    def archive_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        return self._confirm(request, queryset, "archive")

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(PUBLISH)

    def _confirm(self, request: HttpRequest, queryset: QuerySet, name: str) -> HttpResponse | None:
        """What readers see changes only after one more page."""
        if request.POST.get("confirmed"):
            return self._take_all(request, queryset, TRANSITIONS[name])
        context = {
            **self.admin_site.each_context(request),
            "title": f"{TRANSITIONS[name].label}所选的 {queryset.count()} 篇案例",
            "opts": self.opts,
            "step": TRANSITIONS[name],
            "cases": queryset.order_by("code"),
            "action": f"{name}_selected",
        }
        return render(request, "admin/cases/case/transition_selected.html", context)

    def _take_all(self, request: HttpRequest, queryset: QuerySet, step: Transition) -> None:
        done = 0
        for case in queryset.order_by("code"):
            try:
                step.action(case=case, user=request.user)
            except ValidationError as error:
                self.message_user(request, " ".join(error.messages), messages.ERROR)
            else:
                done += 1
        if done:
            self.message_user(request, f"{step.label} {done} 篇。", messages.SUCCESS)


def _fields(step: Transition, case: Case) -> list[str]:
    """What the page asks: a revision has no time of its own, it is published when someone does so."""
    return [field for field in step.fields if not (field == "at" and case.revises_id)]
