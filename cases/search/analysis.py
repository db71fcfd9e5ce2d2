"""Text to tokens. Pure functions, the same for both engines, for cases and for queries.

A token is a Han character, two neighbouring ones, a longer word of the dictionary, or a run of a-z and 0-9. Pairs of
characters find what no dictionary knows; words make common long ones cheap and exact.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

import opencc

VERSION = 1  # part of every document's digest: raise it when the tokens of an unchanged text change
MAX_TOKEN = 24
HAN = "\u3400-\u4dbf\u4e00-\u9fff"
RUN = re.compile(rf"[{HAN}]+|[a-z0-9]+")
HAN_RUN = re.compile(rf"[{HAN}]+\Z")
BESIDE_HAN = re.compile(rf"(?<=[{HAN}]) +| +(?=[{HAN}])")
SENTENCE_END = re.compile(r"(?<=[。！？；!?;])|\n+")
MARKDOWN = re.compile(
    r"^[-: |]+$|\[([^\]\n]{0,200})\]\([^)\n]{0,300}\)|^[ \t]*(?:#{1,6}|[-*+>]|\d+\.)[ \t]+|[*_`|~]+", re.MULTILINE
)
# What the dictionary of readings takes characters for in names it does not know, and what is said.
ALSO_READ = {
    ("行", "xing"): "hang",
    ("长", "zhang"): "chang",
    ("还", "hai"): "huan",
    ("重", "zhong"): "chong",
    ("调", "tiao"): "diao",
    ("乐", "yue"): "le",
    ("厦", "xia"): "sha",
}
_TO_SIMPLIFIED = opencc.OpenCC("t2s")


def clean(text: str) -> str:
    """``text`` without NUL and without halves of surrogate pairs, which no database takes."""
    return text.replace("\x00", " ").encode("utf-8", "ignore").decode("utf-8")


def fold(text: str) -> str:
    """One spelling for what readers take as one: full width, compatibility forms, traditional, capitals.

    >>> fold("ＡＢＮ 綠色金融")
    'abn 绿色金融'
    """
    return _TO_SIMPLIFIED.convert(unicodedata.normalize("NFKC", clean(text))).casefold()


def compact(folded: str) -> str:
    """``folded`` without the spaces that typography sets beside Han characters: 知识产权 abn -> 知识产权abn."""
    return BESIDE_HAN.sub("", folded)


def is_han(text: str) -> bool:
    return bool(HAN_RUN.match(text))


def runs(folded: str) -> list[str]:
    """Unbroken runs of Han characters, or of letters and digits; all else separates."""
    return RUN.findall(folded)


def pairs(run: str) -> tuple[str, ...]:
    """The neighbouring pairs of a run: 微闪贴 -> 微闪, 闪贴. A single character is its own pair."""
    return tuple(run[i : i + 2] for i in range(len(run) - 1)) or (run,)


def strip_markdown(text: str) -> str:
    """The words of a Markdown text without its signs, line by line."""
    return MARKDOWN.sub(lambda match: match[1] or "", text)


def sentences(text: str) -> list[str]:
    """Sentences of a plain text, none empty."""
    return [part.strip() for part in SENTENCE_END.split(text) if part and part.strip()]


class Segmenter:
    """Words of a folded text, by the general dictionary and ``names`` (folded) that are never cut."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        import rjieba  # noqa: PLC0415 -- 33 MB that a command which segments nothing need not carry

        self._jieba = rjieba.Jieba()
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
                found.update(pairs(run))
            else:
                found.add(run[:MAX_TOKEN])
        found.update(self.long_words(folded))
        return found


def spell(run: str) -> list[str]:
    """The toneless syllables of a run of Han characters: 微众 -> wei, zhong."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 -- 55 MB that a command which spells nothing need not carry

    return lazy_pinyin(run)


def pinyin(text: str) -> tuple[str, str]:
    """(full, initials) of a folded text, letters and digits kept: 微众银行 -> weizhongyinhang, wzyh."""
    return _spelt(_syllables(text))


def pinyins(text: str) -> set[tuple[str, str]]:
    """``pinyin``, and as it is also read: 国开行 -> guokaixing, guokaihang."""
    syllables = _syllables(text)
    return {_spelt(syllables), _spelt([(part, ALSO_READ.get((part, heard), heard)) for part, heard in syllables])}


def _syllables(text: str) -> list[tuple[str, str]]:
    """(character, its reading), a run of letters or digits in one piece."""
    found: list[tuple[str, str]] = []
    for run in runs(text):
        found += zip(run, spell(run), strict=True) if is_han(run) else [(run, run)]
    return found


def _spelt(syllables: list[tuple[str, str]]) -> tuple[str, str]:
    full = "".join(heard for _, heard in syllables).replace("ü", "v")
    return full, "".join(heard[0] if is_han(part) else heard for part, heard in syllables)
