"""Whether the index says what the cases say."""

from collections import Counter
from collections.abc import Iterable

from pyroaring import BitMap

from cases.models import Case, Category, Institution, NameKind, SearchDocument, SearchName, Term
from cases.search.documents import content_of, sets_of
from cases.search.engines import engine
from cases.search.sets import snapshot

CHUNK = 200


def check_index() -> dict[str, int]:
    """What is wrong, in Chinese, and how often; empty where nothing is."""
    found: Counter[str] = Counter()
    keys = BitMap(Case.objects.values_list("pk", flat=True))
    documents, tokens = BitMap(SearchDocument.objects.values_list("pk", flat=True)), engine().indexed()
    found["没有进索引的案例"] = len(keys - documents)
    found["案例已删除而索引还在"] = len((documents | tokens) - keys)
    found["缺少词表的案例"] = len((keys & documents) - tokens)
    found += _compare(keys & documents)
    found["缺少名称的机构、标签、章节"] = _unnamed()
    return {problem: count for problem, count in found.items() if count}


def without_tokens() -> list[int]:
    """Keys of cases that have a document and nothing in the engine."""
    return list(BitMap(SearchDocument.objects.values_list("pk", flat=True)) - engine().indexed())


def orphans() -> list[int]:
    """Keys the index holds of cases that are gone."""
    keys = BitMap(Case.objects.values_list("pk", flat=True))
    return list((BitMap(SearchDocument.objects.values_list("pk", flat=True)) | engine().indexed()) - keys)


def _compare(keys: Iterable[int]) -> Counter[str]:
    """Every case against its document and its sets."""
    found: Counter[str] = Counter()
    expected: dict[str, BitMap] = {}
    keys = list(keys)
    for start in range(0, len(keys), CHUNK):
        batch = keys[start : start + CHUNK]
        digests = dict(SearchDocument.objects.filter(pk__in=batch).values_list("pk", "digest"))
        cases = Case.objects.filter(pk__in=batch).select_related("category", "collection", "institution__parent")
        for case in cases.prefetch_related("terms", "figures"):
            found["内容有变而索引未更新"] += digests[case.pk] != content_of(case).digest
            for key in sets_of(case):
                expected.setdefault(key, BitMap()).add(case.pk)
    actual = snapshot().bitmaps
    limit = BitMap(keys)
    found["筛选集合不符"] = sum(
        expected.get(key, BitMap()) != (actual.get(key, BitMap()) & limit) for key in {*expected, *actual}
    )
    return found


def _unnamed() -> int:
    missing = 0
    for kind, model in (
        (NameKind.INSTITUTION, Institution),
        (NameKind.TERM, Term),
        (NameKind.CATEGORY, Category),
    ):
        named = SearchName.objects.filter(kind=kind).values("owner")
        missing += model.objects.exclude(pk__in=named).count()
    return missing
