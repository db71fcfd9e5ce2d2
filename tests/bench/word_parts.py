"""What is understood of a Word file: title, institution, chapter, parts and figures, layout by layout.

    python -m tests.bench.word_parts                     texts of the fixtures, in layouts of members
    python -m tests.bench.word_parts --book <folder>     also texts as a book prints them, which no part is known of
    python -m tests.bench.word_parts --quick             without a database: neither institution nor chapter
    python -m tests.bench.word_parts --misses flat       also what stands in another part than it should, of one layout

Of each row one number is of what rules were made with, the other of what was held out: every third case, and whole
layouts (marked *). Text is measured by characters, after what a field cannot hold has gone on in the next part.
"""

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from io import BytesIO
from pathlib import Path

from tests.bench.databases import database, in_process
from tests.bench.word_layouts import BOOK_LAYOUTS, FIXTURE_LAYOUTS, HELD_OUT, written
from tests.bench.word_texts import PARTS, Text, from_book, from_fixtures, sentences

COLUMNS = ("title", "institution", "chapter@1", "chapter@2", "four parts", "right part", "figures", "unsavable", "kept")
BOOK_OF = 10
NUMBER = re.compile(r"\d+(?:\.\d+)?")
CLAUSE = re.compile("[，。；：！？]")


def bare(text: str) -> str:
    return re.sub(r"[^\w%％.]|_", "", text)


def read(write, texts: list[Text], **more):
    from cases.word.recognition.parser import read_case  # noqa: PLC0415 -- needs the settings of the worker

    buffer = BytesIO()
    written(write, texts, **more).save(buffer)
    buffer.seek(0)
    return read_case(buffer, "来稿.docx")


def measure(layout: str, write, text: Text, *, misses: bool, quick: bool) -> dict[str, tuple[float, float]]:
    """Each column as (right, of)."""
    from cases.models import Case  # noqa: PLC0415
    from cases.word.values import rows_of, values_of  # noqa: PLC0415

    document = read(write, [text])
    values, _ = values_of(document)
    rows = rows_of(document)
    values["approach"] += "\n".join([*rows["highlights"], *(one for _, one in rows["advice"])])
    told = {part: bare(values[part]) for part in PARTS}
    everything = bare("\n".join([*values.values(), *(notice.text for notice in document.notices)]))
    count = Counter()
    for line in (line for line in text.lines if not line.is_heading):
        for one, parts in zip(sentences(line.text), line.parts, strict=True):
            for words in filter(None, map(bare, CLAUSE.split(one))):
                found = {part for part in PARTS if words in told[part]}
                count["all"] += len(words)
                count["kept"] += len(words) * (bool(found) or words in everything)
                count["known"] += len(words) * bool(parts)
                count["right"] += len(words) * bool(found & parts)
            if parts and misses and not found & parts:
                print(
                    f"{layout} {text.code} {'/'.join(parts):16} in {'/'.join(found) or '-':10} {one[:90]}",
                    file=sys.stderr,
                )
    has = {part for line in text.lines for parts in line.parts for part in parts}
    offered = {number for figure in document.figures for number in NUMBER.findall(figure.value)}
    return {
        "title": (bare(values["title"]) == bare(text.title), 1),
        **({} if quick else placed(document, text)),
        "four parts": (all(told[part] for part in has), 1),
        "right part": (count["right"], count["known"]),
        "figures": (sum(set(NUMBER.findall(value)) <= offered for value in text.figures), len(text.figures)),
        "unsavable": (bool(errors(Case(**values))), 1),
        "kept": (count["kept"], count["all"]),
    }


def placed(document, text: Text) -> dict[str, tuple[bool, int]]:
    """Institution and chapter; the case itself is not among those that the text is compared with."""
    from cases.models import Case, CaseStatus, Collection  # noqa: PLC0415
    from cases.word.placing import find_place  # noqa: PLC0415

    own = Case.objects.filter(code=text.code)
    own.update(status=CaseStatus.DRAFT)
    place = find_place(document, collection=Collection.objects.get(slug=text.code.rpartition("-")[0]))
    own.update(status=CaseStatus.PUBLISHED)
    names = [one.name for one in ([place.category] if place.category else place.categories)]
    return {
        "institution": (bool(place.institution and place.institution.name == text.institution), 1),
        "chapter@1": (text.category in names[:1], 1),
        "chapter@2": (text.category in names[:2], 1),
    }


def errors(case) -> dict:
    from django.core.exceptions import ValidationError  # noqa: PLC0415

    try:
        case.clean_fields()
    except ValidationError as error:
        return {name: text for name, text in error.message_dict.items() if name in (*PARTS, "title", "subtitle")}
    return {}


def measure_all(book: str, layouts: list[str], *, misses: bool, quick: bool) -> dict:
    """Layout -> (tuned, held out) -> column -> (right, of); and the books of ten."""
    import django  # noqa: PLC0415 -- only the worker has a database

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    if not quick:
        call_command("migrate", verbosity=0)
        call_command("seed", verbosity=0)
    sets = [(FIXTURE_LAYOUTS, from_fixtures())] + ([(BOOK_LAYOUTS, from_book(Path(book)))] if book else [])
    table, books = {}, {}
    for ways, texts in sets:
        for layout, write in ways.items():
            if layouts and layout not in layouts:
                continue
            sums = [defaultdict(lambda: [0, 0]), defaultdict(lambda: [0, 0])]
            for text in texts:
                found = measure(layout, write, text, misses=misses and not text.is_held_out, quick=quick)
                for column, (right, of) in found.items():
                    sums[text.is_held_out][column][0] += right
                    sums[text.is_held_out][column][1] += of
            table[layout] = sums
            ten = sorted(texts, key=lambda text: text.code)[5 : 5 + BOOK_OF]
            kinds = {"": {}, "pages": {"breaks": True}, "front": {"front": True, "breaks": True}}
            for kind, more in kinds.items():
                one = read(write, ten, **more)
                got = [bare(each.title) for each in (one, *one.others)]
                books[f"{layout} {kind}".strip()] = (len(got), sum(bare(text.title) in got for text in ten))
    return {"table": table, "books": books}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--book", default="")
    parser.add_argument("--layouts", default="")
    parser.add_argument("--misses", default="")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--worker", action="store_true")
    options = parser.parse_args()
    layouts = [one for one in (options.misses or options.layouts).split(";") if one]
    if options.worker:
        print(json.dumps(measure_all(options.book, layouts, misses=bool(options.misses), quick=options.quick)))
        return
    with database("sqlite") as url:
        flags = ["--book", options.book, "--layouts", options.layouts, "--misses", options.misses]
        flags += ["--quick"] * options.quick
        found = in_process("tests.bench.word_parts", url, *flags)
    print(f"| layout | {' | '.join(COLUMNS)} |\n| --- |{' --- |' * len(COLUMNS)}")
    total = {False: defaultdict(lambda: [0, 0]), True: defaultdict(lambda: [0, 0])}
    for layout, sums in found["table"].items():
        cells = []
        for column in COLUMNS:
            pair = [one.get(column, (0, 0)) for one in sums]
            cells.append(" / ".join(share(*one) for one in pair))
            for is_case, one in enumerate(pair):
                into = total[bool(is_case) or layout in HELD_OUT][column]
                into[0], into[1] = into[0] + one[0], into[1] + one[1]
        print(f"| {layout}{'*' * (layout in HELD_OUT)} | {' | '.join(cells)} |")
    for is_held, name in ((False, "**tuned on**"), (True, "**held out**")):
        if total[is_held]:
            print(f"| {name} | {' | '.join(share(*total[is_held][column]) for column in COLUMNS)} |")
    wrong = [
        f"{name}: {count} drafts, {titles} titles"
        for name, (count, titles) in found["books"].items()
        if (count, titles) != (BOOK_OF,) * 2
    ]
    print(
        f"\nbooks of {BOOK_OF}: {len(found['books']) - len(wrong)} of {len(found['books'])} whole\n" + "\n".join(wrong)
    )


def share(right: float, of: float) -> str:
    return f"{100 * right / of:.1f}" if of else "–"


if __name__ == "__main__":
    main()
