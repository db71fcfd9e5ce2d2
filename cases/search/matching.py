"""From words to cases: what each word of a query means here, and which cases hold it."""

import difflib
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from django.db import connection
from django.db.models import Case as Choose
from django.db.models import IntegerField, Q, Value, When
from django.db.models.functions import Length
from pyroaring import BitMap

from cases.models import GlossaryEntry, KeyMode, NameKind, SearchKey, SearchName
from cases.search import lexicon
from cases.search.analysis import bigrams, is_han, join_cjk, normalize, pinyin, runs, without_one
from cases.search.bitmaps import IndexState, current
from cases.search.engines import ENGINES
from cases.search.lexicon import STOP_WORDS
from cases.search.names import segmenter

FEW = 0.05  # the share of cases that may hold a single character which is to say something
RARE = 50  # a long word found less often is also looked for by its pairs of characters
COMMON = 10_000  # cases that hold a word, from which its synonyms are not asked for: each costs a look-up
LONG = 4  # characters from which a word is also taken for the words inside it
MAX_TERMS = 16
MAX_LOOKUPS = 1000
DIRECT, SYNONYM, NAMED, PART = 1.0, 0.7, 0.9, 0.6
ENOUGH = 8
SIMILAR = 0.75
LAST = "\U0010ffff"
# What letters or a misspelt word most likely mean, and what they mean only where it is none of these: many products
# and entries hold the same common word.
MAIN_KINDS = (NameKind.INSTITUTION, NameKind.TERM, NameKind.CATEGORY, NameKind.WORD)
OTHER_KINDS = (NameKind.PRODUCT, NameKind.GLOSSARY, NameKind.DOCUMENT)


@dataclass
class QueryTerm:
    """One word of the query with the cases that hold it.

    ``patterns`` maps what to look for in a text to how much it counts; ``corrected`` is what a misspelt word was
    taken for; ``part`` marks half a word, which alone must not count as the word found.
    """

    surface: str
    patterns: dict[str, float]
    body: BitMap = field(default_factory=BitMap)
    head: BitMap = field(default_factory=BitMap)
    corrected: str = ""
    part: bool = False
    idf: float = 0.0

    @property
    def weight(self) -> int:
        """How much the word counts in a minimum match: 1 for common ones to 6."""
        return max(1, min(6, round(self.idf)))


def lookup(state: IndexState, scope: str, tokens: Iterable[str], *, prefix: bool = False) -> BitMap:
    """Cases that hold every token, in any status; asked of the engine once for each state of the index."""
    key = (scope, tuple(tokens), prefix)
    found = state.lookups.get(key)
    if found is None:
        if len(state.lookups) >= MAX_LOOKUPS:
            state.lookups.clear()  # by whichever thread comes first; hence no second look into it below
        found = state.lookups[key] = ENGINES[connection.vendor].ids(scope, key[1], prefix=prefix)
    return found


class Matcher:
    """The index as one request sees it."""

    def __init__(self) -> None:
        self.state = current()
        self.visible = self.state.visible()
        self.segmenter = segmenter(self.state.names_stamp)
        self.synonyms = synonyms(self.state.names_stamp)

    def terms(self, words: Iterable[str]) -> list[QueryTerm]:
        """The terms of free words, each once; stop words only where there is nothing else."""
        surfaces, loose = [], set()
        for run in (run for word in words for run in runs(normalize(word))):
            # Single characters the dictionary left over join, or go with the word before them.
            pieces, is_loose = [], False
            for piece in self.segmenter.words(run) if is_han(run) else [run]:
                is_single = len(piece) == 1 and piece not in STOP_WORDS
                if is_single and pieces and (is_loose or pieces[-1] not in STOP_WORDS):
                    pieces[-1] += piece
                else:
                    pieces.append(piece)
                is_loose = is_single
            surfaces += pieces
            loose.update(piece for piece in pieces if len(piece) == 1 and is_han(run) and len(run) > 1)
        significant = [surface for surface in surfaces if surface not in STOP_WORDS] or surfaces
        found = [
            term
            for surface in dict.fromkeys(significant[:MAX_TERMS])
            for term in (self._rare([surface]) if surface in loose else self._resolve(surface))
        ]
        return self._with_idf(found)

    def phrase(self, text: str) -> QueryTerm | None:
        """A quoted phrase: every run of it as it stands."""
        tokens = [token for run in runs(normalize(text)) for token in (bigrams(run) if is_han(run) else (run,))]
        if not tokens:
            return None
        term = QueryTerm(
            text, {join_cjk(normalize(text)): DIRECT}, self.lookup("body", tokens), self.lookup("head", tokens)
        )
        return self._with_idf([term])[0]

    def word(self, scope: str, word: str) -> BitMap:
        """Visible cases that hold the word."""
        if not is_han(word):
            return self.lookup(scope, (word,), prefix=len(word) > 1 and not word.isdigit())
        whole = self.lookup(scope, (word,))
        return whole if len(word) <= 2 or len(whole) >= RARE else whole | self.lookup(scope, bigrams(word))

    def lookup(self, scope: str, tokens: Iterable[str], *, prefix: bool = False) -> BitMap:
        """Visible cases that hold every token."""
        return lookup(self.state, scope, tokens, prefix=prefix) & self.visible

    def _resolve(self, surface: str) -> list[QueryTerm]:
        """The term of a word, and those of the words inside a long one; what else it may mean where no case holds it."""
        term = QueryTerm(surface, {surface: DIRECT}, self.word("body", surface), self.word("head", surface))
        for synonym in self.synonyms.get(surface, ()) if len(term.body) < COMMON else ():
            self._expand(term, synonym, SYNONYM)
        is_name = surface.isascii() and surface.isalpha() and len(surface) > 1 and surface not in lexicon.ENGLISH
        if is_name and not self.lookup("body", (surface,)):
            for name in by_pinyin(surface):
                self._expand(term, name.text, NAMED)
        if not term.body:
            return [term] if surface in lexicon.ENGLISH else self._correct(term)
        # Tells apart the many cases that a plain phrase finds: 发不出工资 -> 工资.
        inner = self.segmenter.inner_words(surface) if is_han(surface) and len(surface) >= LONG else ()
        parts = [
            QueryTerm(word, {word: PART}, self.word("body", word), self.word("head", word), part=True)
            for word in inner
            if word not in STOP_WORDS
        ]
        for part in parts:
            for synonym in self.synonyms.get(part.surface, ()):
                self._expand(part, synonym, PART * SYNONYM)
        return [term, *(part for part in parts if part.body)]

    def _correct(self, term: QueryTerm) -> list[QueryTerm]:
        """What else a word may mean that no case holds: pinyin in one piece, a typing error, or its parts."""
        if term.surface.isascii() and (parts := split_pinyin(term.surface)):
            split = [QueryTerm(part[0].text, {}) for part in parts]
            for found, part in zip(split, parts, strict=True):
                for name in part:
                    self._expand(found, name.text, NAMED)
            return split
        for text, label in near(term.surface):
            self._expand(term, text, NAMED)
            if term.body:
                term.corrected = label
                return [term]
        pieces = bigrams(term.surface) if is_han(term.surface) and len(term.surface) >= 3 else ()
        if len(term.surface) == 2 and term.surface[1] in lexicon.COMPLEMENTS:
            pieces = (term.surface[0],)
        parts = [part for part in map(self._part, pieces) if part.body]
        if not parts and is_han(term.surface) and len(term.surface) == 2:
            parts = self._rare(term.surface[-1])  # what kind of thing it is: 螃蟹 -> 蟹
        return [term, *parts]

    def _part(self, text: str) -> QueryTerm:
        return QueryTerm(text, {text: PART}, self.lookup("body", (text,)), self.lookup("head", (text,)), part=True)

    def _rare(self, characters: Iterable[str]) -> list[QueryTerm]:
        """Those of single characters, cut off from a word, that few cases hold: a common one says nothing alone."""
        few = FEW * len(self.visible)
        return [part for part in map(self._part, characters) if 0 < len(part.body) <= few]

    def _expand(self, term: QueryTerm, text: str, weight: float) -> None:
        """Let ``text`` stand for the term too, where any case holds it."""
        parts = runs(text)
        body = BitMap.intersection(*(self.word("body", part) for part in parts)) if parts else None
        if body:
            term.body |= body
            term.head |= BitMap.intersection(*(self.word("head", part) for part in parts))
            term.patterns.setdefault(join_cjk(text), weight)

    def _with_idf(self, terms: list[QueryTerm]) -> list[QueryTerm]:
        total = len(self.visible)
        for term in terms:
            count = len(term.body)
            term.idf = math.log(1 + (total - count + 0.5) / (count + 0.5))
        return terms


# --- names a word may stand for --------------------------------------------------------------------------------------


@lru_cache(maxsize=2)
def synonyms(names_stamp: str) -> dict[str, tuple[str, ...]]:
    """Synonyms of the lexicon and of the glossary by word (folded)."""
    found = dict(lexicon.SYNONYMS_OF)
    for entry in GlossaryEntry.objects.exclude(other_names=""):
        names = [join_cjk(normalize(name)) for name in (entry.term, *entry.other_name_list)]
        found |= {word: (*found.get(word, ()), *(name for name in names if name != word)) for word in names}
    return found


def begins_with(start: str, relation: str = "") -> Q:
    """Keys that begin so, in the form the database's index can serve."""
    if connection.vendor == "postgresql":
        return Q(**{f"{relation}key__startswith": start})
    return Q(**{f"{relation}key__gte": start, f"{relation}key__lt": start + LAST})


def names_beginning(folded: str, limit: int, *, kinds: tuple[str, ...]) -> list[SearchName]:
    """Names of these kinds with a part that begins as typed, by text, pinyin or initials; the shortest first."""
    modes = [KeyMode.TEXT] if not folded.isascii() else [KeyMode.TEXT, KeyMode.PINYIN, KeyMode.INITIALS]
    keys = SearchKey.objects.filter(begins_with(folded), mode__in=modes)
    # From the keys to the names: joined, SQLite walks every name of the kind, 20 ms of 10,000 names.
    names = SearchName.objects.filter(pk__in=keys.values("name"), kind__in=kinds).annotate(size=Length("text"))
    return list(names.order_by("size", "text", "owner")[:limit])


def by_pinyin(letters: str) -> list[SearchName]:
    """Names spelt so, whole or by initials; failing that, names that begin so. Best first."""
    exact = ranked_names(Q(keys__key=letters, keys__mode__in=(KeyMode.PINYIN, KeyMode.INITIALS)))
    if exact or len(letters) < 4:
        return exact
    return ranked_names(begins_with(letters, "keys__") & Q(keys__mode=KeyMode.PINYIN))


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
    """(normalized, as printed) of names one typing error away from a word that nothing was found for.

    Of Han words those that sound the same, or end so (供应链票据 for piaoju -> 票据); failing that, one character off.
    """
    if not is_han(word):
        modes = (KeyMode.TEXT, KeyMode.PINYIN)
        start = SearchKey.objects.filter(begins_with(word[:1]), mode__in=modes)
        keys = set(start.values_list("key", flat=True)[:3000]) if len(word) >= 4 else set()
        similar = difflib.get_close_matches(word, keys | {key[: len(word)] for key in keys}, n=1, cutoff=SIMILAR)
        found = ranked_names(begins_with(similar[0], "keys__") & Q(keys__mode__in=modes)) if similar else []
        return [(name.text, name.label) for name in found]
    full, _ = pinyin(word)
    sounding = []
    for name in ranked_names(Q(keys__key=full, keys__mode=KeyMode.PINYIN), limit=ENOUGH * 4):
        end = name.text[-len(word) :]
        is_whole = pinyin(name.text)[0] == full or pinyin(end)[0] != full
        sounding.append((name.text, name.label) if is_whole else (end, end))
    sounding.sort(key=lambda pair: len(pair[0]) != len(word))
    if sounding or len(word) < 3:
        return list(dict.fromkeys(sounding))[:ENOUGH]
    left_out = Q(keys__key__in=without_one(word), keys__mode__in=(KeyMode.NEAR, KeyMode.TEXT))
    alike = ranked_names(left_out | Q(keys__key=word, keys__mode=KeyMode.NEAR), limit=ENOUGH * 4)
    return [(name.text, name.label) for name in alike if abs(len(name.text) - len(word)) <= 1][:ENOUGH]


def ranked_names(condition: Q, limit: int = ENOUGH) -> list[SearchName]:
    """Names under a condition on their keys: of ``MAIN_KINDS``, failing these of ``OTHER_KINDS``.

    In the order of the kinds, of one kind the shortest first.
    """
    order = Choose(
        *(When(kind=kind, then=Value(place)) for place, kind in enumerate((*MAIN_KINDS, *OTHER_KINDS))),
        output_field=IntegerField(),
    )
    names = SearchName.objects.filter(condition).annotate(place=order, size=Length("text")).distinct()
    best = list(names.order_by("place", "size", "text", "owner")[:limit])
    return [name for name in best if name.kind in MAIN_KINDS] or best
