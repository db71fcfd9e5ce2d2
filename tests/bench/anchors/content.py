"""The public cases as plain rows, for servers that are not ours."""

import json
import sqlite3
from pathlib import Path

FACETS = ("audience", "need", "instrument", "priority")


def write_rows(path: Path) -> None:
    """One JSON line a case: its texts, names, terms by facet, figures. Runs with the portal's settings and database."""
    from cases.models import Case  # noqa: PLC0415

    cases = Case.objects.published().select_related("institution", "category", "collection")
    with path.open("w", encoding="utf-8") as file:
        for case in cases.prefetch_related("terms", "figures").order_by("pk").iterator(chunk_size=2000):
            terms = {facet: [term.name for term in case.terms.all() if term.facet == facet] for facet in FACETS}
            figures = [(figure.label, figure.value, figure.as_of) for figure in case.figures.all()]
            row = {name: getattr(case, name) for name in ("code", "title", "subtitle", "summary", *Case.SECTIONS)}
            row |= {"institution": case.institution.name, "category": case.category.name, "year": case.collection.year}
            file.write(json.dumps(row | terms | {"figures": figures}, ensure_ascii=False) + "\n")


def write_datasette(rows: Path, path: Path) -> None:
    """Datasette's database: tables with foreign keys, facets as arrays, indexes, full-text search by trigrams, as its manual has it."""
    import sqlite_utils  # noqa: PLC0415 -- of the other environment

    database = sqlite_utils.Database(sqlite3.connect(path))
    cases, figures = [], []
    for line in rows.open(encoding="utf-8"):
        row = json.loads(line)
        figures += [{"case": row["code"], "label": a, "value": b, "as_of": c} for a, b, c in row.pop("figures")]
        cases.append(row)
    database["cases"].insert_all(cases, pk="code")
    database["figures"].insert_all(figures, pk="id", foreign_keys=[("case", "cases", "code")])
    for name in ("institution", "category", "year"):
        database["cases"].create_index([name])
    database["cases"].enable_fts(
        ["title", "subtitle", "summary", "background", "approach", "results"], tokenize="trigram"
    )
    database.analyze()
    database.conn.commit()


if __name__ == "__main__":
    import sys

    write_datasette(Path(sys.argv[1]), Path(sys.argv[2]))
