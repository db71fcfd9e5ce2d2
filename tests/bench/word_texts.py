"""Cases whose parts are known, as texts that a member might send: from the fixtures, and from printed books where one is at hand.

The fixtures say for each sentence which part it is of. A printed text does not: there each sentence is given the part of
the sentence of the fixture that it is most like, headings that name a part first, neighbours together; what is not clear is not counted.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

FIXTURES = Path(__file__).parents[2] / "fixtures"
PARTS = ("summary", "background", "approach", "results")
MARKS = re.compile(r"\*\*|^[-*]\s+|^\d+\.\s+|^#+\s*", re.MULTILINE)
SENTENCE = re.compile("(?<=[。！？；])")
TOPIC = re.compile(r"^\d{1,2}\s*[.．、]\s*(?=[^\d\s])(?!.*[。，]$)")
NAMED = {
    "background": re.compile("背景|痛点$"),
    "results": re.compile("成效$|效果$|效益$|影响及意义$|成果$|启示$|下一步|案例总结"),
}
CLEAR = 0.03  # how much more a sentence must be like one part than like another
SWITCH = 0.25  # what it costs to change the part between two sentences


@dataclass
class Line:
    """A paragraph or heading; ``part`` of a paragraph, sentence by sentence where they differ. Any of several may be right."""

    text: str
    is_heading: bool = False
    parts: list[set[str]] = field(default_factory=list)

    @property
    def part(self) -> str:
        return min(self.parts[0], default="") if self.parts else ""


@dataclass
class Text:
    """A case: ``lines`` in order; ``figures`` as printed."""

    code: str
    title: str
    institution: str
    category: str
    lines: list[Line]
    figures: list[str]
    title_lines: list[str] = field(default_factory=list)

    @property
    def is_held_out(self) -> bool:
        return sum(map(ord, self.code)) % 3 == 0

    def of(self, part: str) -> list[Line]:
        return [line for line in self.lines if line.part == part]


def sentences(text: str) -> list[str]:
    return [one for one in SENTENCE.split(text) if one.strip()]


def rows() -> dict[str, list[dict]]:
    found: dict[str, list[dict]] = defaultdict(list)
    for path in sorted(FIXTURES.rglob("*.yaml")):
        if "translations" not in path.parts:
            for row in yaml.safe_load(path.read_text(encoding="utf-8")) or []:
                found[row["model"]].append(row["fields"])
    return found


def from_fixtures() -> list[Text]:
    """The texts of the fixtures, each paragraph and each item of a list a line."""
    known, texts = rows(), []
    names = {one["slug"]: one["name"] for one in known["cases.institution"]}
    chapters = {one["slug"]: one["name"] for one in known["cases.category"]}
    figures = defaultdict(list)
    for one in known["cases.keyfigure"]:
        figures[one["case"][0]].append(one["value"])
    for case in known["cases.case"]:
        lines = []
        for part in PARTS:
            for line in filter(None, map(str.strip, MARKS.sub("", case[part]).split("\n"))):
                if not line.startswith("|"):
                    lines.append(Line(line, parts=[{part}] * len(sentences(line))))
        told = "".join(line.text for line in lines)
        own = [value for value in figures[case["code"]] if value.replace(" ", "") in told.replace(" ", "")]
        texts.append(
            Text(case["code"], case["title"], names[case["institution"][0]], chapters[case["category"][0]], lines, own)
        )
    return texts


def from_book(folder: Path) -> list[Text]:
    """The texts of a book as printed, one file a case (its chapter and place its name), told apart by the fixtures."""
    digests = {text.code: text for text in from_fixtures()}
    found = []
    for path in sorted(folder.glob("[0-9]*.txt")):
        digest = digests[f"{folder.name}-{path.stem}"]
        _, _, told = path.read_text(encoding="utf-8").partition("【正文，按阅读顺序】")
        told = told.split("【图注】")[0].strip()
        title_lines, body = _cut_title(told.split("\n"), digest.title)
        lines = [Line(text, is_heading) for text, is_heading in _paragraphs(body)]
        text = Text(digest.code, digest.title, digest.institution, digest.category, lines, [], title_lines)
        squeezed = re.sub(r"\s", "", told)
        text.figures = [value for value in digest.figures if re.sub(r"\s", "", value) in squeezed]
        _tell_parts(text, digest)
        found.append(text)
    return found


def _cut_title(lines: list[str], title: str) -> tuple[list[str], list[str]]:
    def bare(text: str) -> str:
        return re.sub(r"\W|—", "", text)

    for count in range(1, 6):
        if bare("".join(lines[:count])) == bare(title):
            return lines[:count], lines[count:]
        if bare("".join(lines[:count])).startswith(bare(title)):  # the text goes on in the line of the title
            return [title], lines[count:]
    end = next((at for at, line in enumerate(lines) if len(line) > 30 or line == "案例简介"), 1)
    return lines[:end], lines[end:]


def _paragraphs(lines: list[str]) -> Iterator[tuple[str, bool]]:
    """Put lines of print together: a paragraph ends with a sentence on a line shorter than its neighbours."""
    lines = [re.sub(r"[\s\u3000]+", " ", line).strip() for line in lines if line.strip()]
    widths = [sum(2 if ord(sign) > 0x2E80 else 1 for sign in line) for line in lines]
    open_text = ""
    for at, line in enumerate(lines):
        full = max(widths[max(0, at - 3) : at + 4])
        is_named = line == "案例简介" or (TOPIC.match(line) is not None and not open_text)
        if is_named:
            heading = line
            if widths[at] >= 24 and at + 1 < len(lines) and widths[at + 1] < 26 and lines[at + 1][-1] not in "，。；：":
                heading, lines[at + 1] = line + lines[at + 1], ""
            yield heading, True
        elif line:
            open_text += ("" if not open_text or ord(open_text[-1]) > 0x2E80 or ord(line[0]) > 0x2E80 else " ") + line
            if (line[-1] in "。！？”：；" and (widths[at] <= full - 4 or at + 1 == len(lines))) or (
                at + 1 < len(lines)
                and ((TOPIC.match(lines[at + 1]) and line[-1] in "。！？”") or lines[at + 1] == "案例简介")
            ):
                yield open_text, False
                open_text = ""
    if open_text:
        yield open_text, False


def _pairs(text: str) -> set[str]:
    bare = re.sub(r"[^\w%]", "", text)
    return {bare[at : at + 2] for at in range(len(bare) - 1)}


def _tell_parts(text: Text, digest: Text) -> None:
    """Give every sentence its part by likeness to the digest's, the cheapest way through the text."""
    units = [(part, _pairs(one)) for part in PARTS[1:] for line in digest.of(part) for one in sentences(line.text)]
    spread = Counter(pair for _, pairs in units for pair in pairs)

    def weight(pairs: set[str]) -> float:
        return sum(math.log(1 + len(units) / (spread[pair] or 0.5)) for pair in pairs)

    states, steps, named, is_brief = PARTS[1:], [], "", True
    for line in text.lines:
        if line.is_heading:
            is_brief = line.text == "案例简介"
            words = TOPIC.sub("", line.text)
            named = next((part for part, pattern in NAMED.items() if len(words) < 12 and pattern.search(words)), "")
            continue
        for one in sentences(line.text):
            own = _pairs(one)
            likeness = dict.fromkeys(states, 0.0)
            for part, pairs in units:
                likeness[part] = max(
                    likeness[part], weight(own & pairs) / (weight(own | pairs) ** 0.5 * weight(own) ** 0.5 + 1)
                )
            if named:
                likeness[named] += 1
            steps.append((line, likeness, is_brief))
    best = dict.fromkeys(states, 0.0)
    ways: dict[str, list[str]] = {state: [] for state in states}
    for _, likeness, _ in steps:
        came = {state: max(states, key=lambda other: best[other] - SWITCH * (other != state)) for state in states}
        best = {state: best[came[state]] - SWITCH * (came[state] != state) + likeness[state] for state in states}
        ways = {state: [*ways[came[state]], state] for state in states}
    for (line, likeness, is_brief), part in zip(steps, ways[max(best, key=lambda state: best[state])], strict=True):
        others = max(value for other, value in likeness.items() if other != part)
        is_sure = likeness[part] > others + CLEAR  # else nobody can say, and it is not counted
        line.parts.append(({"summary", part} if is_brief else {part}) if is_sure else set())
