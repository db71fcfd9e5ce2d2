"""The process that reads one Word file from standard input and writes the document to standard output.

Arguments: the file's name, the process id of the parent, and ``text`` where the images are not wanted.
"""

import contextlib
import sys
from dataclasses import replace

from cases.background import child
from cases.word.document import WordDocument, WordFileError, refuse
from cases.word.docx import limits
from cases.word.recognition.images import encode_images
from cases.word.recognition.parser import read_case
from cases.word.sandbox.ipc import send, send_error

HARDEST = (limits.READING_SECONDS + limits.IMAGES_SECONDS + 1, limits.IMAGES_MEMORY)


def main() -> None:
    filename, parent, *more = sys.argv[1:]
    child.begin(int(parent), answer=limits.ANSWER_BYTES, wall=limits.WALL_SECONDS)
    child.limit(limits.READING_SECONDS, limits.READING_MEMORY, hardest=HARDEST)
    sys.setrecursionlimit(3000)
    out = sys.stdout.buffer
    with contextlib.suppress(BrokenPipeError):
        try:
            document = read_case(sys.stdin.buffer, filename)
            if "text" in more:
                document = without_images(document)
            else:
                child.limit(limits.READING_SECONDS + limits.IMAGES_SECONDS, limits.IMAGES_MEMORY, hardest=HARDEST)
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


if __name__ == "__main__":
    main()
