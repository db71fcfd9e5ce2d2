"""A case turned into what the index holds of it."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields

from django.db.models import prefetch_related_objects

from cases.models.case import Case, CaseStatus
from cases.models.content import AdviceKind
from cases.models.institution import Institution
from cases.search import analysis, lexicon
from cases.search.analysis import Segmenter, join_cjk, normalize, strip_markdown

BREAK = "\n"  # between pieces of a field: no phrase reaches across it


@dataclass(frozen=True)
class Content:
    """The fields of a case, folded, by weight: see ``ranking.WEIGHTS``."""

    title: str
    names: str
    terms: str
    plain: str
    lead: str
    figures: str
    body: str
    rows: str

    @property
    def digest(self) -> str:
        text = "\0".join((str(analysis.VERSION), *asdict(self).values()))
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def head(self) -> str:
        return BREAK.join((self.title, self.names, self.terms, self.plain))

    def whole(self) -> str:
        return BREAK.join((self.head(), self.rest()))

    def rest(self) -> str:
        return BREAK.join((self.lead, self.figures, self.body, self.rows))


CONTENT_FIELDS = tuple(field.name for field in fields(Content))
ROWS = {
    "highlights": "highlights",
    "steps": "steps",
    "advice": "advice",
    "editornotes": "editornotes",
    "offers": "offers__product",
    "documents": "documents",
}


def read_cases(keys: list[int]) -> list[Case]:
    """The cases as ``content_of`` needs them."""
    cases = Case.objects.filter(pk__in=keys).select_related("category", "collection", "institution__parent")
    return with_rows(list(cases.prefetch_related("terms", "figures").order_by("pk")))


def with_rows(cases: list[Case]) -> list[Case]:
    """Fetch the rows of ``cases``: at most a query for each kind of rows, none for kinds known to be absent."""
    paths = [path for name, path in ROWS.items() if any(getattr(case, f"has_{name}", True) for case in cases)]
    prefetch_related_objects(cases, *paths)
    return cases


def content_of(case: Case) -> Content:
    """The texts of a case fetched with institution, parent, category, collection, terms, figures and ``ROWS``."""
    terms = list(case.terms.all())
    figures = (f"{f.label} {f.value} {f.as_of} {f.note}" for f in case.figures.all())
    # ``for_recording`` says which kinds there are none of, and these are not fetched.
    rows = {name: list(getattr(case, name).all()) if getattr(case, f"has_{name}", True) else [] for name in ROWS}
    highlights = (f"{row.text} {row.as_of}" for row in rows["highlights"])
    steps = (f"{row.as_of} {row.source} {row.text} {row.amount} {row.target}" for row in rows["steps"])
    products = (BREAK.join((offer.product.name, *offer.product.other_name_list)) for offer in rows["offers"])
    conditions = (
        BREAK.join((offer.audience, offer.amount, offer.term, offer.rate, offer.conditions)) for offer in rows["offers"]
    )
    # What a source does not say is no reason to be found by it.
    advice = (row.text for row in rows["advice"] if row.kind != AdviceKind.UNSAID)
    documents = (f"{document.title}{BREAK}{document.number}" for document in rows["documents"])
    notes = (note.text for note in rows["editornotes"])
    sections = (getattr(case, name) for name in Case.SECTIONS)
    names = [*names_of(case.institution), case.category.name, case.collection.title, str(case.collection.year)]
    return Content(
        title=_joined([case.title]),
        names=_joined([*names, case.code, case.regions]),
        terms=_joined(term.name for term in terms),
        plain=_joined((*(BREAK.join(term.other_name_list) for term in terms), *products)),
        lead=_joined((case.subtitle, case.summary)),
        figures=_joined((*figures, *highlights)),
        body=_joined(strip_markdown(text) for text in (*sections, case.period)),
        rows=_joined((*conditions, *steps, *advice, *documents, *notes)),
    )


def _joined(texts: Iterable[str]) -> str:
    return join_cjk(normalize(BREAK.join(texts)))


def names_of(institution: Institution) -> list[str]:
    """Every name an institution goes by, its parent's among them: a branch is found by the bank."""
    names = [institution.name, institution.short_name, *institution.other_name_list]
    parent = institution.parent
    return [*names, parent.name, parent.short_name, *parent.other_name_list] if parent else names


def tokens_of(content: Content, segmenter: Segmenter) -> tuple[set[str], set[str]]:
    """(head tokens, body tokens); the body holds the head's too, so that words may meet across fields."""
    head = segmenter.tokens(content.head())
    return head, head | segmenter.tokens(content.rest())


def bitmap_keys(case: Case) -> set[str]:
    """The keys of the bitmaps the case belongs to."""
    keys = {
        f"category:{case.category_id}",
        f"institution:{case.institution_id}",
        f"collection:{case.collection_id}",
        *(f"term:{term.pk}" for term in case.terms.all()),
    }
    return keys | {f"status:{CaseStatus.PUBLISHED}"} if case.status == CaseStatus.PUBLISHED else keys


def title_words(content: Content, segmenter: Segmenter) -> set[str]:
    """Words worth suggesting and correcting to: of the title, and Latin ones (product names) of the whole text."""
    words = {
        word
        for run in analysis.runs(content.title)
        if analysis.is_han(run)
        for word in segmenter.words(run)
        if 2 <= len(word) <= analysis.MAX_TOKEN and word not in lexicon.STOP_WORDS
    }
    latin = {run for run in analysis.runs(content.whole()) if run[0].isalpha() and run.isascii()}
    return words | {word for word in latin if 3 <= len(word) <= analysis.MAX_TOKEN}


def signature(content: Content) -> str:
    """The pairs of characters that mark a text, most frequent first, for likeness without reading it again."""
    text = "\n".join((content.title, content.lead, content.body))
    counted: Counter[str] = Counter()
    for run in analysis.runs(text):
        counted.update(analysis.bigrams(run) if analysis.is_han(run) else [run])
    frequent = [
        (-n, pair) for pair, n in counted.items() if n > 1 and len(pair) > 1 and pair not in lexicon.CORPUS_STOP_WORDS
    ]
    return " ".join(pair for _, pair in sorted(frequent)[: lexicon.SIGNATURE] if pair not in lexicon.STOP_WORDS)
