"""Which part of the text is summary, background, approach and results."""

from cases.word.docx.blocks import Block, ImageRef, Paragraph, Table
from cases.word.recognition.flow import POINTS_BACK
from cases.word.recognition.headings import classify_heading, strip_number, topic_of
from cases.word.recognition.images import Captions, is_caption
from cases.word.recognition.markdown import MarkdownWriter, grid, plain
from cases.word.recognition.markers import Marker, cut_rest, depth_of, is_heading, marker_of, numbered_headings, shown
from cases.word.recognition.table_figures import table_sentences
from cases.word.recognition.turns import PLAN_TOPIC, find_turns

SECTION_NAMES = ("summary", "background", "approach", "results")
SECTION_WORDS = {"summary": "摘要", "background": "背景", "approach": "做法", "results": "成效"}
NO_DEPTH = 9


class SectionClassifier:
    """Goes through the text once, writing each block into the section it belongs to."""

    def __init__(self, blocks: list[Block], notes: dict[str, str]) -> None:
        self._blocks = blocks
        self._markers = {id(block): marker_of(block) for block in blocks if isinstance(block, Paragraph)}
        self._tops: dict[str, int] = {}  # the highest rank at which each section is named
        for marker in filter(None, self._markers.values()):
            self._tops[marker.section] = min(self._tops.get(marker.section, 99), marker.depth)
        self._numbered = numbered_headings(blocks)
        # （一） in a style, （二） in bold and （三） plain are siblings: the style of one gives the level of all.
        headings = [block for block in blocks if isinstance(block, Paragraph) and block.role == "heading"]
        self._levels = {strip_number(shown(block)).rank: block.level for block in reversed(headings)}
        self._levels.pop(0, None)
        numbers: dict[str, int] = {}
        self.writers = {name: MarkdownWriter(notes, numbers) for name in SECTION_NAMES}
        self.lines: dict[str, list[str]] = {name: [] for name in SECTION_NAMES}
        self.captions = Captions()
        self.unsure: list[str] = []
        self.understood: list[str] = []
        self.opened: list[str] = []
        self._current, self._depth = "", 0
        self._headings: list[int] = []
        self._topic, self._is_named = "", False  # the last heading; whether the file itself names the current section
        self.has_markers = any(self._markers.values()) or any(
            is_heading(block) and classify_heading(strip_number(shown(block)).words)[0]
            for block in blocks
            if isinstance(block, Paragraph) and block.role != "title"
        )
        self.lead = 0
        self._turns = find_turns(blocks, self._markers, self._numbered)
        self.default = self._turns.lead if self.has_markers else "approach"

    @property
    def section(self) -> str:
        return self._current or self.default

    def classify(self) -> None:
        """Put every block into its section."""
        for block in self._blocks:
            section = self._turns.sections.get(id(block))
            if id(block) in self._turns.ends and self.section == "approach":
                section, self._is_named = "results", False
            if section and not (self._is_named and self.section == "approach"):
                self._current, self._depth, self._headings, self._is_named = section, 0, [], False
                self.unsure.append(
                    f"“{shown(block)[:16]}……”起没有小标题写明，按意思放到了“{SECTION_WORDS[section]}”，请核对。"
                )
            if isinstance(block, Table):
                self._put_text("表", block)
                rows = grid(block)
                self.lines[self.section].extend("，".join(filter(None, row)) for row in rows)
                if self.section != "summary":  # whose lines are printed
                    self.lines[self.section].extend(table_sentences(rows))
                self._place(images_in(block))
                continue
            marker = self._markers[id(block)] or self._classify_heading(block)
            if marker and self._opens(marker):
                self._open(marker)
                self._is_named = not marker.is_topic
                rest = Paragraph(marker.rest, size=block.size) if marker.rest else Paragraph()
                rest.images = block.images
                self._put(rest)
            elif (is_heading(block) or id(block) in self._numbered) and (block.role or not is_caption(block)):
                rank = 0 if block.role else strip_number(shown(block)).rank
                depth = self._levels.get(rank) or depth_of(block) or NO_DEPTH
                is_aside = self._current == "background" and not (self._depth and depth > self._depth)
                is_back = self._current == "results" and depth == self._depth < NO_DEPTH and self._depth
                is_back = is_back and not PLAN_TOPIC.search(plain(block))
                if (self._current == "summary" or is_aside or is_back) and "approach" not in self._tops:
                    # A summary has no headings: the first one after it, whatever it says, begins what was done; so does one
                    # beside 背景 or 成效 that names no part.
                    before = SECTION_WORDS[self._current]
                    rank = (
                        depth if self._depth and depth < NO_DEPTH else self._depth
                    )  # its siblings may open other parts
                    words = strip_number(shown(block)).words
                    self._open(Marker("approach", words, rank, is_run_in=True))  # its heading is written below
                    self._is_named = False
                    self.unsure.append(f"“{plain(block)}”接在{before}后面，从这里起放到了“做法”，请核对。")
                self._headings = [*(other for other in self._headings if other < depth), depth]
                self._put_text(plain(block))
                self._topic = strip_number(shown(block)).words
                if self.section == "summary":  # it is printed as lines, without headings
                    self.lines["summary"].append(shown(block))
                self.writers[self.section].heading(shown(block), level=min(2 + len(self._headings), 5))
                self._place(block.images)
            else:
                self._put(block)

    def _classify_heading(self, block: Paragraph) -> Marker | None:
        """Return the section of a heading that holds its name among other words, at the rank of sections."""
        if not (is_heading(block) or id(block) in self._numbered) or block.role == "title":
            return None
        depth, words = depth_of(block), strip_number(shown(block)).words
        if self._current and self._depth and (not depth or depth > self._depth):
            return None
        section, is_plain = classify_heading(words)
        if section == "background" and self._current in ("approach", "results") and not is_plain:
            section = ""
        if section == "results" and id(block) in self._numbered and id(block) not in self._turns.last_topics:
            section = ""  # 1. 创新产品成效显著, and other topics after it
        if section:
            return Marker(section, words, depth, is_plain=is_plain, is_meant=True)
        section = topic_of(words)
        if (section == "background" and self._current in ("approach", "results")) or (
            section == "results" and id(block) not in self._turns.last_topics
        ):
            return None
        return Marker(section, shown(block), depth, is_meant=True, is_topic=True) if section else None

    def _opens(self, marker: Marker) -> bool:
        """Tell whether the marker ends the current section, rather than being a heading within it."""
        if not self._current:
            return True
        if marker.is_run_in:
            is_new = not any(name.startswith(f"{marker.section}:") for name in self.opened)
            return marker.section != self._current and is_new
        if not self._depth or marker.depth <= self._depth:
            return True
        if marker.section == self._current or self._tops.get(marker.section, 99) <= self._depth:
            return False
        self.unsure.append(f"“{marker.words}”是下一级的小标题，按意思放到了“{SECTION_WORDS[marker.section]}”，请核对。")
        return True

    def _open(self, marker: Marker) -> None:
        is_again = any(name.startswith(f"{marker.section}:") for name in self.opened)
        self._current, self._depth = marker.section, marker.depth
        self._headings = []
        self.captions.reset()
        self.opened.append(f"{marker.section}:{marker.words}")
        if marker.is_topic or (is_again and not marker.is_run_in):
            self.writers[marker.section].heading(marker.words)
            self.lines["summary"] += [marker.words] if marker.section == "summary" else []
        if marker.is_plain and marker.is_meant and not is_again:
            self.understood.append(f"小标题“{marker.words}”认作“{SECTION_WORDS[marker.section]}”。")
        if not marker.is_plain:
            self.unsure.append(f"小标题“{marker.words}”不止一个意思，放到了“{SECTION_WORDS[marker.section]}”，请核对。")

    def _place(self, images: list[ImageRef]) -> None:
        self.writers[self.section].place(self.captions.add_images(images, self.section))

    def _put(self, block: Paragraph) -> None:
        """Write a paragraph, and its images behind it, wherever in it they float."""
        marks = self.captions.add_images(block.images, self.section)
        if block.text and not self.captions.attach(block):
            tail = self._turns.outcomes.get(id(block), "")
            if tail and self.section in ("background", "approach") and not self._is_named:
                block = self._take_outcome(block, tail)
            if block is not None:
                self._put_text(plain(block), block)
                self.lines[self.section].append(plain(block))
        self.writers[self.section].place(marks)

    def _take_outcome(self, block: Paragraph, tail: str) -> Paragraph | None:
        """Put the end of a paragraph into results, its topic above it where it points back; return what is left of it."""
        taken = Paragraph(cut_rest(block, tail), size=block.size)
        kept = Paragraph(cut_rest(block, tail, before=True), size=block.size)
        if self._topic and POINTS_BACK.match(tail):
            self.writers["results"].heading(self._topic)
            self._topic = ""
        self.captions.reset()
        self.writers["results"].add(taken)
        self.lines["results"].append(plain(taken))
        self.unsure.append(f"“{plain(taken)[:16]}……”像是结果，从“{SECTION_WORDS[self.section]}”移到了“成效”，请核对。")
        return kept if kept.text else None

    def _put_text(self, text: str, block: Block | None = None) -> None:
        """Note that ``text`` comes: no caption of the images before it, and lead where no section is open yet."""
        self.captions.reset()
        self.lead += 0 if self._current else len(text)
        if block is not None:
            self.writers[self.section].add(block)


def images_in(table: Table) -> list:
    """List the images anywhere in a table, in order."""
    found = []
    for row in table.rows:
        for cell in row:
            for block in cell.blocks:
                found.extend(images_in(block) if isinstance(block, Table) else block.images)
    return found
