"""From the bytes of a .docx to a case: the pure function the guarded reader runs."""

import hashlib
from typing import BinaryIO

from cases.imports.captions import captions_below
from cases.imports.document import WordDocument
from cases.imports.docx.blocks import Block, Paragraph
from cases.imports.docx.body import read_body
from cases.imports.docx.package import Package
from cases.imports.docx.sniff import check_kind, refuse
from cases.imports.docx.xml import TOO_COMPLEX
from cases.imports.figures import find_figures
from cases.imports.forms import unfold
from cases.imports.front import FIELDS, Front, guess_from_name, read_front, take_labels, take_signature
from cases.imports.hints import drop_hints
from cases.imports.markdown import plain
from cases.imports.notices import notices_for
from cases.imports.pictures import read_pictures
from cases.imports.sections import SECTION_NAMES, Sorter, marker_of

NO_TEXT = "这个文件里没有读到文字，可能整篇是图片或扫描件。请上传能选中文字的 Word 文件。"

UNFILLED = "这个文件里只有小标题和填写说明，没有正文。请填好再上传。"


def read_case(file: BinaryIO, filename: str, *, keep_bytes: bool = True) -> WordDocument:
    """Read without a guard on time and memory; raises ``WordFileError`` for whatever cannot be taken. Without
    ``keep_bytes`` the pictures are checked all the same, but come without their bytes."""
    check_kind(file, filename)
    try:
        package = Package(file)
        body = read_body(package)
        blocks = drop_hints(captions_below(unfold(body.blocks)))
        if not any(not isinstance(block, Paragraph) or block.text for block in blocks):
            raise refuse("no-text", NO_TEXT)
        front, sorter = _sort(blocks, body.notes)
        if not front.title and not sorter.captions.placed and not any(_text(sorter, name) for name in SECTION_NAMES):
            raise refuse("no-text", UNFILLED)
        guess_from_name(filename, front)
        pictures, left_pictures, captions = read_pictures(package, sorter.captions.placed, keep_bytes)
        front.left.extend(f"没有放进草稿的图片，图注是“{caption}”。" for caption in captions)
    except (RecursionError, MemoryError) as error:
        raise refuse("too-complex", TOO_COMPLEX) from error
    return WordDocument(
        filename=filename,
        digest=_digest(file),
        **{name: getattr(front, name) for name in FIELDS},
        **{name: _text(sorter, name) for name in SECTION_NAMES},
        pictures=pictures,
        figures=(figures := find_figures(sorter.lines)),
        notices=notices_for(front, sorter, body.met, pictures, left_pictures, figures),
    )


def _sort(blocks: list[Block], notes: dict[str, str]) -> tuple[Front, Sorter]:
    front = Front()
    blocks = take_labels(blocks, front, _front_end(blocks))
    blocks = read_front(blocks, front, _front_end(blocks))
    sorter = Sorter(take_signature(blocks, front), notes)
    sorter.sort()
    return front, sorter


def _front_end(blocks: list[Block]) -> int:
    """Where the text begins: at the first name of a section, else at the first long paragraph, within 30 blocks."""
    for index, block in enumerate(blocks):
        if isinstance(block, Paragraph) and block.role != "title" and marker_of(block):
            return index
    for index, block in enumerate(blocks[:30]):
        if not isinstance(block, Paragraph) or (len(plain(block)) > 70 and block.role != "title"):
            return index
    return min(len(blocks), 30)


def _text(sorter: Sorter, name: str) -> str:
    """A section as Markdown; the summary, which pages print as it is, as plain lines."""
    if name == "summary":
        return "\n".join(sorter.lines[name])
    return sorter.writers[name].result()


def _digest(file: BinaryIO) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()
