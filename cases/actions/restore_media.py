"""Files of a backup into MEDIA_ROOT: laid out beside, put in place before the commit, taken back without one."""

import hashlib
import os
import secrets
import shutil
from pathlib import Path

from django.conf import settings

from cases.imports.backup_file import CHUNK, BackupError, BackupFile, MediaFile

RESERVE = 100 * 1024 * 1024  # bytes of disk left for the database


class RestoredMedia:
    """Use as a context: leaving it without ``keep`` puts MEDIA_ROOT back as it was.

    A file already there with the same content is left alone; one with another content (damaged, since names never
    change their meaning) is replaced.
    """

    def __init__(self, backup: BackupFile) -> None:
        self.backup, self.count = backup, 0
        self.root = Path(settings.MEDIA_ROOT)
        self.staging = self.root / f"restore-{secrets.token_hex(6)}"
        self._staged: list[str] = []
        self._new: list[Path] = []
        self._replaced: list[tuple[Path, Path]] = []
        self._kept = False

    def __enter__(self) -> "RestoredMedia":
        return self

    def __exit__(self, *failure: object) -> None:
        if not self._kept:
            for path in self._new:
                path.unlink(missing_ok=True)
            for old, path in self._replaced:
                old.replace(path)
        shutil.rmtree(self.staging, ignore_errors=True)

    def stage(self) -> None:
        """Unpack what is not there yet into a folder of its own, on the disk before this returns."""
        self._check_space()
        for file in self.backup.media():
            self.count += 1
            if _holds(self.root / file.name, file):
                continue
            path = self.staging / "new" / file.name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as out:
                for piece in self.backup.content(file):
                    out.write(piece)
                out.flush()
                os.fsync(out.fileno())
            path.chmod(0o644)
            self._staged.append(file.name)

    def put_in_place(self) -> None:
        for name in self._staged:
            path, old = self.root / name, self.staging / "old" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists():
                old.parent.mkdir(parents=True, exist_ok=True)
                path.replace(old)
                self._replaced.append((old, path))
            else:
                self._new.append(path)
            (self.staging / "new" / name).replace(path)

    def keep(self) -> None:
        """The transaction is committed: from now on the files stay."""
        self._kept = True

    def _check_space(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        needed = sum(file.size for file in self.backup.media())
        if needed + RESERVE > shutil.disk_usage(self.root).free:
            raise BackupError(f"磁盘放不下备份里的图片（{needed / 1024 / 1024:.0f} MB）。请先腾出空间。")


def _holds(path: Path, file: MediaFile) -> bool:
    """Whether ``path`` is this very file."""
    if not path.is_file() or path.stat().st_size != file.size:
        return False
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(CHUNK):
            digest.update(piece)
    return digest.hexdigest() == file.sha256
