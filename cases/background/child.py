"""A process of its own for a stranger's file, which may neither take long nor grow large.

Why a process: lxml, zlib, Pillow and openpyxl work in C or unpack kilobytes to gigabytes; only the kernel stops them
surely. Why a fresh one and not a fork: gunicorn's workers have threads, and a fork of a thread may inherit a lock nobody
will release. The child gets the file as its standard input, an empty environment (no keys, no database address) and limits
on memory and processor time. Both sides are here; nothing here loads Django, so that the child starts fast.
"""

import contextlib
import ctypes
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

MB = 1024 * 1024
ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
PR_SET_PDEATHSIG = 1  # Linux: a signal for this process when its parent ends


def command_of(module: str) -> list[str]:
    return [sys.executable, "-m", module]


def run(command: Sequence[str], filename: str, *more: str, file: BinaryIO, answer: BinaryIO, seconds: float) -> int:
    """Have a child read ``file`` and write ``answer``; return its exit status, negative where a signal ended it.

    It is told the file's name, this process's id and ``more``. The answer is a file, not a pipe: its size has a limit, and
    no second copy of it stands in memory. Raises ``subprocess.TimeoutExpired`` after ``seconds`` by the clock, the last
    resort against a process that waits for ever.
    """
    filename = filename.replace("\0", "").encode("utf-8", "replace").decode()[-255:]
    child = subprocess.run(  # noqa: S603 -- the file's name is an argument, not a command
        [*command, filename, str(os.getpid()), *more],
        stdin=file,
        stdout=answer,
        stderr=subprocess.DEVNULL,
        timeout=seconds,
        cwd=ROOT,
        env=ENVIRONMENT,
        check=False,
    )
    answer.seek(0)
    return child.returncode


def begin(parent: int, *, answer: int, wall: int) -> None:
    """In the child: write at most ``answer`` bytes, no core dump, and end with the parent."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (answer, answer))
    end_with_parent(parent, wall)


def limit(seconds: int, memory: int, *, hardest: tuple[int, int] | None = None) -> None:
    """In the child: have the kernel end it beyond ``seconds`` of processor time, and refuse it more than ``memory``.

    ``hardest``, seconds and memory, bounds what a later call may ask for; without it this is the last.
    """
    most_seconds, most_memory = hardest or (seconds + 1, memory)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, most_seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, most_memory))


def end_with_parent(parent: int, wall: int) -> None:
    """End when the parent is killed, since nobody reads the answer then; at last by the clock, where that fails."""
    signal.alarm(wall + 2)
    with contextlib.suppress(OSError, AttributeError):  # another system than Linux
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)
