"""The process that reads one Word file from standard input and writes the document to standard output."""

import contextlib
import resource
import sys

from cases.imports.document import WordFileError
from cases.imports.docx.limits import MEMORY_BYTES, SECONDS
from cases.imports.docx.sniff import refuse
from cases.imports.docx.xml import TOO_COMPLEX
from cases.imports.reading import read_case
from cases.imports.wire import send, send_error


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    sys.setrecursionlimit(3000)
    out = sys.stdout.buffer
    with contextlib.suppress(BrokenPipeError):
        try:
            send(read_case(sys.stdin.buffer, sys.argv[1]), out)
        except WordFileError as error:
            send_error(error, out)
        except (MemoryError, RecursionError):
            send_error(refuse("too-complex", TOO_COMPLEX), out)
        out.flush()


if __name__ == "__main__":
    main()
