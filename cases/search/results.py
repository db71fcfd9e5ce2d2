"""One search: a query read, its words looked up, cases narrowed, ordered and explained.

Reading every case found is what makes engines slow on 100,000 cases: bitmaps narrow any number of them to
``CANDIDATES``, and only those are read and scored.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Q
from pyroaring import BitMap

from cases.models import Category, Collection, Institution, KeyMode, NameKind, SearchDocument, SearchName
from cases.search.analysis import bigrams, is_han, join_cjk, normalize, pinyin_variants, runs
from cases.search.bitmaps import IndexState
from cases.search.matching import Matcher, QueryTerm
from cases.search.query import Query, parse, stands_in

MINIMUM_MATCH = 0.5
SENTENCE, ENOUGH = 4, 5  # words of a query taken for a sentence; cases that are enough for it
VERIFIED = 1000  # phrases are checked against the text of up to so many cases
CHUNK = 200
CANDIDATES = 120
WEIGHTS = {"title": 10, "names": 8, "terms": 7, "lead": 4, "plain": 3, "figures": 2, "body": 1.5, "rows": 1}
RUN_WEIGHTS = {"title": 8.0, "names": 4.0, "terms": 6.0, "lead": 4.0, "body": 2.0}
SATURATION = 1.5
HEAD_FACTOR = 2
MOST_RELAXATIONS = 4
MOST_NAMES = 6
NAMED_KINDS = (NameKind.PRODUCT, NameKind.DOCUMENT, NameKind.GLOSSARY)
# Characters: of a query that is read, of a name; the least of pinyin, and of the end of a title.
NAMED_TEXT, LONGEST, LETTERS, TAIL = 80, 40, 3, 5


@dataclass
class SearchResults:
    """What a query found: ``keys`` as a bitmap, ordered by ``page``.

    ``is_relaxed`` says that no case holds every word and those found hold most of them; ``unknown`` are values of
    prefixes that name nothing.
    """

    query: Query
    keys: BitMap
    terms: list[QueryTerm]
    state: IndexState
    visible: BitMap
    first: BitMap = field(default_factory=BitMap)  # those that hold enough of the words, before what fills up the list
    is_relaxed: bool = False
    unknown: list[str] = field(default_factory=list)

    @cached_property
    def patterns(self) -> list[str]:
        """Normalized texts to mark in what is shown, the longest first."""
        found = {pattern for term in self.terms if term.body for pattern in term.patterns}
        return sorted(found, key=lambda pattern: (-len(pattern), pattern))

    # --- order ---

    def page(self, keys: BitMap, start: int, stop: int) -> list[int]:
        """Primary keys at places ``start`` to ``stop`` of ``keys`` (found, or some of them) by relevance."""
        terms = [term for term in self.terms if term.body]
        if not terms:
            return list(keys)[start:stop]
        reached = levels(terms, head=True)
        scored = self.scores(_slice(_by_level(keys, reached), 0, CANDIDATES))
        best = sorted(
            scored, key=lambda key: (key not in self.first, -round(scored[key], 6), key)
        )  # of equals, the one entered first
        page = best[start:stop]
        if len(page) < stop - start and len(best) < len(keys):
            rest = _by_level(keys - BitMap(best), reached)
            page += _slice(rest, max(0, start - len(best)), stop - len(best))
        return page

    def scores(self, keys: Iterable[int]) -> dict[int, float]:
        """How well each of these cases matches: frequent words count less, and a run that stands whole counts more."""
        terms = [term for term in self.terms if term.body]
        typed = [run for run in (join_cjk(normalize(word)) for word in self.query.words) if len(run) > 2]
        rows = SearchDocument.objects.filter(pk__in=list(keys)).values_list("pk", *WEIGHTS)
        scored = {}
        for key, *fields in rows:
            texts = dict(zip(WEIGHTS, fields, strict=True))
            whole = sum(len(run) * RUN_WEIGHTS[name] for run in typed for name in RUN_WEIGHTS if run in texts[name])
            matches = []
            for term in terms:
                # In each field the best of the word's patterns counts, the more often it stands there the less each time.
                total = 0.0
                for name, weight in WEIGHTS.items():
                    counts = ((worth, texts[name].count(pattern)) for pattern, worth in term.patterns.items())
                    total += weight * max((worth * n / (n + SATURATION) for worth, n in counts), default=0.0)
                matches.append(term.idf * (total * (1 + SATURATION)))
            scored[key] = sum(matches) + whole
        return scored

    # --- what to tell a reader whose words found nothing, or not all ---

    @property
    def missing(self) -> list[str]:
        """Words that no case holds."""
        return [term.surface for term in self.terms if not term.body and not term.part]

    @property
    def corrections(self) -> list[tuple[str, str]]:
        """(typed, taken for) of misspelt words."""
        return [(term.surface, term.corrected) for term in self.terms if term.corrected]

    @property
    def has_words(self) -> bool:
        """Whether the query holds anything to search for."""
        return bool(self.terms or self.keys) or self.query.has_prefix

    @property
    def no_results(self) -> bool:
        return not self.keys

    @cached_property
    def relaxations(self) -> list[tuple[str, str, int]]:
        """(query without one word, that word, how many cases it finds), where nothing was found."""
        words = self.query.text.split()
        if not self.no_results or not 1 < len(words) <= MOST_RELAXATIONS * 2:
            return []
        rests = [(" ".join(words[:place] + words[place + 1 :]), word) for place, word in enumerate(words)]
        found = [(rest, word, len(search(rest).keys)) for rest, word in rests]
        return sorted((item for item in found if item[2]), key=lambda item: -item[2])[:MOST_RELAXATIONS]

    @cached_property
    def similar_names(self) -> list[str]:
        """Names that share two neighbouring characters with what found nothing."""
        words = self.query.words if self.no_results else ()
        parts = {pair for word in words for run in runs(normalize(word)) if is_han(run) for pair in bigrams(run)}
        if not any(len(part) > 1 for part in parts):
            return []
        alike = Q()
        for part in sorted(parts)[:20]:
            alike |= Q(text__contains=part)
        names = (
            SearchName.objects.filter(alike)
            .exclude(kind__in=(NameKind.WORD, NameKind.DOCUMENT))
            .order_by("kind", "text")
        )
        return list(dict.fromkeys(names.values_list("label", flat=True)[: MOST_NAMES * 3]))[:MOST_NAMES]


def search(text: str) -> SearchResults:
    """Find published cases for what a reader typed; any string is a valid query."""
    query, matcher = parse(text), Matcher()
    terms = matcher.terms(query.words)
    phrases = [phrase for phrase in map(matcher.phrase, query.phrases) if phrase]
    cases, unknown = _under_prefixes(query, matcher)
    excluded = BitMap()
    for word in query.excluded:
        if parts := runs(normalize(word)):
            excluded |= BitMap.intersection(*(matcher.word("body", part) for part in parts))
    cases -= excluded
    for phrase in phrases:
        cases &= phrase.body
        if len(cases) <= VERIFIED:  # the phrase has to stand there, not only its pairs of characters
            pattern, candidates, cases = next(iter(phrase.patterns)), list(cases), BitMap()
            for start in range(0, len(candidates), CHUNK):
                documents = SearchDocument.objects.filter(pk__in=candidates[start : start + CHUNK])
                for key, *texts in documents.values_list("pk", *WEIGHTS):
                    if any(pattern in text for text in texts):
                        cases.add(key)
    keys, first, is_relaxed = _holding(terms, cases)
    if not terms and not phrases and not query.has_prefix and not excluded:
        keys = BitMap()
    return SearchResults(query, keys, [*terms, *phrases], matcher.state, matcher.visible, first, is_relaxed, unknown)


def named_in(text: str) -> dict[str, list[int]]:
    """Find what is named in a query: kind -> primary keys, the longest name first. 1 query, whatever is typed.

    Literally by name, other name or number, by the pinyin or the initials of a whole name, documents also by the end of
    their title; a name inside a longer one that was found does not count.
    """
    typed = join_cjk(normalize(text[:NAMED_TEXT]))
    ends = range(2, LONGEST + 1)
    pieces = {typed[start : start + size] for start in range(len(typed)) for size in ends}
    letters = {run for run in runs(typed) if run.isascii() and len(run) >= LETTERS}
    named = Q(text__in=pieces)
    if letters:
        named |= Q(keys__key__in=letters, keys__mode__in=(KeyMode.PINYIN, KeyMode.INITIALS))
    if tails := {join_cjk(normalize(word)) for word in text.split() if len(word) >= TAIL}:
        named |= Q(kind=NameKind.DOCUMENT, keys__key__in=tails, keys__mode=KeyMode.TEXT)
    rows = SearchName.objects.filter(named, kind__in=NAMED_KINDS).distinct()
    names = [
        name
        for name in rows
        if stands_in(typed, name.text)
        or letters & set().union(*pinyin_variants(name.text))
        or name.text.endswith(tuple(tails))
    ]
    names.sort(key=lambda name: (-len(name.text), name.text, name.owner))
    found: dict[str, dict[int, None]] = {kind: {} for kind in NAMED_KINDS}
    for name in names:
        if not any(name.text in other.text and name.text != other.text for other in names):
            found[name.kind].setdefault(name.owner)
    return {kind: list(owners) for kind, owners in found.items()}


def _under_prefixes(query: Query, matcher: Matcher) -> tuple[BitMap, list[str]]:
    """The cases that 机构:, 章节: and 年: leave, and the values that name nothing."""
    cases, unknown = matcher.visible.copy(), []
    for label, values in (("机构", query.institutions), ("章节", query.categories), ("年", query.years)):
        keys = set()
        for value in values:
            text = normalize(value)
            if label == "机构":  # those named so, and their branches
                names = SearchName.objects.filter(kind=NameKind.INSTITUTION, text__contains=text)
                named = list(names.values_list("owner", flat=True).distinct())
                rows = Institution.objects.filter(Q(pk__in=named) | Q(parent__in=named))
            elif label == "章节":
                rows = Category.objects.filter(name__contains=text)
            else:
                digits = text.removesuffix("年")
                is_year = digits.isascii() and digits.isdigit() and len(digits) == 4
                rows = Collection.objects.filter(year=int(digits)) if is_year else Collection.objects.none()
            found = {f"{rows.model._meta.model_name}:{pk}" for pk in rows.values_list("pk", flat=True)}
            keys |= found
            if not found:
                unknown.append(f"{label}:{value}")
        if values:
            cases &= matcher.state.matching(*keys)
    return cases, unknown


def _holding(terms: Sequence[QueryTerm], cases: BitMap) -> tuple[BitMap, BitMap, bool]:
    """Cases that hold every word; failing that, those that hold at least half of what the words weigh, filled up.

    A whole sentence is seldom all in one case: where few hold all its words, those that hold half are taken in.
    Returns the cases, those of them that come first, and whether none holds every word.
    """
    whole = [term for term in terms if not term.part]
    if not whole:
        return cases, cases, False
    strict = cases & BitMap.intersection(*(term.body for term in whole))
    if strict and (len(strict) >= ENOUGH or len(whole) < SENTENCE):
        return strict, strict, False
    reached = levels(terms, head=False)
    needed = max(1, round(sum(term.weight for term in terms if term.body) * MINIMUM_MATCH))
    level = min(needed, len(reached) - 1)
    half = filled = cases & reached[level]
    while len(filled) < ENOUGH and level > 1:
        level -= 1
        filled = cases & reached[level]
    return strict | filled, strict | half, not strict


# --- relevance -------------------------------------------------------------------------------------------------------


def levels(terms: Sequence[QueryTerm], *, head: bool) -> list[BitMap]:
    """``levels[n]`` holds the cases whose matched words weigh at least ``n``; a word in the head weighs more.

    Bitmaps throughout, so the work does not grow with the number of cases, only with the number of words.
    """
    found: list[BitMap] = [BitMap()]
    steps = [step for term in terms for step in ((term.body, term.weight), (term.head, term.weight * HEAD_FACTOR))]
    for cases, weight in steps if head else steps[::2]:
        grown = [level.copy() for level in found] + [BitMap() for _ in range(weight)]
        for level in range(1, len(grown)):
            reached = level - weight
            if reached < len(found):
                grown[level] |= cases if reached <= 0 else found[reached] & cases
        found = grown
    return found


def _by_level(keys: BitMap, reached: list[BitMap]) -> Iterator[BitMap]:
    """The keys by falling level, those of one level together."""
    left = keys.copy()
    for level in reversed(reached[1:]):
        if together := left & level:
            yield together
            left -= together
    yield left


def _slice(groups: Iterable[BitMap], start: int, stop: int) -> list[int]:
    """The keys at places ``start`` to ``stop`` of the groups put one after another."""
    keys: list[int] = []
    for group in groups:
        if len(keys) >= stop:
            break
        keys += group[: stop - len(keys)] if len(group) > stop - len(keys) else group
    return keys[start:stop]
