"""Write the names that readers type, with every way to arrive at them: text, pinyin, initials, or nearly."""

from collections.abc import Iterable

from cases.models import (
    Category,
    Document,
    GlossaryEntry,
    Institution,
    KeyMode,
    NameKind,
    Product,
    SearchKey,
    SearchName,
    Term,
)
from cases.search.analysis import is_han, join_cjk, normalize, pinyin_variants, without_one

NEAR_LENGTHS = range(3, 13)
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
