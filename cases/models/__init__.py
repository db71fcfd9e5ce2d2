"""Tables, constraints and querysets: what exists and who may see it."""

from cases.models.case import Case, CaseStatus, KeyFigure
from cases.models.collection import Chapter, Collection
from cases.models.image import CaseImage
from cases.models.institution import Institution, InstitutionType
from cases.models.search import (
    KeyMode,
    NameKind,
    RelatedCase,
    SearchDocument,
    SearchKey,
    SearchName,
    SearchSet,
    SearchState,
)
from cases.models.seed import SeedRecord
from cases.models.sheet import SheetImport
from cases.models.version import Version, VersionEvent
from cases.models.vocabulary import Category, Facet, Term
from cases.models.word_import import WordImport, WordImportOutcome, WordPicture, WordUpload

__all__ = [
    "Case",
    "CaseImage",
    "CaseStatus",
    "Category",
    "Chapter",
    "Collection",
    "Facet",
    "Institution",
    "InstitutionType",
    "KeyFigure",
    "KeyMode",
    "NameKind",
    "RelatedCase",
    "SearchDocument",
    "SearchKey",
    "SearchName",
    "SearchSet",
    "SearchState",
    "SeedRecord",
    "SheetImport",
    "Term",
    "Version",
    "VersionEvent",
    "WordImport",
    "WordImportOutcome",
    "WordPicture",
    "WordUpload",
]
