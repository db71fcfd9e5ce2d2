"""Text to tokens, and what was found marked in the text. Pure functions, the same for cases and for queries.

A token is a Han character, two neighbouring ones, a longer word of the dictionary, or a run of a-z and 0-9. Pairs of
characters find what no dictionary knows; words make common long ones cheap and exact.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import opencc
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from cases.models.image import PLACE

VERSION = 2  # part of every document's digest: raise it when the tokens of an unchanged text change
MAX_TOKEN = 24
HAN = "\u3400-\u4dbf\u4e00-\u9fff"
RUN = re.compile(rf"[{HAN}]+|[a-z0-9]+")
HAN_RUN = re.compile(rf"[{HAN}]+\Z")
SPACE_NEXT_TO_HAN = re.compile(rf"(?<=[{HAN}]) +| +(?=[{HAN}])")
SENTENCE_END = re.compile(r"(?<=[。！？；!?;])|\n+")
MARKDOWN = re.compile(
    r"^[-: |]+$|\[([^\]\n]{0,200})\]\([^)\n]{0,300}\)|^[ \t]*(?:#{1,6}|[-*+>]|\d+\.)[ \t]+|[*_`|~]+", re.MULTILINE
)
# What the dictionary of readings takes characters for in names it does not know, and what is said.
POLYPHONES = {
    ("行", "xing"): "hang",
    ("长", "zhang"): "chang",
    ("还", "hai"): "huan",
    ("重", "zhong"): "chong",
    ("调", "tiao"): "diao",
    ("乐", "yue"): "le",
    ("厦", "xia"): "sha",
}
SNIPPET = 96
LEAD_IN = 20
MAX_TEXT = 20_000
GAP = " ?"
SIDES = re.compile(rf"(?<=[{HAN}])(?=[^{HAN}])|(?<=[^{HAN}])(?=[{HAN}])")
_TO_SIMPLIFIED = opencc.OpenCC("t2s")


def clean(text: str) -> str:
    """``text`` without NUL and without halves of surrogate pairs, which no database takes."""
    return text.replace("\x00", " ").encode("utf-8", "ignore").decode("utf-8")


def normalize(text: str) -> str:
    """One spelling for what readers take as one: full width, compatibility forms, traditional, capitals.

    >>> normalize("ＡＢＮ 綠色金融")
    'abn 绿色金融'
    """
    return _TO_SIMPLIFIED.convert(unicodedata.normalize("NFKC", clean(text))).casefold()


def join_cjk(folded: str) -> str:
    """``folded`` without the spaces that typography sets beside Han characters: 知识产权 abn -> 知识产权abn."""
    return SPACE_NEXT_TO_HAN.sub("", folded)


def is_han(text: str) -> bool:
    return bool(HAN_RUN.match(text))


def runs(folded: str) -> list[str]:
    """Unbroken runs of Han characters, or of letters and digits; all else separates."""
    return RUN.findall(folded)


def bigrams(run: str) -> tuple[str, ...]:
    """The neighbouring pairs of a run: 微闪贴 -> 微闪, 闪贴. A single character is its own pair."""
    return tuple(run[i : i + 2] for i in range(len(run) - 1)) or (run,)


def without_one(text: str) -> set[str]:
    """``text`` with each character left out in turn."""
    return {text[:i] + text[i + 1 :] for i in range(len(text))}


def strip_markdown(text: str) -> str:
    """The words of a Markdown text without its signs and the places of images, line by line."""
    return MARKDOWN.sub(lambda match: match[1] or "", PLACE.sub("", text))


def sentences(text: str) -> list[str]:
    """Sentences of a plain text, none empty."""
    return [part.strip() for part in SENTENCE_END.split(text) if part and part.strip()]


class Segmenter:
    """Words of a folded text, by the general dictionary and ``names`` (folded) that are never cut.

    ``is_standing``: for names that hold as long as the process. They go into the dictionary that ``rjieba`` itself holds,
    and another 25 MB are spared.
    """

    def __init__(self, names: Iterable[str] = (), *, is_standing: bool = False) -> None:
        import rjieba  # noqa: PLC0415 -- 25 MB that a command which segments nothing need not carry

        self._jieba = rjieba if is_standing else rjieba.Jieba()
        self.add(names)

    def add(self, names: Iterable[str]) -> None:
        for name in names:
            if 2 <= len(name) <= MAX_TOKEN and is_han(name):
                self._jieba.add_word(name, None, None)

    def words(self, run: str) -> list[str]:
        """``run`` cut into words, none left out: 没有抵押怎么贷款 -> 没有抵押, 怎么, 贷款."""
        return self._jieba.cut(run)

    def long_words(self, folded: str) -> Iterator[str]:
        """Words of three characters and more, and the dictionary words inside them."""
        return (word for word in self._jieba.cut_for_search(folded) if 3 <= len(word) <= MAX_TOKEN and is_han(word))

    def inner_words(self, word: str) -> list[str]:
        """Shorter words of the dictionary inside a long one, each once."""
        found = self._jieba.cut_for_search(word)
        return [inner for inner in dict.fromkeys(found) if 2 <= len(inner) < len(word)]

    def tokens(self, folded: str) -> set[str]:
        """Every token a text is found by; without order and repetition."""
        found: set[str] = set()
        for run in runs(folded):
            if is_han(run):
                found.update(run)
                found.update(bigrams(run))
            else:
                found.add(run[:MAX_TOKEN])
        found.update(self.long_words(folded))
        return found


def to_pinyin(run: str) -> list[str]:
    """The toneless syllables of a run of Han characters: 微众 -> wei, zhong."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 -- 55 MB that a command which spells nothing need not carry

    return lazy_pinyin(run)


def pinyin(text: str) -> tuple[str, str]:
    """(full, initials) of a folded text, letters and digits kept: 微众银行 -> weizhongyinhang, wzyh."""
    return _spelt(_syllables(text))


def pinyin_variants(text: str) -> set[tuple[str, str]]:
    """``pinyin``, and as it is also read: 国开行 -> guokaixing, guokaihang."""
    syllables = _syllables(text)
    return {_spelt(syllables), _spelt([(part, POLYPHONES.get((part, sound), sound)) for part, sound in syllables])}


def _syllables(text: str) -> list[tuple[str, str]]:
    """(character, its reading), a run of letters or digits in one piece."""
    found: list[tuple[str, str]] = []
    for run in runs(text):
        found += zip(run, to_pinyin(run), strict=True) if is_han(run) else [(run, run)]
    return found


def _spelt(syllables: list[tuple[str, str]]) -> tuple[str, str]:
    full = "".join(sound for _, sound in syllables).replace("ü", "v")
    return full, "".join(sound[0] if is_han(part) else sound for part, sound in syllables)


# --- highlights ------------------------------------------------------------------------------------------------------


def mark(text: str, patterns: Sequence[str]) -> SafeString:
    """``text`` escaped, with every pattern (folded, the longest first) in ``<mark>``."""
    parts, last = [], 0
    for start, end in spans(text, patterns):
        parts += [escape(text[last:start]), "<mark>", escape(text[start:end]), "</mark>"]
        last = end
    parts.append(escape(text[last:]))
    return mark_safe("".join(parts))  # noqa: S308 -- every piece of text is escaped above


def snippets(text: str, patterns: Sequence[str], count: int = 2) -> list[SafeString]:
    """The ``count`` sentences of a Markdown text that hold most of the patterns, in their order, shortened."""
    expression = _expression(tuple(patterns))
    if expression is None:
        return []
    found = []
    whole = sentences(strip_markdown(text[:MAX_TEXT]))
    normalized = normalize("\n".join(whole)).split("\n")  # in one piece, which is many times faster
    if len(normalized) != len(whole):
        normalized = [normalize(sentence) for sentence in whole]
    for place, (sentence, folded) in enumerate(zip(whole, normalized, strict=True)):
        hits = {match.group() for match in expression.finditer(folded)}
        if hits:
            found.append((-sum(map(len, hits)), place, sentence))
    best = sorted(sorted(found)[:count], key=lambda item: item[1])
    shortened = []
    for _, _, sentence in best:
        first = next(iter(spans(sentence, patterns)), (0, 0))[0]
        start = max(0, first - LEAD_IN) if len(sentence) > SNIPPET else 0
        before, after = "…" if start else "", "…" if start + SNIPPET < len(sentence) else ""
        shown = mark(sentence[start : start + SNIPPET], patterns)
        shortened.append(mark_safe(before + shown + after))  # noqa: S308 -- mark escapes
    return shortened


def spans(text: str, patterns: Sequence[str]) -> list[tuple[int, int]]:
    """(start, end) in ``text`` of every place a pattern stands, without overlap."""
    expression = _expression(tuple(patterns))
    if expression is None:
        return []
    folded, places = normalize(text), range(len(text) + 1)  # for each place in it, the place in ``text``
    if len(folded) != len(text):
        pieces = [normalize(character) for character in text]
        folded = "".join(pieces)
        places = [*(place for place, piece in enumerate(pieces) for _ in piece), len(text)]
    return [(places[m.start()], places[m.end()]) for m in expression.finditer(folded) if m.end() > m.start()]


@lru_cache(maxsize=64)
def _expression(patterns: tuple[str, ...]) -> re.Pattern[str] | None:
    """One expression for all patterns; between Han and other characters a space may stand, as typography sets it."""
    longer = [pattern for pattern in patterns if len(pattern) > 1]
    alternatives = [GAP.join(map(re.escape, SIDES.split(pattern))) for pattern in (longer or patterns) if pattern]
    return re.compile("|".join(alternatives)) if alternatives else None
