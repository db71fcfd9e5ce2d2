"""The staff desk's pages, where Django looks for them; those that several rooms have a part in are put together here."""

from django.contrib import admin

from cases.desk import feedback, proposals, translations, users  # noqa: F401 -- register themselves, as do the other pages of the modules below
from cases.desk.case import CaseAdmin
from cases.desk.collection import CollectionDeskMixin
from cases.desk.together import TogetherMixin
from cases.desk.verification import VerificationMixin
from cases.desk.vocabulary import CollectionAdmin
from cases.desk.workflow import WorkflowMixin
from cases.models import Case, Collection
from cases.sheets.admin import SheetsMixin
from cases.word.admin import report  # noqa: F401
from cases.word.admin.upload import WordImportLinks


@admin.register(Case)
class CaseDeskAdmin(CaseAdmin, TogetherMixin, WordImportLinks, SheetsMixin, WorkflowMixin, VerificationMixin):
    """The list and the form of cases with remarks, 机构核对, the steps of the workflow, sheets and Word files."""

    actions = (*WorkflowMixin.actions, *VerificationMixin.actions, *SheetsMixin.actions)


@admin.register(Collection)
class CollectionDeskAdmin(CollectionDeskMixin, CollectionAdmin):
    """The form of a collection, and the pages on which it is begun, put in order and published."""
