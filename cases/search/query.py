"""What a reader typed, as words to look for. Pure functions."""

import re
import unicodedata
from itertools import pairwise

MAX_LENGTH = 200
MAX_WORDS = 8
MAX_GRAMS = 24
HAN_RUN = re.compile(r"[\u3400-\u9fff]+")
# Words of a question that say nothing of its subject.
STOP = re.compile(r"怎么|怎样|如何|什么|哪些|哪家|有没有|可以|能不能|请问|没有|想要|我想|吗|呢|的|了|得")


def normalise(text: str) -> str:
    """NFKC, case folded, without control characters, one space between words, at most ``MAX_LENGTH`` characters."""
    text = unicodedata.normalize("NFKC", text[: MAX_LENGTH * 2])
    text = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in text)
    return " ".join(text.casefold().split())[:MAX_LENGTH]


def words(text: str) -> list[str]:
    """The words between spaces and punctuation, each once, at most ``MAX_WORDS``."""
    parts = re.split(r"[\s,，。;；:：!！?？、“”\"'《》()（）\[\]%_\\]+", normalise(text))
    return list(dict.fromkeys(part for part in parts if part))[:MAX_WORDS]


def grams(text: str) -> list[str]:
    """Pairs of neighbouring Han characters, and whole Latin words: what a question is about, loosely."""
    subject = STOP.sub(" ", normalise(text))
    pairs = [a + b for run in HAN_RUN.findall(subject) for a, b in pairwise(run)]
    latin = [word for word in words(subject) if not HAN_RUN.search(word)]
    return list(dict.fromkeys([*latin, *pairs]))[:MAX_GRAMS]
