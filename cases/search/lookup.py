"""From words to sets of cases: what each word of a query means here, and which cases hold it."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from pyroaring import BitMap

from cases.search import names, sets
from cases.search.analysis import Segmenter, compact, fold, is_han, pairs, runs
from cases.search.engines import engine
from cases.search.lexicon import STOP_WORDS, SYNONYMS_OF

RARE = 50  # a long word found less often is also looked for by its pairs of characters
COMMON = 10_000  # cases that hold a word, from which its synonyms are not asked for: each costs a look-up
LONG = 4  # characters from which a word is also taken for the words inside it
MAX_UNITS = 16
MEMO = 1000
DIRECT, SYNONYM, NAMED, PART = 1.0, 0.7, 0.9, 0.6


@dataclass
class Unit:
    """One word of the query with the cases that hold it.

    ``patterns`` maps what to look for in a text to how much it counts; ``corrected`` is what a misspelt word was
    taken for; ``part`` marks half a word, which alone must not count as the word found.
    """

    surface: str
    patterns: dict[str, float]
    body: BitMap
    head: BitMap
    corrected: str = ""
    part: bool = False
    idf: float = field(default=0.0)

    @property
    def weight(self) -> int:
        """How much the word counts in a minimum match: 1 for common ones to 6."""
        return max(1, min(6, round(self.idf)))


class Lookup:
    """The index as one request sees it."""

    def __init__(self) -> None:
        self.sets = sets.snapshot()
        self.visible = self.sets.visible()
        self.segmenter: Segmenter = names.segmenter(self.sets.names_stamp)
        self._engine = engine()

    def units(self, words: Iterable[str]) -> list[Unit]:
        """The units of free words, each once, those that say nothing left out unless there are no others."""
        surfaces = [unit for word in words for run in runs(fold(word)) for unit in self._cut(run)]
        telling = [surface for surface in surfaces if surface not in STOP_WORDS] or surfaces
        return [unit for surface in dict.fromkeys(telling[:MAX_UNITS]) for unit in self._resolve(surface)]

    def phrase(self, text: str) -> Unit | None:
        """A quoted phrase: every run of it as it stands."""
        parts = runs(fold(text))
        if not parts:
            return None
        body = self._all("body", parts)
        return self._finished(Unit(text, {compact(fold(text)): DIRECT}, body, self._all("head", parts)))

    def word(self, scope: str, word: str) -> BitMap:
        """Visible cases that hold the word."""
        if not is_han(word):
            return self._find(scope, (word,), prefix=len(word) > 1 and not word.isdigit())
        if len(word) <= 2:
            return self._find(scope, (word,))
        whole = self._find(scope, (word,))
        return whole if len(whole) >= RARE else whole | self._find(scope, pairs(word))

    def _all(self, scope: str, parts: list[str]) -> BitMap:
        found = [self._find(scope, pairs(part) if is_han(part) else (part,)) for part in parts]
        return BitMap.intersection(*found)

    def _find(self, scope: str, tokens: tuple[str, ...], *, prefix: bool = False) -> BitMap:
        memo, key = self.sets.found, (scope, tokens, prefix)
        found = memo.get(key)
        if found is None:
            if len(memo) >= MEMO:
                memo.clear()  # by whichever thread comes first; hence no second look into it below
            found = memo[key] = self._engine.ids(scope, tokens, prefix=prefix)
        return found & self.visible

    def _cut(self, run: str) -> list[str]:
        """Words of a run; single characters the dictionary left over join, or go with the word before them."""
        if not is_han(run):
            return [run]
        pieces: list[str] = []
        loose = False
        for word in self.segmenter.words(run):
            single = len(word) == 1 and word not in STOP_WORDS
            if single and pieces and (loose or pieces[-1] not in STOP_WORDS):
                pieces[-1] += word
            else:
                pieces.append(word)
            loose = single
        return pieces

    def _resolve(self, surface: str) -> list[Unit]:
        body = self.word("body", surface)
        unit = Unit(surface, {surface: DIRECT}, body, self.word("head", surface))
        for synonym in SYNONYMS_OF.get(surface, ()) if len(body) < COMMON else ():
            self._widen(unit, synonym, SYNONYM)
        if surface.isascii() and surface.isalpha():
            self._read_pinyin(unit)
        if not unit.body:
            return self._correct(unit)
        return [self._finished(unit), *self._inner(surface)]

    def _read_pinyin(self, unit: Unit) -> None:
        found = names.by_pinyin(unit.surface) if len(unit.surface) > 1 else []
        exactly_there = bool(self._find("body", (unit.surface,)))
        for name in found if not exactly_there else ():
            self._widen(unit, name.text, NAMED)

    def _correct(self, unit: Unit) -> list[Unit]:
        """What else a word may mean that no case holds: pinyin in one piece, a typing error, or its parts."""
        if unit.surface.isascii() and (parts := names.split_pinyin(unit.surface)):
            units = [Unit(part[0].text, {}, BitMap(), BitMap()) for part in parts]
            for split, part in zip(units, parts, strict=True):
                for name in part:
                    self._widen(split, name.text, NAMED)
            return [self._finished(split) for split in units]
        for text, label in names.near(unit.surface):
            self._widen(unit, text, NAMED)
            if unit.body:
                unit.corrected = label
                return [self._finished(unit)]
        return [self._finished(unit), *self._parts(unit.surface)]

    def _inner(self, surface: str) -> list[Unit]:
        """Words inside a long one, to tell apart the many cases that a plain phrase finds: 发不出工资 -> 工资."""
        if not is_han(surface) or len(surface) < LONG:
            return []
        found = []
        for word in self.segmenter.inner_words(surface):
            if word in STOP_WORDS:
                continue
            unit = Unit(word, {word: PART}, self.word("body", word), self.word("head", word), part=True)
            for synonym in SYNONYMS_OF.get(word, ()):
                self._widen(unit, synonym, PART * SYNONYM)
            found.append(self._finished(unit))
        return [unit for unit in found if unit.body]

    def _parts(self, surface: str) -> list[Unit]:
        if not is_han(surface) or len(surface) < 3:
            return []
        found = [
            Unit(pair, {pair: PART}, self._find("body", (pair,)), self._find("head", (pair,)), part=True)
            for pair in pairs(surface)
        ]
        return [self._finished(unit) for unit in found if unit.body]

    def _widen(self, unit: Unit, text: str, weight: float) -> None:
        parts = runs(text)
        bodies = [self.word("body", part) for part in parts]
        if not parts or not BitMap.intersection(*bodies):
            return
        unit.body |= BitMap.intersection(*bodies)
        unit.head |= BitMap.intersection(*(self.word("head", part) for part in parts))
        unit.patterns.setdefault(compact(text), weight)

    def _finished(self, unit: Unit) -> Unit:
        total, count = len(self.visible), len(unit.body)
        unit.idf = math.log(1 + (total - count + 0.5) / (count + 0.5))
        return unit
