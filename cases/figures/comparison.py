"""Cases beside each other: what each says under one heading, and in words where they agree and where they differ."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from cases.figures.drawing import share_of
from cases.models import FACETS, AdviceKind, Case, Category, Collection, FigureKind, Institution, KeyFigure, Term
from cases.public.amounts import said_unit
from cases.public.languages import said, say

MOST = 4


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
    is_same: bool = False


@dataclass
class Comparison:
    cases: list[Case]
    rows: list[Row] = field(default_factory=list)

    @property
    def columns(self) -> list[tuple[str, Case]]:
        return list(zip(names(), self.cases, strict=False))


def names() -> str:
    """What the cases are called in turn: 甲, 乙 …; A, B …"""
    return say("甲乙丙丁")


def compare(cases: Sequence[Case]) -> Comparison:
    """Cases fetched with ``for_detail``, at most ``MOST``, row by row. Rows about which none says anything are left out."""
    rows = [
        row_of(say("机构"), cases, lambda case: [named(case.institution, "name")]),
        row_of(say("章节"), cases, lambda case: [named(case.category, "name")]),
        row_of(say("时间"), cases, lambda case: [(case.period, "")]),
        row_of(say("地区"), cases, lambda case: [(name, "") for name in case.regions.split("、")]),
        *(row_of(say(facet.label), cases, terms_of(facet.key)) for facet in FACETS.values() if not facet.is_open),
        Row(say("讲了什么"), [[case] if case.summary else [] for case in cases], kind="summary"),
        Row(
            say("产品"),
            [list(case.offers.all()) for case in cases],
            missing(cases, lambda case: case.offers.all()),
            "products",
        ),
        *(advice_row(cases, kind, say(label)) for kind, label in AdviceKind.choices),
        *figure_rows(cases),
        row_of(say("出处"), cases, lambda case: [named(case.collection, "quoted")]),
    ]
    return Comparison(list(cases), [row for row in rows if any(row.cells)])


def named(row: Category | Collection | Institution | Term, name: str) -> tuple[str, str]:
    return said(row, name), row.get_absolute_url()


def row_of(label: str, cases: Sequence[Case], read: Callable[[Case], Iterable[tuple[str, str]]]) -> Row:
    """What may be the same: ``read`` gives (text, address) of each thing a case says."""
    told = [[(text, url) for text, url in read(case) if text] for case in cases]
    sets = [{text for text, _ in items} for items in told if items]
    shared = set.intersection(*sets) if len(sets) > 1 else set()
    cells = [[Item(text, url, text in shared) for text, url in items] for items in told]
    is_same = len(sets) > 1 and all(own == shared for own in sets)
    verdict = (
        verdict_of(shared, is_same=is_same) if len(sets) > 1 else missing(cases, lambda case: told[cases.index(case)])
    )
    return Row(label, cells, verdict, is_same=is_same)


def verdict_of(shared: set[str], *, is_same: bool) -> str:
    return say("= 相同") if is_same else say("≈ 部分相同") if shared else say("≠ 不同")


def missing(cases: Sequence[Case], told: Callable[[Case], Iterable]) -> str:
    """Which of the cases say something, where not all do: 只有甲写了."""
    saying = [name for name, case in zip(names(), cases, strict=False) if list(told(case))]
    return say("只有{0}写了", say("、").join(saying)) if 0 < len(saying) < len(cases) else ""


def terms_of(facet: str) -> Callable[[Case], Iterable[tuple[str, str]]]:
    return lambda case: [named(term, "name") for term in case.terms.all() if term.facet == facet]


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
            rows.append(Row(say("{0}，以“{1}”计", say(FigureKind(kind).label), said_unit(unit)), cells, kind="figures"))
    return sorted(rows, key=lambda row: -sum(map(len, row.cells)))
