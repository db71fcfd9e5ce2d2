"""Blocks of a Word text as Markdown that means exactly what the text says, and no more."""

import re
from collections.abc import Sequence
from html.entities import html5

from cases.word.docx.blocks import Block, Cell, Paragraph, Span, Table

INDENT = "    "
NOTE = re.compile("\ue000([fe]-?\\d+)\ue001")
LINE_START = re.compile(r"^(#|>|[-+](?=\s|$)|-{2,})")
NUMBER_START = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")
TAG = re.compile(r"<(?=[A-Za-z/!?])")
# HTML knows some names without their semicolon: &copy is a sign, R&D is not.
BARE_NAMES = "|".join(sorted((name for name in html5 if not name.endswith(";")), key=len, reverse=True))
ENTITY = re.compile(rf"&(?=#[0-9xX]|\w{{1,32}};|(?:{BARE_NAMES}))")
UNDERLINE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")  # within a word it is harmless
LINKISH = re.compile(r"\]\s?[\[(:]")


def escape(text: str) -> str:
    """Write text as it stands, safe within a line: no emphasis, link, code or HTML comes of it."""
    text = text.replace("\\", "\\\\").replace("`", "\\`").replace("*", "\\*")
    text = UNDERLINE.sub(r"\\_", text)
    if LINKISH.search(text) or text.count("[") != text.count("]"):
        text = text.replace("[", "\\[")
    return TAG.sub("&lt;", ENTITY.sub("&amp;", text))


def escape_start(line: str) -> str:
    """Write a line that does not begin a list, heading, quote or rule ("3. 主要成效" stays a sentence)."""
    line = NUMBER_START.sub(r"\1\\\2", line)
    return LINE_START.sub(r"\\\1", line)


def inline(spans: Sequence[Span], *, bold: bool = True) -> str:
    """Write one line of Markdown; line breaks become spaces. ``bold=False`` leaves emphasis out (headings)."""
    merged: list[Span] = []  # neighbours of one format; blanks take the format of what stands before them
    for span in spans:
        last = merged[-1] if merged else None
        if last is not None and last.href == span.href and (last.bold == span.bold or not span.text.strip()):
            last.text += span.text
        elif span.text:
            merged.append(Span(span.text, span.bold, span.href))
    out = []
    for span in merged:
        text = re.sub(r"[ \t\n]+", " ", span.text)
        core = text.strip(" \u3000")
        if not core:
            out.append(text)
            continue
        before, after = text[: text.index(core)], text[text.index(core) + len(core) :]
        body = escape(core)
        if span.href and core.rstrip("/") != span.href.rstrip("/"):
            body = f"[{body.replace(']', chr(92) + ']')}]({span.href})"
        if span.bold and bold:
            body = f"**{body}**"
        out.append(f"{before}{body}{after}")
    return "".join(out).strip(" \u3000")


def lines_of(paragraph: Paragraph) -> list[Paragraph]:
    """Cut a paragraph at its line breaks, which members use as paragraph ends; the first keeps number and images."""
    lines: list[list[Span]] = [[]]
    for span in paragraph.spans:
        for index, part in enumerate(span.text.split("\n")):
            if index:
                lines.append([])
            if part:
                lines[-1].append(Span(part, span.bold, span.href))
    full = [line for line in lines if "".join(span.text for span in line).strip()]
    if len(full) < 2:
        paragraph.spans = full[0] if full else []
        return [paragraph]
    like = {name: getattr(paragraph, name) for name in ("align", "size", "boxed")}
    like |= {"role": "title"} if paragraph.role == "title" else {}
    rest = [Paragraph(line, **like) for line in full[1:]]
    paragraph.spans = full[0]
    return [paragraph, *rest]


class MarkdownWriter:
    """Markdown of one section: blocks are added in order, notes gathered under them."""

    def __init__(self, notes: dict[str, str], numbers: dict[str, int]) -> None:
        self._parts: list[tuple[str, str]] = []  # (kind, text): list items of one kind stand together
        self._notes = notes
        self._numbers = numbers
        self._under: list[str] = []
        self._open_lists: dict[int, str] = {}
        self.merged_tables = 0

    @property
    def is_empty(self) -> bool:
        return all(kind == "place" for kind, _ in self._parts)

    def place(self, marks: Sequence[str]) -> None:
        """Add the places of images, a line each."""
        self._parts += [("place", mark) for mark in marks]

    def heading(self, text: str, *, level: int = 3) -> None:
        self._add("heading", "#" * level + " " + escape(text))

    def add(self, block: Block) -> None:
        if isinstance(block, Table):
            rows = grid(block)
            width = max((len(row) for row in rows), default=0)
            if width < 2 or len(rows) < 2:  # one row or column: only what stands in it
                for inner in (inner for row in block.rows for cell in row for inner in cell.blocks):
                    self.add(inner)
                return
            self.merged_tables += any(cell.columns > 1 or cell.continued for row in block.rows for cell in row)
            lines = ["| " + " | ".join([*row, *[""] * (width - len(row))]) + " |" for row in rows]
            lines.insert(1, "|" + " --- |" * width)
            self._add("table", "\n".join(lines))
        elif not block.listed:
            spans = [Span(block.label), *block.spans] if block.label else block.spans
            self._add("text", escape_start(inline(spans)))
        elif line := escape_start(inline(block.spans)):
            allowed = 0  # one deeper than the item before: a deeper one would be read as code
            if self._parts and self._parts[-1][0] == "item":
                last = self._parts[-1][1]
                allowed = (len(last) - len(last.lstrip(" "))) // len(INDENT) + 1
            else:
                self._open_lists = {}
            depth, kind = min(block.depth, allowed), block.listed
            if self._open_lists.get(depth, kind) != kind:
                self._parts.append(("break", ""))  # else a list of the other kind would go on with this one
            self._open_lists = {at: name for at, name in self._open_lists.items() if at < depth} | {depth: kind}
            mark = "-" if kind == "bullet" else f"{max(block.ordinal, 0)}."
            self._add("item", f"{INDENT * depth}{mark} {line}")

    def _add(self, kind: str, text: str) -> None:
        """Add ``text``, with its notes numbered through and gathered under the section."""

        def number(match: re.Match) -> str:
            note = self._notes.get(match[1], "")
            if not note:
                return ""
            if match[1] not in self._numbers:
                self._numbers[match[1]] = len(self._numbers) + 1
                self._under.append(f"注 {self._numbers[match[1]]}：{NOTE.sub('', escape(note))}")
            return f"〔注 {self._numbers[match[1]]}〕"

        if text:
            self._parts.append((kind, NOTE.sub(number, text)))

    def result(self) -> str:
        """Put the section together: blocks apart by an empty line, items of a list close together."""
        out, previous = [], ""
        for kind, text in self._parts:
            if kind == "break":
                previous = kind
                continue
            out.append(("\n" if kind == previous == "item" else "\n\n") + text)
            previous = kind
        out.extend("\n\n" + note for note in self._under)
        return "".join(out).strip()


def grid(table: Table) -> list[list[str]]:
    """Write the cells as text, row by row: what runs over rows is repeated, what runs over columns stands in the first."""
    rows: list[list[str]] = []
    for row in table.rows:
        above, line = rows[-1] if rows else [], []
        for cell in row:
            at = len(line)
            line.append(above[at] if cell.continued and at < len(above) else cell_text(cell))
            line.extend([""] * (cell.columns - 1))
        rows.append(line[:60])
    return [row for row in rows if any(row)]


def cell_text(cell: Cell) -> str:
    """Write a cell on one line; its ``|`` does not end it."""
    parts = [inline([Span(block.label), *block.spans]) for block in cell.blocks if isinstance(block, Paragraph)]
    for block in cell.blocks:
        if isinstance(block, Table):
            parts.extend("，".join(filter(None, row)).replace("\\|", "|") for row in grid(block))
    return " ".join(part for part in parts if part).replace("|", "\\|")


def plain(paragraph: Paragraph) -> str:
    """Return the words alone, on one line."""
    lines = (line.strip() for line in paragraph.text.split("\n"))  # a pattern would take quadratic time over blanks
    return NOTE.sub("", " ".join(lines)).strip(" \t\u3000")
