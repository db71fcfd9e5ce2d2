"""The steps of a case's way to its readers, each a page of its own that asks before it acts."""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse

from cases.actions import workflow
from cases.actions.revisions import open_revision
from cases.content_checks import blocking_problems, check_case
from cases.models import Case, CaseStatus

DRAFT, IN_REVIEW, PUBLISHED, ARCHIVED = CaseStatus


class LabelledDateTime(AdminSplitDateTime):
    """Django's two boxes stand beside their words; here they also carry them, for those who hear the page."""

    def __init__(self) -> None:
        super().__init__()
        for widget, label in zip(self.widgets, ("发布日期", "发布时间"), strict=True):
            widget.attrs["aria-label"] = label


class StepForm(forms.Form):
    comment = forms.CharField(
        label="退回意见", required=False, widget=forms.Textarea(attrs={"rows": 5, "cols": 60}), max_length=2000
    )
    at = forms.SplitDateTimeField(
        label="发布时间",
        required=False,
        widget=LabelledDateTime,
        help_text="留空即现在发布；填将来的时间，到时候读者才看得到。",
    )


@dataclass(frozen=True)
class Step:
    """``asks`` names the fields of ``StepForm`` the step takes; ``checks`` shows what is missing before publishing."""

    label: str
    explanation: str
    act: Callable[..., Case]
    permission: str
    statuses: frozenset[str]
    asks: tuple[str, ...] = ()
    checks: bool = False

    def is_open(self, case: Case, user) -> bool:
        return case.status in self.statuses and user.has_perm(self.permission)


def _step(label, explanation, act, permission, *statuses, **more) -> Step:
    return Step(label, explanation, act, permission, frozenset(statuses), **more)


EDIT, PUBLISH = workflow.EDIT, workflow.PUBLISH
STEPS = {
    "submit": _step("送审", "送审以后等审核，自己暂时不能再改。", workflow.submit_case, EDIT, DRAFT, checks=True),
    "publish": _step(
        "发布",
        "发布以后读者马上能看到。",
        workflow.publish_case,
        PUBLISH,
        DRAFT,
        IN_REVIEW,
        ARCHIVED,
        asks=("at",),
        checks=True,
    ),
    "return": _step(
        "退回修改",
        "退回给负责编辑，附上意见。",
        workflow.return_case,
        PUBLISH,
        IN_REVIEW,
        asks=("comment",),
        checks=True,
    ),
    "withdraw": _step("撤回送审", "撤回以后可以接着改。", workflow.withdraw_case, EDIT, IN_REVIEW),
    "revise": _step("开修订稿", "读者照旧看到现在的内容；修订稿发布以后才换上新的。", open_revision, EDIT, PUBLISHED),
    "archive": _step(
        "归档", "归档以后读者不再看到，内容还在工作台里。", workflow.archive_case, PUBLISH, DRAFT, IN_REVIEW, PUBLISHED
    ),
    "reopen": _step("重新编辑", "变回草稿，可以接着改。", workflow.reopen_case, EDIT, ARCHIVED),
}


def open_steps(case: Case, user) -> list[tuple[str, Step]]:
    """The steps that ``user`` may take on ``case`` now."""
    steps = [(name, step) for name, step in STEPS.items() if step.is_open(case, user)]
    return [item for item in steps if not (case.revises_id and item[0] == "archive")]


class StepsMixin(admin.ModelAdmin):
    """Pages and list actions of the workflow."""

    actions = ("submit_selected", "publish_selected", "archive_selected")

    def get_urls(self) -> list:
        view = self.admin_site.admin_view(self.step_view)
        return [path("<int:object_id>/step/<slug:name>/", view, name="cases_case_step"), *super().get_urls()]

    def step_view(self, request: HttpRequest, object_id: int, name: str) -> HttpResponse:
        step, case = STEPS.get(name), Case.objects.for_detail().filter(pk=object_id).first()
        if step is None or case is None:
            raise Http404
        if not request.user.has_perm(step.permission):
            raise PermissionDenied
        form = StepForm(request.POST if request.method == "POST" else None)
        errors, status = [], 200
        if request.method == "POST":
            response, errors, status = self._take(request, step, case, form)
            if response:
                return response
        hindrances = blocking_problems(case) if step.checks else []
        context = {
            **self.admin_site.each_context(request),
            "title": f"{step.label}：{case.title}",
            "opts": self.opts,
            "case": case,
            "step": step,
            "fields": [form[field] for field in step.asks],
            "errors": errors,
            "hindrances": hindrances,
            "advice": [problem for problem in check_case(case) if problem not in hindrances] if step.checks else [],
            "media": self.media + form.media,
        }
        return render(request, "admin/cases/case/step.html", context, status=status)

    def _take(self, request: HttpRequest, step: Step, case: Case, form: StepForm):
        """(response, errors, status): the answer to a step confirmed."""
        if not form.is_valid():
            return None, [f"{form[name].label}：{'、'.join(found)}" for name, found in form.errors.items()], 400
        arguments = {field: form.cleaned_data[field] for field in step.asks}
        try:
            with transaction.atomic():  # the step and its line in the log, or neither
                result = step.act(case=case, user=request.user, **arguments)
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
        self._take_all(request, queryset, STEPS["submit"])

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
            return self._take_all(request, queryset, STEPS[name])
        context = {
            **self.admin_site.each_context(request),
            "title": f"{STEPS[name].label}所选的 {queryset.count()} 篇案例",
            "opts": self.opts,
            "step": STEPS[name],
            "cases": queryset.order_by("code"),
            "action": f"{name}_selected",
        }
        return render(request, "admin/cases/case/step_selected.html", context)

    def _take_all(self, request: HttpRequest, queryset: QuerySet, step: Step) -> None:
        done = 0
        for case in queryset.order_by("code"):
            try:
                step.act(case=case, user=request.user)
            except ValidationError as error:
                self.message_user(request, " ".join(error.messages), messages.ERROR)
            else:
                done += 1
        if done:
            self.message_user(request, f"{step.label} {done} 篇。", messages.SUCCESS)
