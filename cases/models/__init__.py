"""Tables, constraints and querysets: what exists and who may see it."""

from cases.models.case import Case, CaseStatus
from cases.models.collection import Chapter, Collection, CollectionKind
from cases.models.content import Advice, AdviceKind, CaseLink, EditorNote, Highlight, NoteKind, Offer, Step, StepKind
from cases.models.content_version import CaseStamp, ContentVersion
from cases.models.facets import FACETS, Facet
from cases.models.feedback import Feedback, FeedbackKind
from cases.models.figure import KeyFigure
from cases.models.following import Follower, Frequency
from cases.models.image import CaseImage
from cases.models.institution import Institution, InstitutionType
from cases.models.proposal import Proposal, ProposalKind
from cases.models.reference import Document, GlossaryEntry, Product
from cases.models.search import (
    KeyMode,
    NameKind,
    RelatedCase,
    SearchDocument,
    SearchKey,
    SearchName,
    SearchState,
)
from cases.models.seed import SeedRecord
from cases.models.sheet import SheetImport
from cases.models.together import Comment, OpenForm
from cases.models.translation import Translation
from cases.models.units import Bound, FigureKind
from cases.models.verification import Verification
from cases.models.version import Version, VersionEvent
from cases.models.vocabulary import Category, Term
from cases.models.word_import import WordImport, WordImportOutcome, WordPicture, WordUpload

__all__ = [
    "FACETS",
    "Advice",
    "AdviceKind",
    "Bound",
    "Case",
    "CaseImage",
    "CaseLink",
    "CaseStamp",
    "CaseStatus",
    "Category",
    "Chapter",
    "Collection",
    "CollectionKind",
    "Comment",
    "ContentVersion",
    "Document",
    "EditorNote",
    "Facet",
    "Feedback",
    "FeedbackKind",
    "FigureKind",
    "Follower",
    "Frequency",
    "GlossaryEntry",
    "Highlight",
    "Institution",
    "InstitutionType",
    "KeyFigure",
    "KeyMode",
    "NameKind",
    "NoteKind",
    "Offer",
    "OpenForm",
    "Product",
    "Proposal",
    "ProposalKind",
    "RelatedCase",
    "SearchDocument",
    "SearchKey",
    "SearchName",
    "SearchState",
    "SeedRecord",
    "SheetImport",
    "Step",
    "StepKind",
    "Term",
    "Translation",
    "Verification",
    "Version",
    "VersionEvent",
    "WordImport",
    "WordImportOutcome",
    "WordPicture",
    "WordUpload",
]
