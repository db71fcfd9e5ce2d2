"""The process that reads one Word file from standard input and writes the document to standard output.

Arguments: the file's name, the process id of the parent, and ``text`` where the images are not wanted.
"""

import contextlib
import ctypes
import os
import resource
import signal
import sys
from dataclasses import replace

from cases.word.document import WordDocument, WordFileError, refuse
from cases.word.docx import limits
from cases.word.recognition.images import encode_images
from cases.word.recognition.parser import read_case
from cases.word.sandbox.ipc import send, send_error

PR_SET_PDEATHSIG = 1  # Linux: a signal for this process when its parent ends


def main() -> None:
    filename, parent, *more = sys.argv[1:]
    end_with_parent(int(parent))
    limit(limits.READING_SECONDS, limits.READING_MEMORY)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.ANSWER_BYTES, limits.ANSWER_BYTES))
    sys.setrecursionlimit(3000)
    out = sys.stdout.buffer
    with contextlib.suppress(BrokenPipeError):
        try:
            document = read_case(sys.stdin.buffer, filename)
            if "text" in more:
                document = without_images(document)
            else:
                limit(limits.READING_SECONDS + limits.IMAGES_SECONDS, limits.IMAGES_MEMORY)
                document = encode_images(document)
            send(document, out)
        except WordFileError as error:
            send_error(error, out)
        except (MemoryError, RecursionError):
            send_error(refuse("too-complex"), out)
        out.flush()


def without_images(document: WordDocument) -> WordDocument:
    """Return the document and the others of its file with their images named, but empty."""
    images = tuple(replace(image, data=b"") for image in document.images)
    return replace(document, images=images, others=tuple(map(without_images, document.others)))


def limit(seconds: int, memory: int) -> None:
    """Have the kernel end this process beyond ``seconds`` of processor time, and refuse it more than ``memory``."""
    hardest = limits.READING_SECONDS + limits.IMAGES_SECONDS + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, hardest))
    resource.setrlimit(resource.RLIMIT_AS, (memory, limits.IMAGES_MEMORY))


def end_with_parent(parent: int) -> None:
    """End when the parent is killed, since nobody reads the answer then; at last by the clock, where that fails."""
    signal.alarm(limits.WALL_SECONDS + 2)
    with contextlib.suppress(OSError, AttributeError):  # another system than Linux
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)


if __name__ == "__main__":
    main()
