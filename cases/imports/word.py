"""Word files in: ``read_word`` reads a .docx in a process of its own, which may neither take long nor grow large.

Why a process: lxml, zlib and Pillow work in C; only the kernel stops them surely. Why a fresh one and not a fork:
gunicorn's workers have threads, and a fork of a thread may inherit a lock nobody will release. The child gets the
file as its standard input, an empty environment (no keys, no database address) and limits on memory and time.
"""

import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import BinaryIO

from cases.imports.document import WordDocument, WordFileError
from cases.imports.docx.limits import FILE_BYTES, SECONDS
from cases.imports.docx.sniff import refuse
from cases.imports.docx.xml import TOO_COMPLEX
from cases.imports.wire import receive

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "cases.imports.child"]
ENVIRONMENT = {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
TOO_LARGE = f"这个文件超过 {FILE_BYTES // 2**20} MB，没有读。请压缩里面的图片（Word：图片格式 → 压缩图片），再上传。"
NOT_A_FILE = "这不是一个文件（可能是文件夹、管道或设备），没有读。"
TOO_SLOW = "这个文件读了很久也没有读完，已经停下。请把正文复制到新的 Word 文件里，或拆成几份，再上传。"


def read_word(data: bytes | Path, *, filename: str, keep_bytes: bool = True) -> WordDocument:
    """The case told by a .docx; raises ``WordFileError`` (Chinese message) for whatever cannot be taken, ``OSError`` for
    a path that cannot be opened.

    Takes at most ``SECONDS`` seconds and ``MEMORY_BYTES`` for any bytes; a path is never read whole by this process.
    Without ``keep_bytes`` pictures come checked, but empty.
    """
    if isinstance(data, Path):
        with open_plain(data) as file:
            return _read(file, filename, keep_bytes)
    if len(data) > FILE_BYTES:
        raise WordFileError("too-large", TOO_LARGE)
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        return _read(file, filename, keep_bytes)


def open_plain(path: Path) -> BinaryIO:
    """``path`` for reading if it is a regular file of a size we read; never waits for, nor reads from, anything else."""
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


def _read(file: BinaryIO, filename: str, keep_bytes: bool) -> WordDocument:
    filename = filename.replace("\0", "").encode("utf-8", "replace").decode()[-255:]
    arguments = [filename, str(os.getpid()), *([] if keep_bytes else ["names"])]
    # A file for the answer, not a pipe: its size has a limit, and no second copy of it stands in memory.
    with tempfile.TemporaryFile() as answer:
        try:
            subprocess.run(  # noqa: S603 -- the file name is an argument, not a command
                [*COMMAND, *arguments],
                stdin=file,
                stdout=answer,
                stderr=subprocess.DEVNULL,
                timeout=SECONDS,
                cwd=ROOT,
                env=ENVIRONMENT,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise WordFileError("too-slow", TOO_SLOW) from error
        answer.seek(0)
        return _answered(answer)


def _answered(answer: BinaryIO) -> WordDocument:
    try:
        return receive(answer)
    except (ValueError, KeyError, TypeError) as error:
        if isinstance(error, WordFileError):
            raise
        raise refuse("too-complex", TOO_COMPLEX) from error
