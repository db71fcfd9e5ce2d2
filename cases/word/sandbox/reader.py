"""Word files in: ``read_word`` reads a .docx in a process of its own, which may neither take long nor grow large; what
other programs write is made a .docx first, where LibreOffice is installed.

The process (``cases.background.child``) hands back text and images that it has decoded and encoded anew: this one decodes
nothing of the file.
"""

import hashlib
import os
import shutil
import signal
import stat
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from cases.background import child
from cases.word.document import Notice, WordDocument, WordFileError, refuse
from cases.word.docx.limits import FILE_BYTES, WALL_SECONDS
from cases.word.sandbox.convert import KINDS, converted
from cases.word.sandbox.ipc import receive

COMMAND = child.command_of("cases.word.sandbox.worker")
TOO_LARGE = f"这个文件超过 {FILE_BYTES // 2**20} MB，没有读。请压缩里面的图片（Word：图片格式 → 压缩图片），再上传。"
CONVERTED = Notice(
    "unsure", "这不是 .docx，已用 LibreOffice 转换后再读；小标题、表格和图片可能有出入，请对照原件核对。"
)
NOT_A_FILE = "这不是一个文件（可能是文件夹、管道或设备），没有读。"


def read_word(data: bytes | Path, *, filename: str, with_images: bool = True) -> WordDocument:
    """Read the case told by a .docx; raise ``WordFileError`` (Chinese message) for whatever cannot be taken, ``OSError`` for
    a path that cannot be opened.

    A path is never read whole by this process. Without ``with_images`` they come checked, but empty.
    """
    if not isinstance(data, Path):
        if len(data) > FILE_BYTES:
            raise WordFileError("too-large", TOO_LARGE)
        file = tempfile.TemporaryFile()  # noqa: SIM115 -- closed below, as an opened path is
        file.write(data)
        file.seek(0)
    else:
        file = open_plain(data)
    with file:
        try:
            return _read_guarded(file, filename, with_images)
        except WordFileError as error:
            program = shutil.which(settings.PORTAL_SOFFICE)
            if error.code not in KINDS or program is None:
                raise
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            with converted(file, error.code, program) as made:
                if made is None:
                    raise refuse(error.code, f"{error}（这里试着转换过，没有转成。）") from error
                return _as_converted(_read_guarded(made, filename, with_images), digest)


def _as_converted(document: WordDocument, digest: str) -> WordDocument:
    """Return the document under the digest of the file that came, with a word on the conversion."""
    others = [
        _as_converted(other, hashlib.sha256(f"{digest} {place}".encode()).hexdigest())
        for place, other in enumerate(document.others, start=1)
    ]
    notices = (CONVERTED, *document.notices)
    return replace(document, digest=digest, notices=notices, others=tuple(others))


def _read_guarded(file: BinaryIO, filename: str, with_images: bool) -> WordDocument:
    wanted = () if with_images else ("text",)
    with tempfile.TemporaryFile() as answer:
        try:
            status = child.run(COMMAND, filename, *wanted, file=file, answer=answer, seconds=WALL_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise refuse("too-slow") from error
        if status == -signal.SIGXCPU:
            raise refuse("too-slow")
        try:
            return receive(answer)
        except WordFileError:
            raise
        except (ValueError, KeyError, TypeError) as error:
            raise refuse("too-complex") from error


def open_plain(path: Path) -> BinaryIO:
    """Open ``path`` for reading if it is a regular file of a size we read; never wait for, nor read from, anything else."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    status = os.fstat(descriptor)
    if stat.S_ISREG(status.st_mode) and 0 < status.st_size <= FILE_BYTES:
        return os.fdopen(descriptor, "rb")
    os.close(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise WordFileError("not-a-file", NOT_A_FILE)
    if status.st_size == 0:  # also what the kernel shows as files (/proc/kmsg), which may never end
        raise refuse("empty")
    raise WordFileError("too-large", TOO_LARGE)
