"""Whether the index says what the cases say."""

from collections import Counter

from pyroaring import BitMap

from cases.models import Case, SearchDocument, SearchName
from cases.search.documents import bitmap_keys, content_of, read_cases
from cases.search.engines import engine
from cases.search.names import KIND_OF

CHUNK = 200


def check_index() -> dict[str, int]:
    """What is wrong, in Chinese, and how often; empty where nothing is."""
    found: Counter[str] = Counter()
    keys = BitMap(Case.objects.values_list("pk", flat=True))
    documents, tokens = BitMap(SearchDocument.objects.values_list("pk", flat=True)), engine().indexed()
    found["没有进索引的案例"] = len(keys - documents)
    found["案例已删除而索引还在"] = len((documents | tokens) - keys)
    found["缺少词表的案例"] = len((keys & documents) - tokens)
    indexed = list(keys & documents)
    for start in range(0, len(indexed), CHUNK):
        batch = SearchDocument.objects.only("digest", "bitmap_keys").in_bulk(indexed[start : start + CHUNK])
        for case in read_cases(list(batch)):
            found["内容有变而索引未更新"] += batch[case.pk].digest != content_of(case).digest
            found["筛选集合不符"] += set(batch[case.pk].bitmap_keys.split()) != bitmap_keys(case)
    for model, kind in KIND_OF.items():
        named = SearchName.objects.filter(kind=kind).values("owner")
        found["缺少名称的机构、标签、章节、产品、文件、词语"] += model.objects.exclude(pk__in=named).count()
    return {problem: count for problem, count in found.items() if count}


def without_tokens() -> list[int]:
    """Keys of cases that have a document and nothing in the engine."""
    return list(BitMap(SearchDocument.objects.values_list("pk", flat=True)) - engine().indexed())


def orphans() -> list[int]:
    """Keys the index holds of cases that are gone."""
    keys = BitMap(Case.objects.values_list("pk", flat=True))
    return list((BitMap(SearchDocument.objects.values_list("pk", flat=True)) | engine().indexed()) - keys)
