"""The facets of the vocabulary: the one list that filters, counts, related cases, sheets, checks and the API follow.

To add one: an entry here (a key of at most 12 characters; its place is its order), ``manage.py makemigrations`` (the choices
of ``Term.facet``), its name in README.md.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Facet:
    """A kind of term.

    ``weight`` is how much a shared term makes two cases alike, and ``reason`` how readers are told what these share
    (empty: they are not); ``is_required`` says that a case needs a term of it, or of another such facet, to be published (few
    sources bear out one of each); ``is_open`` that editors add terms as they need them, so that lists offer the most frequent, after everything else.
    """

    key: str
    label: str
    weight: float = 1.0
    reason: str = ""
    is_required: bool = True
    is_open: bool = False
    sheet_help: str = "标签名，几个用顿号分开。"
    sheet_width: int = 20


FACETS: dict[str, Facet] = {
    facet.key: facet
    for facet in (
        Facet("audience", "服务对象", weight=0.7, reason="都服务"),
        Facet("need", "解决问题", weight=1.2, reason="难处同为"),
        Facet("instrument", "金融工具", weight=1.2, reason="同为"),
        Facet("priority", "五篇大文章", weight=0.3, is_required=False, sheet_width=14),
        Facet(
            "keyword",
            "关键词",
            weight=2.5,
            reason="都写到",
            is_required=False,
            is_open=True,
            sheet_help="标签名，几个用顿号分开；新的关键词请先在“标签”里加上。",
            sheet_width=30,
        ),
    )
}
FACET_CHOICES = [(facet.key, facet.label) for facet in FACETS.values()]
