"""Files in MEDIA_ROOT against the rows that name them."""

import contextlib
import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models
from django.db.models import F

from cases.models import CaseImage, Version
from cases.models.stored_files import media_folder, stored_files

CHUNK = 2000


@dataclass
class MediaReport:
    """What was found: ``orphans`` no row names, ``young`` ones left for later, ``missing`` a row names in vain.

    ``missing`` pairs the row, in words, with the name of the file; ``links`` are symbolic links, left alone; ``uploads`` are files that were on
    their way in when their process was killed.
    """

    orphans: list[str] = field(default_factory=list)
    young: list[str] = field(default_factory=list)
    missing: list[tuple[str, str]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    uploads: list[str] = field(default_factory=list)
    freed: int = 0


def named_files() -> Iterator[tuple[models.Model, str]]:
    """Every row with a file, with each name in storage it holds; a name comes once for every row and version."""
    for model in apps.get_models():
        fields = [f.name for f in model._meta.concrete_fields if isinstance(f, models.FileField)]
        if fields and model is not CaseImage:
            for row in model._base_manager.iterator(chunk_size=CHUNK):
                yield from ((row, getattr(row, name).name) for name in fields if getattr(row, name))
    for image in CaseImage.objects.select_related("case").iterator(chunk_size=CHUNK):
        yield from ((image, name) for name in image.names if name)
    versions = Version.objects.filter(kind="case").annotate(images=F("data__images")).defer("data")
    for version in versions.iterator(chunk_size=CHUNK):
        yield from ((version, name) for name in names_in_version(version.images))


def names_in_version(images: list[dict] | None) -> set[str]:
    """Names of the files that the images of a recorded state are made of; it may be restored."""
    named = {image.get("file") for image in images or ()}
    named |= {rendition["name"] for image in images or () for rendition in image.get("renditions") or ()}
    return {name for name in named if name}


def clean_media(*, grace: timedelta, dry_run: bool) -> MediaReport:
    """Remove the files no row names that were written longer than ``grace`` ago; with ``dry_run`` only name them.

    Files are listed before rows are read, so an image saved meanwhile is never taken for one without a row.
    Symbolic links are neither followed nor removed.
    """
    report, folder = MediaReport(), media_folder()
    root = folder.resolve() if folder else None
    found = dict(_files(root, report) if root else _objects())
    seen = set()
    for row, name in named_files():
        if name not in seen and found.pop(name, None) is None and not _is_there(root, name):
            report.missing.append((str(getattr(row, "case", row)), name))
        seen.add(name)
    limit = time.time() - grace.total_seconds()
    report.young = sorted(name for name, (modified, _) in found.items() if modified > limit)
    report.orphans = sorted(found.keys() - set(report.young))
    report.freed = sum(found[name][1] for name in report.orphans)
    # Django names uploads on their way in tmp….upload…, and removes them itself unless it is killed.
    uploads = Path(settings.FILE_UPLOAD_TEMP_DIR)
    for path in sorted(uploads.glob("tmp*.upload*")):
        with contextlib.suppress(FileNotFoundError):
            status = path.lstat()
            if stat.S_ISREG(status.st_mode) and status.st_mtime <= limit:
                report.uploads.append(path.name)
                report.freed += status.st_size
    if not dry_run:
        for name in report.orphans:
            default_storage.delete(name)
        for name in report.uploads:
            (uploads / name).unlink(missing_ok=True)
        _remove_empty_folders(root, limit)
    return report


def _is_there(root: Path | None, name: str) -> bool:
    return (root / name).is_file() if root else default_storage.exists(name)


def _remove_empty_folders(root: Path | None, limit: float) -> None:
    """Such as a restore that was killed leaves behind; not one that an image may be about to go into."""
    for folder, _, _ in os.walk(root, topdown=False, followlinks=False) if root else ():
        path = Path(folder)
        if path != root and path.stat().st_mtime < limit and not any(path.iterdir()):
            path.rmdir()


def _objects() -> Iterator[tuple[str, tuple[float, int]]]:
    """As ``_files``, where the files are not on this machine."""
    for name, written, size in stored_files():
        yield name, (written.timestamp(), size)


def _files(root: Path, report: MediaReport) -> Iterator[tuple[str, tuple[float, int]]]:
    """Names of regular files below ``root`` with the time they were written and their size in bytes."""
    for folder, folders, names in os.walk(root, followlinks=False):
        for name in (*names, *folders):
            path = Path(folder, name)
            try:
                status = path.lstat()
            except FileNotFoundError:
                continue
            if stat.S_ISLNK(status.st_mode):
                report.links.append(path.relative_to(root).as_posix())
            elif stat.S_ISREG(status.st_mode):
                yield path.relative_to(root).as_posix(), (status.st_mtime, status.st_size)
