"""机构核对 on the desk: ask the institutions of some cases, see what became of it, take a link back."""

from functools import partial
from itertools import groupby

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from cases.editing.permissions import EDIT
from cases.models import Case, Institution, Verification
from cases.verification.actions import USUAL, ask, link, withdraw
from cases.verification.letters import letter, send

MOST = 200


class AskForm(forms.Form):
    """One institution: whom to ask, whereto, until when; left out where ``wanted`` is not ticked."""

    wanted = forms.BooleanField(label="请这一家", required=False, initial=True)
    recipient = forms.CharField(label="请谁核对", max_length=60)
    address = forms.EmailField(label="邮箱", required=False, help_text="填了就发信；不填，自己把网址发给他们。")
    until = forms.DateField(label="在哪天以前", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class VerificationMixin(admin.ModelAdmin):
    """``verifications/?case=1&case=2``, and the action of the list that leads there."""

    actions = ("verify_selected",)

    def get_urls(self) -> list:
        wrap = self.admin_site.admin_view
        return [
            path("verifications/", wrap(self.verifications_view), name="cases_case_verifications"),
            path("verifications/<int:pk>/withdraw/", wrap(self.withdraw_view), name="cases_verification_withdraw"),
            *super().get_urls(),
        ]

    @admin.action(description="请机构核对", permissions=["change"])
    def verify_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        keys = list(queryset.order_by("code").values_list("pk", flat=True)[: MOST + 1])
        if len(keys) > MOST:
            self.message_user(request, f"一次最多请 {MOST} 篇，请少选一些。", messages.ERROR)
            return None
        return HttpResponseRedirect(reverse("admin:cases_case_verifications", query={"case": keys}))

    def verifications_view(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm(EDIT):
            raise PermissionDenied
        keys = [int(key) for key in request.GET.getlist("case")[:MOST] if key.isdecimal() and len(key) < 19]
        cases = list(Case.objects.filter(pk__in=keys).select_related("institution").order_by("institution", "code"))
        if not cases:
            raise Http404
        groups = [(institution, list(own)) for institution, own in groupby(cases, key=lambda case: case.institution)]
        is_asked = request.method == "POST"
        forms_ = [self._form(institution, request.POST if is_asked else None) for institution, _ in groups]
        wanted = [form for form in forms_ if is_asked and form.is_valid() and form.cleaned_data["wanted"]]
        errors = []
        if is_asked and all(form.is_valid() for form in forms_):
            if not wanted:
                errors = ["没有勾选要请哪一家。"]
            else:
                try:
                    self._ask(groups, forms_, request.user)
                except ValidationError as error:
                    errors = error.messages
                else:
                    self.message_user(request, f"请了 {len(wanted)} 家，网址在下面。", messages.SUCCESS)
                    return HttpResponseRedirect(request.get_full_path())
        context = {
            **self.admin_site.each_context(request),
            "title": f"请机构核对：{cases[0].title}" + (f"等 {len(cases)} 篇" if len(cases) > 1 else ""),
            "opts": self.opts,
            "groups": [(form, own) for form, (_, own) in zip(forms_, groups, strict=True)],
            "letters": self._letters(cases),
            "asked": self._asked(cases),
            "errors": errors,
        }
        return render(request, "admin/cases/case/verifications.html", context, status=400 if is_asked else 200)

    @method_decorator(require_POST)
    def withdraw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        verification = get_object_or_404(Verification, pk=pk)
        withdraw(verification=verification, user=request.user)
        self.message_user(request, "收回了，那个网址打不开了。", messages.SUCCESS)
        there = reverse("admin:cases_case_verifications", query={"case": verification.case_id})
        return HttpResponseRedirect(there)

    def _form(self, institution: Institution, data: dict | None) -> AskForm:
        initial = {"recipient": institution.short_name, "until": timezone.localdate() + USUAL}
        return AskForm(data, prefix=str(institution.pk), initial=initial)

    def _ask(self, groups: list, forms_: list[AskForm], user: AbstractBaseUser) -> None:
        """Make the links of all institutions that are wanted, or none; letters go once they are written."""
        with transaction.atomic():
            for form, (_, own) in zip(forms_, groups, strict=True):
                fields = dict(form.cleaned_data)
                if fields.pop("wanted"):
                    asked = [ask(case=case, user=user, **fields) for case in own]
                    if fields["address"]:
                        transaction.on_commit(partial(send, asked))

    def _asked(self, cases: list[Case]) -> list[Verification]:
        rows = Verification.objects.filter(case__in=cases).select_related("case", "asked_by")[: 2 * MOST]
        for row in rows:
            row.url = settings.SITE_URL + link(row)
        return list(rows)

    def _letters(self, cases: list[Case]) -> list[str]:
        """What to send by hand: one letter for each recipient of links that are open and have no answer."""
        waiting = Verification.objects.open().filter(case__in=cases, answered_at=None).select_related("case")
        by_recipient = groupby(
            waiting.order_by("recipient", "until", "case__code"), lambda row: (row.recipient, row.until)
        )
        return [letter(list(rows)).body for _, rows in by_recipient]
