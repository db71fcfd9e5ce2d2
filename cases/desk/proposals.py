"""What editors miss in the vocabulary: they ask here, and those who may publish say yes or no in the list."""

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from cases.editing.permissions import PUBLISH
from cases.editing.proposals import check_proposal, decide_proposal
from cases.models import Institution, Proposal
from cases.models.base import person_name


class ResultFilter(admin.SimpleListFilter):
    title, parameter_name = "结果", "result"
    RESULTS = {"waiting": ("等着定", None), "accepted": ("采纳了", True), "refused": ("没有采纳", False)}

    def lookups(self, request: HttpRequest, model_admin) -> list[tuple[str, str]]:
        return [(key, label) for key, (label, _) in self.RESULTS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        chosen = self.RESULTS.get(self.value() or "")
        return queryset.filter(accepted=chosen[1]) if chosen else queryset


class ProposalForm(ModelForm):
    def clean(self) -> dict:
        cleaned = super().clean()
        if not self.errors:
            check_proposal(Proposal(**{name: cleaned[name] for name in ("kind", "name", "note", "case")}))
        return cleaned


@admin.register(Proposal)
class ProposalAdmin(admin.ModelAdmin):
    """Asked once and decided once: nothing is changed or deleted by hand."""

    form = ProposalForm
    fields = ("kind", "name", "note", "case")
    autocomplete_fields = ("case",)
    list_display = ("name", "kind", "case", "note", "proposer", "proposed_at", "decision")
    list_display_links = None
    list_filter = (ResultFilter, "kind")
    list_select_related = ("case", "proposed_by", "decided_by")
    actions = None

    def get_urls(self) -> list:
        view = self.admin_site.admin_view(self.decide_view)
        return [path("<int:pk>/decide/", view, name="cases_proposal_decide"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        self.may_decide = request.user.has_perm(PUBLISH)
        return super().get_queryset(request)

    def has_change_permission(self, request: HttpRequest, obj: Proposal | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Proposal | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Proposal, form, change: bool) -> None:
        obj.proposed_by = request.user
        super().save_model(request, obj, form, change)

    @method_decorator(require_POST)
    def decide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        proposal = get_object_or_404(Proposal, pk=pk)
        accepted = "accept" in request.POST
        there = reverse("admin:cases_proposal_changelist")
        try:
            made = decide_proposal(proposal=proposal, accepted=accepted, user=request.user)
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
            return HttpResponseRedirect(there)
        self.message_user(request, f"{'采纳' if accepted else '没有采纳'}了{proposal}。", messages.SUCCESS)
        if isinstance(made, Institution):
            self.message_user(request, "请补全机构的类型和网址名。", messages.WARNING)
            there = reverse("admin:cases_institution_change", args=[made.pk])
        return HttpResponseRedirect(there)

    @admin.display(description="谁提的", ordering="proposed_by")
    def proposer(self, proposal: Proposal) -> str:
        return person_name(proposal.proposed_by)

    @admin.display(description="结果", ordering="accepted")
    def decision(self, proposal: Proposal) -> str | SafeString:
        if proposal.accepted is not None:
            return f"{person_name(proposal.decided_by)}{'采纳了' if proposal.accepted else '没有采纳'}"
        if not self.may_decide:
            return "等审核的人定"
        address = reverse("admin:cases_proposal_decide", args=[proposal.pk])
        return format_html(
            '<button class="button" formaction="{0}" name="accept" value="1">采纳</button> '
            '<button class="button" formaction="{0}" name="refuse" value="1">不采纳</button>',
            address,
        )
