"""Where the files of the site are: in a folder of this machine, or in a storage that knows no folders (S3)."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.core.files.storage import FileSystemStorage, default_storage


def media_folder() -> Path | None:
    """The folder of the files, or None where they are not on this machine."""
    return Path(default_storage.location) if isinstance(default_storage, FileSystemStorage) else None


def stored_files(folder: str = "") -> Iterator[tuple[str, datetime, int]]:
    """List every file of the storage, whatever it is: name, time it was written, size in bytes."""
    folders, names = default_storage.listdir(folder)
    for name in filter(None, names):
        name = f"{folder}{name}"
        yield name, default_storage.get_modified_time(name), default_storage.size(name)
    for name in filter(None, folders):
        yield from stored_files(f"{folder}{name}/")
