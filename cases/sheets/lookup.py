"""Names as staff write them in a sheet, and what they stand for."""

import difflib
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from cases.models import FACETS, Case, Category, Chapter, Collection, Document, Institution, Product, Term

NEAR = 3
LIKENESS = 0.45


class Names:
    """Things by every name they go by: the name itself, its slug, other names where no two share them.

    Of a kind that ``grows``, a name nobody knows may be a new thing, to be added first.
    """

    def __init__(self, kind: str, *, grows: bool = False) -> None:
        self.kind, self.grows = kind, grows
        self.by_name: dict[str, Any] = {}
        self.shown: list[str] = []

    def add(self, item: Any, shown: str, *names: str) -> None:
        self.shown.append(shown)
        for name in (shown, *names):
            self.by_name.setdefault(fold_name(name), item)

    def get(self, text: str) -> Any:
        """Return the thing of this name; raise ``ValidationError`` naming those that come near."""
        item = self.by_name.get(fold_name(text))
        if item is not None:
            return item
        near = difflib.get_close_matches(text, self.shown, NEAR, LIKENESS)
        near += [name for name in self.shown if name not in near and (text in name or name in text)]
        if near:
            advice = f"，是不是“{'”“'.join(near[:NEAR])}”？"
            advice += f"要是新的，请先在“{self.kind}”里加上" if self.grows else ""
        else:
            advice = f"，请先在“{self.kind}”里加上"
            if len(self.shown) <= 12 and not self.grows:
                advice = f"，可写：{'、'.join(self.shown)}"
        raise ValidationError(f"没有叫“{text}”的{self.kind}{advice}")


class Lookup:
    """All a sheet can refer to, read once: seven queries. ``cases`` are those the file names, by code."""

    def __init__(self, cases: Mapping[str, Case] | None = None) -> None:
        self.cases = cases or {}
        collections, categories, institutions = Names("案例集"), Names("章节"), Names("机构")
        for collection in Collection.objects.order_by("order", "-year", "slug"):
            collections.add(collection, collection.title, f"《{collection.title}》", collection.slug)
        for category in Category.objects.order_by("order", "slug"):
            categories.add(category, category.name, category.slug)
        rows = list(Institution.objects.order_by("name"))
        for row in rows:
            institutions.add(row, row.short_name, row.name, row.slug)
        others = [(fold_name(other), row) for row in rows for other in row.other_name_list]
        for other, row in others:
            if other not in institutions.by_name and len({item.pk for name, item in others if name == other}) == 1:
                institutions.by_name[other] = row
        products, self.documents = Names("产品", grows=True), Names("文件", grows=True)
        for product in Product.objects.select_related("institution").order_by("institution__name", "name"):
            institution = product.institution
            products.add(
                product, str(product), *(f"{name} {product.name}" for name in (institution.name, institution.slug))
            )
        for document in Document.objects.order_by("title"):
            self.documents.add(document, str(document), document.title)
        terms = {facet.key: Names(facet.label) for facet in FACETS.values()}
        for term in Term.objects.order_by("facet", "order", "slug"):
            terms[term.facet].add(term, term.name, term.slug)
        self.names = {"collection": collections, "category": categories, "institution": institutions, **terms}
        self.names["product"] = products
        self.chapters: dict[int, list[Category]] = {}
        for chapter in Chapter.objects.select_related("category").order_by("collection", "number"):
            self.chapters.setdefault(chapter.collection_id, []).append(chapter.category)

    def find(self, column: str, text: str) -> Any:
        """Return the collection, category, institution or product of that name, or the other case of that code."""
        if column != "other":
            return self.names[column].get(text)
        if text not in self.cases:
            raise ValidationError(f"没有编号为“{text[:32]}”的案例")
        return self.cases[text]

    def find_documents(self, text: str) -> list[Document]:
        """Return the documents whose titles stand in 《》; raise ``ValidationError`` with a message for each unknown one."""
        depth, titles = 0, [""]
        for sign in text:
            depth += {"《": 1, "》": -1}.get(sign, 0)
            if depth == 0 and sign in "、；;，,\n":
                titles.append("")
            else:
                titles[-1] += sign
        documents, problems = {}, []
        for title in filter(None, map(str.strip, titles)):
            try:
                documents[title] = self.documents.get(title)
            except ValidationError as error:
                problems += error.messages
        if problems:
            raise ValidationError(problems)
        return sorted(set(documents.values()), key=lambda document: document.title)

    def find_terms(self, facet: str, text: str) -> list[Term]:
        """Return the terms of a cell in their order; raise ``ValidationError`` with a message for each unknown name."""
        names, terms, problems = self.names[facet], {}, []
        if fold_name(text) in names.by_name:
            parts = [text]
        else:
            parts = text.split("\n") if "\n" in text.strip() else re.split("[、；;，,]", text)
        for part in filter(None, map(str.strip, parts)):
            try:
                term = names.get(part)
                terms[term.pk] = term
            except ValidationError as error:
                problems += error.messages
        if problems:
            raise ValidationError(problems)
        return sorted(terms.values(), key=lambda term: (term.order, term.slug))

    def words(self) -> dict[str, list[str]]:
        """Return what drop-down lists offer, by column name."""
        return {column: names.shown for column, names in self.names.items()}


def fold_name(name: str) -> str:
    """Fold what people vary in a name: width, case, blanks."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
