"""manage.py export_collections: write the collections as the YAML that ``manage.py seed`` reads."""

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Exists, Model, OuterRef, QuerySet

from cases.exports.fixtures import document, item
from cases.exports.folder import MEDIA, FolderError, check_target, write_folder, write_text
from cases.models import Case, CaseImage, Category, Chapter, Collection, Facet, Institution, Term
from cases.models.snapshot import snapshot

CHUNK = 200


class Command(BaseCommand):
    help = "把案例集写成 seed 能读回的 YAML 文件夹（含草稿；图片在 media/）。两次导出逐字节相同。"

    def add_arguments(self, parser) -> None:
        parser.add_argument("folder", type=Path, help="写到哪个文件夹；要么不存在，要么是空的")
        parser.add_argument(
            "--collection", nargs="+", metavar="网址名", help="只写这几本案例集，连同它们用到的机构和标签"
        )
        parser.add_argument("--published", action="store_true", help="只写读者现在能看到的案例")
        parser.add_argument("--force", action="store_true", help="替换以前导出的文件夹")

    def handle(self, *, folder: Path, collection: list[str] | None, published: bool, force: bool, **options) -> None:
        collections = _collections(collection)
        cases = Case.objects.published() if published else Case.objects.all()
        export = Export(collections, cases, everything=collection is None)
        try:
            check_target(folder, force=force)
            with snapshot():
                write_folder(folder, export.fill, force=force)
        except FolderError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"写不进 {folder}：{error.strerror or error}") from error
        self.stdout.write(f"已写出 {len(collections)} 本案例集、{export.count} 篇案例到 {folder}。")
        if export.lost:
            raise CommandError(f"有 {len(export.lost)} 张图片的文件已不在，没有写出：{'、'.join(export.lost[:5])}")


class Export:
    """What goes into one folder. ``count`` cases written; ``lost`` names pictures whose file is gone."""

    def __init__(self, collections: list[Collection], cases: QuerySet, *, everything: bool) -> None:
        self.collections = collections
        self.cases = cases.filter(collection__in=collections)
        self.everything = everything
        self.count = 0
        self.lost: list[str] = []

    def fill(self, folder: Path) -> None:
        """Write every file below ``folder``."""
        self._list(folder / "institutions.yaml", _parents_first(self._institutions()))
        self._list(folder / "categories.yaml", self._categories().order_by("order", "slug"))
        write_text(folder / "collections.yaml", document(self._books()))
        self._list(folder / "terms.yaml", sorted(self._terms(), key=_term_key))
        for collection in self.collections:
            numbers = dict(collection.chapters.values_list("category", "number"))
            for category in Category.objects.filter(Exists(self._of(collection).filter(category=OuterRef("pk")))):
                name = f"{numbers.get(category.pk, 0):02d}-{category.slug}.yaml"
                cases = (
                    self._of(collection).filter(category=category).order_by("order", "code")
                )  # a revision after its original
                write_text(folder / collection.slug / name, document(self._cases(cases, folder)))

    def _of(self, collection: Collection) -> QuerySet:
        return self.cases.filter(collection=collection)

    def _list(self, path: Path, rows: Iterable[Model]) -> None:
        write_text(path, document(item(row) for row in rows))

    def _institutions(self) -> list[Institution]:
        rows = Institution.objects.select_related("parent").order_by("pk")
        if self.everything:
            return list(rows)
        wanted = set(self.cases.order_by().values_list("institution", flat=True))
        known = {row.pk: row for row in rows}
        for key in list(wanted):
            while (key := known[key].parent_id) and key not in wanted:
                wanted.add(key)
        return [row for row in rows if row.pk in wanted]

    def _categories(self) -> QuerySet:
        if self.everything:
            return Category.objects.all()
        chapters = Chapter.objects.filter(category=OuterRef("pk"), collection__in=self.collections)
        return Category.objects.filter(Exists(chapters) | Exists(self.cases.filter(category=OuterRef("pk"))))

    def _terms(self) -> QuerySet:
        if self.everything:
            return Term.objects.all()
        return Term.objects.filter(Exists(self.cases.filter(terms=OuterRef("pk"))))

    def _books(self) -> Iterator[str]:
        for collection in self.collections:
            yield item(collection)
            for chapter in collection.chapters.select_related("collection", "category").order_by("number"):
                yield item(chapter, **self._serial(chapter))

    def _serial(self, chapter: Chapter) -> dict[str, int]:
        """The serial used last, where the cases written do not show it: a deleted case's code is never used again."""
        stem = f"{chapter.collection.slug}-{chapter.number:02d}"
        codes = self.cases.filter(code__startswith=stem, revises=None).values_list("code", flat=True)
        highest = max((int(code.removeprefix(stem)) for code in codes), default=0)
        return {"last_serial": chapter.last_serial} if chapter.last_serial > highest else {}

    def _cases(self, cases: QuerySet, folder: Path) -> Iterator[str]:
        rows = cases.select_related("collection", "category", "institution", "revises")
        for case in rows.prefetch_related("terms", "figures", "images").iterator(chunk_size=CHUNK):
            self.count += 1
            yield item(case, terms=[term.natural_key() for term in sorted(case.terms.all(), key=_term_key)])
            for figure in sorted(case.figures.all(), key=lambda row: row.order):
                yield item(figure)
            for image in sorted(case.images.all(), key=lambda row: row.order):
                if self._copy(image, folder):
                    yield item(image)

    def _copy(self, image: CaseImage, folder: Path) -> bool:
        path = folder / MEDIA / image.file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with image.file.open("rb") as source, path.open("wb") as copy:
                shutil.copyfileobj(source, copy)
        except FileNotFoundError:
            self.lost.append(image.file.name)
            return False
        return True


def _collections(slugs: list[str] | None) -> list[Collection]:
    rows = Collection.objects.order_by("order", "-year", "slug")
    if slugs is None:
        return list(rows)
    found = list(rows.filter(slug__in=slugs))
    missing = sorted(set(slugs) - {row.slug for row in found})
    if missing:
        known = "、".join(rows.values_list("slug", flat=True))
        raise CommandError(f"没有这些案例集：{'、'.join(missing)}。现有：{known}")
    return found


def _parents_first(rows: list[Institution]) -> Iterator[Institution]:
    """Institutions in the order they were made, but none before its parent: the file is read from the top."""
    known, told = {row.pk: row for row in rows}, set()
    for row in rows:
        line = []
        while row is not None and row.pk not in told:
            told.add(row.pk)
            line.append(row)
            row = known.get(row.parent_id)
        yield from reversed(line)


def _term_key(term: Term) -> tuple:
    return (Facet.values.index(term.facet), term.order, term.slug)
