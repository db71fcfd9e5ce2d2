"""A case turned into what the index holds of it."""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields

from cases.models import Case, CaseStatus, Institution
from cases.search import analysis, lexicon
from cases.search.analysis import Segmenter, compact, fold, strip_markdown

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

    @property
    def digest(self) -> str:
        text = "\0".join((str(analysis.VERSION), *asdict(self).values()))
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def head(self) -> str:
        return BREAK.join((self.title, self.names, self.terms, self.plain))

    def whole(self) -> str:
        return BREAK.join((self.head(), self.lead, self.figures, self.body))


CONTENT_FIELDS = tuple(field.name for field in fields(Content))


def content_of(case: Case) -> Content:
    """The texts of a case fetched with institution, parent, category, collection, terms and figures."""
    terms = list(case.terms.all())
    figures = (f"{f.label} {f.value} {f.as_of} {f.note}" for f in case.figures.all())
    sections = (case.background, case.approach, case.results)
    names = [*names_of(case.institution), case.category.name, case.collection.title, str(case.collection.year)]
    return Content(
        title=_joined([case.title]),
        names=_joined([*names, case.code, case.regions]),
        terms=_joined(term.name for term in terms),
        plain=_joined(lexicon.plain_words(term.facet, term.slug).replace(" ", BREAK) for term in terms),
        lead=_joined((case.subtitle, case.summary)),
        figures=_joined(figures),
        body=_joined(strip_markdown(text) for text in (*sections, case.period)),
    )


def _joined(texts: Iterable[str]) -> str:
    return compact(fold(BREAK.join(texts)))


def names_of(institution: Institution) -> list[str]:
    """Every name an institution goes by, its parent's among them: a branch is found by the bank."""
    names = [institution.name, institution.short_name, *institution.other_name_list]
    parent = institution.parent
    return [*names, parent.name, parent.short_name, *parent.other_name_list] if parent else names


def tokens_of(content: Content, segmenter: Segmenter) -> tuple[set[str], set[str]]:
    """(head tokens, body tokens); the body holds the head's too, so that words may meet across fields."""
    head = segmenter.tokens(content.head())
    return head, head | segmenter.tokens(BREAK.join((content.lead, content.figures, content.body)))


def sets_of(case: Case) -> set[str]:
    """The keys of the sets the case belongs to."""
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
