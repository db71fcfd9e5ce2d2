"""The process that reads one Word file from standard input and writes the document to standard output.

Arguments: the file's name, the process id of the parent, and ``names`` where the pictures' bytes are not wanted.
"""

import contextlib
import ctypes
import os
import resource
import signal
import sys

from cases.imports.document import WordFileError
from cases.imports.docx.limits import ANSWER_BYTES, MEMORY_BYTES, SECONDS
from cases.imports.docx.sniff import refuse
from cases.imports.docx.xml import TOO_COMPLEX
from cases.imports.reading import read_case
from cases.imports.wire import send, send_error

PR_SET_PDEATHSIG = 1  # Linux: a signal for this process when its parent ends


def main() -> None:
    filename, parent, *more = sys.argv[1:]
    _end_in_time(int(parent))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (ANSWER_BYTES, ANSWER_BYTES))
    sys.setrecursionlimit(3000)
    out = sys.stdout.buffer
    with contextlib.suppress(BrokenPipeError):
        try:
            send(read_case(sys.stdin.buffer, filename, keep_bytes="names" not in more), out)
        except WordFileError as error:
            send_error(error, out)
        except (MemoryError, RecursionError):
            send_error(refuse("too-complex", TOO_COMPLEX), out)
        out.flush()


def _end_in_time(parent: int) -> None:
    """Nobody reads the answer of a child whose parent was killed: end with it, and by the clock where that fails."""
    signal.alarm(SECONDS + 2)
    with contextlib.suppress(OSError, AttributeError):  # another system than Linux
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)


if __name__ == "__main__":
    main()
