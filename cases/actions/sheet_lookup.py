"""Names as staff write them in a sheet, and what they stand for."""

import difflib
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from cases.exports.sheet_columns import FACETS
from cases.models import Category, Chapter, Collection, Facet, Institution, Term

NEAR = 3
LIKENESS = 0.45


class SheetValueError(ValueError):
    """A cell that says nothing the column can hold; the message says why, in Chinese."""


class Names:
    """Things by every name they go by: the name itself, its slug, other names where no two share them."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.found: dict[str, Any] = {}
        self.shown: list[str] = []

    def add(self, item: Any, shown: str, *names: str) -> None:
        self.shown.append(shown)
        for name in (shown, *names):
            self.found.setdefault(folded(name), item)

    def get(self, text: str) -> Any:
        """The thing of this name; raises ``SheetValueError`` naming those that come near."""
        item = self.found.get(folded(text))
        if item is None:
            raise SheetValueError(f"没有叫“{text}”的{self.what}{self._advice(text)}")
        return item

    def _advice(self, text: str) -> str:
        near = difflib.get_close_matches(text, self.shown, NEAR, LIKENESS)
        near += [name for name in self.shown if name not in near and (text in name or name in text)]
        if near:
            return f"，是不是“{'”“'.join(near[:NEAR])}”？"
        return f"，可写：{'、'.join(self.shown)}" if len(self.shown) <= 12 else f"，请先在“{self.what}”里加上"


class Lookup:
    """All a sheet can refer to, read once: five queries."""

    def __init__(self) -> None:
        self.collections, self.categories = Names("案例集"), Names("章节")
        for book in Collection.objects.order_by("order", "-year", "slug"):
            self.collections.add(book, book.title, f"《{book.title}》", book.slug)
        for theme in Category.objects.order_by("order", "slug"):
            self.categories.add(theme, theme.name, theme.slug)
        self.institutions = self._institutions()
        self.terms = {facet: Names(Facet(facet).label) for facet in FACETS}
        for term in Term.objects.order_by("facet", "order", "slug"):
            self.terms[term.facet].add(term, term.name, term.slug)
        self.chapters: dict[int, list[Category]] = {}
        for chapter in Chapter.objects.select_related("category").order_by("collection", "number"):
            self.chapters.setdefault(chapter.collection_id, []).append(chapter.category)

    def _institutions(self) -> Names:
        names, rows = Names("机构"), list(Institution.objects.order_by("name"))
        for row in rows:
            names.add(row, row.short_name, row.name, row.slug)
        others = [(folded(other), row) for row in rows for other in row.other_name_list]
        for other, row in others:
            if other not in names.found and len({owner.pk for name, owner in others if name == other}) == 1:
                names.found[other] = row
        return names

    def find(self, column: str, text: str) -> Any:
        """The collection, category or institution of that name."""
        return {"collection": self.collections, "category": self.categories, "institution": self.institutions}[
            column
        ].get(text)

    def find_terms(self, facet: str, text: str) -> tuple[list[Term], list[str]]:
        """The terms of a cell in their order, and what is wrong with the others."""
        terms, problems = {}, []
        for name in self._split(facet, text):
            try:
                term = self.terms[facet].get(name)
            except SheetValueError as error:
                problems.append(str(error))
            else:
                terms[term.pk] = term
        return sorted(terms.values(), key=lambda term: (term.order, term.slug)), problems

    def _split(self, facet: str, text: str) -> Iterable[str]:
        if folded(text) in self.terms[facet].found:
            return [text]
        parts = text.split("\n") if "\n" in text.strip() else re.split("[、；;，,]", text)
        return [part.strip() for part in parts if part.strip()]

    def words(self) -> dict[str, list[str]]:
        """What drop-down lists offer, by column name."""
        lists = {"collection": self.collections, "category": self.categories, "institution": self.institutions}
        return {name: names.shown for name, names in (lists | self.terms).items()}


def folded(name: str) -> str:
    """A name without what people vary: width, case, blanks."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
