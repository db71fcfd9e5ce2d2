"""What a reader may mean who has typed a beginning: institutions, categories, terms, words, cases.

Only what leads to published cases is offered. The work is bounded whatever the number of cases: names and words by
the index of their keys, a few bitmaps, and the titles of at most ``SAMPLE`` cases.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.text import Truncator
from pyroaring import BitMap

from cases.models import (
    FACETS,
    Case,
    Category,
    Document,
    GlossaryEntry,
    Institution,
    KeyMode,
    NameKind,
    Offer,
    Product,
    SearchKey,
    SearchName,
    Term,
)
from cases.search.analysis import bigrams, is_han, join_cjk, normalize, pinyin, runs, to_pinyin
from cases.search.bitmaps import current
from cases.search.matching import lookup, names_beginning

MAX_TYPED = 40
NAMES = 300  # names looked at, to choose the best from
WORDS = 8  # words of titles looked at
SAMPLE = 200  # cases whose titles are looked at, the latest first
AT_MOST = {
    "institution": 4,
    "category": 3,
    "term": 5,
    "product": 4,
    "document": 3,
    "glossary": 3,
    "word": 3,
    "case": 5,
}
LABELS = {
    "institution": "机构",
    "category": "章节",
    "term": "标签",
    "product": "产品",
    "document": "文件",
    "glossary": "词语",
    "word": "搜索",
    "case": "案例",
}
OWNED = tuple(kind for kind in NameKind.values if kind != NameKind.WORD)
DEFINITION = 24  # characters of a definition
MOST_BANKS = 3  # named beside a product
Owners = dict[int, tuple[bool, int]]  # (only a part of the name begins so, place) by primary key


@dataclass(frozen=True)
class Suggestion:
    """One thing to go to: ``note`` says what it is or how many cases it leads to."""

    label: str
    note: str
    url: str


@dataclass(frozen=True)
class Group:
    """Suggestions of one kind; never empty."""

    kind: str
    label: str
    items: tuple[Suggestion, ...]


def suggest(text: str) -> list[Group]:
    """Groups in the order readers need them; none for what is too short (one letter) or has no letter or character."""
    typed = _Typed(text)
    if typed.is_too_short:
        return []
    index = _Index()
    words = names_beginning(typed.key, WORDS, kinds=(NameKind.WORD,))
    found = {
        **_named(typed, index),
        "word": [
            Suggestion(word.label, "", reverse("cases:case-list", query={"q": word.label}))
            for word in words
            if len(word.text) > 1 and index.word(word.text)
        ],
        "case": _cases(typed, words, index),
    }
    taken = {item.label for kind in OWNED for item in found[kind]}
    found["word"] = [item for item in found["word"] if item.label not in taken]
    return [Group(kind, label, tuple(found[kind][: AT_MOST[kind]])) for kind, label in LABELS.items() if found[kind]]


class _Typed:
    """What was typed, folded; ``key`` is what the keys of names begin with."""

    def __init__(self, text: str) -> None:
        folded = normalize(text[: MAX_TYPED * 4]).strip()[:MAX_TYPED]
        self.runs = runs(folded)
        self.is_letters = bool(self.runs) and not any(map(is_han, self.runs))
        # A reader who types pinyin may set spaces between the syllables; no key holds one.
        self.letters = "".join(self.runs) if self.is_letters else ""
        self.key = self.letters or join_cjk(folded)

    @property
    def is_too_short(self) -> bool:
        return not self.runs or (self.is_letters and len(self.letters) < 2)

    def begins(self, name: str) -> bool:
        """Whether a folded name begins so, not only one of its parts."""
        return name.startswith(self.key) or (
            self.is_letters and any(spelt.startswith(self.letters) for spelt in _spelt(name))
        )

    def place_in(self, title: str, code: str) -> int | None:
        """Where in a title, as printed, it stands or begins to be spelt; ``None`` where it does not."""
        folded = _folded(title)
        if not self.is_letters:
            return folded.find(self.runs[0]) if all(run in folded for run in self.runs) else None
        if code.replace("-", "").startswith(self.letters):
            return 0
        for whole, syllables in _spellings(folded):
            at = whole.find(self.letters)
            while at >= 0:
                if at in syllables:
                    return syllables[at]
                at = whole.find(self.letters, at + 1)
        return None


class _Index:
    """The bitmaps of this moment, and cases by a word of their title, names or terms."""

    def __init__(self) -> None:
        self.state = current()
        self.visible = self.state.visible()

    def count(self, kind: str, key: int) -> int:
        return self.state.matching(f"{kind}:{key}").intersection_cardinality(self.visible)

    def cases(self, scope: str, tokens: Iterable[str], *, prefix: bool = False) -> BitMap:
        return lookup(self.state, scope, tokens, prefix=prefix) & self.visible

    def word(self, word: str) -> BitMap:
        """Cases that hold a word of a title, or a Latin one of any text."""
        return self.cases("head", bigrams(word)) if is_han(word) else self.cases("body", (word,))


# --- names -----------------------------------------------------------------------------------------------------------


def _named(typed: _Typed, index: _Index) -> dict[str, list[Suggestion]]:
    named = names_beginning(typed.key, NAMES, kinds=OWNED)
    named.sort(key=lambda name: not typed.begins(name.text))
    owners: dict[str, Owners] = {kind: {} for kind in OWNED}
    for name in named:
        owners[name.kind].setdefault(name.owner, (not typed.begins(name.text), len(owners[name.kind])))
    return {
        NameKind.INSTITUTION: _institutions(owners[NameKind.INSTITUTION], index),
        NameKind.CATEGORY: _filed(Category, owners[NameKind.CATEGORY], index, lambda category: ""),
        NameKind.TERM: _filed(Term, owners[NameKind.TERM], index, lambda term: f"{FACETS[term.facet].label} · "),
        NameKind.PRODUCT: _products(owners[NameKind.PRODUCT]),
        NameKind.DOCUMENT: [
            Suggestion(row.title, row.number, row.get_absolute_url())
            for row in _in_order(owners[NameKind.DOCUMENT], Document.objects.cited())
        ],
        NameKind.GLOSSARY: [
            Suggestion(row.term, Truncator(row.definition).chars(DEFINITION), row.get_absolute_url())
            for row in _in_order(owners[NameKind.GLOSSARY], GlossaryEntry.objects.all())
        ],
    }


def _filed(model: type[Category] | type[Term], owners: Owners, index: _Index, lead) -> list[Suggestion]:
    """Categories or terms with cases: names that begin as typed first, of these the one with most cases."""
    kind = model.__name__.lower()
    counts = {key: count for key in owners if (count := index.count(kind, key))}
    best = sorted(counts, key=lambda key: (owners[key][0], -counts[key], owners[key][1]))[: AT_MOST[kind]]
    rows = model.objects.in_bulk(best)
    return [
        Suggestion(row.name, f"{lead(row)}{counts[row.pk]} 篇", row.get_absolute_url())
        for row in (rows[key] for key in best if key in rows)
    ]


def _institutions(owners: Owners, index: _Index) -> list[Suggestion]:
    """Institutions with cases of their own; a bank without any gives way to its branches that have some."""
    if not owners:
        return []
    rows = Institution.objects.filter(Q(pk__in=owners) | Q(parent__in=owners)).only("short_name", "slug", "parent")
    found = []
    for row in rows:
        count = index.count("institution", row.pk)
        if count and (row.pk in owners or not index.count("institution", row.parent_id)):
            is_part, place = min(owners[key] for key in (row.pk, row.parent_id) if key in owners)
            found.append(((is_part, -count, place, row.pk), row))
    found.sort(key=lambda item: item[0])
    return [Suggestion(row.short_name, f"{-rank[1]} 篇", row.get_absolute_url()) for rank, row in found]


def _products(owners: Owners) -> list[Suggestion]:
    """Products that a published case tells of; those of one name together, with their banks."""
    public = Product.objects.filter(pk__in=Offer.objects.published().values("product"))
    banks: dict[str, list[str]] = {}
    for row in _in_order(owners, public.select_related("institution")):
        banks.setdefault(row.name, []).append(row.institution.short_name)
    return [
        Suggestion(name, "、".join(own[:MOST_BANKS]), reverse("cases:product-list", query={"q": name}))
        for name, own in banks.items()
    ]


def _in_order(owners: Owners, rows: QuerySet) -> list:
    """The rows that are named: names that begin as typed first, then the shortest."""
    return sorted(rows.filter(pk__in=owners), key=lambda row: owners[row.pk]) if owners else []


# --- words and cases -------------------------------------------------------------------------------------------------


def _cases(typed: _Typed, words: Sequence[SearchName], index: _Index) -> list[Suggestion]:
    candidates = _candidates(typed, words, index)
    latest = list(candidates[max(0, len(candidates) - SAMPLE) :])
    rows = Case.objects.filter(pk__in=latest).values_list("pk", "code", "title", "institution__short_name")
    placed = [(typed.place_in(title, code), -key, code, title, bank) for key, code, title, bank in rows]
    best = sorted(row for row in placed if row[0] is not None)[: AT_MOST["case"]]
    return [Suggestion(title, bank, reverse("cases:case-detail", args=[code])) for _, _, code, title, bank in best]


def _candidates(typed: _Typed, words: Sequence[SearchName], index: _Index) -> BitMap:
    """Cases whose titles may hold what was typed: all of the characters, or a word that is spelt so."""
    if not typed.is_letters:
        han = [pair for run in typed.runs if is_han(run) for pair in bigrams(run)]
        latin = [run for run in typed.runs if not is_han(run)]
        return index.cases("head", (*han, *latin), prefix=bool(latin))
    spelt = words or _heads(typed.letters)
    written = index.cases("head", typed.runs, prefix=True)
    tokens = (bigrams(word.text) if is_han(word.text) else (word.text,) for word in spelt)
    return BitMap.union(written, *(index.cases("head", own) for own in tokens))


def _heads(letters: str) -> list[SearchName]:
    """The longest words that pinyin of several words begins with: weizhongyinhangtanwei -> 微众银行."""
    heads = [letters[:end] for end in range(2, len(letters))]
    keys = SearchKey.objects.filter(
        key__in=heads, mode__in=(KeyMode.PINYIN, KeyMode.INITIALS), name__kind=NameKind.WORD
    ).select_related("name")
    longest = sorted(keys[:NAMES], key=lambda key: (-len(key.key), key.name.text))
    return list({key.name_id: key.name for key in longest}.values())[:WORDS]


# --- spelling --------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=20_000)
def _spelt(name: str) -> tuple[str, str]:
    return pinyin(name)


@lru_cache(maxsize=5_000)
def _folded(title: str) -> str:
    return join_cjk(normalize(title))


@lru_cache(maxsize=5_000)
def _spellings(text: str) -> tuple[tuple[str, dict[int, int]], ...]:
    """A folded text in full pinyin and in initials, each with the syllable that begins at a place in it.

    A Latin word is a syllable of its own.
    """
    parts = (to_pinyin(run) if is_han(run) else [run] for run in runs(text))
    syllables = [syllable.replace("ü", "v") for part in parts for syllable in part]
    return _joined(syllables), _joined([syllable[0] for syllable in syllables])


def _joined(parts: list[str]) -> tuple[str, dict[int, int]]:
    begins = accumulate(map(len, parts), initial=0)
    return "".join(parts), {begin: place for place, begin in enumerate(begins) if place < len(parts)}
