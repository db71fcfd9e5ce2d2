"""Names that readers type, by text, pinyin, initials, or nearly: institutions, terms, categories, words of titles."""

import difflib
from collections.abc import Iterable
from functools import lru_cache

from django.db import connection
from django.db.models import Case as Choose
from django.db.models import IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Length

from cases.models import Category, Institution, KeyMode, NameKind, SearchKey, SearchName, Term
from cases.search import lexicon
from cases.search.analysis import Segmenter, fold, is_han, pinyin, pinyins

NEAR_LENGTHS = range(3, 13)
MAX_DICTIONARY = 50_000
ENOUGH = 8
SIMILAR = 0.75
LAST = "\U0010ffff"
OWNERS = {NameKind.INSTITUTION: Institution, NameKind.TERM: Term, NameKind.CATEGORY: Category}


# --- writing ---------------------------------------------------------------------------------------------------------


def write_names(kind: NameKind, owners: Iterable) -> None:
    """Put the present names of institutions, terms or categories in place of the former."""
    owners = list(owners)
    forget(kind, *(owner.pk for owner in owners))
    _create([_name(kind, owner.pk, label) for owner in owners for label in _labels(kind, owner)])


def write_words(words: Iterable[str]) -> None:
    """Make words of titles known."""
    words = set(words)
    known = set(SearchName.objects.filter(kind=NameKind.WORD, text__in=words).values_list("text", flat=True))
    _create([_name(NameKind.WORD, 0, word) for word in sorted(words - known)])


def forget(kind: NameKind, *owners: int) -> None:
    SearchName.objects.filter(kind=kind, owner__in=owners).delete()


def keys_of(text: str, kind: str) -> set[tuple[str, str]]:
    """(mode, key) of every way to arrive at a folded name; words of titles only by the whole."""
    tails = [text] if kind == NameKind.WORD else [text[i:] for i in range(len(text) - 1)] or [text]
    keys = {(KeyMode.TEXT, tail) for tail in tails}
    for tail in tails if len(text) <= 12 else tails[:1]:
        for full, initials in pinyins(tail):
            keys |= {(KeyMode.PINYIN, full), (KeyMode.INITIALS, initials)}
    if len(text) in NEAR_LENGTHS and is_han(text):
        keys |= {(KeyMode.NEAR, key) for key in without_one(text)}
    return {(str(mode), key[:120]) for mode, key in keys if key}


def without_one(text: str) -> set[str]:
    """``text`` with each character left out in turn."""
    return {text[:i] + text[i + 1 :] for i in range(len(text))}


def _labels(kind: NameKind, owner) -> list[str]:
    if kind == NameKind.INSTITUTION:
        return [owner.short_name, owner.name, *owner.other_name_list]
    return [owner.name]


def _name(kind: NameKind, owner: int, label: str) -> SearchName:
    return SearchName(kind=kind, owner=owner, label=label[:80], text=fold(label)[:80])


def _create(names: list[SearchName]) -> None:
    unique = list({(name.kind, name.owner, name.text): name for name in names}.values())
    SearchName.objects.bulk_create(unique, batch_size=500)
    keys = [SearchKey(name=name, mode=mode, key=key) for name in unique for mode, key in keys_of(name.text, name.kind)]
    SearchKey.objects.bulk_create(keys, batch_size=2000)


# --- reading ---------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=2)
def segmenter(names_stamp: str) -> Segmenter:
    """The words of the lexicon and the names in the database; built once for each state of the names."""
    names = SearchName.objects.exclude(kind=NameKind.WORD).values_list("text", flat=True)
    return Segmenter([*lexicon.dictionary(), *names[:MAX_DICTIONARY]])


def by_pinyin(letters: str) -> list[SearchName]:
    """Names spelt so, whole or by initials; failing that, names that begin so. Best first."""
    exact = _ranked(Q(keys__key=letters, keys__mode__in=(KeyMode.PINYIN, KeyMode.INITIALS)))
    if exact or len(letters) < 4:
        return exact
    return _ranked(_begins(letters) & Q(keys__mode=KeyMode.PINYIN))


def split_pinyin(letters: str) -> list[list[SearchName]]:
    """Pinyin without spaces taken apart, the longest known name first: weizhonglianbang -> 微众, 联邦. Or nothing."""
    parts: list[list[SearchName]] = []
    while letters:
        heads = [letters[:end] for end in range(len(letters), 1, -1)]
        known = set(SearchKey.objects.filter(key__in=heads, mode=KeyMode.PINYIN).values_list("key", flat=True))
        head = next((head for head in heads if head in known), None)
        if head is None or len(parts) == ENOUGH:
            return []
        parts.append(by_pinyin(head))
        letters = letters[len(head) :]
    return parts


def near(word: str) -> list[tuple[str, str]]:
    """(folded, as printed) of names, or ends of names, one typing error away from a word that nothing was found for."""
    return _near_han(word) if is_han(word) else _near_latin(word)


def beginning(folded: str, limit: int, *, kinds: tuple[str, ...]) -> list[SearchName]:
    """Names of these kinds with a part that begins as typed, by text, pinyin or initials; the shortest first."""
    modes = [KeyMode.TEXT] if not folded.isascii() else [KeyMode.TEXT, KeyMode.PINYIN, KeyMode.INITIALS]
    keys = SearchKey.objects.filter(_begins(folded, ""), mode__in=modes)
    # From the keys to the names: joined, SQLite walks every name of the kind, 20 ms of 10,000 names.
    names = SearchName.objects.filter(pk__in=keys.values("name"), kind__in=kinds).annotate(size=Length("text"))
    return list(names.order_by("size", "text", "owner")[:limit])


def _near_han(word: str) -> list[tuple[str, str]]:
    full, _ = pinyin(word)
    sounds = _ranked(Q(keys__key=full, keys__mode=KeyMode.PINYIN), limit=ENOUGH * 4)
    heard = sorted((_sounding(name, full, len(word)) for name in sounds), key=lambda found: len(found[0]) != len(word))
    if heard or len(word) < 3:
        return list(dict.fromkeys(heard))[:ENOUGH]
    left_out = Q(keys__key__in=without_one(word), keys__mode__in=(KeyMode.NEAR, KeyMode.TEXT))
    alike = _ranked(left_out | Q(keys__key=word, keys__mode=KeyMode.NEAR), limit=ENOUGH * 4)
    return [(name.text, name.label) for name in alike if abs(len(name.text) - len(word)) <= 1][:ENOUGH]


def _sounding(name: SearchName, full: str, length: int) -> tuple[str, str]:
    """The name, or its end where only that sounds so: 供应链票据 for piaoju -> 票据."""
    end = name.text[-length:]
    return (name.text, name.label) if pinyin(name.text)[0] == full or pinyin(end)[0] != full else (end, end)


def _near_latin(word: str) -> list[tuple[str, str]]:
    if len(word) < 4:
        return []
    query = SearchKey.objects.filter(_begins(word[:1], ""), mode__in=(KeyMode.TEXT, KeyMode.PINYIN))
    keys = set(query.values_list("key", flat=True)[:3000])
    starts = {key[: len(word)] for key in keys}
    similar = difflib.get_close_matches(word, keys | starts, n=1, cutoff=SIMILAR)
    found = _ranked(_begins(similar[0]) & Q(keys__mode__in=(KeyMode.TEXT, KeyMode.PINYIN))) if similar else []
    return [(name.text, name.label) for name in found]


def _ranked(condition: Q, kinds: tuple[str, ...] = (), limit: int = ENOUGH) -> list[SearchName]:
    order = Choose(
        *(When(kind=kind, then=Value(place)) for place, kind in enumerate(NameKind.values)),
        output_field=IntegerField(),
    )
    names: QuerySet = SearchName.objects.filter(condition).annotate(place=order, size=Length("text")).distinct()
    if kinds:
        names = names.filter(kind__in=kinds)
    return list(names.order_by("place", "size", "text", "owner")[:limit])


def _begins(start: str, relation: str = "keys__") -> Q:
    """Keys that begin so, in the form the database's index can serve."""
    if connection.vendor == "postgresql":
        return Q(**{f"{relation}key__startswith": start})
    return Q(**{f"{relation}key__gte": start, f"{relation}key__lt": start + LAST})
