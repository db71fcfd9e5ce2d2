"""Cases beside each other: what each says under one heading, and in words where they agree and where they differ."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from cases.figures.drawing import share_of
from cases.models import FACETS, AdviceKind, Case, FigureKind, KeyFigure

NAMES = "甲乙丙丁"
MOST = len(NAMES)
SAME, PARTLY, DIFFERENT = "= 相同", "≈ 部分相同", "≠ 不同"


@dataclass(frozen=True)
class Item:
    """One thing a cell says; ``is_shared``: every case that says anything says it, too."""

    text: str
    url: str = ""
    is_shared: bool = False


@dataclass(frozen=True)
class Row:
    """``cells`` in the order of the cases; ``verdict`` says in words how they compare. ``kind`` chooses how it is set."""

    label: str
    cells: list[list]
    verdict: str = ""
    kind: str = "items"


@dataclass
class Comparison:
    cases: list[Case]
    rows: list[Row] = field(default_factory=list)

    @property
    def columns(self) -> list[tuple[str, Case]]:
        return list(zip(NAMES, self.cases, strict=False))


def compare(cases: Sequence[Case]) -> Comparison:
    """Cases fetched with ``for_detail``, at most ``MOST``, row by row. Rows about which none says anything are left out."""
    rows = [
        row_of("机构", cases, lambda case: [(case.institution.name, case.institution.get_absolute_url())]),
        row_of("章节", cases, lambda case: [(case.category.name, case.category.get_absolute_url())]),
        row_of("时间", cases, lambda case: [(case.period, "")]),
        row_of("地区", cases, lambda case: [(name, "") for name in case.regions.split("、")]),
        *(row_of(facet.label, cases, terms_of(facet.key)) for facet in FACETS.values() if not facet.is_open),
        Row("讲了什么", [[case] if case.summary else [] for case in cases], kind="summary"),
        Row(
            "产品",
            [list(case.offers.all()) for case in cases],
            missing(cases, lambda case: case.offers.all()),
            "products",
        ),
        *(advice_row(cases, kind, label) for kind, label in AdviceKind.choices),
        *figure_rows(cases),
        row_of("出处", cases, lambda case: [(str(case.collection), case.collection.get_absolute_url())]),
    ]
    return Comparison(list(cases), [row for row in rows if any(row.cells)])


def row_of(label: str, cases: Sequence[Case], read: Callable[[Case], Iterable[tuple[str, str]]]) -> Row:
    """What may be the same: ``read`` gives (text, address) of each thing a case says."""
    told = [[(text, url) for text, url in read(case) if text] for case in cases]
    sets = [{text for text, _ in items} for items in told if items]
    shared = set.intersection(*sets) if len(sets) > 1 else set()
    cells = [[Item(text, url, text in shared) for text, url in items] for items in told]
    return Row(label, cells, verdict_of(sets, shared) or missing(cases, lambda case: told[cases.index(case)]))


def verdict_of(sets: Sequence[set[str]], shared: set[str]) -> str:
    if len(sets) < 2:
        return ""
    return SAME if all(said == shared for said in sets) else PARTLY if shared else DIFFERENT


def missing(cases: Sequence[Case], told: Callable[[Case], Iterable]) -> str:
    """Which of the cases say something, where not all do: 只有甲写了."""
    saying = [name for name, case in zip(NAMES, cases, strict=False) if list(told(case))]
    return f"只有{'、'.join(saying)}写了" if 0 < len(saying) < len(cases) else ""


def terms_of(facet: str) -> Callable[[Case], Iterable[tuple[str, str]]]:
    return lambda case: [(term.name, term.get_absolute_url()) for term in case.terms.all() if term.facet == facet]


def advice_row(cases: Sequence[Case], kind: str, label: str) -> Row:
    told = [[Item(row.text) for row in case.advice.all() if row.kind == kind] for case in cases]
    return Row(label, told, missing(cases, lambda case: told[cases.index(case)]), "advice")


def figure_rows(cases: Sequence[Case]) -> list[Row]:
    """A row for each kind and base unit that two of the cases have figures of, the most frequent first."""
    measures: dict[tuple[str, str], list[list[KeyFigure]]] = {}
    for place, case in enumerate(cases):
        for figure in case.figures.all():
            if figure.base_unit and figure.amount is not None:
                cells = measures.setdefault((figure.kind, figure.base_unit), [[] for _ in cases])
                cells[place].append(figure)
    rows = []
    for (kind, unit), cells in measures.items():
        if sum(map(bool, cells)) > 1:
            every = [figure for cell in cells for figure in cell]
            most = max(figure.amount for figure in every)
            for figure in every:
                figure.share = share_of(figure.amount, most)
            rows.append(Row(f"{FigureKind(kind).label}，以“{unit}”计", cells, kind="figures"))
    return sorted(rows, key=lambda row: -sum(map(len, row.cells)))
