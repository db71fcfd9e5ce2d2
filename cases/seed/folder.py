"""A folder written whole or not at all."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

OWN_SUFFIX = ".yaml"
MEDIA = "media"
DEPTH = 2


class FolderError(ValueError):
    """The target cannot be written; the message says why, in Chinese."""


def check_target(target: Path, *, force: bool) -> None:
    """Refuse what would lose something: raises ``FolderError``.

    A folder with something in it is replaced only with ``force``, and only where it holds nothing but an export.
    """
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise FolderError(f"{target} 不是文件夹，没有写入。")
    if not target.exists() or not any(target.iterdir()):
        return
    if not force:
        raise FolderError(f"{target} 里已有内容，没有写入。要替换它，请加 --force；或者换一个新文件夹。")
    foreign = sorted(path for path in target.rglob("*") if not _is_export(path, target))
    if foreign:
        names = "、".join(str(path.relative_to(target)) for path in foreign[:5])
        raise FolderError(f"{target} 里有不是导出来的文件（{names}），为免误删，没有写入。请换一个新文件夹。")


def write_folder(target: Path, fill: Callable[[Path], None], *, force: bool) -> None:
    """Call ``fill`` on a new folder beside ``target``, then put it in the place of ``target``.

    However the process ends, ``target`` holds the old content or the new one, never a part. Between the two renames
    the old one is called ``.<name>.old`` for a moment; the next call puts it back if the process died there.
    """
    target = target.absolute()
    old = target.with_name(f".{target.name}.old")
    if old.exists() and not target.exists():
        old.rename(target)
    check_target(target, force=force)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}.new-", dir=target.parent))
    try:
        fill(fresh)
        fresh.chmod(0o755)
        _sync(fresh)
        shutil.rmtree(old, ignore_errors=True)
        if target.exists():
            target.rename(old)
        fresh.rename(target)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    shutil.rmtree(old, ignore_errors=True)


def write_text(path: Path, pieces: Iterable[str]) -> bool:
    """Write ``pieces`` as UTF-8; a file that would be empty is not made. Returns whether there was anything."""
    iterator = iter(pieces)
    first = next(iterator, None)
    if first is None:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(first)
        file.writelines(iterator)
    return True


def _is_export(path: Path, target: Path) -> bool:
    parts = path.relative_to(target).parts
    if path.is_symlink():
        return False
    if parts[0] == MEDIA:
        return True
    return len(parts) < DEPTH if path.is_dir() else len(parts) <= DEPTH and path.suffix == OWN_SUFFIX


def _sync(folder: Path) -> None:
    """Have the files on the disk before the folder gets its name: a power cut must not leave empty ones."""
    for path in (*folder.rglob("*"), folder):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
