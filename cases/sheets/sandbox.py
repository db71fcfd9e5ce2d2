"""A workbook is read in a process of its own (``cases.background.child``): 239 kB of styles can unpack to gigabytes of
objects in the reader. Run as a program, this module is that process: the file comes on standard input, its name and the
parent's id as arguments, and what stands in it goes to standard output as JSON. It loads neither Django nor the models.
"""

import contextlib
import json
import subprocess
import sys
import tempfile
from dataclasses import asdict

from cases.background import child
from cases.sheets.xlsx import TOO_COMPLEX, Cell, Grid, SheetFileError, check_file, read_grids

COMMAND = child.command_of("cases.sheets.sandbox")
SECONDS = 40  # of processor time; 20,000 full rows take ten
MEMORY = 900 * child.MB
ANSWER = 300 * child.MB
WALL_SECONDS = 10 * SECONDS  # the last resort against a process that waits for ever


def read_guarded(data: bytes, filename: str, wanted: tuple[str, ...]) -> tuple[list[Grid], list[str]]:
    """Read the sheets of these names; return them and the names of all sheets. Raise ``SheetFileError``."""
    with tempfile.TemporaryFile() as file, tempfile.TemporaryFile() as answer:
        file.write(data)
        file.seek(0)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.run(COMMAND, filename, *wanted, file=file, answer=answer, seconds=WALL_SECONDS)
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
    child.begin(int(parent), answer=ANSWER, wall=WALL_SECONDS)
    child.limit(SECONDS, MEMORY)
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
