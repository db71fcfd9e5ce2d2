"""Which chapter a text belongs to, by its likeness to what is published in each: pairs of characters, rare ones most."""

import math
import re
from collections import Counter, defaultdict

from cases.models import Case, Category
from cases.search.analysis import normalize

HAN = re.compile(r"[\u3400-\u9fff]{2,}")
PROPOSED = 2
COMPARED = 600  # published cases, newest first
READ = 20_000  # characters of the new text


def likely_categories(title: str, text: str, *, among: set[int]) -> list[Category]:
    """Propose at most two of the categories ``among``, likeliest first; none where nothing is published to compare with."""
    published = Case.objects.published().filter(category__in=among).order_by("-published_at", "pk")
    rows = published.values_list("category", "title", "summary", "background")[:COMPARED]
    known = [
        (category, _pairs(f"{name}。" * 3 + f"{summary}。{background}")) for category, name, summary, background in rows
    ]
    spread = Counter(pair for _, pairs in known for pair in pairs)
    own = _weighed(_pairs(f"{title}。" * 3 + text[:READ]), spread, len(known))
    likeness: dict[int, list[float]] = defaultdict(list)
    for category, pairs in known:
        theirs = _weighed(pairs, spread, len(known))
        likeness[category].append(sum(weight * theirs.get(pair, 0) for pair, weight in own.items()))
    means = {category: sum(values) / len(values) for category, values in likeness.items()}
    best = sorted((category for category in means if means[category] > 0), key=lambda one: -means[one])[:PROPOSED]
    found = Category.objects.in_bulk(best)
    return [found[key] for key in best]


def _pairs(text: str) -> Counter[str]:
    return Counter(run[at : at + 2] for run in HAN.findall(normalize(text)) for at in range(len(run) - 1))


def _weighed(pairs: Counter[str], spread: Counter[str], total: int) -> dict[str, float]:
    """Weigh pairs by how few texts have them; the sum of squares is one."""
    weights = {
        pair: (1 + math.log(count)) * math.log(1 + total / spread[pair])
        for pair, count in pairs.items()
        if spread[pair]
    }
    length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1
    return {pair: weight / length for pair, weight in weights.items()}
