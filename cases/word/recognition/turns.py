"""Where a text without headings turns to another part: below 案例简介, and at the end, where results stand unnamed."""

import re
from dataclasses import dataclass, field

from cases.word.docx.blocks import Block, Paragraph
from cases.word.recognition.flow import divide, ending, results_from
from cases.word.recognition.headings import classify_heading, strip_number, topic_of
from cases.word.recognition.images import is_caption
from cases.word.recognition.markdown import plain
from cases.word.recognition.markers import Marker, cut_rest, is_heading, shown

PLAN_TOPIC = re.compile("下一步|下阶段|下一阶段|未来|展望|打算|结语|亮点|总结|特点")  # may follow results
SHORT = 120  # characters of a summary that goes on
FEW = 4  # paragraphs before a first topic that are background as a whole


@dataclass
class Run:
    """A heading (None: the top of the text) and the paragraphs right below it."""

    head: Paragraph | None
    texts: list[Paragraph] = field(default_factory=list)


@dataclass
class Turns:
    """``sections``: what is opened, by the id of the paragraph; ``last_topics``: ids of headings at the end that speak of
    results; ``is_summary_above``: 案例简介 has nothing under it, what stands before it is meant."""

    sections: dict[int, str] = field(default_factory=dict)
    last_topics: set[int] = field(default_factory=set)
    is_summary_above: bool = False


def find_turns(blocks: list[Block], markers: dict[int, Marker | None], numbered: set[int]) -> Turns:
    """Find the turns of ``blocks``; a last paragraph of which only the end speaks of results is cut in two, in place."""
    turns, runs = Turns(), [Run(None)]
    named = {marker.section for marker in markers.values() if marker}
    has_markers = bool(named)
    for block in blocks:
        if not isinstance(block, Paragraph):
            continue
        if markers[id(block)] or is_heading(block) or id(block) in numbered:
            meanings = set() if markers[id(block)] else _meanings(block)
            named |= meanings
            has_markers = has_markers or bool(meanings)
            runs.append(Run(block))
        elif block.text and not is_caption(block):
            runs[-1].texts.append(block)
    topics = [run.head for run in runs[1:] if markers[id(run.head)] is None]
    while topics and ("results" in _meanings(topics[-1]) or PLAN_TOPIC.search(plain(topics[-1]))):
        turns.last_topics.add(id(topics.pop()))
    for run in runs:
        marker = markers[id(run.head)] if run.head else None
        if marker is not None and marker.section == "summary":
            turns.is_summary_above |= not run.texts and not marker.rest
            flow = after_summary(run, marker)
        else:
            flow = run.texts if not has_markers and run.head is None and len(run.texts) >= FEW else []
        if flow and "background" not in named:
            divide_flow(flow, turns, is_last=run is runs[-1], has_results="results" in named)
    if len(runs) > 1 and "results" not in {*named, *turns.sections.values()}:
        find_results(runs[-1].texts, blocks, markers, turns)
    return turns


def _meanings(heading: Paragraph) -> set[str]:
    """Return the parts a heading may speak of."""
    words = strip_number(shown(heading)).words
    return {classify_heading(words)[0], topic_of(words)} - {""}


def after_summary(run: Run, marker: Marker) -> list[Paragraph]:
    """Return what goes on below 案例简介 after the summary: its first paragraph, and short ones after it."""
    length, kept = len("".join(span.text for span in marker.rest)), 0
    while kept < len(run.texts) and (not length or length + len(plain(run.texts[kept])) <= SHORT):
        length += len(plain(run.texts[kept]))
        kept += 1
    return run.texts[kept:]


def divide_flow(flow: list[Paragraph], turns: Turns, *, is_last: bool, has_results: bool) -> None:
    first, last = divide([plain(one) for one in flow])
    last = last if is_last and not has_results else len(flow)
    if not is_last and len(flow) < FEW:
        first = last = len(flow)  # what stands before the first topic
    for at, section in ((0, "background"), (first, "approach"), (last, "results")):
        if at < len(flow):
            turns.sections[id(flow[at])] = section


def find_results(texts: list[Paragraph], blocks: list[Block], markers: dict[int, Marker | None], turns: Turns) -> None:
    first = results_from([plain(one) for one in texts])
    if texts and first == len(texts) and (tail := ending(plain(texts[-1]))):
        last = texts[-1]
        cut, last.spans = Paragraph(cut_rest(last, tail), size=last.size), cut_rest(last, tail, before=True)
        texts.append(cut)
        blocks.insert(next(at for at, block in enumerate(blocks) if block is last) + 1, cut)
        markers[id(cut)] = None
    if first < len(texts):
        turns.sections[id(texts[first])] = "results"
