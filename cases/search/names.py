"""The names that readers type: kept with every way to arrive at them (text, pinyin, initials, or nearly), and what they make
of a text, its words."""

from collections.abc import Iterable
from functools import lru_cache

from cases.models.institution import Institution
from cases.models.reference import Document, GlossaryEntry, Product
from cases.models.search import KeyMode, NameKind, SearchKey, SearchName
from cases.models.vocabulary import Category, Term
from cases.search import lexicon
from cases.search.analysis import Segmenter, is_han, join_cjk, normalize, pinyin_variants, without_one

NEAR_LENGTHS = range(3, 13)
MAX_DICTIONARY = 50_000
KIND_OF = {
    Institution: NameKind.INSTITUTION,
    Term: NameKind.TERM,
    Category: NameKind.CATEGORY,
    Product: NameKind.PRODUCT,
    Document: NameKind.DOCUMENT,
    GlossaryEntry: NameKind.GLOSSARY,
}
NAMES_OF = {
    NameKind.INSTITUTION: lambda row: [row.short_name, row.name, *row.other_name_list],
    NameKind.TERM: lambda row: [row.name],
    NameKind.CATEGORY: lambda row: [row.name],
    NameKind.PRODUCT: lambda row: [row.name, *row.other_name_list],
    NameKind.DOCUMENT: lambda row: [row.title, *filter(None, [row.number])],
    NameKind.GLOSSARY: lambda row: [row.term, *row.other_name_list],
}


def write_names(kind: NameKind, rows: Iterable) -> None:
    """Put the present names of rows of one kind in place of the former."""
    rows = list(rows)
    remove_names(kind, *(row.pk for row in rows))
    _create((kind, row.pk, label) for row in rows for label in NAMES_OF[kind](row))


def write_words(words: Iterable[str]) -> None:
    """Make words of titles known."""
    words = set(words)
    known = set(SearchName.objects.filter(kind=NameKind.WORD, text__in=words).values_list("text", flat=True))
    _create((NameKind.WORD, 0, word) for word in sorted(words - known))


def remove_names(kind: NameKind, *owners: int) -> None:
    SearchName.objects.filter(kind=kind, owner__in=owners).delete()


def _create(names: Iterable[tuple[NameKind, int, str]]) -> None:
    rows = [
        SearchName(kind=kind, owner=owner, label=label[:80], text=join_cjk(normalize(label))[:80])
        for kind, owner, label in names
    ]
    unique = list({(row.kind, row.owner, row.text): row for row in rows}.values())
    SearchName.objects.bulk_create(unique, batch_size=500)
    keys = [SearchKey(name=row, mode=mode, key=key) for row in unique for mode, key in keys_of(row.text, row.kind)]
    SearchKey.objects.bulk_create(keys, batch_size=2000)


def keys_of(text: str, kind: str) -> set[tuple[str, str]]:
    """(mode, key) of every way to arrive at a folded name; words of titles only by the whole."""
    tails = [text] if kind == NameKind.WORD else [text[i:] for i in range(len(text) - 1)] or [text]
    keys = {(KeyMode.TEXT, tail) for tail in tails}
    for tail in tails if len(text) <= 12 else tails[:1]:
        for full, initials in pinyin_variants(tail):
            keys |= {(KeyMode.PINYIN, full), (KeyMode.INITIALS, initials)}
    if len(text) in NEAR_LENGTHS and is_han(text):
        keys |= {(KeyMode.NEAR, key) for key in without_one(text)}
    return {(str(mode), key[:120]) for mode, key in keys if key}


@lru_cache(maxsize=1)  # 25 MB each
def segmenter(names_stamp: str) -> Segmenter:
    """The words of the lexicon, the names and the lay terms in the database; built once for each state of the names."""
    names = SearchName.objects.exclude(kind__in=(NameKind.WORD, NameKind.DOCUMENT)).values_list("text", flat=True)
    lay_terms = Term.objects.exclude(other_names="").values_list("other_names", flat=True)
    others = [normalize(name.strip()) for names in lay_terms for name in names.splitlines()]
    return Segmenter([*lexicon.dictionary(), *names[:MAX_DICTIONARY], *others])
