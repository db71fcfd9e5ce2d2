"""How often a search finds what it should, at which place, beside plain engines on the same queries.

    python -m tests.bench.search_quality            the table, in Markdown; --misses lists what was not first
    python -m tests.bench.search_quality --golden   also writes the first five of each query for tests/search

``queries.tsv`` is what the engine was tuned on, ``queries_holdout.tsv`` was written after and is never tuned on.
A query counts by the place of the first case that answers it.
"""

import argparse
import json
import sqlite3
import sys
from collections import defaultdict
from pathlib import Path

from tests.bench.databases import ENGINES, database, in_process, reachable

HERE = Path(__file__).parent
SETS = {
    "tuned": HERE / "queries.tsv",
    "hold-out": HERE / "queries_holdout.tsv",
    "paraphrased": HERE / "queries_paraphrased.tsv",
}
GOLDEN = HERE.parent / "search" / "first_five.tsv"
SHOWN = 10
Found = dict[str, list[str]]  # query -> codes


def read(path: Path) -> list[tuple[str, str, list[str]]]:
    """(query, kind, codes that answer it)."""
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    return [(query, kind, codes.split()) for query, kind, codes in (line.split("\t") for line in lines)]


def every_query() -> list[str]:
    return list(dict.fromkeys(query for path in SETS.values() if path.exists() for query, _, _ in read(path)))


def ranks(queries: list[tuple[str, str, list[str]]], found: Found) -> list[int]:
    """The place of the first right case for each query, 0 where it is not among ``SHOWN``."""
    return [
        next((place for place, code in enumerate(found[query][:SHOWN], 1) if code in right), 0)
        for query, _, right in queries
    ]


def measures(places: list[int]) -> tuple[float, float, float, float]:
    """MRR@10, hit@1, hit@3, hit@5."""
    hits = [sum(0 < place <= n for place in places) / len(places) for n in (1, 3, 5)]
    return (sum(1 / place for place in places if place) / len(places), *hits)


def search_all() -> dict[str, Found]:
    """Engine -> query -> codes, ours and the rivals, on the database in use."""
    import django  # noqa: PLC0415 -- only the worker has a database

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from cases.models import Case  # noqa: PLC0415
    from cases.search.results import search  # noqa: PLC0415
    from tests.bench.rivals import load, rivals  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    call_command("seed", verbosity=0)
    codes = dict(Case.objects.values_list("pk", "code"))
    found: dict[str, Found] = {connection.vendor: {}}
    for query in every_query():
        hits = search(query)
        found[connection.vendor][query] = [codes[key] for key in hits.page(hits.keys, 0, SHOWN)]
    if connection.vendor == "sqlite":
        plain = sqlite3.connect(":memory:")
        load(plain, documents())
        for name, rival in rivals(plain).items():
            found[name] = {query: [codes[key] for key in rival(query, SHOWN)] for query in every_query()}
    return found


def documents() -> list[tuple[int, str, str, str]]:
    """What a plain engine would be given of each case: the names on the page, no other names."""
    from cases.models import Case  # noqa: PLC0415

    cases = Case.objects.published().select_related("institution", "category", "collection")
    rows = []
    for case in cases.prefetch_related("terms", "figures").order_by("pk"):
        rest = [case.institution.name, case.institution.short_name, case.category.name, case.collection.title]
        rest += [term.name for term in case.terms.all()]
        rest += [f"{figure.label} {figure.value} {figure.note}" for figure in case.figures.all()]
        rest += [case.regions, case.background, case.approach, case.results]
        rows.append((case.pk, case.title, f"{case.subtitle} {case.summary}", "\n".join(rest)))
    return rows


def table(name: str, queries: list[tuple[str, str, list[str]]], found: dict[str, Found]) -> str:
    """One Markdown table: MRR@10 by kind, all measures overall."""
    kinds = defaultdict(list)
    for query in queries:
        kinds[query[1]].append(query)
    lines = [f"| {name}: {len(queries)} queries | {' | '.join(found)} |", "| --- |" + " --- |" * len(found)]
    for kind, own in kinds.items():
        cells = [f"{measures(ranks(own, answers))[0]:.3f}" for answers in found.values()]
        lines.append(f"| {kind} ({len(own)}), MRR@10 | {' | '.join(cells)} |")
    told = [measures(ranks(queries, answers)) for answers in found.values()]
    for place, label in enumerate(("MRR@10", "hit@1", "hit@3", "hit@5")):
        lines.append(f"| **all, {label}** | {' | '.join(f'**{values[place]:.3f}**' for values in told)} |")
    return "\n".join(lines)


def agreement(found: dict[str, Found], depth: int = 5) -> float:
    """The share of queries whose first five are the same, in the same order, on both of our engines."""
    ours = [found[engine] for engine in ENGINES if engine in found]
    return sum(ours[0][query][:depth] == ours[-1][query][:depth] for query in ours[0]) / len(ours[0])


def misses(name: str, queries: list[tuple[str, str, list[str]]], found: Found) -> None:
    for (query, kind, right), place in zip(queries, ranks(queries, found), strict=True):
        if place != 1:
            print(f"{name} {kind:12} {query}  place {place or '-'}  want {' '.join(right[:4])}  got {found[query][:4]}")


def write_golden(found: Found) -> None:
    lines = ["query\tfirst five", *(f"{query}\t{' '.join(codes[:5])}" for query, codes in found.items())]
    GOLDEN.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser()
    for flag in ("--misses", "--golden", "--worker"):
        parser.add_argument(flag, action="store_true")
    parser.add_argument("--engines", default=",".join(ENGINES))
    options = parser.parse_args()
    if options.worker:
        print(json.dumps(search_all()))
        return
    found: dict[str, Found] = {}
    for engine in filter(reachable, options.engines.split(",")):
        with database(engine) as url:
            found |= in_process("tests.bench.search_quality", url)
    found = {name: found[name] for name in sorted(found, key=lambda name: name not in ENGINES)}
    for name, path in SETS.items():
        if path.exists():
            print(table(name, read(path), found), end="\n\n")
            if options.misses:
                misses(name, read(path), next(iter(found.values())))
    print(f"same first five on both engines: {agreement(found):.1%}", file=sys.stdout)
    if options.golden:
        write_golden(found["sqlite"])


if __name__ == "__main__":
    main()
