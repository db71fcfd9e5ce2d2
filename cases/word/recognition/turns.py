"""Where a text without headings turns to another part: below 案例简介, and at the end, where results stand unnamed."""

import re
from dataclasses import dataclass, field

from cases.word.docx.blocks import Block, Paragraph
from cases.word.recognition.flow import SURE, SURER, divide, ending, is_outcome, results_from, tells_plight
from cases.word.recognition.headings import classify_heading, strip_number, topic_of
from cases.word.recognition.images import is_caption
from cases.word.recognition.markdown import plain
from cases.word.recognition.markers import Marker, is_heading, shown

PLAN_TOPIC = re.compile("下一步|下阶段|下一阶段|未来|展望|打算|结语|亮点|总结|特点")  # may follow results
LEAD = 200  # characters of a first paragraph that is a summary where nothing is named
SHORT = 120  # characters of a summary that goes on
FEW = 4  # paragraphs before a first topic that are background as a whole


@dataclass
class Run:
    """A heading (None: the top of the text) and the paragraphs right below it."""

    head: Paragraph | None
    texts: list[Paragraph] = field(default_factory=list)


@dataclass
class Turns:
    """``sections``: what is opened, by the id of the paragraph; ``outcomes``: the end of a paragraph, or all of it, that is
    results where no heading names them; ``last_topics``: ids of headings at the end that speak of results;
    ``ends``: where results begin at the end of a part that the file names otherwise; ``is_summary_above``: 案例简介 has nothing under it, what stands before it is meant."""

    sections: dict[int, str] = field(default_factory=dict)
    outcomes: dict[int, str] = field(default_factory=dict)
    last_topics: set[int] = field(default_factory=set)
    ends: set[int] = field(default_factory=set)
    lead: str = "background"


def find_turns(blocks: list[Block], markers: dict[int, Marker | None], numbered: set[int]) -> Turns:
    """Find where the parts turn without being named: a part opens at a paragraph, or a paragraph leaves its topic."""
    turns, runs = Turns(), find_runs(blocks, markers, numbered)
    named = {marker.section for marker in markers.values() if marker}
    named = named.union(*(_meanings(run.head) for run in runs[1:] if not markers[id(run.head)]))
    topics = [run.head for run in runs[1:] if markers[id(run.head)] is None]
    while topics and ("results" in _meanings(topics[-1]) or PLAN_TOPIC.search(plain(topics[-1]))):
        turns.last_topics.add(id(topics.pop()))
    turns.lead = lead_section(runs, markers, named)
    has_results = results_are_named(runs, markers, numbered, turns)
    if len(runs) > 1 and not has_results:
        find_outcomes(runs[1:], markers, turns)
    is_done_named = any(marker and marker.section == "approach" for marker in markers.values())
    for run in runs:
        if run.head is None:
            flow = run.texts if not named and len(run.texts) >= FEW else []
            if flow and len(plain(flow[0])) <= LEAD and not tells_plight(plain(flow[0])):
                turns.sections[id(flow[0])] = "summary"
                flow = flow[1:]
        else:
            flow = texts_to_tell(run, markers) if markers[id(run.head)] else []
        if flow and "background" not in named:
            has_background = bool(runs[0].texts) and runs[0] is not run
            divide_flow(flow, turns, is_last=run is runs[-1], has_results=has_results, has_background=has_background)
    if is_done_named and not has_results and runs[-1].texts:
        texts = runs[-1].texts
        turns.ends |= {id(one) for one in texts[results_from([plain(one) for one in texts]) :][:1]}
    if len(runs) > 1 and not has_results and not turns.outcomes and "results" not in turns.sections.values():
        find_results([texts_to_tell(run, markers) for run in runs[1:]], turns)
    return turns


def lead_section(runs: list[Run], markers: dict[int, Marker | None], named: set[str]) -> str:
    """Return the part that the text above the first heading belongs to, where some heading names a part."""
    text = "".join(plain(one) for one in runs[0].texts)
    if "summary" in named:
        is_above = any(  # 案例简介 has nothing under it, what stands before it is meant
            marker.section == "summary" and not run.texts and not marker.rest
            for run in runs[1:]
            if (marker := markers[id(run.head)])
        )
        is_done = "background" in named and not tells_plight(text)  # else there would be no background at all
        return "summary" if is_above else "approach" if is_done else "background"
    is_brief = "background" in named or (len(text) <= LEAD and not tells_plight(text))
    return "summary" if text and is_brief else "background"


def find_runs(blocks: list[Block], markers: dict[int, Marker | None], numbered: set[int]) -> list[Run]:
    """Gather the paragraphs under each heading; the first run, at the top, has none."""
    runs = [Run(None)]
    for block in blocks:
        if not isinstance(block, Paragraph):
            continue
        if markers[id(block)] or is_heading(block) or id(block) in numbered:
            runs.append(Run(block))
        elif block.text and not is_caption(block):
            runs[-1].texts.append(block)
    return runs


def _meanings(heading: Paragraph) -> set[str]:
    """Return the parts a heading may speak of."""
    words = strip_number(shown(heading)).words
    return {classify_heading(words)[0], topic_of(words)} - {""}


def results_are_named(runs: list[Run], markers: dict[int, Marker | None], numbered: set[int], turns: Turns) -> bool:
    """Tell whether a heading names results or speaks of them; not so 1. 创新产品成效显著, which other topics follow."""
    return any(marker and marker.section == "results" for marker in markers.values()) or any(
        "results" in _meanings(run.head) and (id(run.head) in turns.last_topics or id(run.head) not in numbered)
        for run in runs[1:]
    )


def texts_to_tell(run: Run, markers: dict[int, Marker | None]) -> list[Paragraph]:
    """Return the paragraphs of a run whose part no name tells: all below a topic; below 案例简介 what goes on after the
    summary, which is its first paragraph, and short ones after it."""
    marker = markers[id(run.head)]
    if marker is None or marker.section != "summary":
        return [] if marker else run.texts
    length, kept = len("".join(span.text for span in marker.rest)), 0
    while kept < len(run.texts) and (not length or length + len(plain(run.texts[kept])) <= SHORT):
        length += len(plain(run.texts[kept]))
        kept += 1
    return run.texts[kept:]


def divide_flow(flow: list[Paragraph], turns: Turns, *, is_last: bool, has_results: bool, has_background: bool) -> None:
    sure = SURER if any(id(text) in turns.outcomes for text in flow) else SURE
    texts = [plain(one) for one in flow]
    first, last = divide(texts, sure)
    last = last if is_last and not has_results else len(flow)
    if not is_last and not has_background and len(flow) < FEW:
        first = last = len(flow)  # what stands before the first topic
    for at, section in ((0, "background"), (first, "approach"), (last, "results")):
        if at < len(flow):
            turns.sections[id(flow[at])] = section


def find_outcomes(runs: list[Run], markers: dict[int, Marker | None], turns: Turns) -> None:
    """Find what may leave its topic for results: no items of a list, and no topic loses all its text but the last, whose
    heading goes along."""
    topics = [run for run in runs if markers[id(run.head)] is None]
    for run in runs:
        texts = texts_to_tell(run, markers)
        is_last = run is runs[-1] and len(topics) > 1 and run is topics[-1]
        if is_last and texts and all(is_outcome(plain(text)) for text in texts):
            turns.sections[id(run.head)] = "results"
            continue
        for at, text in enumerate(texts):
            if not text.listed and not text.label:
                words = plain(text)
                is_whole = at > 0 and not strip_number(words).rank and is_outcome(words)
                if tail := words if is_whole else ending(words, SURER):
                    turns.outcomes[id(text)] = tail


def find_results(topics: list[list[Paragraph]], turns: Turns) -> None:
    """Find results by less sure signs: at the end of the last topic, or of the last paragraph that has some at its end."""
    first = results_from([plain(one) for one in topics[-1]])
    if first < len(topics[-1]):
        turns.sections[id(topics[-1][first])] = "results"
        return
    for text in (text for texts in reversed(topics) for text in reversed(texts)):
        if not text.listed and not text.label and (tail := ending(plain(text))):
            turns.outcomes[id(text)] = tail
            return
