"""What the reading process takes at most, of the hungriest files there are; measured over all in the commit that added this."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document

from cases.background.child import ENVIRONMENT
from tests.image_files import picture_bytes
from tests.word import pdf_files
from tests.word.docx_files import saved
from tests.word.docx_traps import traps

pytestmark = pytest.mark.slow
MOST = 250  # MB, twenty of which are the interpreter's
# A small process in between: what a child has taken counts from what its parent had when it began.
MEASURE = """
import os, subprocess, sys
child = subprocess.Popen([sys.executable, "-m", "cases.word.sandbox.worker", "a.docx", str(os.getpid())], stdin=0, stdout=subprocess.DEVNULL)
print(os.wait4(child.pid, 0)[2].ru_maxrss // 1024)
"""


def large_image() -> bytes:
    """A drawing of 39 million pixels, as many as are taken."""
    document = Document()
    document.add_heading("主要做法", 1)
    document.add_picture(BytesIO(picture_bytes("PNG", (7000, 5600))))
    return saved(document)


HUNGRY = {
    "an image of 39 million pixels": large_image,
    "a million empty paragraphs": lambda: traps()["a million empty paragraphs"]()[0],
    "a PDF with half a gigabyte of blanks": lambda: pdf_files.bomb(1),
    "a PDF with a million characters": pdf_files.HARMFUL["a million characters"][0],
}


@pytest.mark.parametrize("name", HUNGRY)
def test_the_hungriest_files_stay_below_the_limit(name, tmp_path):
    (tmp_path / "a.docx").write_bytes(HUNGRY[name]())
    with (tmp_path / "a.docx").open("rb") as file:
        told = subprocess.run(
            [sys.executable, "-c", MEASURE],
            stdin=file,
            env=ENVIRONMENT,
            cwd=Path(__file__).parents[2],
            capture_output=True,
            check=True,
        )
    assert 20 < int(told.stdout) <= MOST
