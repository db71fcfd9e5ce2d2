"""Word files in: ``read_word`` reads a .docx in a process of its own, which may neither take long nor grow large.

Why a process: lxml, zlib and Pillow work in C; only the kernel stops them surely. Why a fresh one and not a fork:
gunicorn's workers have threads, and a fork of a thread may inherit a lock nobody will release. The child gets the
file as its standard input, an empty environment (no keys, no database address) and limits on memory and time.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import BinaryIO

from cases.imports.document import WordDocument, WordFileError
from cases.imports.docx.limits import FILE_BYTES, SECONDS
from cases.imports.docx.sniff import refuse
from cases.imports.docx.xml import TOO_COMPLEX
from cases.imports.wire import unpack

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "cases.imports.child"]
ENVIRONMENT = {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
TOO_LARGE = f"这个文件超过 {FILE_BYTES // 2**20} MB，没有读。请压缩里面的图片（Word：图片格式 → 压缩图片），再上传。"
TOO_SLOW = "这个文件读了很久也没有读完，已经停下。请把正文复制到新的 Word 文件里，或拆成几份，再上传。"


def read_word(data: bytes | Path, *, filename: str) -> WordDocument:
    """The case told by a .docx; raises ``WordFileError`` (Chinese message) for whatever cannot be taken, ``OSError`` for
    a path that cannot be opened.

    Takes at most ``SECONDS`` seconds and ``MEMORY_BYTES`` for any bytes; a path is never read whole by this process.
    """
    if isinstance(data, Path):
        with data.open("rb") as file:
            return _read(file, filename)
    if len(data) > FILE_BYTES:
        raise WordFileError("too-large", TOO_LARGE)
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        return _read(file, filename)


def _read(file: BinaryIO, filename: str) -> WordDocument:
    if os.fstat(file.fileno()).st_size > FILE_BYTES:
        raise WordFileError("too-large", TOO_LARGE)
    filename = filename.replace("\0", "").encode("utf-8", "replace").decode()[-255:]
    try:
        child = subprocess.run(  # noqa: S603 -- the file name is an argument, not a command
            [*COMMAND, filename],
            stdin=file,
            capture_output=True,
            timeout=SECONDS,
            cwd=ROOT,
            env=ENVIRONMENT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise WordFileError("too-slow", TOO_SLOW) from error
    try:
        return unpack(child.stdout)
    except (ValueError, KeyError, TypeError) as error:
        if isinstance(error, WordFileError):
            raise
        raise refuse("too-complex", TOO_COMPLEX) from error
