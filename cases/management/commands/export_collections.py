"""manage.py export_collections: write the collections as the YAML that ``manage.py seed`` reads."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from cases.models import Case, Collection
from cases.models.snapshot import snapshot
from cases.seed.export import Export
from cases.seed.folder import FolderError, check_target, write_folder


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
        rows = Collection.objects.order_by("order", "-year", "slug")
        collections = list(rows if collection is None else rows.filter(slug__in=collection))
        missing = sorted(set(collection or ()) - {row.slug for row in collections})
        if missing:
            known = "、".join(rows.values_list("slug", flat=True))
            raise CommandError(f"没有这些案例集：{'、'.join(missing)}。现有：{known}")
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
