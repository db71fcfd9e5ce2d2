"""Collections as a folder of fixtures that ``manage.py seed`` reads back; two exports are the same, byte for byte."""

import shutil
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from cases.models import (
    FACETS,
    Case,
    CaseImage,
    CaseLink,
    Category,
    Collection,
    Document,
    GlossaryEntry,
    Institution,
    Product,
    Term,
    Translation,
)
from cases.models.translation import key_of
from cases.seed.folder import MEDIA, write_text
from cases.seed.writer import document, item

CHUNK = 200


class Export:
    """What goes into one folder. ``count`` cases written; ``lost`` names images whose file is gone."""

    def __init__(self, collections: list[Collection], cases: QuerySet, *, everything: bool) -> None:
        self.collections = collections
        self.cases = cases.filter(collection__in=collections)
        self.everything = everything
        self.count = 0
        self.lost: list[str] = []

    def fill(self, folder: Path) -> None:
        """Write every file below ``folder``."""
        lists = {
            "institutions": list(self.institutions()),
            "categories": self.used(Category, chapters__collection__in=self.collections).order_by("order", "slug"),
            "terms": sorted(self.used(Term), key=_term_key),
            "documents": self.used(Document).order_by("pk"),
            "products": self.products().select_related("institution").order_by("pk"),
            "glossary": GlossaryEntry.objects.order_by("pk") if self.everything else (),
        }
        for name, rows in lists.items():
            write_text(folder / f"{name}.yaml", document(item(row) for row in rows))
        write_text(folder / "collections.yaml", document(self.contents()))
        for collection in self.collections:
            numbers = dict(collection.chapters.values_list("category", "number"))
            cases = self.cases.filter(collection=collection)
            for category in Category.objects.filter(Exists(cases.filter(category=OuterRef("pk")))):
                path = folder / collection.slug / f"{numbers.get(category.pk, 0):02d}-{category.slug}.yaml"
                # A revision comes after its original.
                rows = cases.filter(category=category).order_by("order", "code")
                write_text(path, document(self.case_items(rows, folder)))
        links = CaseLink.objects.filter(case__in=self.cases, other__in=self.cases).select_related("case", "other")
        write_text(folder / "links.yaml", document(item(link) for link in links.order_by("case__code", "order")))
        named = [row for name in ("institutions", "categories", "terms", "glossary") for row in lists[name]]
        translations = self.translations([*named, *self.collections])
        for language, kind in translations.order_by().values_list("language", "kind").distinct():
            rows = translations.filter(language=language, kind=kind).order_by("pk")
            write_text(folder / "translations" / f"{language}-{kind}.yaml", document(item(row) for row in rows))

    def translations(self, rows: list[Model]) -> QuerySet:
        """Select what the cases written, and ``rows`` beside them, are called in other languages."""
        wanted = Q(kind="case", key__in=self.cases.order_by().values("code"))
        if self.everything:
            return Translation.objects.filter(wanted | ~Q(kind="case"))
        keys = defaultdict(list)
        for kind, key in map(key_of, rows):
            keys[kind].append(key)
        for kind, own in keys.items():
            wanted |= Q(kind=kind, key__in=own)
        return Translation.objects.filter(wanted)

    def used(self, model: type[Model], **otherwise: object) -> QuerySet:
        """Select all rows of a vocabulary, or those that the cases need or that hold ``otherwise``."""
        if self.everything:
            return model.objects.all()
        relation = model._meta.get_field("cases").field.name
        needed = model.objects.filter(Exists(self.cases.filter(**{relation: OuterRef("pk")})))
        return (needed | model.objects.filter(**otherwise)).distinct() if otherwise else needed

    def products(self) -> QuerySet:
        if self.everything:
            return Product.objects.all()
        return Product.objects.filter(offers__case__in=self.cases).distinct()

    def institutions(self) -> Iterator[Institution]:
        """Yield institutions in the order they were made, but none before its parent: the file is read from the top."""
        rows = list(Institution.objects.select_related("parent").order_by("pk"))
        known, written = {row.pk: row for row in rows}, set()
        wanted = {*self.cases.order_by().values_list("institution", flat=True)}
        wanted |= {*self.products().values_list("institution", flat=True)}
        if not self.everything:
            for key in list(wanted):
                while (key := known[key].parent_id) and key not in wanted:
                    wanted.add(key)
            rows = [row for row in rows if row.pk in wanted]
        for row in rows:
            line = []
            while row is not None and row.pk not in written:
                written.add(row.pk)
                line.append(row)
                row = known.get(row.parent_id)
            yield from reversed(line)

    def contents(self) -> Iterator[str]:
        """Yield collections with their chapters, and with the serial used last where the cases written do not show it.

        The code of a deleted case is never used again.
        """
        for collection in self.collections:
            yield item(collection)
            for chapter in collection.chapters.select_related("collection", "category").order_by("number"):
                stem = f"{collection.slug}-{chapter.number:02d}"
                codes = self.cases.filter(code__startswith=stem, revises=None).values_list("code", flat=True)
                highest = max((int(code.removeprefix(stem)) for code in codes), default=0)
                yield item(chapter, **({"last_serial": chapter.last_serial} if chapter.last_serial > highest else {}))

    def case_items(self, cases: QuerySet, folder: Path) -> Iterator[str]:
        """Yield each case and its rows (``Case.ROWS``), and copy its images.

        Links stand in a file of their own, read last: they name cases that other files hold.
        """
        names = [name for name in Case.ROWS if name != "links"]
        rows = cases.select_related("collection", "category", "institution", "revises")
        rows = rows.prefetch_related("terms", "documents", *names, "offers__product__institution")
        for case in rows.iterator(chunk_size=CHUNK):
            self.count += 1
            keys = {"terms": [term.natural_key() for term in sorted(case.terms.all(), key=_term_key)]}
            if titles := [found.natural_key() for found in case.documents.all()]:
                keys["documents"] = titles
            yield item(case, **keys)
            for name in names:
                for row in sorted(getattr(case, name).all(), key=lambda row: row.order):
                    if not isinstance(row, CaseImage) or self.copy(row, folder):
                        yield item(row)

    def copy(self, image: CaseImage, folder: Path) -> bool:
        """Copy the file of ``image``; say whether it was there."""
        path = folder / MEDIA / image.file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with image.file.open("rb") as source, path.open("wb") as copy:
                shutil.copyfileobj(source, copy)
        except FileNotFoundError:
            self.lost.append(image.file.name)
            return False
        return True


def _term_key(term: Term) -> tuple:
    return (list(FACETS).index(term.facet), term.order, term.slug)
