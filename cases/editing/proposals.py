"""Proposals for the vocabulary: asked by editors, decided by those who may publish."""

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.text import slugify

from cases.editing.edit import edit_case
from cases.editing.permissions import PUBLISH, require
from cases.editing.vocabulary import edit_vocabulary
from cases.models import Case, CaseStatus, Institution, InstitutionType, Product, Proposal, ProposalKind, Term
from cases.models.facets import FACETS

KEYWORD = next(facet.key for facet in FACETS.values() if facet.is_open)


def check_proposal(proposal: Proposal) -> None:
    """Raise ``ValidationError`` where what is asked for is there already, or cannot be made."""
    name = proposal.name
    known = {
        ProposalKind.KEYWORD: Term.objects.filter(facet=KEYWORD, name=name),
        ProposalKind.PRODUCT: Product.objects.filter(
            name=name, institution=proposal.case.institution_id if proposal.case else None
        ),
        ProposalKind.INSTITUTION: Institution.objects.filter(models.Q(name=name) | models.Q(short_name=name)),
    }
    if known[proposal.kind].exists():
        raise ValidationError(f"已经有{proposal}了，可以直接选。")
    if Proposal.objects.filter(kind=proposal.kind, name=name, accepted=None).exclude(pk=proposal.pk).exists():
        raise ValidationError(f"{proposal}已经有人提过，正等审核的人定。")
    if proposal.kind == ProposalKind.PRODUCT and proposal.case is None:
        raise ValidationError("产品记在机构名下：请选为哪一篇提的。")


@transaction.atomic
def decide_proposal(*, proposal: Proposal, accepted: bool, user: AbstractBaseUser) -> models.Model | None:
    """Accept or refuse; return what was made of it. Raises ``PermissionDenied``, and ``ValidationError`` where it is decided."""
    require(user, PUBLISH, "决定提议")
    proposal = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if proposal.accepted is not None:
        raise ValidationError(f"{proposal}已经有人定过了。")
    made = _make(proposal, user) if accepted else None
    proposal.accepted, proposal.decided_by, proposal.decided_at = accepted, user, timezone.now()
    proposal.save()
    return made


def _make(proposal: Proposal, user: AbstractBaseUser) -> models.Model:
    """The row asked for, with a version of its own; a keyword is given to the case that asked, while it is a draft."""
    check_proposal(proposal)
    name, case = proposal.name, proposal.case
    if proposal.kind == ProposalKind.INSTITUTION:
        require(user, "cases.add_institution", "加机构；请管理员来定")
        row = Institution(name=name, short_name=name, slug=f"institution-{proposal.pk}", type=InstitutionType.OTHER)
    elif proposal.kind == ProposalKind.PRODUCT:
        row = Product(institution=case.institution, name=name)
    else:
        slug = slugify(name, allow_unicode=True)
        if not slug or Term.objects.filter(facet=KEYWORD, slug=slug).exists():
            slug = f"{slug}-{proposal.pk}".strip("-")
        row = Term(facet=KEYWORD, name=name, slug=slug)
    with edit_vocabulary(row, user=user):
        row.save()
    if isinstance(row, Term) and case and case.status == CaseStatus.DRAFT:
        with edit_case(Case.objects.get(pk=case.pk), user=user) as draft:
            draft.terms.add(row)
    return row
