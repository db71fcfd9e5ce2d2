"""A workbook is read in a process of its own, which may neither take long nor grow large: 239 kB of styles can unpack to
gigabytes of objects in the reader. Run as a program, this module is that process: the file comes on standard input, its
name and the parent's id as arguments, and what stands in it goes to standard output as JSON.

As Word files (``cases.word.sandbox``): a fresh process, since a fork of a thread may inherit a lock that nobody releases,
with an empty environment. It loads neither Django nor the models.
"""

import contextlib
import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from cases.sheets.xlsx import TOO_COMPLEX, Cell, Grid, SheetFileError, check_file, read_grids

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "cases.sheets.sandbox"]
ENVIRONMENT = {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
MB = 1024 * 1024
SECONDS = 40  # of processor time; 20,000 full rows take ten
MEMORY = 900 * MB
ANSWER = 300 * MB
WALL_SECONDS = 10 * SECONDS  # the last resort against a process that waits for ever
PR_SET_PDEATHSIG = 1  # Linux: a signal for this process when its parent ends


def read_guarded(data: bytes, filename: str, wanted: tuple[str, ...]) -> tuple[list[Grid], list[str]]:
    """Read the sheets of these names; return them and the names of all sheets. Raise ``SheetFileError``."""
    filename = filename.replace("\0", "").encode("utf-8", "replace").decode()[-255:]
    # Files, not pipes: their size has a limit, and no second copy stands in memory.
    with tempfile.TemporaryFile() as file, tempfile.TemporaryFile() as answer:
        file.write(data)
        file.seek(0)
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run(  # noqa: S603 -- the file's name is an argument, not a command
                [*COMMAND, filename, str(os.getpid()), *wanted],
                stdin=file,
                stdout=answer,
                stderr=subprocess.DEVNULL,
                timeout=WALL_SECONDS,
                cwd=ROOT,
                env=ENVIRONMENT,
                check=False,
            )
        answer.seek(0)
        try:
            told = json.load(answer)
        except ValueError as error:  # ended by the kernel before it could say a word
            raise SheetFileError("too-complex", TOO_COMPLEX) from error
    if "code" in told:
        raise SheetFileError(told["code"], told["message"])
    grids = [
        Grid(name, [(number, [Cell(**cell) for cell in cells]) for number, cells in rows])
        for name, rows in told["grids"]
    ]
    return grids, told["names"]


def main() -> None:
    filename, parent, *wanted = sys.argv[1:]
    signal.alarm(WALL_SECONDS + 2)
    with contextlib.suppress(OSError, AttributeError):  # another system than Linux
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != int(parent):
        sys.exit(1)
    for kind, most in {"CPU": SECONDS, "AS": MEMORY, "CORE": 0, "FSIZE": ANSWER}.items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{kind}"), (most, most + (kind == "CPU")))
    try:
        data = sys.stdin.buffer.read()
        check_file(data, filename)
        grids, names = read_grids(data, tuple(wanted))
        rows = [(grid.name, [(number, list(map(asdict, cells))) for number, cells in grid.rows]) for grid in grids]
        told = {"grids": rows, "names": names}
    except SheetFileError as error:
        told = {"code": error.code, "message": str(error)}
    except (MemoryError, RecursionError):
        told = {"code": "too-complex", "message": TOO_COMPLEX}
    json.dump(told, sys.stdout, ensure_ascii=True)


if __name__ == "__main__":
    main()
