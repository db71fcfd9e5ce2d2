"""Which line is the caption of which picture."""

from dataclasses import dataclass

from cases.imports.docx.blocks import Block, Paragraph, PictureRef
from cases.imports.forms import CAPTION, MAX_CAPTION
from cases.imports.markdown import plain


@dataclass
class Placed:
    """A picture at its place: the section it stands in, and the words under or over it."""

    ref: PictureRef
    section: str
    caption: str = ""


class Captions:
    """Told of pictures, captions and text as they come; pairs a caption with the pictures next to it."""

    def __init__(self) -> None:
        self.placed: list[Placed] = []
        self._waiting: list[Placed] = []

    def is_caption(self, block: Paragraph) -> bool:
        text = plain(block)
        if not text or len(text) > MAX_CAPTION or block.listed:
            return False
        return (block.role == "caption" and not text.startswith("表")) or (
            bool(CAPTION.match(text)) and "。" not in text[:-1]
        )

    def pictures(self, refs: list[PictureRef], section: str) -> None:
        for ref in refs:
            placed = Placed(ref, section)
            self.placed.append(placed)
            self._waiting.append(placed)

    def takes(self, block: Paragraph) -> bool:
        """Whether ``block`` is the caption of the pictures just before it; then it is no text."""
        if not self._waiting or not self.is_caption(block):
            return False
        text = plain(block)
        caption = (CAPTION.sub("", text, count=1) if not text.startswith("图为") else text).strip() or text
        for placed in self._waiting:
            placed.caption = caption[:160]
        self._waiting = []
        return True

    def text_met(self) -> None:
        self._waiting = []


def captions_below(blocks: list[Block]) -> list[Block]:
    """A caption that stands over its picture is moved under it."""
    captions, blocks = Captions(), list(blocks)
    for index in range(len(blocks) - 1):
        line, picture = blocks[index], blocks[index + 1]
        after = blocks[index + 2] if index + 2 < len(blocks) else None
        before = blocks[index - 1] if index else None
        if not (isinstance(line, Paragraph) and not line.pictures and captions.is_caption(line)) or _is_picture(before):
            continue
        if _is_picture(picture) and not (isinstance(after, Paragraph) and captions.is_caption(after)):
            blocks[index], blocks[index + 1] = picture, line
    return blocks


def _is_picture(block: Block | None) -> bool:
    return isinstance(block, Paragraph) and bool(block.pictures) and not block.text
